// The deeds of the families of contracts as text, and their real sizes (docs/data.md).
import { describe, expect, test } from 'vitest';
import { MAX_SLIP_BYTES } from '../base/index.ts';
import { type Action, encodeSlip } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { SCRIPT_RUNTIME } from '../ports/index.ts';
import { itemNamed } from '../../../tests/contracts/steps.ts';
import { Consortium, Person, START_MS, YEAR_MS, grantNamed, people, recordNamed } from './consortium.ts';
import { describeSlip } from './index.ts';

const author = new Person('author', 'clinic');
const north = new Person('north', 'clinic');
const on = new Consortium({ archives: people('archive', 1), others: [author] });

const record = recordNamed('r');
const untilMs = START_MS + YEAR_MS;
const fingerprint = digestOf(new Uint8Array(1));
const members = people('clinic', 3).map(({ party }) => party);
const classes = ['identity', 'general'] as const;
const period = { fromMs: START_MS, untilMs };
const policy = { kind: 'policy' as const, policy: itemNamed('p') };
const work = { kind: 'copyright' as const, work: itemNamed('w') };
const use = { kind: 'sensitive-use' as const, use: itemNamed('u') };
const emergency = { kind: 'emergency' as const, emergency: itemNamed('e') };
const script = { kind: 'script' as const, script: itemNamed('s'), version: 1 };
const preset = { record: null, grantees: [north.party], roles: [], purposes: ['treatment'], classes, actions: ['read' as const] };
const release = { grant: grantNamed('g'), record, classes, actions: ['read' as const], purpose: 'treatment', untilMs };

/** One slip of each deed as they are in use, with its size in bytes: the table of docs/data.md. */
const SIZES: readonly (readonly [kind: string, action: Action, sizeBytes: number])[] = [
  ['custody, offer', { kind: 'custody', record, deed: { kind: 'offer', to: north.party, untilMs } }, 196],
  ['custody, agree', { kind: 'custody', record, deed: { kind: 'agree', to: north.party } }, 187],
  ['custody, accept', { kind: 'custody', record, deed: { kind: 'accept' } }, 171],
  [
    'emergency, ask',
    { ...emergency, deed: { kind: 'ask', record, version: 1, cause: 'unconscious', words: 'brought in after a fall', untilMs } },
    233,
  ],
  ['emergency, release', { ...emergency, deed: { kind: 'release' } }, 174],
  ['emergency, review', { ...emergency, deed: { kind: 'review', verdict: 'accepted', words: 'plausible' } }, 192],
  ['erasure, order', { kind: 'erasure', record, deed: { kind: 'order' } }, 170],
  ['erasure, receipt', { kind: 'erasure', record, deed: { kind: 'receipt' } }, 172],
  ['policy, preset', { ...policy, deed: { kind: 'preset', ...preset, ...period, durationMs: 86_400_000, releases: 3 } }, 249],
  ['policy, release', { ...policy, deed: { kind: 'release', ...release } }, 248],
  ['copyright, register', { ...work, deed: { kind: 'register', fingerprint, title: 'Scans of 2025' } }, 223],
  [
    'copyright, license',
    { ...work, deed: { kind: 'license', licence: itemNamed('l'), licensee: north.party, terms: 'research', ...period } },
    235,
  ],
  ['copyright, use', { ...work, deed: { kind: 'use', licence: itemNamed('l'), purpose: 'training' } }, 196],
  ['sensitive-use, committee of three', { ...use, deed: { kind: 'committee', members, threshold: 2 } }, 233],
  [
    'sensitive-use, propose',
    { ...use, deed: { kind: 'propose', committee: itemNamed('c'), subject: fingerprint, purpose: 'a study', uses: 3, untilMs } },
    247,
  ],
  ['sensitive-use, vote', { ...use, deed: { kind: 'vote', approve: true } }, 176],
  ['sensitive-use, log', { ...use, deed: { kind: 'log', note: 'count by year', result: fingerprint } }, 222],
  ['script, upload', { ...script, deed: { kind: 'upload', name: 'Weights', runtime: SCRIPT_RUNTIME, source: fingerprint, parts: 2 } }, 248],
  ['script, part', { ...script, deed: { kind: 'part', index: 0, bytes: new Uint8Array(3_072) } }, 3245],
  ['script, vote', { ...script, deed: { kind: 'vote', approve: true } }, 170],
  ['script, call', { ...script, deed: { kind: 'call', method: 'add', argument: '{"of":"p1","value":70.5}', steps: 100_000 } }, 204],
];

describe('deeds', () => {
  test.each(SIZES)('%s', (_kind, action, sizeBytes) => {
    expect(encodeSlip(on.slip(author, action, { counter: 70_000 })).byteLength).toBe(sizeBytes);
    expect(sizeBytes).toBeLessThan(MAX_SLIP_BYTES);
  });

  test.each(SIZES)('%s shows every field', (_kind, action) => {
    const { deed, ...about } = action as Extract<Action, { deed: unknown }>;
    const shown = describeSlip(on.slip(author, action)).map(([name, value]) => `${name}: ${value}`);
    // Of the slip five, of the action all but its kind, and the deed with its kind.
    expect(shown).toHaveLength(5 + Object.keys(about).length - 1 + Object.keys(deed).length);
    expect(shown).toContain(`deed: ${deed.kind.replaceAll('-', ' ')}`);
    expect(shown.join()).not.toContain('undefined');
  });

  test('parts are shown as sizes and durations as such', () => {
    const fields = SIZES.flatMap(([, action]) => describeSlip(on.slip(author, action)));
    expect(fields).toContainEqual(['bytes', '3072 bytes']);
    expect(fields).toContainEqual(['duration', '86400 s']);
  });
});
