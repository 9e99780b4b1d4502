// What a person types, what will be sealed, and what was opened: the content of records as the page and the node hand it to each
// other. Part of api.ts.
import type { RecordId } from './base/index.ts';
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
}
