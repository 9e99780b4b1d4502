// The fingerprint of a data set: the same in whatever order its rows come and however often one is repeated, another one as soon as
// a single byte of a row differs. It tells nothing about rows that nobody can guess; rows that can be guessed are for a salt.
import type { Digest } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { sha256 } from '../../crypto/index.ts';
import { toHex } from '../../base/index.ts';

const LABEL = textToBytes('clinicord/data-set/1');
const ROW = Uint8Array.of(0);

/** Over the rows of a data set, each as the bytes that its owner keeps. `salt` is the owner's, or empty. */
export function dataSetFingerprint(rows: Iterable<Uint8Array>, salt: Uint8Array = new Uint8Array()): Digest {
  const hashes = new Map<string, Uint8Array>();
  for (const row of rows) {
    const hash = sha256(ROW, sha256(salt), row);
    hashes.set(toHex(hash), hash);
  }
  const ordered = [...hashes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, hash]) => hash);
  return toHex(sha256(LABEL, ...ordered)) as Digest;
}
