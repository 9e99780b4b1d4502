// Copyright of medical data (P1-18): register, license, use, hand over; and what the fingerprint of a data set is.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action } from '../index.ts';
import { digestOf } from '../../crypto/index.ts';
import { Consortium, Person, START_MS, YEAR_MS, people } from '../../ledger/consortium.ts';
import { type Step, checkCases, itemNamed, play } from '../../../../tests/contracts/steps.ts';
import { dataSetFingerprint } from './fingerprint.ts';

type Deed = Extract<Action, { kind: 'copyright' }>['deed'];

const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const lab = new Person('lab', 'data-user');
const ann = new Person('ann', 'patient');
const authority = new Person('authority', 'authority');
const channel = () => new Consortium({ archives: people('archive', 1), others: [north, south, lab, ann] });

const rows = ['a;1', 'b;2', 'c;3'].map((row) => new TextEncoder().encode(row));
const fingerprint = dataSetFingerprint(rows);

function work(deed: Deed, name = 'w'): Action {
  return { kind: 'copyright', work: itemNamed(name), deed };
}
const licence = itemNamed('licence');
const register: Step = [north, work({ kind: 'register', fingerprint, title: 'Scans of 2025' })];
const period = { fromMs: START_MS, untilMs: START_MS + YEAR_MS / 2 };
const license = { kind: 'license' as const, licence, licensee: lab.party, terms: 'research, no copies', ...period };
const licensed: readonly Step[] = [register, [north, work(license)]];
const use = work({ kind: 'use', licence, purpose: 'training' });
const end = work({ kind: 'end-licence', licence });
const offered: readonly Step[] = [register, [north, work({ kind: 'offer', to: south.party })]];
const take: Step = [south, work({ kind: 'take' })];

describe('a work', () => {
  checkCases(channel, [
    ['is registered by a clinic', [], register, 'done'],
    ['not by a patient', [], [ann, work({ kind: 'register', fingerprint, title: 'x' })], 'not-an-owner'],
    ['once', [register], [north, work({ kind: 'register', fingerprint: digestOf(new Uint8Array(1)), title: 'x' })], 'known-work'],
    [
      'the same data only by who came first',
      [register],
      [south, work({ kind: 'register', fingerprint, title: 'mine' }, 'v')],
      'known-fingerprint',
    ],
    ['without a title is malformed', [], [north, work({ kind: 'register', fingerprint, title: ' ' })], 'left out'],
    ['is handed over to who takes it', offered, take, 'done'],
    ['whose it is then', [...offered, take], [south, work(license)], 'done'],
    ['and no longer who gave it', [...offered, take], [north, work(license)], 'not-the-owner'],
    ['not to who was not offered it', offered, [lab, work({ kind: 'take' })], 'not-offered'],
    ['not by others', [register], [lab, work({ kind: 'offer', to: lab.party })], 'not-the-owner'],
    ['not to its owner', [register], [north, work({ kind: 'offer', to: north.party })], 'own-work'],
  ]);
});

describe('a licence', () => {
  checkCases(channel, [
    ['is given by the owner', [register], [north, work(license)], 'done'],
    ['by nobody else', [register], [south, work(license)], 'not-the-owner'],
    ['not for a work that is not there', [], [north, work(license)], 'unknown-work'],
    ['once', licensed, [north, work(license)], 'known-licence'],
    ['not to a patient', [register], [north, work({ ...license, licensee: ann.party })], 'not-a-party'],
    [
      'not to who was revoked',
      [register, [authority, { kind: 'revoke', party: lab.party, reason: 'left' }]],
      [north, work(license)],
      'not-a-party',
    ],
    ['not for eleven years', [register], [north, work({ ...license, untilMs: START_MS + 11 * YEAR_MS })], 'left out'],
    ['is used by its licensee, on the ledger', licensed, [lab, use], 'done'],
    ['by nobody else', licensed, [south, use], 'not-the-licensee'],
    [
      'not one of another work',
      [...licensed, [north, work({ kind: 'register', fingerprint: digestOf(new Uint8Array(1)), title: 'x' }, 'v')]],
      [lab, work({ kind: 'use', licence, purpose: '' }, 'v')],
      'unknown-licence',
    ],
    ['not before it begins', [register, [north, work({ ...license, fromMs: START_MS + YEAR_MS / 4 })]], [lab, use], 'licence-not-yet'],
    ['not once the owner ended it', [...licensed, [north, end]], [lab, use], 'licence-ended'],
    ['ends once', [...licensed, [north, end]], [north, end], 'already-ended'],
    ['goes on under a new owner', [...licensed, [north, work({ kind: 'offer', to: south.party })], take], [lab, use], 'done'],
  ]);

  test('is over at its time', () => {
    const on = channel();
    play(licensed, on);
    on.nowMs = period.untilMs;
    expect(on.do(lab, use)).toBe('licence-over');
  });
});

describe('the fingerprint of a data set', () => {
  const bytes = fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 12 });

  test('is the same in whatever order and however often its rows come', () => {
    fc.assert(
      fc.property(bytes, (all) => {
        expect(dataSetFingerprint([...all].reverse().concat(all))).toBe(dataSetFingerprint(all));
      }),
    );
  });

  test('is another one when a row is added or a byte is changed, or with another salt', () => {
    const more = dataSetFingerprint([...rows, Uint8Array.of(1)]);
    const changed = dataSetFingerprint(rows.map((row, index) => (index === 1 ? row.map((byte) => byte ^ 1) : row)));
    const salted = dataSetFingerprint(rows, Uint8Array.of(7));
    expect(new Set([fingerprint, more, changed, salted]).size).toBe(4);
  });
});
