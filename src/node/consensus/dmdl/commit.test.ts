// Endorsements and conflicts (P1-02, P1-09): what is signed, what is refused before any signature is checked, and what becomes of
// requests that read what others changed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChannelId, isRejection } from '../../base/index.ts';
import { decode, encode } from '../../codec/index.ts';
import { digestNamed, party, signatureOf } from '../transcript.ts';
import {
  type Applied,
  type Endorsed,
  type Endorser,
  type Transaction,
  type Version,
  MAX_ENDORSED_BYTES,
  commitInOrder,
  effectsRefusal,
  endorsed,
  endorsementBytes,
  endorsementChecks,
  endorsementRequest,
  isSatisfied,
} from './index.ts';

const channel = digestNamed('channel') as string as ChannelId;
const endorsers: readonly Endorser[] = [0, 1, 2].map((index) => ({
  party: party(index),
  memberKey: new Uint8Array(32).fill(index),
  roles: index === 0 ? ['authority'] : ['clinic'],
}));
const place = { channel, epoch: 3, height: 10, endorsers };
const effects = { reads: [{ key: 'a', version: { height: 2, index: 0 } }], writes: [{ key: 'a', value: new Uint8Array([1]) }] };
const request = { digest: digestNamed('request'), request: new Uint8Array([7]), untilHeight: 20 };
const by = (...signers: readonly number[]): Endorsed => ({
  epoch: 3,
  request,
  effects,
  endorsements: signers.map((index) => ({ signer: party(index), signature: signatureOf(party(index)) })),
});

describe('endorsements (P1-02)', () => {
  test('every signature is checked, over request, effects, channel and epoch', () => {
    const checks = endorsementChecks(by(0, 2), place);
    if (isRejection(checks)) throw new Error(checks.detail);
    expect(checks.map(({ publicKey }) => publicKey[0])).toEqual([0, 2]);
    const [first] = checks;
    const others = [
      endorsementBytes({ ...by(), epoch: 4 }, channel, party(0)),
      endorsementBytes(by(), digestNamed('other') as string as ChannelId, party(0)),
      endorsementBytes({ ...by(), effects: { ...effects, writes: [] } }, channel, party(0)),
      endorsementBytes({ ...by(), request: { ...request, untilHeight: 21 } }, channel, party(0)),
      endorsementBytes({ ...by(), request: { ...request, digest: digestNamed('other') } }, channel, party(0)),
      endorsementBytes(by(), channel, party(1)),
    ];
    expect(first?.bytes).toEqual(endorsementBytes(by(), channel, party(0)));
    for (const other of others) expect(other).not.toEqual(first?.bytes);
  });

  test.each([
    ['another epoch', { ...by(0), epoch: 2 }, 'wrong-epoch'],
    ['a stranger', by(0, 9), 'no-endorser'],
    ['the same endorser twice', by(1, 1), 'unordered'],
    ['out of order', by(2, 1), 'unordered'],
    ['too late', { ...by(0), request: { ...request, untilHeight: 9 } }, 'too-late'],
    ['good for too long', { ...by(0), request: { ...request, untilHeight: 20_000 } }, 'too-early'],
    ['keys out of order', { ...by(0), effects: { ...effects, reads: [...effects.reads, ...effects.reads] } }, 'unordered'],
  ] as const)('%s: %s', (_, candidate, reason) => {
    const checks = endorsementChecks(candidate, place);
    expect(isRejection(checks) && checks.reason).toBe(reason);
  });

  test('the policy says whether they are enough, and who is missing', () => {
    const wanted = {
      kind: 'and',
      of: [
        { kind: 'role', role: 'authority', count: 1 },
        { kind: 'role', role: 'clinic', count: 2 },
      ],
    } as const;
    expect(isSatisfied(by(0, 1, 2), wanted, place)).toEqual({ satisfied: true });
    expect(isSatisfied(by(0, 1), wanted, place)).toEqual({ satisfied: false, missing: 'role clinic' });
  });

  test('are read back from their bytes, within their limit', () => {
    expect(decode(endorsed, encode(endorsed, by(0, 1)), MAX_ENDORSED_BYTES)).toEqual(by(0, 1));
    expect(decode(endorsementRequest, encode(endorsementRequest, request), MAX_ENDORSED_BYTES)).toEqual(request);
  });
});

describe('conflicts at commit (P1-09)', () => {
  const version = (height: number, index = 0): Version => ({ height, index });
  const state = new Map([
    ['a', version(2)],
    ['b', version(3, 1)],
  ]);
  const versions = (key: string) => state.get(key) ?? null;
  const write = (key: string) => ({ key, value: new Uint8Array([1]) });
  const outcomes = (...transactions: readonly Transaction[]) => commitInOrder(versions, transactions, 10);

  test('what is read at its newest version takes effect', () => {
    expect(
      outcomes({
        reads: [
          { key: 'a', version: version(2) },
          { key: 'c', version: null },
        ],
        writes: [write('a')],
      }),
    ).toEqual([{ kind: 'applied', version: version(10, 0) }]);
  });

  test('of two in one block that read and write the same key the first wins, the second is stale', () => {
    const transaction = { reads: [{ key: 'a', version: version(2) }], writes: [write('a')] };
    expect(outcomes(transaction, transaction)).toEqual([
      { kind: 'applied', version: version(10, 0) },
      { kind: 'stale', key: 'a', read: version(2), now: version(10, 0) },
    ]);
  });

  test('a key that came, or is gone, is a conflict; writing without reading is none', () => {
    const reads = (key: string, at: Version | null): Transaction => ({ reads: [{ key, version: at }], writes: [] });
    const removal: Transaction = { reads: [], writes: [{ key: 'b', value: null }] };
    expect(
      outcomes({ reads: [], writes: [write('c')] }, reads('c', null), removal, reads('b', version(3, 1)), reads('b', null)),
    ).toMatchObject([
      { kind: 'applied' },
      { kind: 'stale', key: 'c', now: version(10, 0) },
      { kind: 'applied' },
      { kind: 'stale', key: 'b', now: null },
      { kind: 'applied' },
    ]);
  });

  test('what takes effect is what would take effect one after another: a stale one changes nothing for anybody', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const at = fc.constantFrom(null, version(2), version(3, 1), version(10, 0), version(10, 1));
    const transaction = fc.record({
      reads: fc.uniqueArray(fc.record({ key, version: at }), { selector: (read) => read.key, maxLength: 3 }),
      writes: fc.uniqueArray(fc.record({ key, value: fc.constantFrom(null, new Uint8Array([1])) }), {
        selector: (change) => change.key,
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(fc.array(transaction, { maxLength: 6 }), (transactions) => {
        const all = commitInOrder(versions, transactions, 10);
        const kept = transactions.map((one, i) => (all[i]?.kind === 'applied' ? one : { reads: one.reads, writes: [] }));
        expect(commitInOrder(versions, kept, 10).map(({ kind }) => kind)).toEqual(all.map(({ kind }: Applied) => kind));
        for (const [i, outcome] of all.entries()) {
          if (outcome.kind === 'stale') expect(transactions[i]?.reads).toContainEqual({ key: outcome.key, version: outcome.read });
        }
      }),
    );
  });

  test.each([
    ['too many keys', Array.from({ length: 257 }, (_, i) => write(String(i).padStart(4, '0'))), 'too-many-keys'],
    ['a key without a name', [write('')], 'bad-key'],
    ['twice the same key', [write('a'), write('a')], 'unordered'],
  ] as const)('%s: %s', (_, writes, reason) => {
    expect(effectsRefusal({ reads: [], writes })?.reason).toBe(reason);
  });
});
