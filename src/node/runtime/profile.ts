// A profile: what one node keeps of its identity. The root secret is wrapped by a passphrase (Argon2id); what a locked or
// uncertified node needs (its application, its pledge) is signed once and kept. Nobody makes anybody else's keys (T10).
import { AppError, type ChannelId, type PartyId, MAX_NAME_CHARS, ID_BYTES, isRejection } from '../base/index.ts';
import type { Invitation, NewProfile, ProfileSummary } from '../api.ts';
import { type Decoded, boundedBytes, decode, encode, fixedBytes, flag, hex, nullable, struct, text } from '../codec/index.ts';
import { type Certificate, certificate, certificateBytes, possession, role, signature } from '../contracts/index.ts';
import { type PersonSecrets, pledgeBytes, possessionBytes, rootFromWords, secretsOf, wordsOf } from '../crypto/index.ts';
import type { NoteStore, Signer } from '../ports/index.ts';
import { invitation } from './invitation.ts';
import type { Platform } from './platform.ts';

const profile = struct({
  slot: text(40),
  role,
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
  /** The root secret, sealed under the passphrase's key; null for a server's profile, whose root lies beside it. */
  salt: fixedBytes(16),
  sealedRoot: boundedBytes(200),
});
export type Profile = Decoded<typeof profile>;

const TABLE = 'profile';
const KEY = 'profile';
const MAX_PROFILE_BYTES = 16 * 1024;
const CERTIFICATE_LIFETIME_MS = 2 * 365 * 86_400_000;
/** Clocks differ: a certificate is valid from a little before it was asked for. */
const CLOCK_SLACK_MS = 3_600_000;
const ROOT_CONTEXT = new TextEncoder().encode('clinicord/root-secret/1');

export interface CreatedProfile {
  readonly profile: Profile;
  readonly root: Uint8Array;
  readonly words: string;
}

/** Keys, certificate request and pledge of a new profile; nothing is stored yet. Throws AppError `bad-words`. */
export async function makeProfile(
  platform: Platform,
  init: NewProfile & { readonly slot: string; readonly serverRole?: 'archive' },
  joining: { readonly invitation: Invitation; readonly authority: boolean; readonly memberSigner: Signer | null },
): Promise<CreatedProfile> {
  const root = rootOf(platform, init.words);
  const secrets = secretsOf(root);
  const signer = await platform.seedSigners.signerOf(secrets.signingSeed);
  const asked = certificateFor(platform, init, secrets, joining.memberSigner?.publicKey ?? null);
  const proof = possessionBytes(certificateBytes(asked));
  const peerKey = await platform.newPeerKey();
  const peer = await platform.peerIdOf(peerKey);
  const salt = platform.randomness.bytes(16);
  return {
    root,
    words: wordsOf(root),
    profile: {
      slot: init.slot,
      role: asked.role,
      label: init.name,
      party: secrets.party,
      invitation: { ...joining.invitation },
      authority: joining.authority,
      certificate: asked,
      possession: { bySigningKey: await signer.sign(proof), byMemberKey: (await joining.memberSigner?.sign(proof)) ?? null },
      peerKey,
      peer,
      pledge: null,
      salt,
      sealedRoot: await platform.aead.seal(await platform.passphraseHash.derive(init.passphrase, salt), root, ROOT_CONTEXT),
    },
  };
}

/**
 * The profile with a new member key in place of one that is gone with its journal (R14): to be certified anew, in the same
 * seat. `root` is the person's root secret.
 */
export async function withMemberKey(platform: Platform, stored: Profile, root: Uint8Array, memberSigner: Signer): Promise<Profile> {
  const nowMs = platform.clock.nowMs();
  const renewed = {
    ...stored.certificate,
    memberKey: memberSigner.publicKey,
    notBeforeMs: nowMs - CLOCK_SLACK_MS,
    notAfterMs: nowMs + CERTIFICATE_LIFETIME_MS,
  };
  const signer = await platform.seedSigners.signerOf(secretsOf(root).signingSeed);
  const proof = possessionBytes(certificateBytes(renewed));
  const both = { bySigningKey: await signer.sign(proof), byMemberKey: await memberSigner.sign(proof) };
  return withPledge({ ...stored, certificate: renewed, possession: both }, stored.invitation.channel, memberSigner);
}

/** The profile with its pledge for the channel it takes part in. `signer` is the member's or, without one, the person's. */
export async function withPledge(made: Profile, channel: ChannelId, signer: Signer): Promise<Profile> {
  const pledge = await signer.sign(pledgeBytes(channel, made.party, made.peer));
  return { ...made, invitation: { ...made.invitation, channel }, pledge };
}

function rootOf(platform: Platform, words: string | undefined): Uint8Array {
  if (words === undefined) return platform.randomness.bytes(32);
  const root = rootFromWords(words);
  if (!isRejection(root)) return root;
  throw new AppError({
    code: 'bad-words',
    message: `These are not the 24 words: ${root.detail}.`,
    remedy: 'Compare each word with what you wrote down, in order.',
  });
}

function certificateFor(
  platform: Platform,
  init: NewProfile & { readonly serverRole?: 'archive' },
  secrets: PersonSecrets,
  memberKey: Uint8Array | null,
): Certificate {
  const nowMs = platform.clock.nowMs();
  const patient = init.role === 'patient';
  return {
    subject: secrets.party,
    role: init.serverRole ?? init.role,
    // A patient's name is nowhere on the ledger (P3-13).
    name: patient ? '' : init.name,
    clinician: patient ? '' : init.clinician,
    signingKey: secrets.signingKey,
    wrapKey: secrets.wrapKey,
    memberKey,
    notBeforeMs: nowMs - CLOCK_SLACK_MS,
    notAfterMs: nowMs + CERTIFICATE_LIFETIME_MS,
  };
}

/** Opens the root secret. Throws AppError `wrong-passphrase`. */
export async function openRoot(platform: Platform, stored: Profile, passphrase: string): Promise<Uint8Array> {
  const key = await platform.passphraseHash.derive(passphrase, stored.salt);
  try {
    return await platform.aead.open(key, stored.sealedRoot, ROOT_CONTEXT);
  } catch (cause) {
    throw new AppError({
      code: 'wrong-passphrase',
      message: 'The passphrase does not open the keys of this profile.',
      remedy: 'Try again; without the passphrase, remove this profile and restore it with the 24 words.',
      cause,
    });
  }
}

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
  throw new AppError({
    code: 'damaged-profile',
    message: 'The stored keys of this profile are damaged.',
    remedy: 'Remove this profile and restore it with its 24 words.',
  });
}

export function summaryOf(value: Profile): ProfileSummary {
  const { slot, role: asWhat, label, invitation: place } = value;
  return { slot, role: asWhat, label, channel: place.channel, channelName: place.name };
}
