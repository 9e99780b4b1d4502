// The plan of sealing one version, and of opening it: which bytes, bound to which context. The caller brings keys, nonces
// and ciphers (they are ports), so that this stays a function of its input.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';
import type { SensitivityClass } from '../contracts/index.ts';
import type { FhirBundle } from './bundle.ts';
import { type RecordVersion, partContext } from './contexts.ts';
import type { SealedFile } from './files/index.ts';
import { partBytes, readPart } from './part.ts';
import { type BundlePart, joinParts, splitBundle } from './split.ts';

/** What the caller seals under a fresh AES-256 key each (P2-07): `aead.seal(key, plaintext, context)`. */
export interface PlannedPart {
  readonly class: SensitivityClass;
  /** Padded. */
  readonly plaintext: Uint8Array;
  readonly context: Uint8Array;
}

/** `files` are sealed already; their keys go into the parts that point to them. */
export function planSealing(bundle: FhirBundle, of: RecordVersion, files: readonly SealedFile[] = []): readonly PlannedPart[] {
  return splitBundle(bundle, files).map((part) => ({
    class: part.class,
    plaintext: partBytes(part),
    context: partContext(of, part.class),
  }));
}

/** An opened part as it came out of `aead.open` with the context of its class. */
export interface OpenedPart {
  readonly class: SensitivityClass;
  readonly plaintext: Uint8Array;
}

/** What the parts that a reader could open say. */
export interface JoinedParts {
  readonly bundle: FhirBundle;
  /** Each file once, though several parts may point to it. */
  readonly files: readonly SealedFile[];
}

export function joinOpened(opened: readonly OpenedPart[]): JoinedParts | Rejection {
  const parts: BundlePart[] = [];
  const files = new Map<string, SealedFile>();
  for (const each of opened) {
    const part = readPart(each.plaintext);
    if (isRejection(part)) return part;
    if (part.class !== each.class) return reject('wrong-class', `a part of class ${each.class} says it is ${part.class}`);
    for (const file of part.files) {
      const known = files.get(file.file);
      if (known !== undefined && !isSame(known, file)) return reject('two-keys', 'two parts give different keys for one file');
      files.set(file.file, file);
    }
    parts.push(part);
  }
  const bundle = joinParts(parts);
  return isRejection(bundle) ? bundle : { bundle, files: [...files.values()] };
}

function isSame(a: SealedFile, b: SealedFile): boolean {
  return a.list === b.list && a.sizeBytes === b.sizeBytes && equalBytes(a.secret, b.secret);
}
