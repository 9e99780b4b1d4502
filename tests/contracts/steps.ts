// Rules of contracts as tables: what happened before, one slip, how it ends, and that a slip which fails changes nothing but that it is
// used up (R4, R12).
import { expect, test } from 'vitest';
import type { Action } from '../../src/node/contracts/index.ts';
import type { ItemId } from '../../src/node/base/index.ts';
import { stateEntries } from '../../src/node/contracts/state.ts';
import { shortIdOf } from '../../src/node/crypto/index.ts';
import type { Consortium, Person } from '../../src/node/ledger/consortium.ts';

export type Step = readonly [author: Person, action: Action, consent?: Person];
export type Case = readonly [name: string, before: readonly Step[], last: Step, expected: string];

export function play(steps: readonly Step[], on: Consortium): readonly string[] {
  return steps.map(([author, action, consent]) => on.do(author, action, consent === undefined ? {} : { consent }));
}

/** One test for each case, on a channel of its own. */
export function checkCases(channel: () => Consortium, cases: readonly Case[]): void {
  test.each(cases)('%s', (_name, before, last, expected) => {
    const on = channel();
    expect(play(before, on)).toEqual(before.map(() => 'done'));
    const untouched = contents(on);
    expect(play([last], on)).toEqual([expected]);
    if (expected !== 'done') expect(contents(on)).toEqual(untouched);
  });
}

/** What the state holds, without what every slip leaves: its counter or id, and the steps that a call reserved. */
function contents(on: Consortium): readonly (readonly [string, Uint8Array])[] {
  return [...stateEntries(on.ledger.state)].filter(([key]) => !/^(window|seats|spent|script-load)\//u.test(key));
}

export function itemNamed(name: string): ItemId {
  return shortIdOf<ItemId>(new TextEncoder().encode(`item ${name}`));
}
