// Contracts that a consortium wrote itself (P0-49, P1-08), on a ledger: uploaded, approved by vote, called, upgraded; and a hostile one harms
// nothing, with the reason on the ledger.
import { beforeAll, describe, expect, test } from 'vitest';
import { createScriptMachine } from '../../adapters/node.ts';
import { isRejection } from '../../base/index.ts';
import { digestOf } from '../../crypto/index.ts';
import { Consortium, Person, people } from '../../ledger/consortium.ts';
import { checkBlock, nextMoment } from '../../ledger/index.ts';
import { MAX_SCRIPT_STEPS, SCRIPT_RUNTIME } from '../../ports/index.ts';
import { type Step, checkCases, itemNamed, play } from '../../../../tests/contracts/steps.ts';
import {
  type Action,
  MAX_BLOCK_SCRIPT_STEPS,
  askScript,
  canBeOrdered,
  keptKey,
  keptTable,
  provideScriptMachine,
  scriptTable,
} from '../index.ts';
import { reserveSteps } from './steps.ts';

type Deed = Extract<Action, { kind: 'script' }>['deed'];

const machine = createScriptMachine();
beforeAll(async () => {
  provideScriptMachine(machine);
  await machine.load();
});

const archives = people('archive', 4);
const [one, two, three, four] = archives as [Person, Person, Person, Person];
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const ann = new Person('ann', 'patient');
const channel = () => new Consortium({ archives, others: [north, south, ann] });
const script = itemNamed('counter');

const COUNTER = `({
  add(state, amount, { caller }) {
    if (!Number.isInteger(amount) || amount < 1) throw new Error('an amount is a whole number above zero');
    const key = 'sum/' + caller;
    state.set(key, (state.get(key) ?? 0) + amount);
    return state.get(key);
  },
  sum: (state, whose) => state.get('sum/' + whose) ?? 0,
})`;

function deed(version: number, what: Deed): Action {
  return { kind: 'script', script, version, deed: what };
}

/** The slips by which a source is uploaded. */
function uploaded(source: string, version = 1, author = north): readonly Step[] {
  const bytes = new TextEncoder().encode(source);
  const parts = Math.max(1, Math.ceil(bytes.length / 3072));
  const upload: Step = [
    author,
    deed(version, { kind: 'upload', name: 'Counter', runtime: SCRIPT_RUNTIME, source: digestOf(bytes), parts }),
  ];
  const pieces = Array.from({ length: parts }, (_, index): Step => {
    return [author, deed(version, { kind: 'part', index, bytes: bytes.slice(3072 * index, 3072 * (index + 1)) })];
  });
  return [upload, ...pieces];
}

const yes = (voter: Person, version = 1): Step => [voter, deed(version, { kind: 'vote', approve: true })];
const no = (voter: Person, version = 1): Step => [voter, deed(version, { kind: 'vote', approve: false })];
const approvedBy = (source: string, version = 1): readonly Step[] => [
  ...uploaded(source, version),
  ...[one, two, three].map((voter) => yes(voter, version)),
];

function call(caller: Person, method: string, argument: unknown, version = 1, steps = 100_000): Step {
  return [caller, deed(version, { kind: 'call', method, argument: JSON.stringify(argument), steps })];
}

function keptBy(on: Consortium, key: string): string | undefined {
  return keptTable.get(on.ledger.state, keptKey(script, key))?.json;
}

const ready = approvedBy(COUNTER);

describe('a contract', () => {
  checkCases(channel, [
    ['is called once as many voters as agree on blocks approved it', ready, call(south, 'add', 2), 'done'],
    ['also by a patient', ready, call(ann, 'add', 2), 'done'],
    ['not before', [...uploaded(COUNTER), yes(one), yes(two)], call(south, 'add', 2), 'other-version'],
    ['not in a version that is not approved', ready, call(south, 'add', 2, 2), 'other-version'],
    ['not one that is not there', [], call(south, 'add', 2), 'unknown-contract'],
    ['says itself what it refuses', ready, call(south, 'add', -1), 'script-refused'],
    ['has the methods that it has', ready, call(south, 'constructor', 1), 'script-no-method'],
    ['takes at most the steps that the call reserved', ready, call(south, 'add', 2, 1, 500), 'script-out-of-steps'],
    ['is given JSON', ready, [south, deed(1, { kind: 'call', method: 'add', argument: '{', steps: 1 })], 'left out'],
    ['never takes more steps than anybody allows', ready, call(south, 'add', 2, 1, MAX_SCRIPT_STEPS + 1), 'left out'],
  ]);

  test('keeps what it writes, for who calls next, and answers questions without a slip', () => {
    const on = channel();
    expect(play([...ready, call(south, 'add', 2), call(south, 'add', 40), call(ann, 'add', 1)], on).every((end) => end === 'done')).toBe(
      true,
    );
    expect(keptBy(on, `sum/${south.party}`)).toBe('42');
    const caller = { party: ann.party, role: 'patient' as const, at: { height: on.ledger.height, timestampMs: on.nowMs } };
    expect(askScript(on.ledger.state, script, { method: 'sum', argument: JSON.stringify(south.party) }, caller)).toBe('42');
    expect(askScript(on.ledger.state, itemNamed('none'), { method: 'sum', argument: '1' }, caller)).toMatchObject({ rejected: true });
  });
});

describe('an upload', () => {
  const [announced, firstPart] = uploaded(COUNTER) as [Step, Step];
  const other = new TextEncoder().encode('({})');
  checkCases(channel, [
    ['is announced, then comes in parts', [announced], firstPart, 'done'],
    ['not by a patient', [], [ann, announced[1]], 'not-a-member'],
    [
      'not for another machine',
      [],
      [north, deed(1, { kind: 'upload', name: 'x', runtime: digestOf(other), source: digestOf(other), parts: 1 })],
      'unknown-runtime',
    ],
    [
      'of the next version and no other',
      [],
      [north, deed(2, { kind: 'upload', name: 'x', runtime: SCRIPT_RUNTIME, source: digestOf(other), parts: 1 })],
      'other-version',
    ],
    ['of a version by its author', ready, uploaded('({})', 2, south)[0] as Step, 'not-the-author'],
    ['by others not in parts', [announced], [south, firstPart[1]], 'not-the-author'],
    ['of a part that was not announced', [announced], [north, deed(1, { kind: 'part', index: 1, bytes: other })], 'no-such-part'],
    ['of another text than announced', [announced], [north, deed(1, { kind: 'part', index: 0, bytes: other })], 'wrong-source'],
    ['of a part once', uploaded('x'.repeat(4000)).slice(0, 2), uploaded('x'.repeat(4000))[1] as Step, 'known-part'],
    ['of nothing announced', [], firstPart, 'unknown-contract'],
    [
      'without parts is malformed',
      [],
      [north, deed(1, { kind: 'upload', name: 'x', runtime: SCRIPT_RUNTIME, source: digestOf(other), parts: 0 })],
      'left out',
    ],
    ['is judged by voters', uploaded(COUNTER), yes(one), 'done'],
    ['by nobody else', uploaded(COUNTER), yes(north), 'not-a-voter'],
    ['by each once', [...uploaded(COUNTER), yes(one)], no(one), 'already-said'],
    ['not before it is whole', [announced], yes(one), 'not-uploaded'],
    ['not after it was approved', ready, yes(four), 'other-version'],
    ['is refused as soon as too few can still approve', [...uploaded(COUNTER), no(one), no(two)], yes(three), 'other-version'],
    ['that was refused is followed by the next version', [...uploaded(COUNTER), no(one), no(two)], uploaded(COUNTER, 2)[0] as Step, 'done'],
    [
      'that waits is replaced by its author, votes and all',
      [...uploaded('({})'), yes(one), yes(two), ...uploaded(COUNTER)],
      yes(one),
      'done',
    ],
  ]);

  test('of several parts becomes one text, whatever their order', () => {
    const on = channel();
    const long = `/* ${'x'.repeat(9000)} */ ${COUNTER}`;
    const [announcement, ...pieces] = uploaded(long);
    play([announcement as Step, ...[...pieces].reverse(), yes(one), yes(two), yes(three)], on);
    expect(play([call(south, 'add', 2)], on)).toEqual(['done']);
  });
});

describe('an upgrade', () => {
  const DOUBLE = COUNTER.replace('+ amount', '+ 2 * amount');

  test('goes the same way and finds what the version before kept', () => {
    const on = channel();
    play([...ready, call(south, 'add', 2), ...uploaded(DOUBLE, 2)], on);
    expect(play([call(south, 'add', 2), yes(one, 2), yes(two, 2)], on)).toEqual(['done', 'done', 'done']);
    expect(play([yes(three, 2), call(south, 'add', 2), call(south, 'add', 2, 2)], on)).toEqual(['done', 'other-version', 'done']);
    expect(keptBy(on, `sum/${south.party}`)).toBe('8');
  });

  test('that the voters refuse leaves the version before in force', () => {
    const on = channel();
    play([...ready, ...uploaded(DOUBLE, 2), no(one, 2), no(two, 2)], on);
    expect(scriptTable.get(on.ledger.state, script)).toMatchObject({ judged: 2, active: { version: 1 }, waiting: null });
    expect(play([call(south, 'add', 2)], on)).toEqual(['done']);
  });
});

type Hostile = readonly [name: string, body: string, ending: string];

const HOSTILE: readonly Hostile[] = [
  ['loops for ever', 'for (;;);', 'script-out-of-steps'],
  ['loops for ever inside a built-in function', '[].includes.call({ length: 2 ** 53 - 1 }, 1)', 'script-out-of-steps'],
  ['takes all memory', 'const x = []; for (;;) x.push(new Map())', 'script-refused'],
  ['calls itself for ever', 'const o = { toString() { return "" + this; } }; return "" + o', 'script-too-deep'],
  ['writes, then fails', 'state.set("a", 1); throw new Error("no")', 'script-refused'],
  ['writes too many keys', 'for (let i = 0; i < 33; i += 1) state.set("k" + i, i)', 'script-bad-output'],
  ['writes too much under a key', 'state.set("a", "x".repeat(1100))', 'script-bad-output'],
  ['writes under a key of another kind', 'state.set("../party", 1)', 'done'],
  ['writes under a key with other signs', 'state.set("a b", 1)', 'script-bad-output'],
  ['writes under a key without end', 'state.set("k".repeat(97), 1)', 'script-bad-output'],
  ['writes to a prototype', 'state.set("__proto__", 1)', 'script-bad-output'],
  ['changes what every object is', 'Object.prototype.toJSON = () => "}"; Array.prototype.push = 1; state.set("a", {})', 'done'],
  ['asks for the time', 'return Date.now()', 'script-refused'],
  ['asks for chance', 'return Math.random()', 'script-refused'],
];

describe('a hostile contract', () => {
  test.each(HOSTILE)('that %s harms nothing but itself', (_name, body, expected) => {
    const on = channel();
    const source = `({ attack(state) { ${body} }, fine: (state) => state.set('fine', Object.keys({}.toJSON ?? {}).length) })`;
    play(approvedBy(source), on);
    expect(play([call(south, 'attack', null, 1, MAX_SCRIPT_STEPS)], on)).toEqual([expected]);
    if (expected !== 'done') expect(keptBy(on, 'a')).toBeUndefined();
    expect(play([call(south, 'fine', null)], on)).toEqual(['done']);
    expect(keptBy(on, 'fine')).toBe('0');
  });

  test('costs a block at most what a block allows: what has no room waits for the next', () => {
    const on = channel();
    play(approvedBy('({ attack() { for (;;); } })'), on);
    const fits = MAX_BLOCK_SCRIPT_STEPS / MAX_SCRIPT_STEPS;
    const calls = Array.from({ length: fits + 2 }, () => {
      const [author, action] = call(south, 'attack', null, 1, MAX_SCRIPT_STEPS);
      return on.slip(author, action);
    });
    const ends = on.final(calls).map((end) => (end === null ? 'waits' : isRejection(end) ? end.reason : end));
    expect(ends).toEqual([...Array<string>(fits).fill('script-out-of-steps'), 'waits', 'waits']);
    expect(on.final(calls.slice(fits)).map((end) => isRejection(end) && end.reason)).toEqual([
      'script-out-of-steps',
      'script-out-of-steps',
    ]);
  });
});

describe('a call that waits', () => {
  test('is asked about without being run, and has its place as long as the block has steps for it', () => {
    const on = channel();
    play(ready, on);
    provideScriptMachine({ load: () => Promise.resolve(), run: () => expect.fail('it was run') });
    const at = nextMoment(on.ledger, on.nowMs);
    const [author, action] = call(south, 'add', 2, 1, MAX_SCRIPT_STEPS);
    const slip = on.slip(author, action);
    expect(canBeOrdered(on.ledger.state, slip, at)).toBe(true);
    const full = reserveSteps(on.ledger.state, MAX_BLOCK_SCRIPT_STEPS, at);
    expect(isRejection(full) || canBeOrdered(full, slip, at)).toBe(false);
    provideScriptMachine(machine);
  });
});

describe('every member', () => {
  test('comes to the same state, judging, executing and composing (R4, R11)', () => {
    const on = channel();
    play(ready, on);
    const [author, action] = call(south, 'add', 2);
    const { block } = on.compose([on.slip(author, action)]);
    expect(checkBlock(on.ledger, block, { nowMs: on.nowMs })).toBeNull();
    const lying = { ...block, header: { ...block.header, stateRoot: on.ledger.head.stateRoot } };
    expect(checkBlock(on.ledger, lying, { nowMs: on.nowMs })).toMatchObject({ reason: 'wrong-state-root' });
  });
});
