// The envelope: the canonical list of a version's sealed parts, itself a blob. The slip binds it by a commitment with a
// salt that lives in the manifest: once the salt is destroyed the slip proves nothing any more (T16, T24).
import { type Digest, type Rejection, MAX_PART_BYTES, isRejection, reject } from '../base/index.ts';
import { type Codec, type Decoded, MalformedError, decode, encode, list, oneOf, struct, text, uint } from '../codec/index.ts';
import { sensitivityClass } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { CLASS_ORDER, strictness } from './classes.ts';

export const SALT_BYTES = 32;
export const MAX_CID_CHARS = 120;
export const MAX_ENVELOPE_BYTES = 4 * 1024;

const cidText = text(MAX_CID_CHARS);

/** A CIDv1 in base32, its text form: checked for its alphabet only, the blob store checks the rest. */
export const cid: Codec<string> = {
  toValue: (value) => value,
  fromValue: (value, path) => {
    const found = cidText.fromValue(value, path);
    if (!/^b[a-z2-7]+$/u.test(found)) throw new MalformedError(`${path}: expected a CIDv1 in base32`);
    return found;
  },
};

const sealedPart = struct({ class: sensitivityClass, cid, sizeBytes: uint(MAX_PART_BYTES) });
export type SealedPart = Decoded<typeof sealedPart>;

export const envelope = struct({
  format: oneOf('clinicord/envelope/1'),
  /** By class, in their order, each class at most once. */
  parts: list(sealedPart, CLASS_ORDER.length),
});
export type Envelope = Decoded<typeof envelope>;

/** Canonical bytes; parts are put into order. */
export function envelopeBytes(parts: readonly SealedPart[]): Uint8Array {
  const ordered = [...parts].sort((a, b) => strictness(a.class) - strictness(b.class));
  return encode(envelope, { format: 'clinicord/envelope/1', parts: ordered });
}

export function readEnvelope(bytes: Uint8Array): Envelope | Rejection {
  const value = decode(envelope, bytes, MAX_ENVELOPE_BYTES);
  if (isRejection(value)) return value;
  const inOrder = value.parts.every(
    (part, index) => index === 0 || strictness(part.class) > strictness(value.parts[index - 1]?.class ?? 'identity'),
  );
  return inOrder && value.parts.length > 0 ? value : reject('malformed', 'parts: expected each class once, in order');
}

/** What the slip carries: SHA-256 of salt (32 bytes) and envelope bytes. */
export function commitmentOf(salt: Uint8Array, envelopeOfBytes: Uint8Array): Digest {
  return digestOf(salt, envelopeOfBytes);
}
