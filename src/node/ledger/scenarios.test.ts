// The paper's three scenarios (P1-18), each as a story on one ledger with its contracts: heterogeneous data, copyright, sensitive data. And its
// contract functions by their names (P1-19).
import { beforeAll, describe, expect, test } from 'vitest';
import { createScriptMachine } from '../adapters/node.ts';
import { MAX_SCRIPT_STEPS, SCRIPT_RUNTIME } from '../ports/index.ts';
import {
  type Action,
  askScript,
  dataSetFingerprint,
  fingerprintTable,
  keptKey,
  keptTable,
  licenceTable,
  provideScriptMachine,
  useTable,
  workTable,
} from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { itemNamed } from '../../../tests/contracts/steps.ts';
import { Consortium, Person, START_MS, YEAR_MS, grantAction, grantNamed, people, recordAction, recordNamed } from './consortium.ts';
import { MEDICAL_FUNCTIONS, getHistory, queryByOwner } from './medical.ts';

const archives = people('archive', 4);
const ann = new Person('ann', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const lab = new Person('lab', 'data-user');
const press = new Person('press', 'data-user');
const everybody = { archives, others: [ann, north, south, lab, press] };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

beforeAll(async () => {
  const machine = createScriptMachine();
  provideScriptMachine(machine);
  await machine.load();
});

/** Does all of it in turn; every deed takes effect. */
function happen(on: Consortium, deeds: readonly (readonly [by: Person, action: Action, consent?: Person])[]): void {
  for (const [by, action, consent] of deeds)
    expect([action.kind, on.do(by, action, consent === undefined ? {} : { consent })]).toEqual([action.kind, 'done']);
}

describe('the contract functions (P1-19)', () => {
  test('initialMedical, transferMedical, readMedical, delete are deeds; getHistory and queryByOwner answer from the ledger', () => {
    const on = new Consortium(everybody);
    const record = recordNamed('r');
    const custody = (deed: Extract<Action, { kind: 'custody' }>['deed']): Action => ({ kind: 'custody', record, deed });
    const story: readonly (readonly [Person, Action, Person?])[] = [
      [north, recordAction('r', ann), ann],
      [north, custody({ kind: 'offer', to: south.party, untilMs: START_MS + YEAR_MS })],
      [ann, custody({ kind: 'agree', to: south.party })],
      [south, custody({ kind: 'accept' })],
      [south, recordAction('r', ann, { version: 2 }), ann],
      [ann, grantAction('g', 'r', north)],
      [north, { kind: 'read', grant: grantNamed('g'), record, version: 2 }],
      [ann, { kind: 'erasure', record, deed: { kind: 'order' } }],
    ];
    happen(on, story);
    expect(Object.values(MEDICAL_FUNCTIONS).every((kind) => story.some(([, action]) => action.kind === kind))).toBe(true);

    const history = getHistory({ state: on.ledger.state, projection: on.projection }, record);
    expect(history.map(({ what, by }) => [what, by])).toEqual([
      ['written', north.party],
      ['passed-on', north.party],
      ['written', south.party],
      ['granted', ann.party],
      ['read', north.party],
      ['erased', ann.party],
    ]);
    expect(queryByOwner(on.projection, ann.party).map((row) => [row.record, row.clinic])).toEqual([[record, south.party]]);
    expect(queryByOwner(on.projection, north.party)).toEqual([]);
    expect(getHistory({ state: on.ledger.state, projection: on.projection }, recordNamed('none'))).toEqual([]);
  });
});

/** Clinics write weights in kilograms, pounds or grams; the contract that they agreed on makes one series of them. */
const WEIGHTS = `({
  add(state, { of, value, unit, day }, { caller, role }) {
    if (role !== 'clinic') throw new Error('only clinics report');
    const grams = { g: 1, kg: 1000, lb: 453.59237 }[unit];
    if (grams === undefined || !(value > 0)) throw new Error('nobody knows this unit');
    const series = state.get(of) ?? [];
    const added = [...series, { day, grams: Math.round(value * grams), by: caller.slice(0, 8) }];
    state.set(of, added.sort((a, b) => a.day - b.day));
  },
  series: (state, of) => (state.get(of) ?? []).map(({ day, grams }) => [day, grams / 1000]),
})`;

describe('the three scenarios (P1-18)', () => {
  test('management of heterogeneous data: clinics with other units agree on a contract that makes one series of theirs', () => {
    const on = new Consortium(everybody);
    const script = itemNamed('weights');
    const of = (deed: Extract<Action, { kind: 'script' }>['deed']): Action => ({ kind: 'script', script, version: 1, deed });
    const add = (argument: object): Action =>
      of({ kind: 'call', method: 'add', argument: JSON.stringify(argument), steps: MAX_SCRIPT_STEPS });
    const source = bytes(WEIGHTS);
    const pseudonym = 'p1';
    happen(on, [
      [north, of({ kind: 'upload', name: 'Weights', runtime: SCRIPT_RUNTIME, source: digestOf(source), parts: 1 })],
      [north, of({ kind: 'part', index: 0, bytes: source })],
      ...archives.slice(0, 3).map((voter) => [voter, of({ kind: 'vote', approve: true })] as const),
      [north, add({ of: pseudonym, value: 70.5, unit: 'kg', day: 20 })],
      [south, add({ of: pseudonym, value: 154, unit: 'lb', day: 10 })],
    ]);
    expect(on.do(south, add({ of: pseudonym, value: 11, unit: 'stone', day: 30 }))).toBe('script-refused');
    expect(on.do(ann, add({ of: pseudonym, value: 71, unit: 'kg', day: 30 }))).toBe('script-refused');
    const caller = { party: lab.party, role: 'data-user' as const, at: { height: on.ledger.height, timestampMs: on.nowMs } };
    const series = askScript(on.ledger.state, script, { method: 'series', argument: JSON.stringify(pseudonym) }, caller);
    expect(series).toBe('[[10,69.853],[20,70.5]]');
    expect(keptTable.get(on.ledger.state, keptKey(script, pseudonym))?.json).toContain(south.party.slice(0, 8));
  });

  test('copyright protection of medical data: who registered first owns it, licenses it, and sees every use', () => {
    const on = new Consortium(everybody);
    const rows = ['scan 1', 'scan 2', 'scan 3'].map(bytes);
    const fingerprint = dataSetFingerprint(rows, bytes('salt of north'));
    const work = itemNamed('scans');
    const licence = itemNamed('for the lab');
    const of = (deed: Extract<Action, { kind: 'copyright' }>['deed'], id = work): Action => ({ kind: 'copyright', work: id, deed });
    happen(on, [[north, of({ kind: 'register', fingerprint, title: 'Scans of 2025' })]]);
    // The same rows in another order are the same data: who took them cannot register them as its own.
    const copied = dataSetFingerprint([...rows].reverse(), bytes('salt of north'));
    expect(on.do(press, of({ kind: 'register', fingerprint: copied, title: 'Our scans' }, itemNamed('copy')))).toBe('known-fingerprint');
    happen(on, [
      [north, of({ kind: 'license', licence, licensee: lab.party, terms: 'research', fromMs: START_MS, untilMs: START_MS + YEAR_MS / 2 })],
      [lab, of({ kind: 'use', licence, purpose: 'training a model' })],
      [north, of({ kind: 'offer', to: south.party })],
      [south, of({ kind: 'take' })],
      [lab, of({ kind: 'use', licence, purpose: 'checking the model' })],
      [south, of({ kind: 'end-licence', licence })],
    ]);
    expect(on.do(press, of({ kind: 'use', licence, purpose: 'an article' }))).toBe('not-the-licensee');
    expect(on.do(lab, of({ kind: 'use', licence, purpose: 'once more' }))).toBe('licence-ended');
    expect(workTable.get(on.ledger.state, work)).toMatchObject({ owner: south.party });
    expect(fingerprintTable.get(on.ledger.state, fingerprint)).toEqual({ work });
    expect(licenceTable.get(on.ledger.state, licence)).toMatchObject({ uses: 2 });
  });

  test('secure use of sensitive data: consent in advance opens a record, a committee approves a study, every use is logged', () => {
    const on = new Consortium(everybody);
    const committee = itemNamed('committee');
    const study = itemNamed('study');
    const members = archives.slice(0, 3).map((member) => member.party);
    const of = (deed: Extract<Action, { kind: 'sensitive-use' }>['deed'], id = study): Action => ({ kind: 'sensitive-use', use: id, deed });
    const policy = (deed: Extract<Action, { kind: 'policy' }>['deed']): Action => ({ kind: 'policy', policy: itemNamed('p'), deed });
    const day = 86_400_000;
    const release = {
      kind: 'release' as const,
      grant: grantNamed('g'),
      record: recordNamed('r'),
      classes: ['restricted' as const],
      actions: ['read' as const],
      purpose: 'study',
      untilMs: START_MS + day,
    };
    const preset = {
      ...{ kind: 'preset' as const, record: null, grantees: [lab.party], roles: [], purposes: ['study'], classes: release.classes },
      ...{ actions: release.actions, durationMs: day, fromMs: START_MS, untilMs: START_MS + 30 * day, releases: 2 },
    };
    happen(on, [
      [north, recordAction('r', ann, { classes: ['restricted'] }), ann],
      [on.authority, of({ kind: 'committee', members, threshold: 2 }, committee)],
      [ann, policy(preset)],
      [
        lab,
        of({
          kind: 'propose',
          committee,
          subject: digestOf(bytes('r')),
          purpose: 'how often it returns',
          uses: 1,
          untilMs: START_MS + 30 * day,
        }),
      ],
    ]);
    expect(on.do(lab, of({ kind: 'log', note: 'count', result: null }))).toBe('use-open');
    happen(on, [
      [archives[0] as Person, of({ kind: 'vote', approve: true })],
      [archives[1] as Person, of({ kind: 'vote', approve: true })],
      [lab, policy(release)],
      [lab, { kind: 'read', grant: grantNamed('g'), record: recordNamed('r'), version: 1 }],
      [lab, of({ kind: 'log', note: 'count by year', result: digestOf(bytes('result')) })],
    ]);
    expect(on.do(lab, of({ kind: 'log', note: 'again', result: null }))).toBe('used-up');
    expect(on.do(press, policy({ ...release, grant: grantNamed('h') }))).toBe('not-in-policy');
    expect(useTable.get(on.ledger.state, study)).toMatchObject({ status: 'approved', used: 1 });
    expect(on.projection.reads.length).toBe(1);
  });
});
