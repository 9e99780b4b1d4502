// One bundle into parts by class, and parts into the bundle again (P0-08). What a reader may not open leaves no gap that
// counts it: an entry's place is told only among the classes up to its own. Unknown fields survive; fields of the bundle
// itself beyond its name travel with the strictest part.
import { type Rejection, assert, reject } from '../base/index.ts';
import type { SensitivityClass } from '../contracts/index.ts';
import { type BundleEntry, type FhirBundle, type FhirObject, entriesOf } from './bundle.ts';
import { CLASS_ORDER, strictness } from './classes.ts';
import { classifyEntries } from './classify.ts';
import { type SealedFile, filesNamedIn } from './files/index.ts';

/** Fields of a bundle that every part repeats. */
const FRAME_FIELDS: readonly string[] = ['resourceType', 'id', 'type', 'timestamp'];

/** The entries of one class. */
export interface BundlePart {
  readonly class: SensitivityClass;
  readonly frame: FhirObject;
  /** The bundle's other fields: in the strictest part only, else null. */
  readonly rest: FhirObject | null;
  /** Each with its place among the entries of this class and all classes before it, ascending. */
  readonly entries: readonly (readonly [place: number, entry: BundleEntry])[];
  /** Keys of the files that these entries point to. */
  readonly files: readonly SealedFile[];
}

/** At least one part; classes in their order, each at most once. The key of a file goes with the entries that point to it. */
export function splitBundle(bundle: FhirBundle, files: readonly SealedFile[] = []): readonly BundlePart[] {
  const classes = classifyEntries(bundle);
  const frame: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(bundle)) {
    if (field !== 'entry') (FRAME_FIELDS.includes(field) ? frame : rest)[field] = value;
  }
  const used = CLASS_ORDER.filter((each) => classes.includes(each));
  if (used.length === 0) used.push('general');
  const entries = entriesOf(bundle);
  return used.map((sensitivityClass, index) => {
    const own = placesOf(entries, classes, sensitivityClass);
    const named = new Set(own.flatMap(([, entry]) => filesNamedIn(entry)));
    return {
      class: sensitivityClass,
      frame,
      rest: index === used.length - 1 ? rest : null,
      entries: own,
      files: files.filter(({ file }) => named.has(file)),
    };
  });
}

function placesOf(entries: readonly BundleEntry[], classes: readonly SensitivityClass[], wanted: SensitivityClass): BundlePart['entries'] {
  const places: (readonly [number, BundleEntry])[] = [];
  let place = 0;
  entries.forEach((entry, index) => {
    const own = classes[index];
    assert(own !== undefined, 'every entry has a class');
    if (strictness(own) > strictness(wanted)) return;
    if (own === wanted) places.push([place, entry]);
    place += 1;
  });
  return places;
}

/** The bundle of the parts that a reader holds, in the original order; all parts give the original content. */
export function joinParts(parts: readonly BundlePart[]): FhirBundle | Rejection {
  const ordered = [...parts].sort((a, b) => strictness(a.class) - strictness(b.class));
  const first = ordered[0];
  if (first === undefined) return reject('no-parts', 'nothing to join');
  let entries: readonly BundleEntry[] = [];
  let rest: FhirObject = {};
  for (const [index, part] of ordered.entries()) {
    if (part.class === ordered[index - 1]?.class) return reject('repeated-class', `two parts of class ${part.class}`);
    entries = merge(entries, part.entries);
    if (part.rest !== null) rest = part.rest;
  }
  const bundle = { ...first.frame, ...rest, ...(entries.length === 0 ? {} : { entry: entries }) };
  return (bundle as FhirObject).resourceType === 'Bundle'
    ? (bundle as unknown as FhirBundle)
    : reject('not-a-bundle', 'the parts are of no bundle');
}

/** Puts `added` at their places among `before`. Where a class in between is missing, order is kept as far as it is known. */
function merge(before: readonly BundleEntry[], added: BundlePart['entries']): readonly BundleEntry[] {
  const merged: BundleEntry[] = [];
  let taken = 0;
  for (const [place, entry] of added) {
    while (merged.length < place && taken < before.length) merged.push(before[taken++] as BundleEntry);
    merged.push(entry);
  }
  return [...merged, ...before.slice(taken)];
}
