// Every rule of sharing as a short story: what happened before, one slip, how it ends. A slip that fails has no effect but
// its receipt (R4).
import { describe, expect, test } from 'vitest';
import type { Action } from '../contracts/index.ts';
import { Consortium, Person, START_MS, YEAR_MS, grantAction, grantNamed, people, recordAction, recordNamed } from '../ledger/consortium.ts';

const ann = new Person('ann', 'patient');
const bob = new Person('bob', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const insurer = new Person('insurer', 'data-user');
const [archive] = people('archive', 1) as [Person];
const stranger = new Person('stranger', 'clinic');

/** A channel with one archive member, two clinics without seats, two patients. */
function channel(): Consortium {
  return new Consortium({ archives: [archive], others: [north, south, ann, bob, insurer] });
}

type Step = readonly [author: Person, action: Action, consent?: Person];
type Case = readonly [name: string, before: readonly Step[], last: Step, expected: string];

const r1 = recordAction('r', ann);
const unconfirmed = recordAction('r', ann, { unconfirmedReason: 'no device' });
const written: Step = [north, r1, ann];
const verdict: Action = { kind: 'verdict', record: recordNamed('r'), version: 1, verdict: 'confirmed', sealedReason: null };
const withdraw: Action = { kind: 'withdraw', record: recordNamed('r'), sealedReason: Uint8Array.of(1) };
const request: Action = {
  kind: 'request',
  request: grantNamed('asked'),
  patient: ann.party,
  record: recordNamed('r'),
  purpose: 'treatment',
  untilMs: START_MS + YEAR_MS,
};
const decline: Action = { kind: 'decline', request: grantNamed('asked') };
const grant = grantAction('g', 'r', south);
const endGrant: Action = { kind: 'end-grant', grant: grantNamed('g') };
const read: Action = { kind: 'read', grant: grantNamed('g'), record: recordNamed('r'), version: 1 };

function play(steps: readonly Step[], on: Consortium): readonly string[] {
  return steps.map(([author, action, consent]) => on.do(author, action, consent === undefined ? {} : { consent }));
}

function check(cases: readonly Case[]): void {
  test.each(cases)('%s', (_name, before, last, expected) => {
    const on = channel();
    expect(play(before, on)).toEqual(before.map(() => 'done'));
    expect(play([last], on)).toEqual([expected]);
  });
}

describe('records (P3-15)', () => {
  check([
    ['a clinic writes what its patient signed', [], written, 'done'],
    ['without her it states why', [], [north, unconfirmed], 'done'],
    ['the next version follows', [written], [north, { ...r1, version: 2 }, ann], 'done'],
    ['a version is used once', [written], [north, { ...r1, commitment: recordAction('x', ann).commitment }, ann], 'left out'],
    ['a version that leaves a gap waits', [written], [north, { ...r1, version: 3 }, ann], 'left out'],
    ['another clinic writes no later version', [written], [south, { ...r1, version: 2 }, ann], 'not-the-author'],
    ['a record stays with its patient', [written], [north, { ...r1, version: 2, patient: bob.party }, bob], 'other-patient'],
    ['nothing follows once it was entered in error', [written, [north, withdraw]], [north, { ...r1, version: 2 }, ann], 'withdrawn'],
    ['a patient writes none', [], [ann, r1, ann], 'not-a-clinic'],
    ['an archive member writes none', [], [archive, r1, ann], 'not-a-clinic'],
    ['it is about a patient', [], [north, recordAction('r', south), south], 'unknown-patient'],
    ['a revoked clinic writes none', [revocation(north)], written, 'revoked'],
    ['a revoked patient gets none', [revocation(ann)], written, 'patient-not-live'],
    ['whom nobody certified is left out', [], [stranger, r1, ann], 'left out'],
  ]);
});

describe('the patient’s word (P3-23)', () => {
  const open: Step = [north, unconfirmed];
  check([
    ['she confirms what became final without her', [open], [ann, verdict], 'done'],
    ['she disputes it', [open], [ann, { ...verdict, verdict: 'disputed', sealedReason: Uint8Array.of(1) }], 'done'],
    ['once', [open, [ann, verdict]], [ann, { ...verdict, verdict: 'disputed' }], 'already-judged'],
    ['not about what she signed', [written], [ann, verdict], 'already-judged'],
    ['nobody else', [open], [bob, verdict], 'not-the-patient'],
    ['not about a version that is not there', [open], [ann, { ...verdict, version: 2 }], 'unknown-version'],
    ['not about what was entered in error', [open, [north, withdraw]], [ann, verdict], 'withdrawn'],
    ['only its author marks a record as entered in error', [written], [south, withdraw], 'not-the-author'],
    ['once', [written, [north, withdraw]], [north, withdraw], 'withdrawn'],
    ['and only one that is there', [], [north, withdraw], 'unknown-record'],
  ]);
});

describe('requests and grants (P3-24, P3-25)', () => {
  const asked: readonly Step[] = [written, [south, request]];
  const answer = grantAction('g', 'r', south, { answers: grantNamed('asked') });
  check([
    ['a clinic asks', [written], [south, request], 'done'],
    ['a data user asks', [written], [insurer, request], 'done'],
    ['a patient does not', [written], [bob, request], 'not-a-reader'],
    ['not for what it wrote', [written], [north, request], 'own-record'],
    ['not another patient', [written], [south, { ...request, patient: bob.party }], 'other-patient'],
    ['not until the past', [written], [south, { ...request, untilMs: START_MS }], 'bad-period'],
    ['not for twenty years', [written], [south, { ...request, untilMs: START_MS + 20 * YEAR_MS }], 'bad-period'],
    ['not for what is not there', [], [south, request], 'unknown-record'],
    ['an id is used once', asked, [south, request], 'known-request'],
    ['the patient declines', asked, [ann, decline], 'done'],
    ['nobody else does', asked, [bob, decline], 'not-the-patient'],
    ['she answers once', [...asked, [ann, decline]], [ann, answer], 'already-answered'],
    ['the patient grants what was asked', asked, [ann, answer], 'done'],
    ['not to another than who asked', asked, [ann, { ...answer, grantee: insurer.party }], 'other-request'],
    ['the patient grants unasked', [written], [ann, grant], 'done'],
    ['nobody else grants', [written], [bob, grant], 'not-the-patient'],
    ['not to a patient', [written], [ann, { ...grant, grantee: bob.party }], 'not-a-reader'],
    ['not to a revoked clinic', [written, revocation(south)], [ann, grant], 'grantee-not-live'],
    ['not for a time that is over', [written], [ann, { ...grant, fromMs: START_MS - 10, untilMs: START_MS }], 'bad-period'],
    ['a grant that lasts eleven years is malformed', [written], [ann, { ...grant, untilMs: START_MS + 11 * YEAR_MS }], 'left out'],
    ['a grant without classes is malformed', [written], [ann, { ...grant, classes: [] }], 'left out'],
    ['an id is used once', [written, [ann, grant]], [ann, grant], 'known-grant'],
    ['who gave it ends it', [written, [ann, grant]], [ann, endGrant], 'done'],
    ['nobody else does', [written, [ann, grant]], [south, endGrant], 'not-the-patient'],
    ['once', [written, [ann, grant], [ann, endGrant]], [ann, endGrant], 'already-ended'],
  ]);
});

describe('reads (P3-26)', () => {
  const granted: readonly Step[] = [written, [ann, grant]];
  const second: Step = [north, { ...r1, version: 2 }, ann];
  check([
    ['the grantee reads', granted, [south, read], 'done'],
    ['also what was written after the grant was made', [...granted, second], [south, { ...read, version: 2 }], 'done'],
    ['again', [...granted, [south, read]], [south, read], 'done'],
    ['no version that is not there', granted, [south, { ...read, version: 2 }], 'unknown-version'],
    ['nothing once the grant was ended', [...granted, [ann, endGrant]], [south, read], 'grant-ended'],
    ['above all nothing that was written since', [...granted, [ann, endGrant], second], [south, { ...read, version: 2 }], 'grant-ended'],
    ['nobody else', granted, [insurer, read], 'not-the-grantee'],
    ['no other record', [...granted, [north, recordAction('s', ann), ann]], [south, { ...read, record: recordNamed('s') }], 'other-record'],
    ['not before the grant begins', [written, [ann, { ...grant, fromMs: START_MS + YEAR_MS / 2 }]], [south, read], 'grant-not-yet'],
    ['not by a grant to copy', [written, [ann, { ...grant, actions: ['copy'] }]], [south, read], 'not-readable'],
    ['not when the reader was revoked', [...granted, revocation(south)], [south, read], 'revoked'],
  ]);

  test('nothing when the grant is over at block time', () => {
    const on = channel();
    const untilMs = START_MS + 10_000;
    play([written, [ann, { ...grant, untilMs }]], on);
    on.nowMs = untilMs - 2_000;
    expect(on.do(south, read)).toBe('done');
    expect(on.do(south, read)).toBe('grant-over');
  });
});

function revocation(person: Person): Step {
  return [new Person('authority', 'authority'), { kind: 'revoke', party: person.party, reason: 'left' }];
}

describe('certificates (P0-02)', () => {
  const authority = new Person('authority', 'authority');
  const newcomer = new Person('newcomer', 'clinic');
  const otherKey = new Person('other key', 'clinic');
  check([
    ['the authority certifies', [], [authority, newcomer.certify()], 'done'],
    ['nobody else does', [], [north, newcomer.certify()], 'not-the-authority'],
    ['not what has ended', [], [authority, newcomer.certify({ notAfterMs: START_MS + 1 })], 'bad-period'],
    ['it renews', [], [authority, north.certify({ notAfterMs: START_MS + 2 * YEAR_MS })], 'done'],
    [
      'a party keeps its role',
      [],
      [
        authority,
        { ...north.certify({ role: 'data-user', memberKey: null }), possession: { bySigningKey: new Uint8Array(64), byMemberKey: null } },
      ],
      'other-role',
    ],
    ['who was revoked does not come back', [revocation(north)], [authority, north.certify()], 'revoked'],
    ['a member key serves one party', [], [authority, newcomer.certify({ memberKey: north.certificate().memberKey })], 'known-member-key'],
    ['a subject is the hash of its key', [], [authority, newcomer.certify({ subject: otherKey.party })], 'left out'],
    ['a patient has no name on the ledger', [], [authority, new Person('carl', 'patient').certify({ name: 'Carl' })], 'left out'],
    ['the authority revokes', [], revocation(north), 'done'],
    ['once', [revocation(north)], revocation(north), 'already-revoked'],
    ['nobody else does', [], [north, { kind: 'revoke', party: south.party, reason: '' }], 'not-the-authority'],
    ['nor itself', [], [authority, { kind: 'revoke', party: authority.party, reason: '' }], 'own-certificate'],
    ['a channel is founded once', [], [authority, { kind: 'found', settings: channel().ledger.settings }], 'not-founding'],
  ]);

  test('one that has ended allows nothing', () => {
    const on = channel();
    on.nowMs = START_MS + YEAR_MS;
    expect(on.do(north, r1, { consent: ann })).toBe('expired');
  });

  test('a member key that was replaced never comes back (R14)', () => {
    const on = channel();
    const clinic = new Person('clinic with two keys', 'clinic');
    const first = clinic.certify();
    clinic.renewMemberKey();
    expect(
      play(
        [
          [on.authority, first],
          [on.authority, clinic.certify()],
          [on.authority, first],
        ],
        on,
      ),
    ).toEqual(['done', 'done', 'known-member-key']);
  });
});

describe('replay (R12)', () => {
  test('a slip is used once, whether it took effect or failed', () => {
    const on = channel();
    const works = on.slip(authorityOf(on), new Person('x', 'clinic').certify());
    const fails = on.slip(south, withdraw);
    expect(on.final([works, fails]).map(reasonOf)).toEqual(['done', 'unknown-record']);
    on.do(north, r1, { consent: ann });
    expect(on.final([works, fails])).toEqual([null, null]);
  });

  test('a record slip waits for its patient while its clinic goes on writing', () => {
    const on = channel();
    const waiting = on.slip(north, r1, { consent: ann });
    for (let i = 0; i < 70; i += 1) on.do(north, { ...withdraw, record: recordNamed(`none ${i}`) });
    on.nowMs += 30 * 86_400_000;
    expect(on.final([waiting])).toEqual(['done']);
    expect(on.final([waiting])).toEqual([null]);
  });

  test('a record slip that failed for good does not come back when the state suits it better', () => {
    const on = channel();
    const slip = on.slip(north, recordAction('r', new Person('dora', 'patient')));
    const withPatient = on.slip(north, r1, { consent: ann });
    on.do(authorityOf(on), { kind: 'revoke', party: ann.party, reason: 'moved' });
    expect(on.final([withPatient, slip]).map(reasonOf)).toEqual(['patient-not-live', 'left out']);
    expect(on.final([withPatient])).toEqual([null]);
  });

  test('what was kept back for more than a week has no effect', () => {
    const on = channel();
    play([written], on);
    const slip = on.slip(ann, grant);
    on.nowMs += 8 * 86_400_000;
    expect(on.final([slip]).map(reasonOf)).toEqual(['too-old']);
  });

  test('nor has a "ready" of more than ten minutes ago (R13)', () => {
    const on = channel();
    const slip = on.slip(north, { kind: 'seat', height: 0 });
    on.nowMs += 11 * 60_000;
    expect(on.final([slip]).map(reasonOf)).toEqual(['too-old']);
  });

  test('what is dated after its block waits', () => {
    const on = channel();
    play([written], on);
    const slip = on.slip(ann, grant, { timestampMs: on.nowMs + 90_000 });
    expect(on.final([slip])).toEqual([null]);
    expect(on.final([slip], { afterMs: 60_000 })).toEqual(['done']);
  });
});

function authorityOf(on: Consortium): Person {
  return on.authority;
}

function reasonOf(outcome: ReturnType<Consortium['final']>[number]): string {
  if (outcome === null) return 'left out';
  return outcome === 'done' ? 'done' : outcome.reason;
}
