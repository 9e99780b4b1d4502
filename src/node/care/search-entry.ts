// Whether an index entry that somebody handed over is the one that the ledger commits to (T20): checked by keepers, patients, authors and
// readers alike, before anything of it is used.
import { type Digest, type RecordId, type Rejection, isRejection, reject } from '../base/index.ts';
import {
  type Envelope,
  type PartTags,
  type TagEntry,
  commitmentOf,
  commitmentOfTags,
  readEnvelope,
  readTagEntry,
  refusesTags,
} from '../records/index.ts';
import type { Binding } from './search-formats.ts';
import type { VersionName } from './ways.ts';

/** The envelope that the commitment of a version names. */
export function boundEnvelope({ salt, envelope }: Binding, commitment: Digest): Envelope | Rejection {
  if (commitmentOf(salt, envelope) !== commitment) return reject('wrong-commitment', 'the envelope is not the one that the ledger names');
  return readEnvelope(envelope);
}

/** The entry of a version, checked against its envelope. */
export function boundEntry(bytes: Uint8Array, of: VersionName, envelope: Envelope): TagEntry | Rejection {
  const entry = readTagEntry(bytes);
  if (isRejection(entry)) return entry;
  if (entry.record !== of.record || entry.version !== of.version) return reject('wrong-tags', 'the tags are of another record or version');
  return refusesTags(entry, envelope) ?? entry;
}

/** Why these are not tags of the record that its envelope commits to, or null. */
export function refusesPartTags(record: RecordId, sets: readonly PartTags[], { tags }: Envelope): Rejection | null {
  const said = new Map(tags.map((each) => [each.class, each.commitment]));
  const stray = sets.some((set) => said.get(set.class) !== commitmentOfTags(record, set));
  return stray ? reject('wrong-tags', 'the tags are not those that the ledger commits to') : null;
}
