// Erasing a record (T16, P3-13; design, step 8): final on the ledger first, then destroyed everywhere, with receipts. Everybody's disk is looked
// through for every byte that the record ever had there.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, confirmed, opening, preview, recordOf, written } from '../../../tests/care/cast.ts';
import { Keyed, type Profile, codeOf, until } from '../../../tests/care/world.ts';
import { accepted } from '../../../tests/vectors/accepted.ts';
import { MAX_BULK_FRAME_BYTES, type RecordId } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { erasureTable } from '../contracts/index.ts';
import { verifySync } from '../crypto/index.ts';
import { blockChecks, extend, finalityChecks, foundChannel } from '../ledger/index.ts';
import { REQUEST_KINDS, keep, manifestAnswer, manifestWish } from './requests.ts';

let cast: Cast;
beforeEach(async () => {
  cast = await opening();
});
afterEach(async () => {
  await cast.world.end();
});

const everybody = (): readonly Profile[] => [...cast.archives, cast.clinic, cast.second, cast.third, cast.patient];
const receipts = (record: RecordId) => erasureTable.get(cast.world.consortium.ledger.state, record)?.receipts ?? [];
const rows = (profile: Profile, table: string): readonly string[] => [...(profile.disk.notes.get(table)?.keys() ?? [])];

async function grantedAndRead(record: RecordId): Promise<void> {
  const { patient, second, world } = cast;
  await patient.care.grantAccess({ record, grantee: second.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  await until('the keys are handed over', () => patient.care.view().grants.every(({ delivered }) => delivered));
  await second.care.openRecord(record, 1);
}

const complete = (record: RecordId, count = 4) => until('everybody has left a receipt', () => receipts(record).length === count);

describe('after its patient has ordered it', () => {
  test('nobody opens it, no disk holds a byte of it, every holder left a receipt, and another record is untouched', async () => {
    const { patient, clinic, second, archives } = cast;
    const other = await confirmed(cast, 'Stays.');
    const before = new Map(everybody().map((profile) => [profile, new Set(profile.blobs.held.keys())]));
    const record = await confirmed(cast, 'Goes.');
    await confirmed(cast, 'Goes, corrected.', record);
    await grantedAndRead(record);
    await patient.care.eraseRecord(record);
    // Two keepers, the clinic that wrote it, the reader.
    await complete(record);
    for (const reader of [patient, clinic, second]) {
      for (const version of [1, 2]) expect(await codeOf(reader.care.openRecord(record, version))).toBe('erased');
    }
    await until('every blob is gone', () =>
      everybody().every(({ blobs }, index) => [...blobs.held.keys()].every((cid) => before.get(everybody()[index]!)!.has(cid))),
    );
    for (const keeper of archives) {
      expect(rows(keeper, 'care-kept').filter((key) => key.startsWith(record))).toEqual([]);
      expect(rows(keeper, 'care-search-tags').filter((key) => key.startsWith(record))).toEqual([]);
      expect(rows(keeper, 'care-kept').some((key) => key.startsWith(other))).toBe(true);
    }
    expect((await patient.care.openRecord(other, 1)).version).toBe(1);
  });

  test('the page says who has destroyed it and who has not yet', async () => {
    const { patient, archives, world } = cast;
    const record = await confirmed(cast);
    await world.close(archives[1]!);
    await patient.care.eraseRecord(record);
    await complete(record, 2);
    const view = () => recordOf(patient, record)!;
    expect(view()).toMatchObject({ status: 'erased', readableVersion: null });
    const holders = () => view().erasure!.holders.map(({ name, keeper, destroyedMs }) => [name, keeper, destroyedMs !== null]);
    expect(holders()).toEqual(
      expect.arrayContaining([
        ['Archive 1', true, true],
        ['Archive 2', true, false],
        ['Lakeside', false, true],
      ]),
    );
    // Back, it catches up with the ledger and destroys.
    expect(rows(archives[1]!, 'care-kept').length).toBe(1);
    await world.open(archives[1]!.person);
    await complete(record, 3);
    expect(rows(archives[1]!, 'care-kept')).toEqual([]);
    expect(archives[1]!.blobs.held.size).toBe(0);
    expect(holders().every(([, , destroyed]) => destroyed)).toBe(true);
  });

  test('a clinic that was locked destroys what is sealed for its person once it is unlocked, and only then says so', async () => {
    const { patient, clinic, world } = cast;
    const record = await confirmed(cast);
    await world.setLocked(clinic, true);
    await patient.care.eraseRecord(record);
    await complete(record, 2);
    expect(receipts(record)).not.toContain(clinic.person.party);
    await world.setLocked(clinic, false);
    await complete(record, 3);
    expect(clinic.blobs.held.size).toBe(0);
  });

  test('a version that was still waiting goes too, and no keeper takes a new one or gives what is left', async () => {
    const { patient, clinic, archives, world } = cast;
    const record = await confirmed(cast);
    const bytes = await world.ask(
      clinic,
      archives[0]!,
      REQUEST_KINDS.manifest,
      encode(manifestWish, { record, version: 1, commitment: null }),
    );
    await written(cast, 'A second version.', record);
    await patient.care.eraseRecord(record);
    await complete(record, 3);
    for (const profile of [patient, clinic, ...archives]) await until('nothing is left', () => profile.blobs.held.size === 0);
    expect(rows(clinic, 'care-sent')).toEqual([]);
    expect(rows(patient, 'care-offers')).toEqual([]);
    const again = await codeOf(clinic.care.writeRecord(patient.person.party, await preview(clinic, patient), { replaces: record }));
    expect(again).toBe('erased');
    const { manifest } = accepted(decode(manifestAnswer, bytes, MAX_BULK_FRAME_BYTES));
    expect(await codeOf(world.ask(clinic, archives[0]!, REQUEST_KINDS.keep, encode(keep, { manifest })))).toBe('erased');
    expect(
      await codeOf(
        world.ask(archives[0]!, archives[1]!, REQUEST_KINDS.replicate, encode(manifestWish, { record, version: 1, commitment: null })),
      ),
    ).toBe('erased');
  });

  test('the chain still verifies from its founding block, and shows that the record was there', async () => {
    const { patient, world } = cast;
    const record = await confirmed(cast);
    await patient.care.eraseRecord(record);
    await complete(record, 3);
    const [founding, ...later] = world.consortium.blocks;
    const { slips, header } = founding!.block;
    let { ledger } = accepted(foundChannel(slips, header.timestampMs));
    for (const final of later) {
      const checks = [...accepted(blockChecks(ledger, final.block)), ...accepted(finalityChecks(ledger, final.block, final.certificate))];
      expect(checks.every(({ publicKey, bytes, signature }) => verifySync(publicKey, bytes, signature))).toBe(true);
      ledger = accepted(extend(ledger, final)).ledger;
    }
    expect(ledger.digest).toBe(world.consortium.ledger.digest);
    expect(recordOf(patient, record)?.versions.length).toBe(1);
  });
});

test('only its patient has a record erased, and once', async () => {
  const { patient, clinic, world } = cast;
  const record = await confirmed(cast);
  expect(await codeOf(clinic.care.eraseRecord(record))).toBe('not-a-patient');
  const stranger = new Keyed('Bob Example', 'patient');
  world.do(world.consortium.authority, stranger.certify());
  const other = await world.open(stranger);
  expect(await codeOf(other.care.eraseRecord(record))).toBe('not-the-patient');
  await patient.care.eraseRecord(record);
  expect(await codeOf(patient.care.eraseRecord(record))).toBe('no-effect');
});
