// transferMedical and delete (P1-19): what has to be said by whom before a record moves, and what is over once it is erased.
import { describe, expect, test } from 'vitest';
import type { Action } from '../index.ts';
import {
  Consortium,
  Person,
  START_MS,
  YEAR_MS,
  grantAction,
  grantNamed,
  people,
  recordAction,
  recordNamed,
} from '../../ledger/consortium.ts';
import { type Step, checkCases, play } from '../../../../tests/contracts/steps.ts';

const ann = new Person('ann', 'patient');
const bob = new Person('bob', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const west = new Person('west', 'clinic');
const [archive] = people('archive', 1) as [Person];
const authority = new Person('authority', 'authority');
const record = recordNamed('r');
const r1 = recordAction('r', ann);
const written: Step = [north, r1, ann];

const channel = () => new Consortium({ archives: [archive], others: [north, south, west, ann, bob] });

function custody(deed: Extract<Action, { kind: 'custody' }>['deed']): Action {
  return { kind: 'custody', record, deed };
}
function erasure(kind: 'order' | 'receipt'): Action {
  return { kind: 'erasure', record, deed: { kind } };
}

const offer: Step = [north, custody({ kind: 'offer', to: south.party, untilMs: START_MS + YEAR_MS })];
const agree: Step = [ann, custody({ kind: 'agree', to: south.party })];
const accept: Step = [south, custody({ kind: 'accept' })];
const cancel = custody({ kind: 'cancel' });
const offered = [written, offer];

describe('a record goes to another clinic (transferMedical, P1-19)', () => {
  checkCases(channel, [
    ['when its clinic offers, its patient agrees and the other accepts', [...offered, agree], accept, 'done'],
    ['which then writes the next version', [...offered, agree, accept], [south, { ...r1, version: 2 }, ann], 'done'],
    ['and the clinic before no longer', [...offered, agree, accept], [north, { ...r1, version: 2 }, ann], 'not-the-author'],
    [
      'and may pass it on',
      [...offered, agree, accept],
      [south, custody({ kind: 'offer', to: west.party, untilMs: START_MS + YEAR_MS })],
      'done',
    ],
    ['not without the patient', offered, accept, 'no-consent'],
    ['not to another than she agreed to', offered, [ann, custody({ kind: 'agree', to: west.party })], 'other-clinic'],
    ['nobody agrees for her', offered, [bob, custody({ kind: 'agree', to: south.party })], 'not-the-patient'],
    ['nobody else accepts', [...offered, agree], [west, custody({ kind: 'accept' })], 'other-clinic'],
    ['nobody else offers', [written], [south, custody({ kind: 'offer', to: west.party, untilMs: START_MS + YEAR_MS })], 'not-the-author'],
    ['not to itself', [written], [north, custody({ kind: 'offer', to: north.party, untilMs: START_MS + YEAR_MS })], 'own-record'],
    [
      'not to an archive member',
      [written],
      [north, custody({ kind: 'offer', to: archive.party, untilMs: START_MS + YEAR_MS })],
      'not-a-clinic',
    ],
    ['not to a revoked clinic', [written, [authority, { kind: 'revoke', party: south.party, reason: 'left' }]], offer, 'not-a-clinic'],
    ['not until the past', [written], [north, custody({ kind: 'offer', to: south.party, untilMs: START_MS })], 'bad-period'],
    [
      'to one clinic at a time',
      offered,
      [north, custody({ kind: 'offer', to: west.party, untilMs: START_MS + YEAR_MS })],
      'already-offered',
    ],
    ['a record that is not there does not', [], offer, 'unknown-record'],
    [
      'one that was entered in error does not',
      [written, [north, { kind: 'withdraw', record, sealedReason: Uint8Array.of(1) }]],
      offer,
      'withdrawn',
    ],
    ['nothing is agreed without an offer', [written], agree, 'no-offer'],
    ['its clinic gives up', offered, [north, cancel], 'done'],
    ['its patient gives up', offered, [ann, cancel], 'done'],
    ['who is offered it gives up', offered, [south, cancel], 'done'],
    ['nobody else does', offered, [west, cancel], 'not-involved'],
    ['nothing is left to accept then', [...offered, agree, [ann, cancel]], accept, 'no-offer'],
  ]);

  test('not once the offer is over, and then it can be offered again', () => {
    const on = channel();
    const untilMs = START_MS + 10_000;
    play([written, [north, custody({ kind: 'offer', to: south.party, untilMs })], agree], on);
    on.nowMs = untilMs;
    expect(play([accept, agree, offer], on)).toEqual(['offer-over', 'offer-over', 'done']);
  });
});

const erased: readonly Step[] = [written, [ann, erasure('order')]];
const read: Action = { kind: 'read', grant: grantNamed('g'), record, version: 1 };

describe('a record is erased (delete, P1-19, T16)', () => {
  checkCases(channel, [
    ['when its patient orders it', [written], [ann, erasure('order')], 'done'],
    ['not by its clinic', [written], [north, erasure('order')], 'not-the-patient'],
    ['nor by another patient', [written], [bob, erasure('order')], 'not-the-patient'],
    ['once', erased, [ann, erasure('order')], 'erased'],
    ['not what is not there', [], [ann, erasure('order')], 'unknown-record'],
    ['whoever held something leaves a receipt', erased, [archive, erasure('receipt')], 'done'],
    ['each of them', [...erased, [archive, erasure('receipt')]], [north, erasure('receipt')], 'done'],
    ['once', [...erased, [archive, erasure('receipt')]], [archive, erasure('receipt')], 'already-said'],
    ['not before the order', [written], [archive, erasure('receipt')], 'not-erased'],
    ['a patient keeps nothing for others', erased, [bob, erasure('receipt')], 'no-keeper'],
    ['no version follows', erased, [north, { ...r1, version: 2 }, ann], 'erased'],
    ['nobody is granted it', erased, [ann, grantAction('g', 'r', south)], 'erased'],
    [
      'nobody asks for it',
      erased,
      [south, { kind: 'request', request: grantNamed('q'), patient: ann.party, record, purpose: '', untilMs: START_MS + YEAR_MS }],
      'erased',
    ],
    ['nobody reads it by an older grant', [written, [ann, grantAction('g', 'r', south)], [ann, erasure('order')]], [south, read], 'erased'],
    ['it goes nowhere', erased, offer, 'erased'],
  ]);
});
