// Checking a FHIR R4 bundle against its definitions: structure, invariants, required value sets. Off the main thread where
// there is one; the definitions are loaded when they are first needed.

/** A fault of a bundle: FHIRPath-like path and what is wrong there. */
export interface ValidationFault {
  readonly path: string;
  readonly reason: string;
}

/** Either the bundle, which has passed every check, or every fault of it; never both. */
export type BundleVerdict =
  | { readonly valid: true; readonly bundle: { readonly resourceType: 'Bundle'; readonly [field: string]: unknown } }
  | { readonly valid: false; readonly faults: readonly ValidationFault[] };

export interface BundleValidator {
  /** Fetches all that checking needs, so that it works from then on without the network. Throws as `validate` does. */
  prepare(): Promise<void>;
  /** `json` is untrusted text. Throws AppError `definitions-missing`, `worker-failed`; a bad bundle is a verdict. */
  validate(json: string): Promise<BundleVerdict>;
}
