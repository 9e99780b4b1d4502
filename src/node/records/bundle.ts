// A FHIR R4 bundle as plain data, and the little that the rest of this folder needs to look inside one. Nothing here
// validates: a bundle has been checked before it comes here, or is only walked with care (unknown fields survive).
// Source: https://hl7.org/fhir/R4/bundle.html

export interface FhirBundle {
  readonly resourceType: 'Bundle';
  readonly [field: string]: unknown;
}

export interface FhirResource {
  readonly resourceType: string;
  readonly [field: string]: unknown;
}

/** One element of `Bundle.entry`. */
export interface BundleEntry {
  readonly fullUrl?: unknown;
  readonly resource?: FhirResource;
  readonly [field: string]: unknown;
}

export interface FhirObject {
  readonly [field: string]: unknown;
}

export function isObject(value: unknown): value is FhirObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a list: FHIR writes lists, but a stranger's bundle may not. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The text, or an empty one where there is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function entriesOf(bundle: FhirBundle): readonly BundleEntry[] {
  return listOf(bundle.entry).filter(isObject);
}

export function resourceOf(entry: BundleEntry): FhirResource | null {
  const { resource } = entry;
  return isObject(resource) && typeof resource.resourceType === 'string' ? resource : null;
}

/** Every resource of a bundle, in order. */
export function resourcesOf(bundle: FhirBundle): readonly FhirResource[] {
  return entriesOf(bundle)
    .map(resourceOf)
    .filter((resource) => resource !== null);
}

/** Calls `visit` with every object inside `root`, itself included. Depth is bounded where the JSON was read. */
export function walkObjects(root: unknown, visit: (object: FhirObject) => void): void {
  if (Array.isArray(root)) {
    for (const item of root) walkObjects(item, visit);
  } else if (isObject(root)) {
    visit(root);
    for (const value of Object.values(root)) if (typeof value === 'object') walkObjects(value, visit);
  }
}
