// Slips as text for the ledger page, and the real sizes of each kind (docs/data.md).
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChannelId, MAX_SLIP_BYTES } from '../base/index.ts';
import { type Action, encodeSlip } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
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
  testSettings,
} from './consortium.ts';
import { describeSlip, utcText } from './index.ts';

const ann = new Person('ann', 'patient');
const north = new Person('North Valley Hospital', 'clinic');
const on = new Consortium({ archives: people('archive', 1), others: [north, ann] });

/** HPKE over a CID in its text form: 32 bytes encapsulated key, 59 bytes, 16 bytes tag. */
const sealedAddress = new Uint8Array(32 + 59 + 16);
const classes = ['identity', 'general', 'restricted', 'very-restricted'] as const;

const said = { phase: 'prepare' as const, view: 0, digest: digestOf(new Uint8Array(1)), lockedView: null, signature: new Uint8Array(64) };
const accusation: Action = {
  kind: 'accuse',
  culprit: north.party,
  proof: { kind: 'height', epoch: 17, height: 12_345, first: said, second: { ...said, digest: digestOf(new Uint8Array(2)) } },
};

const channel = 'ab'.repeat(32) as ChannelId;
const four = people('archive', 4).map(({ party }) => party);
const curveKey = (fill: number): Uint8Array => new Uint8Array(33).fill(fill);
const readingKeys: Action = {
  kind: 'reading-keys',
  epoch: 17,
  signer: curveKey(0),
  keys: { identity: curveKey(1), general: curveKey(2), restricted: curveKey(3), 'very-restricted': curveKey(4) },
};

/** One slip of each kind as they are in use, with its size in bytes: the table of docs/data.md. */
const SIZES: readonly (readonly [kind: string, action: Action, sizeBytes: number])[] = [
  ['found', { kind: 'found', settings: testSettings }, 217],
  [
    'open-channel, four members',
    { kind: 'open-channel', opened: channel, settings: { ...testSettings, kind: 'private' }, members: four },
    324,
  ],
  ['join-channel', { kind: 'join-channel', opened: channel }, 184],
  ['leave-channel', { kind: 'leave-channel', opened: channel }, 185],
  ['certify, clinic', north.certify(), 457],
  ['certify, patient', ann.certify(), 328],
  ['attest', { kind: 'attest', party: north.party, place: { xMetres: 512_000, yMetres: 201_500 }, rating: 812_000 }, 177],
  ['revoke', { kind: 'revoke', party: north.party, reason: 'closed' }, 168],
  ['seat', { kind: 'seat', height: 12_345 }, 145],
  ['leave', { kind: 'leave' }, 143],
  ['absent', { kind: 'absent', parties: [north.party], epoch: 17 }, 163],
  ['accuse', accusation, 396],
  ['record, two classes, confirmed', recordAction('r', ann, { sealedAddress }), 406],
  ['record, four classes, confirmed', recordAction('r', ann, { sealedAddress, classes, version: 300 }), 435],
  ['record, two classes, unconfirmed', recordAction('r', ann, { sealedAddress, unconfirmedReason: 'no device' }), 350],
  ['verdict, confirmed', { kind: 'verdict', record: recordNamed('r'), version: 1, verdict: 'confirmed', sealedReason: null }, 174],
  ['withdraw, reason of 100 bytes', { kind: 'withdraw', record: recordNamed('r'), sealedReason: new Uint8Array(148) }, 313],
  [
    'request',
    {
      kind: 'request',
      request: grantNamed('q'),
      patient: ann.party,
      record: recordNamed('r'),
      purpose: 'treatment',
      untilMs: START_MS + YEAR_MS,
    },
    215,
  ],
  ['decline', { kind: 'decline', request: grantNamed('q') }, 162],
  ['grant', grantAction('g', 'r', north), 252],
  ['end-grant', { kind: 'end-grant', grant: grantNamed('g') }, 164],
  ['search-key', { kind: 'search-key', key: new Uint8Array(32) }, 182],
  ['read', { kind: 'read', grant: grantNamed('g'), record: recordNamed('r'), version: 1 }, 177],
  ['reading-keys', readingKeys, 327],
  ['receiving-key', { kind: 'receiving-key', key: curveKey(0) }, 186],
];

function sizeOf(action: Action): number {
  const confirmed = action.kind === 'record' && action.unconfirmedReason === null;
  const author = new Person('author', 'clinic');
  return encodeSlip(on.slip(author, action, confirmed ? { consent: ann, counter: 70_000 } : { counter: 70_000 })).byteLength;
}

describe('sizes', () => {
  test.each(SIZES)('%s', (_kind, action, sizeBytes) => {
    expect(sizeOf(action)).toBe(sizeBytes);
  });

  test('a record slip with both signatures takes at most 512 bytes, whatever its classes and the longest address in use', () => {
    const longest = recordAction('r', ann, { classes, version: 10_000, sealedAddress: new Uint8Array(32 + 59 + 16) });
    expect(sizeOf(longest)).toBeLessThanOrEqual(512);
  });

  test('the longest slip that the limits of its fields allow fits into a slip', () => {
    const reason = '\u4e2d'.repeat(500);
    const record = recordAction('r', ann, { unconfirmedReason: reason, classes, sealedAddress: new Uint8Array(160) });
    expect(sizeOf(record)).toBeLessThan(MAX_SLIP_BYTES);
    expect(sizeOf(grantAction('g', 'r', north, { purpose: reason, classes }))).toBeLessThan(MAX_SLIP_BYTES);
    expect(sizeOf(north.certify({ name: reason.slice(0, 120), clinician: reason.slice(0, 120) }))).toBeLessThan(MAX_SLIP_BYTES);
  });
});

/** What of an action is shown field by field; of an accusation the culprit, where it is, and two statements. */
function shownOf(action: Action): object {
  if (action.kind === 'found') return { ...action.settings, kind: 0, chain: 0 };
  if (action.kind === 'open-channel') return { ...action.settings, kind: 0, chain: 0, opened: 0, members: 0 };
  if (action.kind === 'certify') return action.certificate;
  if (action.kind === 'reading-keys') return { epoch: 0, signer: 0, ...action.keys };
  return action.kind === 'accuse' ? { culprit: 0, ...action.proof } : action;
}

describe('as text', () => {
  test('a record shows its fields, and what is sealed only as a size', () => {
    const slip = on.slip(north, recordAction('r', ann, { sealedAddress }), { consent: ann });
    const fields = Object.fromEntries(describeSlip(slip));
    expect(fields).toMatchObject({
      author: north.party,
      dated: '2026-01-01 00:00:00.000 UTC',
      record: recordNamed('r'),
      version: '1',
      patient: ann.party,
      'unconfirmed reason': 'none',
      classes: 'identity, general',
      'sealed address': 'sealed, 107 bytes',
    });
    expect(fields['consent']).toHaveLength(128);
  });

  test.each(SIZES)('%s shows every field', (_kind, action) => {
    const shown = describeSlip(on.slip(new Person('author', 'clinic'), action));
    const inner = shownOf(action);
    const expected = Object.keys(inner).filter((name) => name !== 'kind').length;
    // Slip, author, counter, date, signature.
    expect(shown).toHaveLength(expected + 5);
    for (const [name, value] of shown)
      expect([name, value]).toEqual([expect.stringMatching(/^[a-z ]+$/u), expect.not.stringContaining('undefined')]);
  });

  test('periods end on a date', () => {
    const fields = Object.fromEntries(describeSlip(on.slip(ann, grantAction('g', 'r', north))));
    expect([fields['from'], fields['until'], fields['answers']]).toEqual([
      '2026-01-01 00:00:00.000 UTC',
      '2027-01-01 00:00:00.000 UTC',
      'none',
    ]);
  });
});

test('times read as every calendar has them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (timestampMs) => {
      expect(utcText(timestampMs)).toBe(new Date(timestampMs).toISOString().replace('T', ' ').replace('Z', ' UTC'));
    }),
  );
  expect(utcText(Number.MAX_SAFE_INTEGER)).toBe('9007199254740991 ms after 1970');
});
