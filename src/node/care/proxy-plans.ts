// What anybody checks of a plan of re-encryption before relying on it: the patient who gave the grant signed it, for this channel, with more
// than half of its proxies needed; and between which keys of the ledger it turns.
import { type PartyId, type Rejection, MAX_CLOCK_AHEAD_MS, reject } from '../base/index.ts';
import type { SensitivityClass } from '../contracts/index.ts';
import type { DelegationBytes } from '../crypto/index.ts';
import type { GrantRow } from '../ledger/index.ts';
import { type SignedPlan, planBytes, thresholdOf } from './proxy-formats.ts';
import type { Workplace } from './workplace.ts';

/** Why the plan is none of this grant, or null. */
export async function refusesPlan(work: Workplace, { plan, signature }: SignedPlan, grant: GrantRow): Promise<Rejection | null> {
  const { environment, facts } = work;
  if (plan.channel !== facts.channelId || plan.grant !== grant.grant) return reject('other-grant', 'the plan is of another grant');
  const { proxies, threshold } = plan;
  if (proxies.length === 0 || new Set(proxies).size !== proxies.length) return reject('bad-proxies', 'each proxy is named once');
  if (proxies.includes(grant.grantee)) return reject('bad-proxies', 'the reader is no proxy of its own');
  if (threshold !== thresholdOf(proxies.length)) return reject('bad-threshold', 'more than half of the proxies are needed');
  if (plan.madeMs > environment.clock.nowMs() + MAX_CLOCK_AHEAD_MS) return reject('plan-ahead', 'the plan was made in the future');
  // Her certificate may have ended since she signed.
  const signingKey = facts.party(grant.patient)?.certificate.signingKey;
  const good = signingKey !== undefined && (await environment.verifier.verify(signingKey, planBytes(plan), signature));
  return good ? null : reject('bad-signature', 'the plan is not signed by the patient');
}

/** From whom to whom fragments of this class and epoch turn, by the ledger; null while a key is missing there. */
export function delegationOf(
  { facts }: Workplace,
  of: { readonly patient: PartyId; readonly grantee: PartyId },
  epoch: number,
  partClass: SensitivityClass,
): DelegationBytes | null {
  const reading = facts.readingKeys(of.patient, epoch);
  const receivingKey = facts.receivingKey(of.grantee);
  if (reading === null || receivingKey === null) return null;
  return { delegatingKey: reading.keys[partClass], receivingKey, verifyingKey: reading.signer };
}
