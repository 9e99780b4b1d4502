// The double chain, as stories over real blocks: what is written on a private chain is shown on the consortium's, found there, and
// followed back; what is made up is refused with the reason (P3-03, P3-14 to P3-17, P3-28).
import { beforeEach, describe, expect, test } from 'vitest';
import { present } from '../base/index.ts';
import { type Action, MAX_SUMMARY_BYTES, anchorHeadIn, encodeSlip, signaturesOf, slipBytes } from '../contracts/index.ts';
import { digestOf, verifySync } from '../crypto/index.ts';
import { isRejection } from '../base/index.ts';
import { Consortium, Person, people, recordAction, testSettings } from './consortium.ts';
import { type FinalBlock, type WantedItems, anchorOf, bareOf, chained, itemRefusal, slipChecks, summaryOf } from './index.ts';

const north = new Person('North', 'clinic');
const south = new Person('South', 'clinic');
const ann = new Person('ann', 'patient');
const ben = new Person('ben', 'patient');
const archives = people('archive', 3);
const settings = { ...testSettings, kind: 'private' as const, name: 'North, private', archiveQuorum: false };

let home: Consortium;
let ward: Consortium;
const archive = present(archives[0], 'an archive member');
const sealedAddress = new Uint8Array(32 + 59 + 16);

/** A private block of records about these patients, each with both signatures. */
function write(...patients: readonly Person[]): void {
  const from = ward.ledger.height * 200;
  const slips = patients.map((patient, at) =>
    ward.slip(north, recordAction(`r${from + at}`, patient, { sealedAddress }), { consent: patient }),
  );
  expect(ward.final(slips).every((outcome) => outcome === 'done')).toBe(true);
}

const after = (height: number): readonly FinalBlock[] => ward.blocks.slice(height + 1);
const anchor = (): Action =>
  present(anchorOf(ward.ledger.channel, after(anchorHeadIn(home.ledger.state, ward.ledger.channel).height)), 'blocks');
const whole = (final: FinalBlock): WantedItems => ({ final, indexes: final.block.slips.map((_, index) => index) });
const summary = (...finals: readonly FinalBlock[]) => present(summaryOf(ward.ledger.channel, finals.map(whole)), 'items');
const block = (height: number): FinalBlock => present(ward.blocks[height], 'a block');

beforeEach(() => {
  home = new Consortium({ archives, others: [north, south, ann] });
  ward = new Consortium({ archives, clinics: [north], others: [ann, ben], settings });
  const members = [north, ...archives].map(({ party }) => party);
  expect(home.do(north, { kind: 'open-channel', opened: ward.ledger.channel, settings, members })).toBe('done');
  for (const member of archives) expect(home.do(member, { kind: 'join-channel', opened: ward.ledger.channel })).toBe('done');
});

describe('a private chain', () => {
  test('takes records of at most 512 bytes with both signatures (P3-15)', () => {
    const slip = ward.slip(
      north,
      recordAction('long', ann, { sealedAddress: new Uint8Array(160), classes: ['identity', 'general', 'restricted', 'very-restricted'] }),
      { consent: ann },
    );
    expect(encodeSlip(slip).byteLength).toBeLessThanOrEqual(512);
    expect(isRejection(slipChecks(ward.ledger, slip))).toBe(false);
    const wordy = ward.slip(north, recordAction('wordy', ann, { sealedAddress, unconfirmedReason: 'x'.repeat(300) }));
    expect(slipChecks(ward.ledger, wordy)).toMatchObject({ reason: 'oversized' });
  });

  test('is shown block by block, found by its patient, and followed to the slip (P3-28)', () => {
    write(ann, ben, ann);
    write(ben);
    expect(home.do(archive, anchor())).toBe('done');
    expect(home.do(archive, summary(block(1), block(2)))).toBe('done');
    const items = [...chained(home.projection.itemsOfPatient.get(ann.party) ?? null)];
    expect(items.map((item) => [item.channel, item.block, item.index])).toEqual([
      [ward.ledger.channel, 1, 2],
      [ward.ledger.channel, 1, 0],
    ]);
    for (const item of items) expect(itemRefusal(item, present(block(item.block).block.slips[item.index], 'the slip'))).toBeNull();
    const [newest] = items;
    expect(itemRefusal(present(newest, 'an item'), present(block(1).block.slips[1], 'another slip'))).toMatchObject({
      reason: 'other-slip',
    });
  });

  test('is shown ten blocks at a time, each time from where it ended', () => {
    for (let count = 0; count < 12; count += 1) write(ann);
    expect(anchor()).toMatchObject({ headers: { length: 10 } });
    expect(encodeSlip(home.slip(archive, anchor())).byteLength).toBe(3_224);
    expect([home.do(archive, anchor()), home.do(archive, anchor())]).toEqual(['done', 'done']);
    expect(anchorHeadIn(home.ledger.state, ward.ledger.channel)).toEqual({ height: 12, digest: ward.ledger.digest });
  });

  test('has ten items to a slip of at most 2.5 kB, also from full blocks (P3-16)', () => {
    write(...Array.from({ length: 128 }, () => ann));
    expect(home.do(archive, anchor())).toBe('done');
    const ten = summary(block(1));
    expect([ten.blocks[0]?.items.length, encodeSlip(home.slip(archive, ten)).byteLength]).toEqual([10, 1_220]);
    const scattered = present(
      summaryOf(ward.ledger.channel, [{ final: block(1), indexes: [0, 13, 26, 39, 52, 65, 78, 91, 104, 117] }]),
      'items',
    );
    const sizeBytes = encodeSlip(home.slip(archive, scattered)).byteLength;
    expect([scattered.blocks[0]?.items.length, sizeBytes <= MAX_SUMMARY_BYTES]).toEqual([10, true]);
    expect(home.do(archive, scattered)).toBe('done');
  });
});

describe('what is made up is refused', () => {
  beforeEach(() => {
    write(ann, ben);
    write(ann);
  });

  const forge = (change: (action: Extract<Action, { kind: 'anchor' }>) => Action): Action => {
    const action = anchor();
    return action.kind === 'anchor' ? change(action) : action;
  };

  test('a header that its channel did not sign', () => {
    const forged = forge((action) => ({
      ...action,
      headers: action.headers.with(-1, { ...present(action.headers.at(-1), 'a header'), stateRoot: digestOf(new Uint8Array(3)) }),
    }));
    expect(home.do(archive, forged)).toBe('left out');
    const few = forge((action) => ({ ...action, certificate: { ...action.certificate, votes: action.certificate.votes.slice(0, 2) } }));
    expect(signaturesOf(home.ledger.state, home.slip(archive, few))).toMatchObject({ rejected: true });
    const strangers = forge((action) => ({
      ...action,
      certificate: { ...action.certificate, votes: action.certificate.votes.map((vote) => ({ ...vote, signer: south.party })) },
    }));
    expect(signaturesOf(home.ledger.state, home.slip(archive, strangers))).toMatchObject({ rejected: true });
    const unsigned = forge((action) => ({
      ...action,
      certificate: { ...action.certificate, votes: action.certificate.votes.map((vote) => ({ ...vote, signature: new Uint8Array(64) })) },
    }));
    const checks = signaturesOf(home.ledger.state, home.slip(archive, unsigned));
    expect(isRejection(checks) || checks.some((check) => !verifySync(check.publicKey, check.bytes, check.signature))).toBe(true);
  });

  test('every signature of a true one holds', () => {
    const slip = home.slip(archive, anchor());
    const checks = signaturesOf(home.ledger.state, slip);
    if (isRejection(checks)) throw new Error(checks.detail);
    expect(checks).toHaveLength(1 + ward.voters().length);
    expect(checks.every((check) => verifySync(check.publicKey, check.bytes, check.signature))).toBe(true);
    expect(slipBytes(slip.body).byteLength).toBeGreaterThan(0);
  });

  test('headers that leave one out, or follow another block', () => {
    const bare = ward.blocks.slice(1).map((final) => bareOf(final.block.header));
    const gap = forge((action) => ({ ...action, headers: bare.slice(1) }));
    expect(home.do(archive, gap)).toBe('anchor-gap');
    const swapped = forge((action) => ({ ...action, headers: bare.toReversed() }));
    expect(home.do(archive, swapped)).toBe('left out');
    const shown = anchor();
    expect([home.do(archive, shown), home.do(archive, shown)]).toEqual(['done', 'already-anchored']);
  });

  test('an item that is in no block, of a block that was not shown, or twice', () => {
    const good = summary(block(1));
    expect(home.do(archive, good)).toBe('not-anchored');
    expect(home.do(archive, anchor())).toBe('done');
    const [first] = good.blocks;
    const items = present(first, 'a block').items;
    const forged = {
      ...good,
      blocks: [{ ...present(first, 'a block'), items: items.map((item) => ({ ...item, leaf: digestOf(new Uint8Array(9)) })) }],
    };
    expect(home.do(archive, forged)).toBe('wrong-proof');
    const moved = { ...good, blocks: [{ ...present(first, 'a block'), height: 2 }] };
    expect(home.do(archive, moved)).toBe('wrong-proof');
    expect(home.do(archive, good)).toBe('done');
    expect(home.do(archive, good)).toBe('already-summarised');
  });

  test('half of a summary is none', () => {
    home.do(archive, anchor());
    const good = summary(block(1), block(2));
    const forged = {
      ...good,
      blocks: good.blocks.map((entry, at) => (at === 1 ? { ...entry, siblings: [digestOf(new Uint8Array(9))] } : entry)),
    };
    expect(home.do(archive, forged)).toBe('wrong-proof');
    expect(home.projection.itemsOfPatient.get(ann.party)).toBeUndefined();
    expect(home.do(archive, good)).toBe('done');
  });

  test('by whoever is in no such channel', () => {
    home.do(archive, anchor());
    expect(home.do(south, summary(block(1)))).toBe('not-a-bridge');
    home.do(archive, { kind: 'leave-channel', opened: ward.ledger.channel });
    expect(home.do(archive, summary(block(1)))).toBe('not-a-bridge');
  });

  test('an item that says something else of its slip is shown by the slip itself', () => {
    home.do(archive, anchor());
    const good = summary(block(1));
    const lie = {
      ...good,
      blocks: good.blocks.map((entry) => ({ ...entry, items: entry.items.map((item) => ({ ...item, patient: ann.party })) })),
    };
    expect(home.do(archive, lie)).toBe('done');
    const item = [...chained(home.projection.itemsOfPatient.get(ann.party) ?? null)].find(({ index }) => index === 1);
    expect(itemRefusal(present(item, 'the item'), present(block(1).block.slips[1], 'the slip'))).toMatchObject({ reason: 'forged-item' });
  });
});
