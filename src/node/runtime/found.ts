// Founding a consortium (P0-02): the founder's supervision centre certifies itself and the founder's node, which takes the
// first seat. The founding block names the channel by its digest; nobody votes on it.
import { type ChannelId, assert, isRejection } from '../base/index.ts';
import { type Action, type Certificate, type ChannelSettings, type Slip, certificateBytes, slipBytes } from '../contracts/index.ts';
import { authorityRootOf, possessionBytes, secretsOf } from '../crypto/index.ts';
import { NO_CHANNEL, foundChannel } from '../ledger/index.ts';
import type { LedgerStore, Signer } from '../ports/index.ts';
import type { CreatedProfile } from './new-profile.ts';
import type { Platform } from './platform.ts';

/** The founder's certificate for ten years: its successor is a matter for all. */
const AUTHORITY_LIFETIME_MS = 10 * 365 * 86_400_000;

/** Signs the founding slips, stores the block as height 0, returns the channel. */
export async function foundConsortium(
  platform: Platform,
  store: LedgerStore,
  founder: CreatedProfile,
  memberSigner: Signer,
  settings: ChannelSettings,
): Promise<ChannelId> {
  const nowMs = platform.clock.nowMs();
  const authority = secretsOf(authorityRootOf(founder.root));
  const signer = await platform.seedSigners.signerOf(authority.signingSeed);
  const ownCertificate: Certificate = {
    subject: authority.party,
    role: 'authority',
    name: settings.name,
    clinician: '',
    signingKey: authority.signingKey,
    wrapKey: authority.wrapKey,
    memberKey: null,
    notBeforeMs: founder.profile.certificate.notBeforeMs,
    notAfterMs: nowMs + AUTHORITY_LIFETIME_MS,
  };
  const ownPossession = { bySigningKey: await signer.sign(possessionBytes(certificateBytes(ownCertificate))), byMemberKey: null };
  const { certificate, possession, party } = founder.profile;
  const slips = [
    await signed(signer, authority.party, 0, nowMs, { kind: 'found', settings }),
    await signed(signer, authority.party, 1, nowMs, { kind: 'certify', certificate: ownCertificate, possession: ownPossession }),
    await signed(signer, authority.party, 2, nowMs, { kind: 'certify', certificate, possession }),
    await signed(memberSigner, party, 0, nowMs, { kind: 'seat', height: 0 }),
  ];
  const founding = foundChannel(slips, nowMs);
  assert(!isRejection(founding), `our own founding is valid: ${isRejection(founding) ? founding.detail : ''}`);
  await store.append(founding.channel, 0, founding.bytes);
  return founding.channel;
}

async function signed(signer: Signer, author: Slip['body']['author'], counter: number, timestampMs: number, action: Action): Promise<Slip> {
  const body = { protocol: 1, channel: NO_CHANNEL, author, counter, timestampMs, action };
  return { body, signature: await signer.sign(slipBytes(body)), consent: null };
}
