// Consent in advance (P3-24, P3-25): what meets every condition is released by the ledger itself, everything else is refused.
import { describe, expect, test } from 'vitest';
import type { Action } from '../index.ts';
import { Consortium, Person, START_MS, YEAR_MS, grantNamed, people, recordAction, recordNamed } from '../../ledger/consortium.ts';
import { type Step, checkCases, itemNamed, play } from '../../../../tests/contracts/steps.ts';

type Deed = Extract<Action, { kind: 'policy' }>['deed'];
type Preset = Extract<Deed, { kind: 'preset' }>;
type Release = Extract<Deed, { kind: 'release' }>;

const ann = new Person('ann', 'patient');
const bob = new Person('bob', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const insurer = new Person('insurer', 'data-user');
const channel = () => new Consortium({ archives: people('archive', 1), others: [north, south, insurer, ann, bob] });
const record = recordNamed('r');
const DAY_MS = 86_400_000;

const conditions: Preset = {
  kind: 'preset',
  record: null,
  grantees: [],
  roles: ['clinic'],
  purposes: ['treatment', 'second opinion'],
  classes: ['identity', 'general'],
  actions: ['read'],
  durationMs: 7 * DAY_MS,
  fromMs: START_MS,
  untilMs: START_MS + YEAR_MS / 2,
  releases: 2,
};
const asked: Release = {
  kind: 'release',
  grant: grantNamed('g'),
  record,
  classes: ['general'],
  actions: ['read'],
  purpose: 'treatment',
  untilMs: START_MS + 7 * DAY_MS,
};

function policy(deed: Deed): Action {
  return { kind: 'policy', policy: itemNamed('p'), deed };
}
function release(change: Partial<Release> = {}): Action {
  return policy({ ...asked, ...change });
}

const written: Step = [north, recordAction('r', ann), ann];
const preset: Step = [ann, policy(conditions)];
const ready = [written, preset];
const withPolicy = (change: Partial<Preset>): readonly Step[] => [written, [ann, policy({ ...conditions, ...change })]];
const read: Action = { kind: 'read', grant: grantNamed('g'), record, version: 1 };

describe('a policy', () => {
  checkCases(channel, [
    ['is preset by a patient', [], preset, 'done'],
    ['by nobody else', [], [north, policy(conditions)], 'not-a-patient'],
    ['once', [preset], preset, 'known-policy'],
    ['not about what is not hers', [written], [bob, policy({ ...conditions, record })], 'not-the-patient'],
    ['not for a time that is over', [], [ann, policy({ ...conditions, fromMs: START_MS - 10, untilMs: START_MS - 1 })], 'bad-period'],
    ['that names nobody is malformed', [], [ann, policy({ ...conditions, roles: [] })], 'left out'],
    ['that names a class twice is malformed', [], [ann, policy({ ...conditions, classes: ['general', 'general'] })], 'left out'],
    ['that never releases is malformed', [], [ann, policy({ ...conditions, releases: 0 })], 'left out'],
    ['is ended by who gave it', [preset], [ann, policy({ kind: 'end' })], 'done'],
    ['not by others', [preset], [bob, policy({ kind: 'end' })], 'not-the-patient'],
    ['once', [preset, [ann, policy({ kind: 'end' })]], [ann, policy({ kind: 'end' })], 'already-ended'],
  ]);
});

describe('a release', () => {
  checkCases(channel, [
    ['comes without the patient where every condition holds', ready, [south, release()], 'done'],
    ['is a grant: it is read by', [...ready, [south, release()]], [south, read], 'done'],
    ['is a grant: she ends it', [...ready, [south, release()]], [ann, { kind: 'end-grant', grant: grantNamed('g') }], 'done'],
    ['also for who is named', withPolicy({ roles: [], grantees: [insurer.party] }), [insurer, release()], 'done'],
    ['not without a policy', [written], [south, release()], 'unknown-policy'],
    ['not for another role', ready, [insurer, release()], 'not-in-policy'],
    ['not for another purpose', ready, [south, release({ purpose: 'research' })], 'other-purpose'],
    ['not for more classes', ready, [south, release({ classes: ['general', 'restricted'] })], 'too-wide'],
    ['not for more actions', ready, [south, release({ actions: ['read', 'copy'] })], 'too-wide'],
    ['not for longer', ready, [south, release({ untilMs: START_MS + 8 * DAY_MS })], 'too-long'],
    ['not of another record', withPolicy({ record }), [south, release({ record: recordNamed('s') })], 'other-record'],
    [
      'not of a record that is not hers',
      [...ready, [north, recordAction('s', bob), bob]],
      [south, release({ record: recordNamed('s') })],
      'not-the-patient',
    ],
    ['not before it begins', withPolicy({ fromMs: START_MS + DAY_MS }), [south, release()], 'policy-not-yet'],
    ['not once she ended it', [...ready, [ann, policy({ kind: 'end' })]], [south, release()], 'policy-ended'],
    ['not by an id that is taken', [...ready, [south, release()]], [south, release()], 'known-grant'],
    [
      'not more often than she said',
      [...ready, [south, release()], [south, release({ grant: grantNamed('h') })]],
      [south, release({ grant: grantNamed('i') })],
      'policy-used-up',
    ],
  ]);

  test('expires by itself, and so does the policy', () => {
    const on = channel();
    play([...ready, [south, release()]], on);
    on.nowMs = asked.untilMs;
    expect(on.do(south, read)).toBe('grant-over');
    on.nowMs = conditions.untilMs;
    expect(on.do(south, release({ grant: grantNamed('h'), untilMs: conditions.untilMs + 1 }))).toBe('policy-over');
  });

  test('is a row among the grants like any other', () => {
    const on = channel();
    play([...ready, [south, release()]], on);
    expect(on.projection.grants.get(grantNamed('g'))).toMatchObject({ patient: ann.party, grantee: south.party, purpose: 'treatment' });
  });
});
