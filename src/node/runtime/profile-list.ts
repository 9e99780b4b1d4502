// The list of this browser's profiles, as everybody at this browser may see it: nothing of a person is in it but what she chose to
// show.
import { type ChannelId, DIGEST_BYTES, ID_BYTES, MAX_NAME_CHARS, type PartyId, isRejection } from '../base/index.ts';
import type { ProfileSummary } from '../api.ts';
import { decode, encode, hex, struct, text } from '../codec/index.ts';
import { role } from '../contracts/index.ts';
import type { NoteStore } from '../ports/index.ts';
import { type Profile, summaryOf } from './profile.ts';

const inAllFormats = {
  slot: text(40),
  role,
  label: text(MAX_NAME_CHARS),
  channel: hex<ChannelId>(DIGEST_BYTES),
  channelName: text(MAX_NAME_CHARS),
};
/** The first format; it is replaced when its profile is opened. */
const firstSummary = struct(inAllFormats);
const summary = struct({ ...inAllFormats, party: hex<PartyId>(ID_BYTES) });

const TABLE = 'profiles';
const MAX_SUMMARY_BYTES = 2_000;

export interface ProfileList {
  all(): Promise<readonly ProfileSummary[]>;
  put(profile: Profile): Promise<void>;
  delete(slot: string): Promise<void>;
}

export function createProfileList(notes: NoteStore): ProfileList {
  return {
    all: async () => (await notes.entries(TABLE)).flatMap(([, bytes]) => readSummary(bytes)),
    put: (profile) => notes.put(TABLE, profile.slot, encode(summary, summaryOf(profile))),
    delete: (slot) => notes.delete(TABLE, slot),
  };
}

function readSummary(bytes: Uint8Array): readonly ProfileSummary[] {
  const value = decode(summary, bytes, MAX_SUMMARY_BYTES);
  if (!isRejection(value)) return [value];
  const first = decode(firstSummary, bytes, MAX_SUMMARY_BYTES);
  return isRejection(first) ? [] : [{ ...first, party: '' as PartyId }];
}
