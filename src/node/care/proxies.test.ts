// Grants by re-encryption (P3-10, T19): proxies turn what the ledger lets them turn and nothing else, with the patient's tab closed; below the
// threshold nobody reads; when a grant ends they delete their pieces and sign for it.
import { afterEach, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, confirmed, opening, recordOf, textOf, written } from '../../../tests/care/cast.ts';
import { type Profile, codeOf, until } from '../../../tests/care/world.ts';
import type { ProxiesView } from '../api.ts';
import { AppError, type GrantId, MAX_BULK_FRAME_BYTES, type RecordId, isRejection, present } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { readingEpochIn } from '../contracts/index.ts';
import { type Manifest, readManifest } from '../records/index.ts';
import { PROXY_REQUESTS, type ReencryptWish, plansAnswer, plansWish, reencryptAnswer, reencryptWish } from './proxy-formats.ts';
import { PIECES_CHECK_MS } from './proxy-limits.ts';
import { REQUEST_KINDS, manifestAnswer, manifestWish } from './requests.ts';

let cast: Cast;

afterEach(async () => {
  await cast.world.end();
});

async function granted(reader: Profile, record: RecordId, untilMs = cast.world.nowMs + YEAR_MS): Promise<GrantId> {
  const { patient } = cast;
  await patient.care.grantAccess({ record, grantee: reader.person.party, purpose: PURPOSE, untilMs });
  await until('every proxy holds its piece', () => proxies()?.proxies.every(({ state }) => state === 'held') === true);
  await until('the reader is told', () => reader.care.view().grants[0]?.delivered === true);
  return patient.care.view().grants[0]!.grant;
}

const proxies = (): ProxiesView | null => cast.patient.care.view().grants[0]?.proxies ?? null;
const piecesAt = (proxy: Profile): number => proxy.disk.notes.get('care-proxy-pieces')?.size ?? 0;
const reads = (): number => cast.patient.care.view().reads.length;
const wrapped = (): number => cast.world.requests.filter(({ kind }) => kind === REQUEST_KINDS.addWraps).length;

async function manifestOf(record: RecordId, version = 1): Promise<Manifest> {
  const { world, patient, archives } = cast;
  const bytes = await world.ask(patient, archives[0]!, REQUEST_KINDS.manifest, encode(manifestWish, { record, version, commitment: null }));
  const answer = decode(manifestAnswer, bytes, MAX_BULK_FRAME_BYTES);
  const manifest = isRejection(answer) ? answer : readManifest(answer.manifest);
  if (isRejection(manifest)) throw new Error(manifest.detail);
  return manifest;
}

/** What a reader would ask a proxy, past every page. */
async function wishFor(grant: GrantId, record: RecordId, version = 1): Promise<ReencryptWish> {
  const { envelope, salt, capsules } = await manifestOf(record, version);
  return { grant, record, version, envelope: await cast.patient.blobs.get(envelope), salt, capsules: present(capsules, 'capsules') };
}

async function turnedFor(reader: Profile, wish: ReencryptWish, proxy = cast.archives[0]!): Promise<number> {
  const bytes = await cast.world.ask(reader, proxy, PROXY_REQUESTS.reencrypt, encode(reencryptWish, wish));
  const answer = decode(reencryptAnswer, bytes, MAX_BULK_FRAME_BYTES);
  if (isRejection(answer)) throw new Error(answer.detail);
  return answer.turned.length;
}

test('a reader reads what proxies turn for it; no key is wrapped for it by anybody (P3-10)', async () => {
  cast = await opening(3);
  const record = await confirmed(cast);
  await granted(cast.second, record);
  expect(proxies()?.threshold).toBe(2);
  expect(
    proxies()
      ?.proxies.map(({ name }) => name)
      .sort(),
  ).toEqual(['Archive 1', 'Archive 2', 'Archive 3']);
  expect(textOf(await cast.second.care.openRecord(record, 1))).toContain('Reflexes normal.');
  expect(wrapped()).toBe(0);
  expect((await manifestOf(record)).wraps.some(({ recipient }) => recipient === cast.second.person.party)).toBe(false);
});

test('with her tab closed a version that she confirmed later is readable under a live grant of the same epoch', async () => {
  cast = await opening();
  const { archives, second, patient, world } = cast;
  const record = await confirmed(cast);
  await granted(second, record);
  const before = archives.map((proxy) => [...(proxy.disk.notes.get('care-proxy-pieces')?.values() ?? [])]);

  // From here on nothing that she sends reaches anybody but her signature on the ledger.
  await written(cast, 'Reflexes brisk.', record);
  for (const other of [...archives, second]) world.part(patient, other);
  await patient.care.confirmRecord(record, 2);
  await world.close(patient);
  await until('the reader sees it', () => recordOf(second, record)?.readableVersion === 2);
  expect(textOf(await second.care.openRecord(record, 2))).toContain('Reflexes brisk.');
  expect(archives.map((proxy) => [...(proxy.disk.notes.get('care-proxy-pieces')?.values() ?? [])])).toEqual(before);
  expect(wrapped()).toBe(0);
});

test('final entry, then pieces, then the read, then re-encryption: no proxy turns anything earlier (P3-24, P3-26)', async () => {
  cast = await opening();
  const { second, third, patient, world } = cast;
  const record = await confirmed(cast);
  world.held = true;
  const granting = granted(second, record);
  await until('the grant waits to become final', () => world.requests.length > 0);
  expect(cast.archives.map(piecesAt)).toEqual([0, 0]);
  world.release();
  const grant = await granting;
  const wish = await wishFor(grant, record);
  expect(await codeOf(turnedFor(second, wish))).toBe('not-on-ledger');
  expect(await codeOf(turnedFor(third, wish))).toBe('no-access');
  await second.care.openRecord(record, 1);
  expect(await turnedFor(second, wish)).toBe(2);
  expect(await codeOf(turnedFor(third, wish))).toBe('no-access');
  await patient.care.revokeGrant(grant);
  expect(await codeOf(turnedFor(second, wish))).toBe('grant-ended');
});

test('below the threshold the page says which proxies are missing, and no read is entered (fault 44)', async () => {
  cast = await opening(3);
  const { second, archives, world } = cast;
  const record = await confirmed(cast);
  await granted(second, record);
  await world.close(archives[2]!);
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
  expect(reads()).toBe(1);
  await world.close(archives[1]!);
  const error: unknown = await second.care.openRecord(record, 1).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({
    code: 'proxies-missing',
    message: expect.stringMatching(/^1 of 3 proxies answered; 2 are needed\. Missing: Archive [23], Archive [23]\.$/u) as string,
  });
  expect(reads()).toBe(1);
  await world.open(archives[1]!.person);
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('a revoked grant: proxies delete their pieces and sign receipts, which her page shows (P3-25)', async () => {
  cast = await opening();
  const { second, archives, patient } = cast;
  const record = await confirmed(cast);
  const grant = await granted(second, record);
  expect(archives.map(piecesAt)).toEqual([1, 1]);
  await patient.care.revokeGrant(grant);
  await until('both say that they deleted', () => proxies()?.proxies.every(({ state }) => state === 'deleted') === true);
  expect(archives.map(piecesAt)).toEqual([0, 0]);
  expect(await codeOf(second.care.openRecord(record, 1))).toBe('no-access');
});

test('a grant that is over by the clock: the same, without anybody doing anything', async () => {
  cast = await opening();
  const { second, archives, world } = cast;
  const record = await confirmed(cast);
  await granted(second, record, world.nowMs + YEAR_MS / 12);
  world.time.advance(YEAR_MS / 12);
  // Each looks again after an hour at the latest.
  await new Promise((resolve) => setImmediate(resolve));
  world.time.advance(PIECES_CHECK_MS);
  await until('both say that they deleted', () => proxies()?.proxies.every(({ state }) => state === 'deleted') === true);
  expect(archives.map(piecesAt)).toEqual([0, 0]);
});

test('revoking rotates the epoch: later versions are sealed to new keys, of which only live grants get pieces (P3-25)', async () => {
  cast = await opening();
  const { second, third, patient, world } = cast;
  const record = await confirmed(cast);
  const first = await granted(second, record);
  await granted(third, record);
  expect((await manifestOf(record)).capsules?.epoch).toBe(0);
  await patient.care.revokeGrant(first);
  await until('she has a new epoch', () => readingEpochIn(world.consortium.ledger.state, patient.person.party) === 1);
  await confirmed(cast, 'Reflexes brisk.', record);
  expect((await manifestOf(record, 2)).capsules?.epoch).toBe(1);
  expect(textOf(await third.care.openRecord(record, 2))).toContain('Reflexes brisk.');
  expect(textOf(await third.care.openRecord(record, 1))).toContain('Reflexes normal.');
  expect(await codeOf(second.care.openRecord(record, 1))).toBe('no-access');
  expect(readingEpochIn(world.consortium.ledger.state, patient.person.party)).toBe(1);
  expect(wrapped()).toBe(0);
});

test('capsules of another record or version are turned for nobody, whatever grant he has (fault 48)', async () => {
  cast = await opening();
  const { second } = cast;
  const record = await confirmed(cast);
  const other = await confirmed(cast, 'A secret.');
  const grant = await granted(second, record);
  await second.care.openRecord(record, 1);
  const [wish, foreign] = [await wishFor(grant, record), await wishFor(grant, other)];
  expect(await codeOf(turnedFor(second, foreign))).toBe('no-access');
  expect(await codeOf(turnedFor(second, { ...foreign, record }))).toBe('wrong-commitment');
  expect(await codeOf(turnedFor(second, { ...wish, capsules: foreign.capsules }))).toBe('wrong-capsules');
  expect(await codeOf(turnedFor(second, { ...wish, version: 2 }))).toBe('not-confirmed');
  expect(await turnedFor(second, wish)).toBe(2);
});

test('a proxy that answers falsely is left out: the others are enough, or too few', async () => {
  cast = await opening(3);
  const { second, archives, world } = cast;
  const record = await confirmed(cast);
  await granted(second, record);
  const spoil = (kind: string, answer: Uint8Array): Uint8Array =>
    kind === PROXY_REQUESTS.reencrypt ? answer.map((byte, index) => (index === answer.length - 200 ? byte ^ 1 : byte)) : answer;
  world.liars.set(archives[0]!, spoil);
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
  world.liars.set(archives[1]!, spoil);
  expect(await codeOf(second.care.openRecord(record, 1))).toBe('proxies-missing');
});

test('pieces survive a restart of their proxy, sealed under its own key, and a locked proxy serves nobody', async () => {
  cast = await opening();
  const { second, archives, world } = cast;
  const record = await confirmed(cast);
  await granted(second, record);
  for (const proxy of archives) {
    await world.close(proxy);
    await world.open(proxy.person, { locked: true });
  }
  expect(await codeOf(second.care.openRecord(record, 1))).not.toBe('no error');
  for (const proxy of archives) await world.setLocked(proxy, false);
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('of one proxy one is needed, and the plan that says so is the patient’s', async () => {
  cast = await opening(1);
  const { second, world, archives } = cast;
  const record = await confirmed(cast);
  const grant = await granted(second, record);
  expect(proxies()).toMatchObject({ threshold: 1, proxies: [{ name: 'Archive 1', state: 'held' }] });
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
  const bytes = await world.ask(second, archives[0]!, PROXY_REQUESTS.plans, encode(plansWish, { grant }));
  expect(decode(plansAnswer, bytes, MAX_BULK_FRAME_BYTES)).toMatchObject({ plans: [{ plan: { threshold: 1, epoch: 0 } }] });
});

test('when the keepers change her tab makes a new plan, whose proxies serve; who left keeps nothing after the grant’s end', async () => {
  cast = await opening(3);
  const { second, archives, patient, world } = cast;
  const record = await confirmed(cast);
  const grant = await granted(second, record);
  const [leaving, ...staying] = archives as [Profile, ...Profile[]];
  world.do(world.consortium.authority, { kind: 'revoke', party: leaving.person.party, reason: 'closed' });
  const planned = async (proxy: Profile): Promise<number> => {
    const answer = decode(
      plansAnswer,
      await world.ask(second, proxy, PROXY_REQUESTS.plans, encode(plansWish, { grant })),
      MAX_BULK_FRAME_BYTES,
    );
    return isRejection(answer) ? 0 : (answer.plans[0]?.plan.proxies.length ?? 0);
  };
  await until('both hold their pieces of the new plan', async () =>
    (await Promise.all(staying.map(planned))).every((count) => count === 2),
  );
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
  await patient.care.revokeGrant(grant);
  await until('whoever is linked has deleted', () => staying.every((proxy) => piecesAt(proxy) === 0));
});

test('what became final without her has no capsule that she signed: her tab wraps its keys, and the reader reads all the same', async () => {
  cast = await opening();
  const { clinic, second, patient, world } = cast;
  const record = await written(cast);
  await clinic.care.writeUnconfirmed(record, 'She has left already');
  await until('she sees it', () => recordOf(patient, record)?.status === 'unconfirmed');
  await patient.care.grantAccess({ record, grantee: second.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  await until('the reader is told', () => second.care.view().grants[0]?.delivered === true);
  expect(wrapped()).toBe(2);
  const { grant } = patient.care.view().grants[0]!;
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
  expect(await codeOf(turnedFor(second, await wishFor(grant, record)))).toBe('not-confirmed');
});
