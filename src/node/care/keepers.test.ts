// What keepers hand out, and to whom: asked directly, past every page, as anybody with a link could (P0-05, P3-26, fault 48).
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, confirmed, opening, preview, recordOf, textOf, written } from '../../../tests/care/cast.ts';
import { Keyed, type Profile, codeOf, until } from '../../../tests/care/world.ts';
import { AppError, MAX_BULK_FRAME_BYTES, type RecordId, isRejection } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { type Manifest, manifestBytes, readManifest } from '../records/index.ts';
import { REQUEST_KINDS, addWraps, collect, discard, done, keep, manifestAnswer, manifestWish, post } from './requests.ts';
import { boxOf, type LetterId } from './letter.ts';

let cast: Cast;

beforeEach(async () => {
  cast = await opening();
});

afterEach(async () => {
  await cast.world.end();
});

async function manifestFor(asker: Profile, record: RecordId, version = 1, kind: string = REQUEST_KINDS.manifest): Promise<Manifest> {
  const bytes = await cast.world.ask(asker, cast.archives[0]!, kind, encode(manifestWish, { record, version, commitment: null }));
  const answer = decode(manifestAnswer, bytes, MAX_BULK_FRAME_BYTES);
  const manifest = isRejection(answer) ? answer : readManifest(answer.manifest);
  if (isRejection(manifest)) throw new Error(manifest.detail);
  return manifest;
}

async function grantTo(grantee: Profile, record: RecordId): Promise<void> {
  const { patient, world } = cast;
  await patient.care.grantAccess({ record, grantee: grantee.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  await until('the keys are handed over', () => patient.care.view().grants.every(({ delivered }) => delivered));
}

test('patient and author get their own wraps, nobody gets another’s', async () => {
  const record = await confirmed(cast);
  await grantTo(cast.second, record);
  for (const asker of [cast.patient, cast.clinic]) {
    const { wraps } = await manifestFor(asker, record);
    expect(wraps.length).toBeGreaterThan(0);
    expect(wraps.every(({ recipient }) => recipient === asker.person.party)).toBe(true);
  }
});

test('a third clinic that asks a keeper directly gets nothing', async () => {
  const record = await confirmed(cast);
  await grantTo(cast.second, record);
  expect(await codeOf(manifestFor(cast.third, record))).toBe('no-access');
  expect(await codeOf(manifestFor(cast.third, record, 1, REQUEST_KINDS.replicate))).toBe('not-a-keeper');
});

test('a stranger gets nothing, stores nothing, posts nothing', async () => {
  const { world, archives } = cast;
  const record = await confirmed(cast);
  const own = await manifestFor(cast.clinic, record);
  const stranger = await world.open(new Keyed('Stranger', 'clinic'));
  expect(await codeOf(manifestFor(stranger, record))).toBe('no-access');
  expect(await codeOf(world.ask(stranger, archives[0]!, REQUEST_KINDS.keep, encode(keep, { manifest: manifestBytes(own) })))).toBe(
    'not-a-clinic',
  );
  const letter = {
    id: '11'.repeat(16) as LetterId,
    to: boxOf(cast.patient.person.party),
    wrappedKey: new Uint8Array(80),
    sealed: new Uint8Array(99),
  };
  expect(await codeOf(world.ask(stranger, archives[0]!, REQUEST_KINDS.post, encode(post, { purpose: 'letter', letter })))).toBe(
    'not-certified',
  );
  expect(await codeOf(world.ask(stranger, archives[0]!, REQUEST_KINDS.post, encode(post, { purpose: 'application', letter })))).toBe(
    'not-for-strangers',
  );
  const { wraps } = own;
  expect(await codeOf(world.ask(stranger, archives[0]!, REQUEST_KINDS.addWraps, encode(addWraps, { record, version: 1, wraps })))).toBe(
    'not-the-patient',
  );
});

test('a grantee gets a manifest only once its read of that version is on the ledger, and nobody’s wraps with it (P3-26)', async () => {
  const record = await confirmed(cast);
  await grantTo(cast.second, record);
  expect(await codeOf(manifestFor(cast.second, record))).toBe('not-on-ledger');
  await cast.second.care.openRecord(record, 1);
  const { wraps, capsules } = await manifestFor(cast.second, record);
  expect(wraps).toEqual([]);
  expect(capsules?.parts.map((part) => part.class)).toEqual(['identity', 'general']);
});

test('after the grant’s end or its date keepers give nothing more, not even what was read before', async () => {
  const { patient, second, world } = cast;
  const record = await confirmed(cast);
  await grantTo(second, record);
  await second.care.openRecord(record, 1);
  await patient.care.revokeGrant(patient.care.view().grants[0]!.grant);
  expect(await codeOf(manifestFor(second, record))).toBe('no-access');

  await grantTo(second, record);
  await second.care.openRecord(record, 1);
  world.time.advance(2 * YEAR_MS);
  expect(await codeOf(manifestFor(second, record))).toBe('no-access');
});

test('a revoked clinic gets nothing, not even of its own records', async () => {
  const { world, clinic } = cast;
  const record = await confirmed(cast);
  world.do(world.consortium.authority, { kind: 'revoke', party: clinic.person.party, reason: 'Licence withdrawn' });
  expect(await codeOf(manifestFor(clinic, record))).toBe('no-access');
  expect(clinic.care.standing()).toEqual({ kind: 'revoked', reason: 'Licence withdrawn' });
});

test('only the patient adds wraps, and only for whom a grant lets read', async () => {
  const { world, archives, patient, second, third } = cast;
  const record = await confirmed(cast);
  const [wrap] = (await manifestFor(patient, record)).wraps;
  const add = (asker: Profile, recipient: Profile): Promise<Uint8Array> =>
    world.ask(
      asker,
      archives[0]!,
      REQUEST_KINDS.addWraps,
      encode(addWraps, { record, version: 1, wraps: [{ ...wrap!, recipient: recipient.person.party }] }),
    );
  await grantTo(second, record);
  expect(await codeOf(add(second, second))).toBe('not-the-patient');
  expect(await codeOf(add(patient, third))).toBe('no-grant');
  expect(decode(done, await add(patient, second), 100)).toEqual({ ok: true });
});

test('letters of a box are for its party alone', async () => {
  const { world, archives, patient, third } = cast;
  await world.setLocked(patient, true);
  await cast.clinic.care.writeRecord(patient.person.party, await preview(cast.clinic, patient));
  const box = boxOf(patient.person.party);
  const body = encode(collect, { box, proof: null, have: [] });
  expect(await codeOf(world.ask(third, archives[0]!, REQUEST_KINDS.collect, body))).toBe('not-your-box');
  const forged = encode(discard, { box, proof: { atMs: world.nowMs, signature: new Uint8Array(64) }, ids: [] });
  expect(await codeOf(world.ask(third, archives[0]!, REQUEST_KINDS.discard, forged))).toBe('bad-signature');
});

test('a clinic cannot put its manifest over another’s record, nor wraps for strangers into its own', async () => {
  const { world, archives, third, clinic, patient } = cast;
  const record = await confirmed(cast);
  const own = await manifestFor(clinic, record);
  const put = (asker: Profile, manifest: Manifest): Promise<Uint8Array> =>
    world.ask(asker, archives[0]!, REQUEST_KINDS.keep, encode(keep, { manifest: manifestBytes(manifest) }));
  expect(await codeOf(put(third, own))).toBe('not-the-author');
  expect(await codeOf(put(clinic, { ...own, salt: new Uint8Array(32) }))).toBe('wrong-commitment');
  expect(await codeOf(put(clinic, { ...own, version: 3 }))).toBe('version-gap');
  const stray = own.wraps.map((wrap) => ({ ...wrap, recipient: third.person.party }));
  expect(await codeOf(put(clinic, { ...own, version: 2, wraps: stray }))).toBe('stray-wraps');
  expect(textOf(await patient.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('what a keeper changed in ciphertext, envelope or wraps is refused, never shown (fault 48)', async () => {
  const { patient, clinic, archives, world } = cast;
  const record = await confirmed(cast);
  await world.close(clinic);
  await world.close(archives[1]!);
  patient.blobs.held.clear();
  // A store that answers with other bytes is caught by their address.
  const kept = archives[0]!.blobs.held;
  const original = new Map(kept);
  for (const [cid, bytes] of kept)
    kept.set(
      cid,
      Uint8Array.from(bytes, (byte, index) => (index === 30 ? byte ^ 1 : byte)),
    );
  expect(await codeOf(patient.care.openRecord(record, 1))).toBe('blob-missing');
  for (const [cid, bytes] of original) kept.set(cid, bytes);

  const notes = archives[0]!.disk.notes.get('care-kept')!;
  const [[key, entry]] = [...notes] as [[string, Uint8Array]];
  const hers = Buffer.from(entry).lastIndexOf(Buffer.from(patient.person.party, 'hex'));
  const wrapAt = hers + 40;
  notes.set(
    key,
    Uint8Array.from(entry, (byte, index) => (index === wrapAt ? byte ^ 1 : byte)),
  );
  expect(await codeOf(patient.care.openRecord(record, 1))).toBe('tampered');
  notes.set(key, entry);
  expect(textOf(await patient.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('a record counts as stored only when two other keepers hold all of it; trouble says how many do', async () => {
  const { clinic, patient, archives, world } = cast;
  await world.close(archives[1]!);
  const writing = clinic.care.writeRecord(patient.person.party, await preview(clinic, patient));
  const trouble = (): string => clinic.care.view().ways[0]?.trouble ?? '';
  await until('the page says so', () => trouble() !== '');
  expect(trouble()).toContain('1 of 2 archive members hold this record; 1 can be reached');
  const record = await writing;
  expect(recordOf(clinic, record)?.status).toBe('sealing');
  expect(recordOf(patient, record)).toBeNull();

  await world.open(archives[1]!.person);
  await until('she has it', () => recordOf(patient, record)?.status === 'awaiting-patient');
  await until('the trouble is over', () => trouble() === '');
});

test('where a keeper is away another is asked, and the lost one makes good what it lacks', async () => {
  await cast.world.end();
  cast = await opening(4);
  const { archives, world, patient, clinic } = cast;
  await world.close(archives[0]!);
  const record = await confirmed(cast);
  await world.close(clinic);
  clinic.blobs.held.clear();
  patient.blobs.held.clear();
  const lost = await world.open(archives[0]!.person);
  const holds = (keeper: Profile): boolean => keeper.disk.notes.get('care-kept')?.size === 1;
  await until('all four hold it', () => archives.every((keeper) => holds(keeper)));
  for (const keeper of archives.slice(1)) await world.close(keeper);
  expect(lost.blobs.held.size).toBe(3);
  expect(textOf(await patient.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('without any keeper the page says how many can be reached', async () => {
  const { archives, world, patient } = cast;
  const record = await confirmed(cast);
  for (const keeper of archives) await world.close(keeper);
  const failure = await patient.care.openRecord(record, 1).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect(failure).toMatchObject({
    code: 'keepers-unreachable',
    message: '0 of 2 keepers can be reached.',
    remedy: expect.stringContaining('archive member') as string,
  });
});

test('an offer that lost against another of the same version is forgotten with its blobs', async () => {
  const { patient, clinic, archives } = cast;
  const record = await written(cast);
  await patient.care.disputeRecord(record, 1, 'It was the left ear');
  await until('the clinic learns it', () => recordOf(clinic, record)?.status === 'disputed');
  const blobs = archives[0]!.blobs.held.size;
  await confirmed(cast, 'Left ear.', record);
  await until('one manifest is left', () => archives.every(({ disk }) => disk.notes.get('care-kept')?.size === 1));
  await until('and its blobs', () => archives[0]!.blobs.held.size === blobs);
});
