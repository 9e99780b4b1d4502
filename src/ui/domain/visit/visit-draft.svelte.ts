// A visit while it is written: what was typed, its faults, and the draft that the node keeps, so that a reload loses nothing.
// Saved a moment after the last key and when the page goes away.
import type { AttachedFile, ClinicordNode, PartyId, RecordId, VisitForm } from '../../node.ts';
import { instantOf, isoMinute } from '../../shared/format/index.ts';
import { type Problem, toProblem } from '../../shared/state/index.ts';
import { VITAL_SIGNS, type VitalSignKey, judgeVitalSign } from './vital-signs.ts';

const SAVE_DELAY_MS = 400;

type DraftNode = Pick<ClinicordNode, 'saveDraft' | 'loadDraft' | 'discardDraft'>;

export interface VisitDraftInit {
  readonly node: DraftNode;
  readonly patient: PartyId;
  readonly nowMs: number;
  /** The record that is corrected; null for a new visit. A patient has one draft, which remembers what it is for. */
  readonly corrects: RecordId | null;
}

interface Row {
  /** Tells rows apart on the screen. */
  readonly key: number;
}

export interface DiagnosisRow extends Row {
  text: string;
  code: string;
  system: string;
}

export interface MedicationRow extends Row {
  text: string;
  dosage: string;
}

export interface AllergyRow extends Row {
  substance: string;
  reaction: string;
}

export class VisitDraft {
  dateTime = $state('');
  reason = $state('');
  findings = $state('');
  diagnoses = $state<DiagnosisRow[]>([]);
  medication = $state<MedicationRow[]>([]);
  allergyState = $state<VisitForm['allergies']['state']>('not-asked');
  allergies = $state<AllergyRow[]>([]);
  vitalSigns = $state<Record<VitalSignKey, string>>(noVitalSigns());
  /** Sealed already; the draft only names them. */
  files = $state.raw<readonly AttachedFile[]>([]);
  /** When the node last confirmed that it keeps this draft; null where nothing is kept. */
  savedMs = $state<number | null>(null);
  problem = $state.raw<Problem | null>(null);
  loaded = $state(false);
  /** A draft with another purpose is kept for this patient; the person decides which one goes on. */
  other = $state.raw<VisitForm | null>(null);

  /** What the form begins with where no draft is kept: the version that is corrected. */
  #base: VisitForm | null = null;
  #touched = false;
  #filesBusy = $state.raw<() => boolean>(() => false);
  readonly #node: DraftNode;
  readonly #patient: PartyId;
  readonly #corrects: RecordId | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextKey = 0;

  /** Whether something stands in the way of a preview, in words. */
  readonly fault = $derived.by(() => {
    if (this.reason.trim() === '') return 'Write the reason for the visit.';
    if (instantOf(this.dateTime) === '') return 'Enter date and time of the visit.';
    if (VITAL_SIGNS.some((sign) => judgeVitalSign(sign, this.vitalSigns[sign.key]).error !== undefined))
      return 'Correct the vital signs that are marked.';
    if (this.#filesBusy()) return 'Wait until the files are sealed, or stop them.';
    if (this.allergyState === 'listed' && this.allergies.every((row) => row.substance.trim() === ''))
      return 'List at least one allergy, or choose another answer.';
    return null;
  });

  constructor({ node, patient, nowMs, corrects }: VisitDraftInit) {
    this.#node = node;
    this.#patient = patient;
    this.#corrects = corrects;
    this.dateTime = isoMinute(nowMs);
  }

  /** Fills in what was kept. */
  async load(): Promise<void> {
    try {
      const kept = await this.#node.loadDraft(this.#patient);
      if (kept !== null && kept.corrects !== this.#corrects) this.other = kept;
      else if (kept !== null) this.#resume(kept);
    } catch (cause) {
      this.problem = toProblem(cause);
    }
    this.loaded = true;
    this.#begin();
  }

  /** Offers what the form begins with; taken only while nothing else stands in it. */
  offer(base: VisitForm): void {
    this.#base = base;
    this.#begin();
  }

  #begin(): void {
    if (this.loaded && this.#base !== null && this.other === null && !this.#touched) this.#fill(this.#base);
  }

  #resume(kept: VisitForm): void {
    this.#fill(kept);
    this.#touched = true;
  }

  /** Goes on with the other draft here, or drops it and begins anew. */
  settleOther(use: boolean): void {
    if (this.other !== null && use) this.#resume(this.other);
    this.other = null;
    this.#begin();
    this.touch();
  }

  /** To be called after every change that a person makes. */
  touch(): void {
    this.#touched = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), SAVE_DELAY_MS);
  }

  /** Saves at once what is still waiting to be saved. */
  flush(): void {
    if (this.#timer !== undefined) void this.save();
  }

  async save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      await this.#node.saveDraft(this.#patient, this.form(), this.#corrects);
      this.savedMs = Date.now();
      this.problem = null;
    } catch (cause) {
      this.problem = toProblem(cause);
    }
  }

  /** Forgets the draft, here and in the node. */
  async discard(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#node.discardDraft(this.#patient);
    this.savedMs = null;
  }

  /** Tells whether files are still being sealed. */
  watchFiles(busy: () => boolean): void {
    this.#filesBusy = busy;
  }

  attach(file: AttachedFile): void {
    this.files = [...this.files, file];
    // Kept at once: nothing else remembers which visit it belongs to.
    this.#touched = true;
    void this.save();
  }

  detach(file: string): void {
    this.files = this.files.filter((known) => known.file !== file);
    this.touch();
  }

  addDiagnosis(): void {
    this.diagnoses.push({ key: this.#key(), text: '', code: '', system: '' });
  }

  addMedication(): void {
    this.medication.push({ key: this.#key(), text: '', dosage: '' });
  }

  addAllergy(): void {
    this.allergies.push({ key: this.#key(), substance: '', reaction: '' });
  }

  /** As the node takes it: empty rows are left out, a code without a system or the reverse stays as typed. */
  form(): VisitForm {
    const listed = this.allergyState === 'listed';
    return {
      dateTime: instantOf(this.dateTime),
      reason: this.reason.trim(),
      findings: this.findings.trim(),
      diagnoses: this.diagnoses
        .map((row) => trimmed({ code: row.code, system: row.system, text: row.text }))
        .filter((row) => row.text !== '' || row.code !== ''),
      medication: this.medication.map((row) => trimmed({ text: row.text, dosage: row.dosage })).filter((row) => row.text !== ''),
      allergies: {
        state: this.allergyState,
        list: listed
          ? this.allergies.map((row) => trimmed({ substance: row.substance, reaction: row.reaction })).filter((row) => row.substance !== '')
          : [],
      },
      vitalSigns: mapVitalSigns((key, sign) => judgeVitalSign(sign, this.vitalSigns[key]).value),
      ...(this.files.length === 0 ? {} : { files: this.files }),
    };
  }

  #fill(form: VisitForm): void {
    const atMs = Date.parse(form.dateTime);
    if (!Number.isNaN(atMs)) this.dateTime = isoMinute(atMs);
    this.reason = form.reason;
    this.findings = form.findings;
    this.diagnoses = form.diagnoses.map((row) => ({ ...row, key: this.#key() }));
    this.medication = form.medication.map((row) => ({ ...row, key: this.#key() }));
    this.allergyState = form.allergies.state;
    this.allergies = form.allergies.list.map((row) => ({ ...row, key: this.#key() }));
    this.vitalSigns = mapVitalSigns((key) => form.vitalSigns[key]?.toString() ?? '');
    this.files = form.files ?? [];
  }

  #key(): number {
    this.#nextKey += 1;
    return this.#nextKey;
  }
}

function trimmed<T extends Record<string, string>>(row: T): T {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value.trim()])) as T;
}

function mapVitalSigns<T>(value: (key: VitalSignKey, sign: (typeof VITAL_SIGNS)[number]) => T): Record<VitalSignKey, T> {
  return Object.fromEntries(VITAL_SIGNS.map((sign) => [sign.key, value(sign.key, sign)])) as Record<VitalSignKey, T>;
}

function noVitalSigns(): Record<VitalSignKey, string> {
  return mapVitalSigns(() => '');
}
