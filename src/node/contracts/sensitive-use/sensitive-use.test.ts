// Secure use of sensitive data (P1-18): a purpose, the approval of t named members, a log of every use.
import { describe, expect, test } from 'vitest';
import type { Action } from '../index.ts';
import { dataSetFingerprint, useTable } from '../index.ts';
import { Consortium, Person, START_MS, YEAR_MS, people } from '../../ledger/consortium.ts';
import { type Step, checkCases, itemNamed, play } from '../../../../tests/contracts/steps.ts';

type Deed = Extract<Action, { kind: 'sensitive-use' }>['deed'];

const lab = new Person('lab', 'data-user');
const [one, two, three, other] = people('clinic', 4) as [Person, Person, Person, Person];
const ann = new Person('ann', 'patient');
const authority = new Person('authority', 'authority');
const channel = () => new Consortium({ archives: people('archive', 1), others: [lab, one, two, three, other, ann] });

const committee = itemNamed('committee');
const subject = dataSetFingerprint([Uint8Array.of(1)]);
function use(deed: Deed, name = 'use'): Action {
  return { kind: 'sensitive-use', use: itemNamed(name), deed };
}
const members = [one.party, two.party, three.party];
const appointment: Action = { kind: 'sensitive-use', use: committee, deed: { kind: 'committee', members, threshold: 2 } };
const appointed: Step = [authority, appointment];
const proposal = {
  kind: 'propose' as const,
  committee,
  subject,
  purpose: 'how often it returns',
  uses: 2,
  untilMs: START_MS + YEAR_MS / 2,
};
const proposed: readonly Step[] = [appointed, [lab, use(proposal)]];
const yes = use({ kind: 'vote', approve: true });
const no = use({ kind: 'vote', approve: false });
const approved: readonly Step[] = [...proposed, [one, yes], [two, yes]];
const log = use({ kind: 'log', note: 'count by year', result: null });
const stop = use({ kind: 'stop', reason: 'complaint' });

describe('a use', () => {
  checkCases(channel, [
    ['is proposed with its purpose', [appointed], [lab, use(proposal)], 'done'],
    ['not by a patient', [appointed], [ann, use(proposal)], 'not-a-reader'],
    ['not by one of its committee', [appointed], [one, use(proposal)], 'own-use'],
    ['once', proposed, [lab, use(proposal)], 'known-use'],
    ['not to a committee that is not there', [], [lab, use(proposal)], 'unknown-committee'],
    ['not until the past', [appointed], [lab, use({ ...proposal, untilMs: START_MS })], 'bad-period'],
    ['without a purpose is malformed', [appointed], [lab, use({ ...proposal, purpose: ' ' })], 'left out'],
    ['is approved by members', proposed, [one, yes], 'done'],
    ['by each once', [...proposed, [one, yes]], [one, yes], 'already-said'],
    ['by nobody else', proposed, [other, yes], 'not-in-committee'],
    ['not after the committee has spoken', approved, [three, no], 'already-judged'],
    ['is refused as soon as too few can still approve', [...proposed, [one, no], [two, no]], [three, yes], 'already-judged'],
    ['is logged once it is approved', approved, [lab, log], 'done'],
    ['not before', [...proposed, [one, yes]], [lab, log], 'use-open'],
    ['not once it was refused', [...proposed, [one, no], [two, no]], [lab, log], 'use-refused'],
    ['not by others', approved, [other, log], 'not-the-user'],
    ['not more often than was approved', [...approved, [lab, log], [lab, log]], [lab, log], 'used-up'],
    ['is stopped by one of the committee', approved, [three, stop], 'done'],
    ['is stopped by the authority', approved, [authority, stop], 'done'],
    ['not by others', approved, [other, stop], 'not-in-committee'],
    ['is over then', [...approved, [three, stop]], [lab, log], 'use-stopped'],
  ]);

  test('is over at its time', () => {
    const on = channel();
    play(approved, on);
    on.nowMs = proposal.untilMs;
    expect(on.do(lab, log)).toBe('use-over');
    expect(useTable.get(on.ledger.state, itemNamed('use'))).toMatchObject({ status: 'approved', used: 0 });
  });
});

describe('a committee', () => {
  const appoint = (deed: Partial<Extract<Deed, { kind: 'committee' }>>): Action =>
    use({ kind: 'committee', members, threshold: 2, ...deed });
  checkCases(channel, [
    ['is appointed by the authority', [], appointed, 'done'],
    ['by nobody else', [], [one, appointment], 'not-the-authority'],
    ['once', [appointed], appointed, 'known-committee'],
    [
      'of certified members',
      [],
      [authority, appoint({ members: [new Person('stranger', 'clinic').party], threshold: 1 })],
      'unknown-party',
    ],
    ['that asks for more votes than it has is malformed', [], [authority, appoint({ threshold: 4 })], 'left out'],
    ['that names somebody twice is malformed', [], [authority, appoint({ members: [one.party, one.party] })], 'left out'],
  ]);
});
