// The founding block of a further channel (P1-05): made by the member that opens it, from certificates that the consortium's chain
// holds, and compared with them by everybody who joins. Its authority is the opener's own; nobody can certify a key there that its
// owner did not ask for, for every certificate carries its subject's signatures.
import { AppError, type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { encode, equalBytes } from '../codec/index.ts';
import {
  type Action,
  type Certificate,
  type ChannelEntry,
  type ChannelSettings,
  type Slip,
  certificateBytes,
  channelSettings,
  foundingSettings,
  slipBytes,
} from '../contracts/index.ts';
import { possessionBytes, wrapPublicKey } from '../crypto/index.ts';
import { type FinalBlock, type Founding, type Ledger, NO_CHANNEL, decodeFinalBlock, foundChannel, partyOf } from '../ledger/index.ts';
import type { LedgerStore, Signer } from '../ports/index.ts';
import type { ChannelWish } from '../api.ts';
import type { Channel } from './channel.ts';
import type { AuthorityKeys } from './person.ts';

const AUTHORITY_LIFETIME_MS = 10 * 365 * 86_400_000;
const PACES = { paper: 600_000, interactive: 1_000 } as const;

type Certify = Extract<Action, { kind: 'certify' }>;

export interface Opener {
  readonly party: PartyId;
  readonly memberSigner: Signer;
  readonly authority: AuthorityKeys;
  readonly nowMs: number;
}

/** What a channel of this wish is founded with; time-outs and copies as the consortium has them. */
export function settingsOf(wish: ChannelWish, home: ChannelSettings): ChannelSettings {
  const { name, kind, engine, endorsement = '', pace } = wish;
  const { copies, silenceMs, epochMinMs, baseTimeoutMs } = home;
  const blockMs = PACES[pace];
  const common = { name, kind, engine, endorsement, blockMs, copies, archiveQuorum: false };
  return foundingSettings({ ...common, silenceMs, epochMinMs, baseTimeoutMs });
}

/** Throws AppError `refused` where the founding cannot work. */
export async function foundFurther(
  opener: Opener,
  settings: ChannelSettings,
  members: readonly PartyId[],
  home: { readonly channel: Channel; readonly store: LedgerStore },
): Promise<Founding> {
  const { authority, memberSigner, nowMs } = opener;
  const certified = await Promise.all(members.map((party) => certifyOf(home, party)));
  const actions: readonly Action[] = [{ kind: 'found', settings }, await ownCertify(opener, settings), ...certified];
  const slips = await Promise.all(actions.map((action, counter) => signed(authority.signer, authority.party, counter, nowMs, action)));
  const seat = await signed(memberSigner, opener.party, 0, nowMs, { kind: 'seat', height: 0 });
  const founding = foundChannel([...slips, seat], nowMs);
  if (!isRejection(founding)) return founding;
  throw new AppError({ code: 'refused', message: `The channel cannot be founded: ${founding.detail}.`, remedy: 'Choose other members.' });
}

/** Why this founding is not what the consortium's chain announces, or null. */
export function foundingRefusal(home: Ledger, entry: ChannelEntry, { block }: FinalBlock): Rejection | null {
  const [found, ...others] = block.slips.map(({ body }) => body.action);
  if (found?.kind !== 'found' || !equalBytes(encode(channelSettings, found.settings), encode(channelSettings, entry.settings)))
    return reject('other-settings', 'the channel was founded by other rules than it was opened with');
  const certificates = others.flatMap((action) => (action.kind === 'certify' ? [action.certificate] : []));
  const members = certificates.filter(({ role }) => role !== 'authority');
  const named = new Set(entry.members.map(({ party }) => party));
  if (members.length !== named.size || members.some(({ subject }) => !named.has(subject)))
    return reject('other-members', 'the channel was founded for others than it was opened for');
  return members.every((certificate) => isKnown(home, certificate)) ? null : reject('other-keys', 'a member was certified with other keys');
}

/** Signing and wrapping keys last; a member key may have been replaced since. */
function isKnown(home: Ledger, { subject, signingKey, wrapKey }: Certificate): boolean {
  const known = partyOf(home, subject)?.certificate;
  return known !== undefined && equalBytes(known.signingKey, signingKey) && equalBytes(known.wrapKey, wrapKey);
}

async function ownCertify({ authority, nowMs }: Opener, { name }: ChannelSettings): Promise<Certify> {
  const certificate: Certificate = {
    subject: authority.party,
    role: 'authority',
    name,
    clinician: '',
    signingKey: authority.signer.publicKey,
    wrapKey: wrapPublicKey(authority.wrapPrivateKey),
    memberKey: null,
    notBeforeMs: nowMs,
    notAfterMs: nowMs + AUTHORITY_LIFETIME_MS,
  };
  const bySigningKey = await authority.signer.sign(possessionBytes(certificateBytes(certificate)));
  return { kind: 'certify', certificate, possession: { bySigningKey, byMemberKey: null } };
}

/** The action by which the consortium certified the party, its own signatures included. */
export async function certifyOf(
  { channel, store }: { readonly channel: Channel; readonly store: LedgerStore },
  party: PartyId,
): Promise<Certify> {
  const entry = partyOf(channel.ledger(), party);
  if (entry !== null) {
    const [bytes] = await store.read(channel.ledger().channel, entry.certifiedAtHeight, 1);
    const final = bytes === undefined ? null : decodeFinalBlock(bytes);
    const slips = final === null || isRejection(final) ? [] : final.block.slips;
    for (const { body } of slips) if (body.action.kind === 'certify' && body.action.certificate.subject === party) return body.action;
  }
  throw new AppError({
    code: 'unknown-member',
    message: 'A member of the channel is not certified here, or its certificate is not on this disk yet.',
    remedy: 'Wait until this node has caught up, or choose other members.',
  });
}

async function signed(signer: Signer, author: PartyId, counter: number, timestampMs: number, action: Action): Promise<Slip> {
  const body = { protocol: 1, channel: NO_CHANNEL, author, counter, timestampMs, action };
  return { body, signature: await signer.sign(slipBytes(body)), consent: null };
}
