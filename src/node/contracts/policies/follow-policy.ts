// P3-24: what meets every condition that the patient preset is released by the ledger itself, for a time; everything else is an application
// to her. A release is a grant like any other: it expires, she ends it, every read by it is on the ledger. Ending a policy
// ends later releases.
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import { recordTable } from '../entries.ts';
import { grantAccess } from '../sharing-actions.ts';
import type { State } from '../state.ts';
import { type PolicyEntry, policyTable } from './entries.ts';

type Policy = ActionOf<'policy'>;
type DeedOf<Kind extends Policy['deed']['kind']> = Extract<Policy['deed'], { readonly kind: Kind }>;

export function followPolicy(state: State, action: Policy, author: Author): Judgement {
  const { policy, deed } = action;
  const entry = policyTable.get(state, policy);
  if (deed.kind === 'preset') return entry === null ? preset(state, policy, deed, author) : reject('known-policy', 'this policy is there');
  if (entry === null) return reject('unknown-policy', 'the ledger knows no such policy');
  if (deed.kind === 'release') return release(state, action, entry, deed, author);
  if (entry.patient !== author.party) return reject('not-the-patient', 'only who gave a policy ends it');
  if (entry.endedAtHeight !== null) return reject('already-ended', 'the policy was ended before');
  return policyTable.put(state, policy, { ...entry, endedAtHeight: author.at.height });
}

function preset(state: State, policy: Policy['policy'], deed: DeedOf<'preset'>, author: Author): Judgement {
  if (author.role !== 'patient') return reject('not-a-patient', 'only patients preset a policy');
  if (deed.untilMs <= author.at.timestampMs) return reject('bad-period', 'the policy is over before it begins');
  if (deed.record !== null && recordTable.get(state, deed.record)?.patient !== author.party)
    return reject('not-the-patient', 'the record is not hers');
  const { kind: _kind, ...conditions } = deed;
  return policyTable.put(state, policy, { ...conditions, patient: author.party, released: 0, endedAtHeight: null });
}

function release(state: State, { policy }: Policy, entry: PolicyEntry, deed: DeedOf<'release'>, author: Author): Judgement {
  const refusal = timeRefusal(entry, deed.untilMs, author.at.timestampMs) ?? conditionRefusal(entry, deed, author);
  if (refusal !== null) return refusal;
  const { kind: _kind, ...asked } = deed;
  const grant = { ...asked, kind: 'grant' as const, grantee: author.party, fromMs: author.at.timestampMs, answers: null };
  const granted = grantAccess(state, grant, { ...author, party: entry.patient });
  if (isRejection(granted)) return granted;
  return policyTable.put(granted, policy, { ...entry, released: entry.released + 1 });
}

function timeRefusal(entry: PolicyEntry, untilMs: number, nowMs: number): Rejection | null {
  if (entry.endedAtHeight !== null) return reject('policy-ended', 'the patient ended the policy');
  if (nowMs < entry.fromMs) return reject('policy-not-yet', 'the policy has not begun');
  if (nowMs >= entry.untilMs) return reject('policy-over', 'the policy is over');
  if (entry.released >= entry.releases) return reject('policy-used-up', 'it has released as often as it may');
  if (untilMs > Math.min(nowMs + entry.durationMs, entry.untilMs)) return reject('too-long', 'it releases for a shorter time');
  return null;
}

function conditionRefusal(entry: PolicyEntry, deed: DeedOf<'release'>, author: Author): Rejection | null {
  if (!entry.grantees.includes(author.party) && !entry.roles.includes(author.role))
    return reject('not-in-policy', 'the policy is for others');
  if (entry.record !== null && entry.record !== deed.record) return reject('other-record', 'the policy is for another record');
  if (!entry.purposes.includes(deed.purpose)) return reject('other-purpose', 'the policy allows other purposes');
  const wide = !deed.classes.every((one) => entry.classes.includes(one)) || !deed.actions.every((one) => entry.actions.includes(one));
  return wide ? reject('too-wide', 'the policy allows fewer classes or actions') : null;
}
