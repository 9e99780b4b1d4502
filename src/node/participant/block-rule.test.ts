// When a block is made (P3-17).
import { describe, expect, test } from 'vitest';
import { Consortium, Person, people, recordAction } from '../ledger/consortium.ts';
import { isTimely } from './block-rule.ts';

const ann = new Person('ann', 'patient');
const north = new Person('north', 'clinic');
const on = new Consortium({ archives: people('archive', 1), others: [north, ann], settings: { blockSlips: 3, blockMs: 600_000 } });
const headMs = on.ledger.head.timestampMs;
const record = (name: string) => on.slip(north, recordAction(name, ann), { consent: ann });
const records = ['a', 'b', 'c'].map(record);

describe('a block', () => {
  test('waits for so many slips, or so long after the one before', () => {
    expect(isTimely(on.ledger, records.slice(0, 2), headMs + 599_999)).toBe(false);
    expect(isTimely(on.ledger, records, headMs + 1)).toBe(true);
    expect(isTimely(on.ledger, records.slice(0, 1), headMs + 600_000)).toBe(true);
  });

  test('never waits with what changes who takes part', () => {
    expect(isTimely(on.ledger, [on.slip(north, { kind: 'seat', height: 0 })], headMs + 1)).toBe(true);
  });

  test('is made at once where the channel has no time', () => {
    const quick = new Consortium({ archives: people('archive', 1), others: [north, ann] });
    expect(isTimely(quick.ledger, records.slice(0, 1), headMs)).toBe(true);
    expect(isTimely(quick.ledger, records.slice(0, 1), headMs - 5_000)).toBe(true);
  });
});
