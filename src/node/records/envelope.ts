// The envelope: the canonical list of a version's sealed parts, itself a blob. The slip binds it by a commitment with a
// salt that lives in the manifest: once the salt is destroyed the slip proves nothing any more (T16, T24).
import { type Digest, type Rejection, MAX_PART_BYTES, isRejection, reject } from '../base/index.ts';
import { type Decoded, decode, encode, list, oneOf, struct, uint } from '../codec/index.ts';
import { sensitivityClass } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { cid } from './cid.ts';
import { CLASS_ORDER, strictness } from './classes.ts';
import { MAX_FILES, MAX_FILE_BYTES } from './files/index.ts';

export const SALT_BYTES = 32;
export const MAX_ENVELOPE_BYTES = 4 * 1024;

const sealedPart = struct({ class: sensitivityClass, cid, sizeBytes: uint(MAX_PART_BYTES) });
export type SealedPart = Decoded<typeof sealedPart>;

/** A file beside the parts: the CID of the list of its chunks, and what they take together. Of which class it is stands in the part. */
const sealedFile = struct({ list: cid, sizeBytes: uint(2 * MAX_FILE_BYTES) });
export type SealedFileEntry = Decoded<typeof sealedFile>;

export const envelope = struct({
  format: oneOf('clinicord/envelope/2'),
  /** By class, in their order, each class at most once. */
  parts: list(sealedPart, CLASS_ORDER.length),
  /** Ordered by CID, each at most once. */
  files: list(sealedFile, MAX_FILES),
});
export type Envelope = Decoded<typeof envelope>;

/** Canonical bytes; parts and files are put into order. */
export function envelopeBytes(parts: readonly SealedPart[], files: readonly SealedFileEntry[] = []): Uint8Array {
  const ordered = [...parts].sort((a, b) => strictness(a.class) - strictness(b.class));
  const sorted = [...files].sort((a, b) => (a.list < b.list ? -1 : 1));
  return encode(envelope, { format: 'clinicord/envelope/2', parts: ordered, files: sorted });
}

export function readEnvelope(bytes: Uint8Array): Envelope | Rejection {
  const value = decode(envelope, bytes, MAX_ENVELOPE_BYTES);
  if (isRejection(value)) return value;
  const inOrder = value.parts.every(
    (part, index) => index === 0 || strictness(part.class) > strictness(value.parts[index - 1]?.class ?? 'identity'),
  );
  if (!inOrder || value.parts.length === 0) return reject('malformed', 'parts: expected each class once, in order');
  const sorted = value.files.every((file, index) => index === 0 || file.list > (value.files[index - 1]?.list ?? ''));
  return sorted ? value : reject('malformed', 'files: expected each once, in order');
}

/** What the slip carries: SHA-256 of salt (32 bytes) and envelope bytes. */
export function commitmentOf(salt: Uint8Array, envelopeOfBytes: Uint8Array): Digest {
  return digestOf(salt, envelopeOfBytes);
}
