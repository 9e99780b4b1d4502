// The envelope: the canonical list of a version's sealed parts, itself a blob. The slip binds it by a commitment with a
// salt that lives in the manifest: once the salt is destroyed the slip proves nothing any more (T16, T24).
import { type Digest, type Rejection, MAX_PART_BYTES, isRejection, reject } from '../base/index.ts';
import { type Decoded, decode, encode, list, oneOf, struct, uint } from '../codec/index.ts';
import { type SensitivityClass, digest, sensitivityClass } from '../contracts/index.ts';
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

/** The commitment to the search tags of a part (T20). The tags themselves lie beside the manifest, and go with it. */
const committedTags = struct({ class: sensitivityClass, commitment: digest });
export type CommittedTags = Decoded<typeof committedTags>;

const content = {
  /** By class, in their order, each class at most once. */
  parts: list(sealedPart, CLASS_ORDER.length),
  /** Ordered by CID, each at most once. */
  files: list(sealedFile, MAX_FILES),
};
const untagged = struct({ format: oneOf('clinicord/envelope/2'), ...content });
/** By class like the parts, of parts that there are; at least one. */
const tagged = struct({ format: oneOf('clinicord/envelope/3'), ...content, tags: list(committedTags, CLASS_ORDER.length) });
/** With the digest of the capsules (P3-10): who signs the commitment signs them, so that no proxy is given those of another record. */
const delegable = struct({
  format: oneOf('clinicord/envelope/4'),
  ...content,
  tags: list(committedTags, CLASS_ORDER.length),
  capsules: digest,
});

export interface Envelope {
  readonly parts: readonly SealedPart[];
  readonly files: readonly SealedFileEntry[];
  /** None where clinic or patient had no search key, or nothing had a code. */
  readonly tags: readonly CommittedTags[];
  /** Null where the patient had published no reading keys. */
  readonly capsules: Digest | null;
}

/** Canonical bytes; parts, files and tags are put into order. */
export function envelopeBytes(
  parts: readonly SealedPart[],
  files: readonly SealedFileEntry[] = [],
  tags: readonly CommittedTags[] = [],
  capsules: Digest | null = null,
): Uint8Array {
  const listed = { parts: byClass(parts), files: [...files].sort((a, b) => (a.list < b.list ? -1 : 1)) };
  if (capsules !== null) return encode(delegable, { format: 'clinicord/envelope/4', ...listed, tags: byClass(tags), capsules });
  return tags.length === 0
    ? encode(untagged, { format: 'clinicord/envelope/2', ...listed })
    : encode(tagged, { format: 'clinicord/envelope/3', ...listed, tags: byClass(tags) });
}

export function readEnvelope(bytes: Uint8Array): Envelope | Rejection {
  const value = decodeEnvelope(bytes);
  if (isRejection(value)) return value;
  const { parts, files, tags, capsules } = value;
  if (!isByClass(parts) || parts.length === 0) return reject('malformed', 'parts: expected each class once, in order');
  const sorted = files.every((file, index) => index === 0 || file.list > (files[index - 1]?.list ?? ''));
  if (!sorted) return reject('malformed', 'files: expected each once, in order');
  const classes = new Set(parts.map((part) => part.class));
  const fitting = isByClass(tags) && tags.every((each) => classes.has(each.class));
  return fitting ? { parts, files, tags, capsules } : reject('malformed', 'tags: expected each class of a part at most once, in order');
}

/** Of any format; what is empty in one is not spelled in a richer one. */
function decodeEnvelope(bytes: Uint8Array): Envelope | Rejection {
  const plain = decode(untagged, bytes, MAX_ENVELOPE_BYTES);
  if (!isRejection(plain)) return { ...plain, tags: [], capsules: null };
  const bound = decode(delegable, bytes, MAX_ENVELOPE_BYTES);
  if (!isRejection(bound)) return bound;
  const value = decode(tagged, bytes, MAX_ENVELOPE_BYTES);
  if (isRejection(value)) return value;
  return value.tags.length === 0 ? reject('malformed', 'tags: expected one at least') : { ...value, capsules: null };
}

interface OfClass {
  readonly class: SensitivityClass;
}

function byClass<Item extends OfClass>(items: readonly Item[]): readonly Item[] {
  return [...items].sort((a, b) => strictness(a.class) - strictness(b.class));
}

/** In the order of classes, each at most once. */
export function isByClass(items: readonly OfClass[]): boolean {
  return items.every((item, index) => index === 0 || strictness(item.class) > strictness(items[index - 1]?.class ?? 'identity'));
}

/** What the slip carries: SHA-256 of salt (32 bytes) and envelope bytes. */
export function commitmentOf(salt: Uint8Array, envelopeOfBytes: Uint8Array): Digest {
  return digestOf(salt, envelopeOfBytes);
}
