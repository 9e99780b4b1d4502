// Keyword search in the life of a record (P3-11, P3-28, P3-32, T20): who finds what, who finds nothing, and what a keeper cannot make up.
import { afterEach, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, confirmed, opening, recordOf } from '../../../tests/care/cast.ts';
import { type Profile, codeOf, until } from '../../../tests/care/world.ts';
import type { SearchFinding, VisitForm } from '../api.ts';
import { type RecordId, isRejection } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { searchKeyIn } from '../contracts/index.ts';
import { queryAnswers } from './search-formats.ts';

let cast: Cast;

afterEach(async () => {
  await cast.world.end();
});

const DIABETES = { code: 'E11.9', system: 'http://hl7.org/fhir/sid/icd-10', text: 'Type 2 diabetes mellitus' };
const ASTHMA = { code: 'J45.9', system: 'http://hl7.org/fhir/sid/icd-10', text: 'Asthma' };
const HIV = { code: 'B20', system: 'http://hl7.org/fhir/sid/icd-10', text: 'Human immunodeficiency virus disease' };

async function begun(): Promise<void> {
  cast = await opening();
  const { world, clinic, patient } = cast;
  await until('search keys are published', () =>
    [clinic, patient].every(({ person }) => searchKeyIn(world.consortium.ledger.state, person.party) !== null),
  );
}

/** A visit with these diagnoses, signed by the patient and final, its tags at every keeper. */
async function seen(diagnoses: VisitForm['diagnoses'], replaces?: RecordId): Promise<RecordId> {
  const { clinic, patient } = cast;
  const form: VisitForm = {
    dateTime: '2026-01-02T10:00:00Z',
    reason: 'Control',
    findings: 'Nothing to add.',
    diagnoses,
    medication: [{ text: 'Metformin 500 mg', dosage: 'twice a day' }],
    allergies: { state: 'none-known', list: [] },
    vitalSigns: {
      systolicMmHg: null,
      diastolicMmHg: null,
      heartRatePerMin: null,
      temperatureC: null,
      oxygenSaturationPercent: null,
      weightKg: null,
      heightCm: null,
    },
  };
  const preview = await clinic.care.previewVisit(patient.person.party, form);
  if (!('bundle' in preview)) throw new Error(JSON.stringify(preview));
  const record = await clinic.care.writeRecord(patient.person.party, preview, replaces === undefined ? {} : { replaces });
  const version = recordOf(clinic, record)?.version ?? 0;
  await until(
    'it awaits her',
    () => recordOf(patient, record)?.status === 'awaiting-patient' && recordOf(patient, record)?.version === version,
  );
  await patient.care.confirmRecord(record, version);
  await until('the keepers hold its tags', () =>
    cast.archives.every((keeper) =>
      [...(keeper.disk.notes.get('care-search-tags')?.keys() ?? [])].some((key) => key.startsWith(`${record}/${version}/`)),
    ),
  );
  return record;
}

async function granted(record: RecordId, to: Profile, tags = true): Promise<void> {
  const { patient, world } = cast;
  await patient.care.grantAccess({ record, grantee: to.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  if (tags) await until('the reader has her parts', () => (to.disk.notes.get('care-search-reader')?.size ?? 0) > 0);
}

const hits = ({ hits: found }: SearchFinding): readonly RecordId[] => found.map(({ record }) => record);

test('the patient finds her records by a word, by a code, and by several of them (P3-12, P3-32)', async () => {
  await begun();
  const { patient } = cast;
  const [first, second] = [await seen([DIABETES]), await seen([DIABETES, ASTHMA])];
  expect(await patient.care.search.find('Diabetes')).toMatchObject({
    words: 1,
    searched: 2,
    unsearched: 0,
    keepers: { silent: [], refuted: [] },
  });
  expect(hits(await patient.care.search.find('diabetes'))).toEqual([second, first]);
  expect(hits(await patient.care.search.find('ASTHMA metformin'))).toEqual([second]);
  expect(hits(await patient.care.search.find('E11.9'))).toEqual([second, first]);
  expect(hits(await patient.care.search.find('http://hl7.org/fhir/sid/icd-10|J45.9 diabetes'))).toEqual([second]);
  expect(hits(await patient.care.search.find('migraine'))).toEqual([]);
  expect(await codeOf(patient.care.search.find(' the , '))).toBe('nothing-typed');
  expect(await codeOf(patient.care.search.find(Array.from({ length: 17 }, (_, index) => `w${index}x`).join(' ')))).toBe('too-many-words');
});

test('what was fetched once is searched without asking anybody, and the author finds what it wrote', async () => {
  await begun();
  const { patient, clinic, second, world } = cast;
  const record = await seen([DIABETES]);
  await patient.care.search.find('diabetes');
  const before = world.requests.length;
  expect(hits(await patient.care.search.find('metformin'))).toEqual([record]);
  expect(hits(await clinic.care.search.find('diabetes', { patient: patient.person.party }))).toEqual([record]);
  expect(hits(await clinic.care.search.find('diabetes'))).toEqual([record]);
  expect(world.requests.slice(before).filter(({ kind }) => kind.startsWith('search-'))).toEqual([]);
  expect(await second.care.search.find('diabetes')).toMatchObject({ hits: [], searched: 0, unsearched: 0 });
});

test('a granted clinic finds by one and by two keywords, and then reads as always; a clinic without a grant finds nothing (P3-28)', async () => {
  await begun();
  const { second, third, clinic } = cast;
  const [first, other] = [await seen([DIABETES]), await seen([DIABETES, ASTHMA])];
  await granted(first, second);
  expect(await second.care.search.find('diabetes')).toMatchObject({
    searched: 1,
    unsearched: 0,
    keepers: { silent: [], refuted: [], incomplete: [] },
  });
  expect(hits(await second.care.search.find('diabetes metformin'))).toEqual([first]);
  // Another record of the same scope has it, but was not granted.
  expect(hits(await second.care.search.find('asthma'))).toEqual([]);
  expect(hits(await second.care.search.find('diabetes asthma'))).toEqual([]);
  expect((await second.care.openRecord(first, 1)).record).toBe(first);
  expect(await third.care.search.find('diabetes')).toMatchObject({ hits: [], searched: 0 });
  expect(hits(await clinic.care.search.find('asthma'))).toEqual([other]);
});

test('no keyword leaves a tab: neither in requests and letters nor in logs, names of notes, or what keepers store', async () => {
  await begun();
  const { second, archives, world, patient } = cast;
  const sent: string[] = [];
  world.overhear = (_, body) => sent.push(Buffer.from(body).toString('latin1').toLowerCase());
  const record = await seen([DIABETES]);
  await granted(record, second);
  await second.care.search.find('diabetes mellitus');
  await patient.care.search.find('diabetes mellitus');
  for (const profile of [...archives, second, patient]) {
    const kept = [...profile.disk.notes].flatMap(([table, rows]) => [
      table,
      ...[...rows].flatMap(([key, bytes]) => [key, Buffer.from(bytes).toString('latin1')]),
    ]);
    const said = [JSON.stringify(profile.log.lines), ...kept].join('\n').toLowerCase();
    for (const word of ['diabetes', 'mellitus', 'e11.9']) expect(said).not.toContain(word);
  }
  for (const word of ['diabetes', 'mellitus', 'e11.9']) expect(sent.filter((body) => body.includes(word))).toEqual([]);
  expect(world.requests.some(({ kind }) => kind === 'search-query')).toBe(true);
});

test('after revoking nothing is found, keepers have destroyed their parts and signed for it (P3-25)', async () => {
  await begun();
  const { second, patient, archives, world } = cast;
  const record = await seen([DIABETES]);
  await granted(record, second);
  expect(hits(await second.care.search.find('diabetes'))).toEqual([record]);
  const { grant } = patient.care.view().grants[0]!;
  await until('both keepers hold a part', () => patient.care.view().search.granted[0]?.keepers === 2);
  const query = world.requests.length;
  await patient.care.revokeGrant(grant);
  expect(await second.care.search.find('diabetes')).toMatchObject({ hits: [], searched: 0 });
  expect(world.requests.slice(query).filter(({ kind }) => kind === 'search-query')).toEqual([]);
  await until('every keeper has signed', () => patient.care.view().search.granted[0]?.receipts === 2);
  await until('the reader forgot its parts', () => second.disk.notes.get('care-search-reader')?.size === 0);
  for (const keeper of archives) expect(keeper.disk.notes.get('care-search-parts')?.get(grant)?.byteLength).toBeLessThan(32 + 16);
});

test('a reader that goes on asking after its grant has ended is refused by every keeper', async () => {
  await begun();
  const { second, patient, world, archives } = cast;
  const record = await seen([DIABETES]);
  await granted(record, second);
  const asked: Uint8Array[] = [];
  const [keeper] = archives;
  const ask = world.ask.bind(world);
  world.overhear = (kind, body) => {
    if (kind === 'search-query') asked.push(body);
  };
  await second.care.search.find('diabetes');
  await patient.care.revokeGrant(patient.care.view().grants[0]!.grant);
  const answer = decode(queryAnswers, await ask(second, keeper!, 'search-query', asked[0]!), 1_000_000);
  expect(answer).toMatchObject({ answers: [{ outcome: 'no-grant', finding: null }] });
  // Nor does it serve anybody else while it lives.
  const other = await seen([ASTHMA]);
  await granted(other, cast.third);
  expect(decode(queryAnswers, await ask(cast.third, keeper!, 'search-query', asked[0]!), 1_000_000)).toMatchObject({
    answers: [{ outcome: 'no-grant', finding: null }],
  });
});

test('another class than was granted is not found (P0-08)', async () => {
  await begun();
  const { second, patient, world, clinic } = cast;
  const record = await seen([DIABETES, HIV]);
  expect(hits(await patient.care.search.find('immunodeficiency'))).toEqual([record]);
  expect(hits(await clinic.care.search.find('b20'))).toEqual([record]);
  // By hand: the page grants every class that a record has.
  const outcome = world.do(patient.person, {
    kind: 'grant',
    grant: 'ab'.repeat(16) as never,
    grantee: second.person.party,
    record,
    classes: ['identity', 'general'],
    actions: ['read'],
    purpose: PURPOSE,
    fromMs: world.nowMs - 1,
    untilMs: world.nowMs + YEAR_MS,
    answers: null,
  });
  expect(outcome).toBe('done');
  await until('the reader has her parts', () => (second.disk.notes.get('care-search-reader')?.size ?? 0) > 0);
  expect(hits(await second.care.search.find('diabetes'))).toEqual([record]);
  expect(await second.care.search.find('immunodeficiency')).toMatchObject({ hits: [], searched: 1 });
  expect(hits(await second.care.search.find('b20'))).toEqual([]);
});

test('a keeper that makes up a hit is caught and named, one that leaves a hit out is shown up by another', async () => {
  await begun();
  const { second, world, archives } = cast;
  const record = await seen([DIABETES]);
  await granted(record, second);
  const [liar, honest] = archives as [Profile, Profile];
  let answered: Uint8Array | null = null;
  world.liars.set(liar, (kind, answer) => {
    if (kind !== 'search-query') return answer;
    // It repeats what it found for another word.
    answered ??= answer;
    return answered;
  });
  expect(hits(await second.care.search.find('diabetes'))).toEqual([record]);
  expect(await second.care.search.find('asthma')).toMatchObject({ hits: [], keepers: { refuted: [liar.person.name] } });

  world.liars.set(liar, (kind, answer) => {
    const said = kind === 'search-query' ? decode(queryAnswers, answer, 1_000_000) : null;
    if (said === null || isRejection(said)) return answer;
    return encode(queryAnswers, { answers: said.answers.map((each) => ({ ...each, finding: null })) });
  });
  expect(await second.care.search.find('diabetes')).toMatchObject({
    hits: [{ record }],
    keepers: { refuted: [], incomplete: [liar.person.name], silent: [] },
  });

  world.liars.clear();
  await world.close(honest);
  expect(await second.care.search.find('diabetes')).toMatchObject({ hits: [{ record }], keepers: { answered: [liar.person.name] } });
});

test('a replaced version and one entered in error leave the index, at keepers and owners', async () => {
  await begun();
  const { patient, clinic, second, archives } = cast;
  const record = await seen([DIABETES]);
  await granted(record, second);
  await seen([ASTHMA], record);
  const gone = (version: number): boolean =>
    archives.every(
      (keeper) => ![...(keeper.disk.notes.get('care-search-tags')?.keys() ?? [])].some((key) => key.startsWith(`${record}/${version}/`)),
    );
  await until('the first version left the keepers', () => gone(1));
  for (const page of [patient, clinic, second]) {
    expect(hits(await page.care.search.find('diabetes'))).toEqual([]);
    expect(hits(await page.care.search.find('asthma'))).toEqual([record]);
  }
  await clinic.care.markEnteredInError(record, 'Another patient’s visit');
  await until('the second version left the keepers', () => gone(2));
  for (const page of [patient, clinic, second]) expect(hits(await page.care.search.find('asthma'))).toEqual([]);
});

test('an erased record is found by nobody, and its tags are gone (T16)', async () => {
  await begun();
  const { patient, clinic, second, archives, world } = cast;
  const record = await seen([DIABETES]);
  await granted(record, second);
  expect(world.do(patient.person, { kind: 'erasure', record, deed: { kind: 'order' } })).toBe('done');
  await until('the tags have left every keeper', () => archives.every((keeper) => keeper.disk.notes.get('care-search-tags')?.size === 0));
  await until('and their owners', () => [patient, clinic].every((page) => (page.disk.notes.get('care-search-own')?.size ?? 0) === 0));
  for (const page of [patient, clinic, second]) expect(await page.care.search.find('diabetes')).toMatchObject({ hits: [], searched: 0 });
});

test('a keeper that was away gets the tags from another, and finds', async () => {
  await begun();
  const { second, world, archives } = cast;
  const [first, late] = archives as [Profile, Profile];
  const record = await seen([DIABETES]);
  await world.close(late);
  late.disk.notes.delete('care-search-tags');
  await world.open(late.person);
  await until('it has them again', () => late.disk.notes.get('care-search-tags')?.size === 1);
  await granted(record, second);
  await world.close(first);
  expect(await second.care.search.find('diabetes')).toMatchObject({ hits: [{ record }], keepers: { answered: [late.person.name] } });
});

test('a restored clinic and a patient on another device find again, by what keepers hold', async () => {
  await begun();
  const { clinic, patient, world } = cast;
  const record = await seen([DIABETES]);
  for (const page of [clinic, patient]) {
    await world.close(page);
    page.disk.notes.delete('care-search-own');
    const again = await world.open(page.person);
    expect(await again.care.search.find('diabetes')).toMatchObject({ hits: [{ record }], searched: 1, unsearched: 0 });
  }
});

test('without a search key there are no tags: the record is written, opened, and counted as not searched', async () => {
  cast = await opening();
  const { patient, clinic } = cast;
  clinic.locked = false;
  const record = await confirmed(cast);
  const found = await patient.care.search.find('dizziness');
  expect(found.searched + found.unsearched).toBe(1);
  expect((await patient.care.openRecord(record, 1)).record).toBe(record);
});

test('while the keys are locked away nothing is searched, and nothing of the index stays', async () => {
  await begun();
  const { patient, world } = cast;
  const record = await seen([DIABETES]);
  await world.setLocked(patient, true);
  expect(await codeOf(patient.care.search.find('diabetes'))).toBe('locked');
  await world.setLocked(patient, false);
  expect(hits(await patient.care.search.find('diabetes'))).toEqual([record]);
});
