// What a person types, what will be sealed, and what was opened: the content of records as the page and the node hand it to each
// other. Part of api.ts.
import type { PartyId, RecordId } from './base/index.ts';
import type { SensitivityClass } from './contracts/index.ts';

/** A fault of a bundle: FHIRPath-like path and what is wrong there. */
export interface BundleFault {
  readonly path: string;
  readonly reason: string;
}

/** A FHIR R4 bundle; `records/` checks it and nothing else looks inside unchecked. */
export interface FhirBundle {
  readonly resourceType: 'Bundle';
  readonly [field: string]: unknown;
}

/** What can be attached: told by a file's own bytes, never by its name. */
export type FileKind = 'image/jpeg' | 'image/png' | 'image/webp' | 'application/pdf' | 'application/dicom';

/** A sealed file as a visit names it. Its key stays inside the node. */
export interface AttachedFile {
  /** 16 random bytes in hexadecimal. */
  readonly file: string;
  readonly title: string;
  readonly kind: FileKind;
  /** Without the metadata that was taken out of it. */
  readonly sizeBytes: number;
}

/** A file as a person chose it, read piece by piece: it is never in memory as a whole. */
export interface FileSource {
  readonly name: string;
  readonly sizeBytes: number;
  /** Bytes from `from` up to, not including, `to`. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A file whose sealing was interrupted: it goes on when the same file is chosen again. */
export interface UnfinishedFile {
  readonly file: string;
  readonly name: string;
  readonly sealedBytes: number;
  readonly sizeBytes: number;
}

/** Large files of visits: attached by a clinic while it writes, opened by whoever has opened the record. */
export interface FileCommands {
  /** Looks what it is, takes the metadata out of photos, seals it here. Goes on where an interrupted one of the same name and size stopped. */
  attach(patient: PartyId, source: FileSource, onProgress?: (sealedBytes: number, sizeBytes: number) => void): Running<AttachedFile>;
  unfinished(patient: PartyId): Promise<readonly UnfinishedFile[]>;
  /** Removes one that no record names. */
  discard(patient: PartyId, file: string): Promise<void>;
  /** The bytes of a file of a record that was opened, in order; fetching stops when reading stops. */
  open(file: string): AsyncIterable<Uint8Array>;
}

/** Something long that was begun. */
export interface Running<Answer> {
  readonly done: Promise<Answer>;
  /** Stops it; `done` rejects with AppError `aborted`, and what was done so far is kept. */
  abort(): void;
}

export interface VisitForm {
  /** ISO date-time. */
  readonly dateTime: string;
  readonly reason: string;
  readonly findings: string;
  readonly diagnoses: readonly { readonly code: string; readonly system: string; readonly text: string }[];
  readonly medication: readonly { readonly text: string; readonly dosage: string }[];
  /** `not-asked` and `none-known` differ. */
  readonly allergies: {
    readonly state: 'not-asked' | 'none-known' | 'listed';
    readonly list: readonly { readonly substance: string; readonly reaction: string }[];
  };
  readonly vitalSigns: {
    readonly systolicMmHg: number | null;
    readonly diastolicMmHg: number | null;
    readonly heartRatePerMin: number | null;
    readonly temperatureC: number | null;
    readonly oxygenSaturationPercent: number | null;
    readonly weightKg: number | null;
    readonly heightCm: number | null;
  };
  /** Sealed already, in the order in which they are shown. */
  readonly files?: readonly AttachedFile[];
}

/** What will be sealed, class by class, before anything is written. */
export interface SealPreview {
  readonly bundle: FhirBundle;
  readonly parts: readonly {
    readonly class: SensitivityClass;
    readonly resources: readonly { readonly type: string; readonly summary: string }[];
    readonly sizeBytes: number;
  }[];
}

export interface OpenedRecord {
  readonly record: RecordId;
  readonly version: number;
  readonly bundle: FhirBundle;
  /** Classes that this reader could open. */
  readonly classes: readonly SensitivityClass[];
  /** Ids of the files that this reader has keys for. */
  readonly files: readonly string[];
}

export interface PatientEntry {
  readonly patient: PartyId;
  /** As the clinician typed it; private to this browser, sealed at rest. */
  readonly name: string;
  /** ISO date or empty. */
  readonly birthDate: string;
  readonly records: number;
  readonly awaiting: number;
}

/** A draft, and the record that it corrects; null for a new visit. */
export interface KeptDraft extends VisitForm {
  readonly corrects: RecordId | null;
}
