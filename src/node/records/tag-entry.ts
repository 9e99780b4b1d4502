// The index entry of a version: the search tags of its parts (P3-11, T20), with what its patient needs to find the key they were made with.
// Keepers hold it beside the manifest, never on the ledger, and destroy it with the version; the envelope binds each part's tags by a commitment
// whose salt is in here. Nothing in it tells a word to who has not the key of its scope.
import { type Digest, type RecordId, type Rejection, DIGEST_BYTES, isRejection, reject, toHex } from '../base/index.ts';
import { type Decoded, decode, encode, fixedBytes, list, oneOf, struct, uint } from '../codec/index.ts';
import { type SensitivityClass, publicKey, recordId, sensitivityClass } from '../contracts/index.ts';
import { MAX_TAGS, TAG_BYTES, tagSetCommitment } from '../crypto/index.ts';
import { CLASS_ORDER } from './classes.ts';
import { type CommittedTags, type Envelope, SALT_BYTES, isByClass } from './envelope.ts';

export const MAX_TAG_ENTRY_BYTES = 24 * 1024;

export const partTags = struct({
  class: sensitivityClass,
  /** Of whose tags, about whom, of which class and epoch: `scopeIdOf`. */
  scopeId: fixedBytes(DIGEST_BYTES),
  salt: fixedBytes(SALT_BYTES),
  tags: list(fixedBytes(TAG_BYTES), MAX_TAGS),
});
/** The tags of one part. */
export type PartTags = Decoded<typeof partTags>;

const tagEntry = struct({
  format: oneOf('clinicord/tags/1'),
  record: recordId,
  version: uint(10_000),
  epoch: uint(),
  writerKey: publicKey,
  patientKey: publicKey,
  /** By class, in their order. */
  sets: list(partTags, CLASS_ORDER.length),
});
export type TagEntry = Decoded<typeof tagEntry>;

export function tagEntryBytes(entry: TagEntry): Uint8Array {
  return encode(tagEntry, entry);
}

export function readTagEntry(bytes: Uint8Array): TagEntry | Rejection {
  const value = decode(tagEntry, bytes, MAX_TAG_ENTRY_BYTES);
  if (isRejection(value)) return value;
  return isByClass(value.sets) && value.sets.length > 0 ? value : reject('malformed', 'sets: expected each class once, in order');
}

/** What the envelope says of the entry. */
export function committedTagsOf(entry: TagEntry): readonly CommittedTags[] {
  return entry.sets.map((set) => ({ class: set.class, commitment: commitmentOfTags(entry.record, set) }));
}

export function commitmentOfTags(record: RecordId, { tags, scopeId, salt }: PartTags): Digest {
  return toHex(tagSetCommitment({ record, tags }, scopeId, salt)) as Digest;
}

/** Why the entry is not the one that the envelope commits to, or null. The envelope must have been checked against the ledger. */
export function refusesTags(entry: TagEntry, { tags }: Pick<Envelope, 'tags'>): Rejection | null {
  const said = new Map<SensitivityClass, Digest>(tags.map((each) => [each.class, each.commitment]));
  const same = entry.sets.length === tags.length && committedTagsOf(entry).every((each) => said.get(each.class) === each.commitment);
  return same ? null : reject('wrong-tags', 'the tags are not those that the signed entry commits to');
}
