// What the page is told of the ledger, against a story of one record; and that looking stays cheap.
import { describe, expect, test } from 'vitest';
import { isRejection } from '../base/index.ts';
import { slipIdOf } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { Consortium, Person, START_MS, YEAR_MS, grantAction, grantNamed, people, recordAction, recordNamed } from './consortium.ts';
import { type Ledger, type Projection, chained, extend, openLedger, openProjection, project } from './index.ts';

const ann = new Person('ann', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const r = recordNamed('r');

function story(): Consortium {
  const on = new Consortium({ archives: people('archive', 1), others: [north, south, ann] });
  const done = [
    on.do(north, recordAction('r', ann, { unconfirmedReason: 'no device' })),
    on.do(ann, { kind: 'verdict', record: r, version: 1, verdict: 'disputed', sealedReason: Uint8Array.of(9) }),
    on.do(north, recordAction('r', ann, { version: 2 }), { consent: ann }),
    on.do(south, {
      kind: 'request',
      request: grantNamed('asked'),
      patient: ann.party,
      record: r,
      purpose: 'treatment',
      untilMs: START_MS + YEAR_MS,
    }),
    on.do(ann, grantAction('g', 'r', south, { answers: grantNamed('asked'), purpose: 'treatment' })),
    on.do(south, { kind: 'read', grant: grantNamed('g'), record: r, version: 2 }),
    on.do(ann, { kind: 'end-grant', grant: grantNamed('g') }),
    on.do(south, { kind: 'read', grant: grantNamed('g'), record: r, version: 2 }),
    on.do(north, { kind: 'withdraw', record: r, sealedReason: Uint8Array.of(8) }),
    on.do(on.authority, { kind: 'revoke', party: south.party, reason: 'closed' }),
  ];
  expect(done).toEqual(['done', 'done', 'done', 'done', 'done', 'done', 'done', 'grant-ended', 'done', 'done']);
  return on;
}

describe('after the story of one record', () => {
  const on = story();
  const { projection } = on;

  test('the record has every version with its status', () => {
    expect(projection.records.get(r)).toMatchObject({
      patient: ann.party,
      clinic: north.party,
      versions: [
        {
          version: 1,
          height: 1,
          status: 'disputed',
          unconfirmedReason: 'no device',
          verdict: { height: 2, sealedReason: Uint8Array.of(9) },
        },
        { version: 2, height: 3, status: 'confirmed', unconfirmedReason: null, verdict: null, classes: ['identity', 'general'] },
      ],
      withdrawn: { height: 9, sealedReason: Uint8Array.of(8) },
    });
    expect([...chained(projection.recordsOfPatient.get(ann.party))]).toEqual([r]);
  });

  test('request, grant and read belong together, and a read that failed is none', () => {
    expect(projection.requests.get(grantNamed('asked'))).toMatchObject({
      requester: south.party,
      answer: 'granted',
      grant: grantNamed('g'),
    });
    expect(projection.grants.get(grantNamed('g'))).toMatchObject({ patient: ann.party, grantee: south.party, height: 5, endedAtHeight: 7 });
    expect([...projection.reads]).toMatchObject([{ record: r, version: 2, reader: south.party, purpose: 'treatment', height: 6 }]);
    expect([...chained(projection.readsOfRecord.get(r))]).toEqual([...projection.reads]);
    expect([...chained(projection.grantsOfRecord.get(r))]).toEqual([grantNamed('g')]);
    expect([...chained(projection.requestsOfRecord.get(r))]).toEqual([grantNamed('asked')]);
  });

  test('parties carry their names; a patient has none; the revoked one says why', () => {
    expect(projection.parties.get(north.party)).toMatchObject({
      role: 'clinic',
      name: 'north',
      clinician: 'Dr. Example',
      revoked: null,
      certifiedAtHeight: 0,
    });
    expect(projection.parties.get(ann.party)).toMatchObject({ role: 'patient', name: '', clinician: '' });
    expect(projection.parties.get(south.party)?.revoked).toEqual({ reason: 'closed', height: 10 });
  });

  test('every slip has its fate, and every block its summary', () => {
    const fates = on.blocks.flatMap(({ block }) =>
      block.slips.map((slip, index) => ({ height: block.header.height, index, slip: slipIdOf(slip) })),
    );
    for (const fate of fates) expect(projection.slips.get(fate.slip)).toMatchObject(fate);
    expect(projection.slips.get(fates.find(({ height }) => height === 8)!.slip)).toMatchObject({ outcome: 'grant-ended', kind: 'read' });
    expect(projection.blocks.length).toBe(11);
    expect(projection.blocks.at(0)).toMatchObject({ height: 0, signatures: 0, slips: 7, epoch: 0 });
    expect(projection.blocks.at(10)).toMatchObject({ height: 10, signatures: 1, voters: 1, slips: 1, digest: on.ledger.digest });
  });

  test('replaying the blocks gives the same', () => {
    const opened = openLedger(on.founding);
    if (isRejection(opened)) throw new Error(opened.detail);
    let ledger: Ledger = opened;
    let again: Projection = openProjection(on.founding, ledger);
    for (const final of on.blocks.slice(1)) {
      const extended = extend(ledger, final);
      if (isRejection(extended)) throw new Error(extended.detail);
      ledger = extended.ledger;
      again = project(again, { final, ...extended });
    }
    expect([...again.records.values()]).toEqual([...projection.records.values()]);
    expect([...again.slips.values()]).toEqual([...projection.slips.values()]);
    expect([...again.blocks]).toEqual([...projection.blocks]);
  });
});

test('a renewed certificate keeps the party’s place and a row that nothing touched stays the same object', () => {
  const on = new Consortium({ archives: people('archive', 1), others: [north, south] });
  const before = on.projection;
  on.do(on.authority, north.certify({ clinician: 'Dr. Other' }));
  expect(on.projection.parties.get(north.party)).toMatchObject({ clinician: 'Dr. Other', certifiedAtHeight: 1 });
  expect([...on.projection.parties.values()].map(({ party }) => party)).toEqual([...before.parties.values()].map(({ party }) => party));
  expect(on.projection.parties.get(south.party)).toBe(before.parties.get(south.party));
  expect(before.parties.get(north.party)).toMatchObject({ clinician: 'Dr. Example' });
});

test('a slip that a leader brings up again keeps the fate in which it took effect', () => {
  const on = new Consortium({ archives: people('archive', 1), others: [north, ann] });
  const slip = on.slip(north, recordAction('r', ann), { consent: ann });
  on.final([slip]);
  const final = { block: { header: { ...on.ledger.head, height: 2 }, slips: [slip] }, certificate: on.ledger.certificate };
  const outcomes = [{ slip: slipIdOf(slip), outcome: { rejected: true as const, reason: 'version-taken', detail: '' } }];
  expect(project(on.projection, { final, outcomes, ledger: on.ledger }).slips.get(slipIdOf(slip))).toMatchObject({
    height: 1,
    outcome: 'done',
  });
});

test('a party carries what is attested of it now and, once convicted, the block of the proof; a renewed certificate changes neither (R15)', () => {
  const archives = people('archive', 4);
  const [culprit, accuser] = archives as [Person, Person];
  const on = new Consortium({ archives });
  const said = (byte: number) => ({ digest: digestOf(Uint8Array.of(byte)), signature: new Uint8Array(64) });
  const proof = { kind: 'lane', epoch: 0, group: 0, localView: 0, sequence: 0, phase: 'prepare', first: said(1), second: said(2) } as const;
  const before = { place: null, rating: null, convicted: null };
  expect(on.projection.parties.get(culprit.party)).toMatchObject(before);
  const place = { xMetres: 12, yMetres: 0 };
  expect(on.do(on.authority, { kind: 'attest', party: culprit.party, place, rating: 7 })).toBe('done');
  expect(on.do(accuser, { kind: 'accuse', culprit: culprit.party, proof })).toBe('done');
  expect(on.do(on.authority, culprit.certify({ clinician: 'Dr. Other' }))).toBe('done');
  expect(on.projection.parties.get(culprit.party)).toMatchObject({ clinician: 'Dr. Other', place, rating: 7, convicted: { height: 2 } });
  expect(on.projection.parties.get(accuser.party)).toMatchObject(before);
});
