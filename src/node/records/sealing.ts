// The plan of sealing one version, and of opening it: which bytes, bound to which context. The caller brings keys, nonces
// and ciphers (they are ports), so that this stays a function of its input.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import type { SensitivityClass } from '../contracts/index.ts';
import type { FhirBundle } from './bundle.ts';
import { type RecordVersion, partContext } from './contexts.ts';
import { partBytes, readPart } from './part.ts';
import { type BundlePart, joinParts, splitBundle } from './split.ts';

/** What the caller seals under a fresh AES-256 key each (P2-07): `aead.seal(key, plaintext, context)`. */
export interface PlannedPart {
  readonly class: SensitivityClass;
  /** Padded. */
  readonly plaintext: Uint8Array;
  readonly context: Uint8Array;
}

export function planSealing(bundle: FhirBundle, of: RecordVersion): readonly PlannedPart[] {
  return splitBundle(bundle).map((part) => ({ class: part.class, plaintext: partBytes(part), context: partContext(of, part.class) }));
}

/** An opened part as it came out of `aead.open` with the context of its class. */
export interface OpenedPart {
  readonly class: SensitivityClass;
  readonly plaintext: Uint8Array;
}

/** The bundle of the parts that a reader could open. */
export function joinOpened(opened: readonly OpenedPart[]): FhirBundle | Rejection {
  const parts: BundlePart[] = [];
  for (const each of opened) {
    const part = readPart(each.plaintext);
    if (isRejection(part)) return part;
    if (part.class !== each.class) return reject('wrong-class', `a part of class ${each.class} says it is ${part.class}`);
    parts.push(part);
  }
  return joinParts(parts);
}
