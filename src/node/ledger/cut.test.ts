// Blocks of certified batches (R4): composing them, how they travel, and everything by which one is refused.
import { describe, expect, test } from 'vitest';
import { MAX_CUT_BATCHES, isRejection } from '../base/index.ts';
import { type BatchReference, leaderOf } from '../consensus/index.ts';
import type { Slip } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { Consortium, Person, people, recordAction } from './consortium.ts';
import {
  type Block,
  type CertifiedSlips,
  type Composed,
  checkBlock,
  composeBlock,
  decodeCutValue,
  encodeCutValue,
  expandCut,
  extend,
  headerDigest,
  orderedPositions,
  toConsensusConfiguration,
} from './index.ts';

const ann = new Person('ann', 'patient');
const clinics = people('clinic', 16);
const north = clinics[0]!;

function channel(engine: 'pbft' | 'grouped' = 'grouped'): Consortium {
  return new Consortium({ clinics, others: [ann], settings: { engine, archiveQuorum: false } });
}

function at(group: number, sequence: number, localView = 0): BatchReference {
  return { group, localView, sequence, digest: digestOf(Uint8Array.of(group, sequence, localView)) };
}

let named = 0;

function records(on: Consortium, count: number): readonly Slip[] {
  return Array.from({ length: count }, () => {
    named += 1;
    return on.slip(north, recordAction(`r${named}`, ann), { consent: ann });
  });
}

function compose(on: Consortium, batches: readonly CertifiedSlips[]): Composed {
  const proposer = leaderOf(toConsensusConfiguration(on.ledger), on.ledger.height + 1, 0);
  return composeBlock(on.ledger, [], { timestampMs: on.nowMs + 1_000, proposer, view: 0, batches });
}

function final(on: Consortium, composed: Composed): void {
  const extended = extend(on.ledger, { block: composed.block, certificate: on.certify(composed.block, composed.digest) });
  if (isRejection(extended)) throw new Error(extended.detail);
  on.ledger = extended.ledger;
}

/** As a liar would make it: with another cut. */
function withCut({ block }: Composed, cut: readonly BatchReference[]): Block {
  return { ...block, header: { ...block.header, cut } };
}

function refusal(on: Consortium, block: Block): string | null {
  return checkBlock(on.ledger, block, { nowMs: on.nowMs + 1_000 })?.reason ?? null;
}

describe('a block of batches', () => {
  test('takes their slips in their order, passes over what is spent, and says what it took', () => {
    const on = channel();
    const [first, second, third] = records(on, 3) as [Slip, Slip, Slip];
    final(on, compose(on, [{ reference: at(0, 0), slips: [second] }]));
    const composed = compose(on, [
      { reference: at(1, 0), slips: [first, second] },
      { reference: at(0, 4), slips: [third, first] },
    ]);
    expect(composed.block.slips).toEqual([first, third]);
    expect(composed.block.header.cut).toEqual([at(1, 0), at(0, 4)]);
    expect([composed.picks, composed.left]).toEqual([[0, 2], []]);
    expect(refusal(on, composed.block)).toBeNull();
    final(on, composed);
    expect(orderedPositions(on.ledger)).toEqual([
      { group: 0, localView: 0, sequence: 4 },
      { group: 1, localView: 0, sequence: 0 },
    ]);
  });

  test('travels as its header and picks, and is rebuilt from the batches byte for byte', () => {
    const on = channel();
    const slips = records(on, 3);
    const { block, picks, digest, bytes } = compose(on, [{ reference: at(2, 7), slips }]);
    const wire = encodeCutValue({ header: block.header, picks });
    expect(wire.byteLength).toBeLessThan(bytes.byteLength / 2);
    const value = decodeCutValue(wire);
    if (isRejection(value)) throw new Error(value.detail);
    expect(headerDigest(value.header)).toBe(digest);
    expect(expandCut(value, [slips])).toEqual(block);
  });

  test.each<[string, readonly number[], number, string]>([
    ['a batch is missing', [0], 0, 'wrong-batches'],
    ['a slip is taken twice', [1, 1], 1, 'picks-out-of-order'],
    ['slips are taken in another order', [1, 0], 1, 'picks-out-of-order'],
    ['a slip is in none of them', [0, 2], 1, 'no-such-slip'],
  ])('%s: it is not rebuilt', (_name, picks, given, reason) => {
    const on = channel();
    const slips = records(on, 2);
    const { block } = compose(on, [{ reference: at(0, 0), slips }]);
    expect(expandCut({ header: block.header, picks }, Array(given).fill(slips))).toMatchObject({ reason });
  });

  test('other slips than the header’s are refused when the block is judged', () => {
    const on = channel();
    const slips = records(on, 3);
    const { block } = compose(on, [{ reference: at(0, 0), slips: slips.slice(0, 2) }]);
    const rebuilt = expandCut({ header: block.header, picks: [0, 2] }, [slips]) as Block;
    expect(refusal(on, rebuilt)).toBe('wrong-slips-root');
  });

  test('whole batches go in while there is room, and after one without room none of its lane', () => {
    const on = channel();
    const large = records(on, 100);
    const composed = compose(on, [
      { reference: at(0, 0), slips: large },
      { reference: at(1, 0), slips: records(on, 29) },
      { reference: at(1, 1), slips: records(on, 1) },
      { reference: at(2, 0), slips: records(on, 28) },
    ]);
    expect(composed.block.header.cut).toEqual([at(0, 0), at(2, 0)]);
    expect([composed.left, composed.included.length]).toEqual([[at(1, 0), at(1, 1)], 128]);
    expect(refusal(on, composed.block)).toBeNull();
  });

  test('a batch that no block has room for is taken as far as it goes, and nothing after it', () => {
    const on = channel();
    const composed = compose(on, [
      { reference: at(0, 0), slips: records(on, 130) },
      { reference: at(1, 0), slips: records(on, 1) },
    ]);
    expect([composed.picks.length, composed.skipped.length, composed.left]).toEqual([128, 2, [at(1, 0)]]);
  });

  test('what a lane has ordered is not ordered again, whoever offers it', () => {
    const on = channel();
    final(on, compose(on, [{ reference: at(0, 5), slips: records(on, 1) }]));
    const batches = [at(0, 5), at(0, 4), at(0, 0, 1), at(9, 0)].map((reference) => ({ reference, slips: records(on, 1) }));
    expect(compose(on, batches).block.header.cut).toEqual([at(0, 0, 1)]);
  });
});

describe('a cut is refused (R4)', () => {
  const on = channel();
  final(on, compose(on, [{ reference: at(0, 5, 1), slips: records(on, 1) }]));
  const composed = compose(on, [{ reference: at(1, 0), slips: records(on, 1) }]);

  test.each<[string, readonly BatchReference[], string]>([
    ['of a group that is not there', [at(4, 0)], 'no-such-group'],
    ['at a position that is ordered', [at(0, 5, 1)], 'cut-out-of-order'],
    ['below it', [at(0, 4, 1)], 'cut-out-of-order'],
    ['in an earlier local view', [at(0, 9, 0)], 'cut-out-of-order'],
    ['with two digests at one position', [at(1, 0), { ...at(1, 0), digest: digestOf(Uint8Array.of(9)) }], 'cut-out-of-order'],
    ['out of order in a lane', [at(1, 3), at(2, 0), at(1, 2)], 'cut-out-of-order'],
    ['for slips without batches', [], 'no-batches'],
    ['that changes nothing but the state', [at(1, 1)], 'wrong-state-root'],
  ])('%s', (_name, cut, reason) => {
    expect(refusal(on, withCut(composed, cut))).toBe(reason);
  });

  test('gaps are allowed, lanes stand side by side, and nothing is ordered where nothing waits', () => {
    const batches = [at(0, 6, 1), at(2, 8), at(0, 0, 2)].map((reference) => ({ reference, slips: records(on, 1) }));
    expect(refusal(on, compose(on, batches).block)).toBeNull();
    expect(refusal(on, compose(on, []).block)).toBeNull();
  });

  test('of more batches than a header holds', () => {
    const many = Array.from({ length: MAX_CUT_BATCHES + 1 }, (_, sequence) => ({ reference: at(3, sequence), slips: [] }));
    const { block, left } = compose(on, many);
    expect([block.header.cut.length, left]).toEqual([MAX_CUT_BATCHES, [at(3, MAX_CUT_BATCHES)]]);
  });

  test('where there are no groups', () => {
    const flat = channel('pbft');
    const { block } = flat.compose(records(flat, 1));
    expect([refusal(flat, block), refusal(flat, { ...block, header: { ...block.header, cut: [at(0, 0)] } })]).toEqual([null, 'stray-cut']);
  });
});
