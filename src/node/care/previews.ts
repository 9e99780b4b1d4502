// What a clinician sees before anything is written: every fault with its path, or what will be sealed in which class. Nothing
// unchecked is ever sealed, whatever the page hands over.
import { AppError, MAX_BUNDLE_BYTES, type PartyId } from '../base/index.ts';
import type { BundleFault, FhirBundle, SealPreview, VisitForm } from '../api.ts';
import { textToBytes } from '../codec/index.ts';
import { sealPreview, visitBundle } from '../records/index.ts';
import type { Patients } from './patients.ts';
import type { Workplace } from './workplace.ts';

export class Previews {
  private readonly work: Workplace;
  private readonly patients: Patients;
  /** Bundles that passed, so that writing what was shown does not check it a second time. */
  private readonly passed = new WeakSet<FhirBundle>();

  constructor(work: Workplace, patients: Patients) {
    this.work = work;
    this.patients = patients;
  }

  /** A visit form as it will be sealed, or its faults. Throws AppError `locked`, `unknown-patient`. */
  async ofVisit(patient: PartyId, form: VisitForm): Promise<SealPreview | readonly BundleFault[]> {
    const { certificate } = this.work.clinic();
    const entry = this.patients.of(patient);
    if (entry === null)
      throw new AppError({ code: 'unknown-patient', message: 'This patient is not in your list.', remedy: 'Register the patient first.' });
    const bundle = visitBundle(form, {
      patient: { party: patient, name: entry.name, birthDate: entry.birthDate },
      clinic: { party: certificate.subject, name: certificate.name },
      clinician: certificate.clinician,
      random: this.work.environment.randomness.bytes(32),
    });
    return 'resourceType' in bundle ? this.check(JSON.stringify(bundle)) : bundle;
  }

  /** An imported bundle as it will be sealed, or its faults. Throws AppError `locked`, `too-large`. */
  async ofBundle(json: string): Promise<SealPreview | readonly BundleFault[]> {
    this.work.clinic();
    // Cheap first: there are never more UTF-16 units than bytes.
    if (json.length > MAX_BUNDLE_BYTES || textToBytes(json).byteLength > MAX_BUNDLE_BYTES) {
      throw new AppError({
        code: 'too-large',
        message: `This file is larger than ${MAX_BUNDLE_BYTES / 1024 / 1024} MB.`,
        remedy: 'Export a smaller part of the record, or leave out attachments.',
      });
    }
    return this.check(json);
  }

  /** The bundle of a preview, checked. Throws AppError `invalid-bundle`. */
  async checked(preview: SealPreview): Promise<FhirBundle> {
    if (this.passed.has(preview.bundle)) return preview.bundle;
    const again = await this.check(JSON.stringify(preview.bundle));
    if ('bundle' in again) return again.bundle;
    const [fault] = again;
    throw new AppError({
      code: 'invalid-bundle',
      message: `The record does not pass validation: ${fault?.path ?? ''} ${fault?.reason ?? ''}`.trim(),
      remedy: 'Correct it and look at the preview again.',
    });
  }

  private async check(json: string): Promise<SealPreview | readonly BundleFault[]> {
    const verdict = await this.work.environment.validator.validate(json);
    if (!verdict.valid) return verdict.faults;
    this.passed.add(verdict.bundle);
    return sealPreview(verdict.bundle);
  }
}
