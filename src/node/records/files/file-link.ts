// How a FHIR resource points to a sealed file: an attachment whose address is the file's id under a scheme of this product. Nothing outside
// a node can follow it, and the key is not in it.
import type { FileKind } from '../../api.ts';
import { type BundleEntry, type FhirObject, textOf, walkObjects } from '../bundle.ts';

const SCHEME = 'clinicord-file:';
const LINK = /^clinicord-file:[0-9a-f]{32}$/u;

export const FILE_KINDS: readonly FileKind[] = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf', 'application/dicom'];

export function linkOfFile(file: string): string {
  return SCHEME + file;
}

/** The id that an attachment points to, or null where it is none of ours. */
export function fileOfLink(url: unknown): string | null {
  return typeof url === 'string' && LINK.test(url) ? url.slice(SCHEME.length) : null;
}

/** A kind that this product shows or stores; anything else is told as null and never shown. */
export function fileKindOf(contentType: unknown): FileKind | null {
  return FILE_KINDS.find((kind) => kind === contentType) ?? null;
}

/** Ids of all files that an entry points to. */
export function filesNamedIn(entry: BundleEntry | FhirObject): readonly string[] {
  const found = new Set<string>();
  walkObjects(entry, (object) => {
    const file = fileOfLink(object.url);
    if (file !== null && textOf(object.contentType) !== '') found.add(file);
  });
  return [...found];
}
