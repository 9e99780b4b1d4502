// A new profile: keys, certificate request and pledge, made in this browser. Nobody makes anybody else's keys (T10), and a member
// key is made for one profile and never copied (R14, R16).
import { AppError, type ChannelId, isRejection } from '../base/index.ts';
import type { Invitation, NewProfile } from '../api.ts';
import { type Certificate, certificateBytes } from '../contracts/index.ts';
import { type PersonSecrets, pledgeBytes, possessionBytes, rootFromWords, secretsOf, wordsOf } from '../crypto/index.ts';
import type { Signer } from '../ports/index.ts';
import { sealName } from './own-name.ts';
import type { Platform } from './platform.ts';
import type { Profile } from './profile.ts';
import { sealUnderPassphrase } from './ways-in.ts';

const CERTIFICATE_LIFETIME_MS = 2 * 365 * 86_400_000;
/** Clocks differ: a certificate is valid from a little before it was asked for. */
const CLOCK_SLACK_MS = 3_600_000;

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
  const isPatient = init.role === 'patient';
  return {
    root,
    words: wordsOf(root),
    profile: {
      slot: init.slot,
      role: asked.role,
      // A patient's name is nobody's business who only sees the browser; a clinic's stands on the ledger.
      label: isPatient ? '' : init.name,
      party: secrets.party,
      invitation: { ...joining.invitation },
      authority: joining.authority,
      certificate: asked,
      possession: { bySigningKey: await signer.sign(proof), byMemberKey: (await joining.memberSigner?.sign(proof)) ?? null },
      peerKey,
      peer: await platform.peerIdOf(peerKey),
      pledge: null,
      passkeys: [],
      sealedName: isPatient ? await sealName(platform, secrets, init.name) : null,
      ...(await sealUnderPassphrase(platform, root, init.passphrase)),
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
  // By the person's key, which the ledger knows already: the member key is a stranger's until it is certified.
  return withPledge({ ...stored, certificate: renewed, possession: both }, stored.invitation.channel, signer);
}

/** The profile with its pledge for the channel it takes part in. `signer` is the member's or the person's. */
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
