// A profile: what one node keeps of its identity. The root secret is sealed under the ways in (ways-in.ts), a patient's name under
// her own key; what a locked or uncertified node needs (its application, its pledge) is signed once and kept.
import { AppError, type PartyId, MAX_NAME_CHARS, ID_BYTES, isRejection } from '../base/index.ts';
import type { ProfileSummary } from '../api.ts';
import { type Decoded, boundedBytes, decode, encode, fixedBytes, flag, hex, list, nullable, struct, text, uint } from '../codec/index.ts';
import { certificate, possession, role, signature } from '../contracts/index.ts';
import type { NoteStore } from '../ports/index.ts';
import { invitation } from './invitation.ts';

export const MAX_PASSKEYS = 8;

const inAllFormats = {
  slot: text(40),
  role,
  /** Shown before the profile is unlocked. */
  label: text(MAX_NAME_CHARS),
  party: hex<PartyId>(ID_BYTES),
  invitation,
  /** Also the supervision centre, by keys of its own from the same root. */
  authority: flag,
  certificate,
  possession,
  peerKey: boundedBytes(200),
  peer: text(120),
  pledge: nullable(signature),
  /** The root secret under the passphrase's key. */
  salt: fixedBytes(16),
  sealedRoot: boundedBytes(200),
};
/** The first format: it has no passkeys, and its label is the person's name in clear until the next unlock. */
const firstProfile = struct(inAllFormats);
const profile = struct({
  ...inAllFormats,
  passphraseSinceMs: nullable(uint()),
  /** The root secret under the keys of passkeys. */
  passkeys: list(
    struct({
      id: boundedBytes(1_024),
      input: fixedBytes(32),
      label: text(MAX_NAME_CHARS),
      addedMs: uint(),
      sealedRoot: boundedBytes(200),
    }),
    MAX_PASSKEYS,
  ),
  /** A patient's own name; null where the certificate has the name. */
  sealedName: nullable(boundedBytes(1_024)),
});
export type Profile = Decoded<typeof profile>;

const TABLE = 'profile';
const KEY = 'profile';
const MAX_PROFILE_BYTES = 32 * 1024;

export async function storeProfile(notes: NoteStore, value: Profile): Promise<void> {
  await notes.put(TABLE, KEY, encode(profile, value));
}

/** Throws AppError `no-profile` or `damaged-profile`. */
export async function loadProfile(notes: NoteStore): Promise<Profile> {
  const bytes = await notes.get(TABLE, KEY);
  if (bytes === null)
    throw new AppError({ code: 'no-profile', message: 'This profile is not in this browser.', remedy: 'Restore it with its 24 words.' });
  const value = decode(profile, bytes, MAX_PROFILE_BYTES);
  if (!isRejection(value)) return value;
  const first = decode(firstProfile, bytes, MAX_PROFILE_BYTES);
  if (!isRejection(first)) return { ...first, passphraseSinceMs: null, passkeys: [], sealedName: null };
  throw new AppError({
    code: 'damaged-profile',
    message: 'The stored keys of this profile are damaged.',
    remedy: 'Remove this profile and restore it with its 24 words.',
  });
}

export function summaryOf(value: Profile): ProfileSummary {
  const { slot, role: asWhat, label, party, invitation: place } = value;
  return { slot, role: asWhat, label, party, channel: place.channel, channelName: place.name };
}
