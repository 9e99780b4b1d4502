// The machine for contracts of a consortium (P0-49, P1-08): the same result for everybody to the last step, and whatever a hostile contract
// does ends with a reason and leaves nothing behind for the next call.
import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../base/index.ts';
import { type ScriptRun, MAX_SCRIPT_STEPS } from '../../ports/index.ts';
import { createScriptMachineFrom } from './machine.ts';
import { createScriptMachine } from './node-machine.ts';

const machine = createScriptMachine();
beforeAll(() => machine.load());

interface Given {
  readonly argument?: string;
  readonly kept?: Readonly<Record<string, string>>;
}

/** A contract with one method `f(state, argument, context)`. */
function run(body: string, { argument = 'null', kept = {} }: Given = {}): ScriptRun {
  const call = {
    source: `({ f(state, argument, context) { ${body} } })`,
    method: 'f',
    argument,
    context: '{"height":7}',
    steps: MAX_SCRIPT_STEPS,
  };
  return machine.run({ ...call, read: (key) => kept[key] ?? null });
}

function ending(result: ScriptRun): string {
  return result.kind === 'done' ? result.answer : result.failure;
}

const counter = 'state.set("n", (state.get("n") ?? 0) + argument); return state.get("n")';

describe('a call', () => {
  test('reads the contract’s own state and hands back its writes', () => {
    const result = run(counter, { argument: '2', kept: { n: '40' } });
    expect(result).toMatchObject({ kind: 'done', writes: [['n', '42']], answer: '42' });
  });

  test('takes the same steps every time, whatever ran before', () => {
    const first = run(counter, { argument: '2', kept: { n: '40' } });
    run('const x = []; for (;;) x.push({})');
    expect(run(counter, { argument: '2', kept: { n: '40' } })).toEqual(first);
    expect(first.steps).toBeGreaterThan(0);
  });

  test('takes the same steps on another instance of the machine', async () => {
    const other = createScriptMachine();
    await other.load();
    const call = {
      source: '({ f: (s, a) => [3, 1, 2].sort().concat(a) })',
      method: 'f',
      argument: '"ä\\ud800"',
      context: '{}',
      steps: MAX_SCRIPT_STEPS,
    };
    expect(other.run({ ...call, read: () => null })).toEqual(machine.run({ ...call, read: () => null }));
  });

  test('removes a key, sees its own writes, and may know who calls in which block', () => {
    const result = run('state.remove("a"); state.set("b", [1]); return [state.get("a"), state.get("b"), context.height]', {
      kept: { a: '1' },
    });
    expect(result).toMatchObject({
      writes: [
        ['a', null],
        ['b', '[1]'],
      ],
      answer: '[null,[1],7]',
    });
  });

  test('that throws is refused with its own words', () => {
    expect(run('throw new Error("not enough votes")')).toMatchObject({ failure: 'refused', detail: 'not enough votes' });
  });

  test('of a method that is not the contract’s own does nothing', () => {
    const call = { source: '({ f: 1 })', argument: 'null', context: '{}', steps: MAX_SCRIPT_STEPS, read: () => null };
    expect([ending(machine.run({ ...call, method: 'toString' })), ending(machine.run({ ...call, method: 'f' }))]).toEqual([
      'no-method',
      'no-method',
    ]);
  });

  test('of a source that is no program is refused', () => {
    expect(
      machine.run({ source: '({ f(', method: 'f', argument: 'null', context: '{}', steps: MAX_SCRIPT_STEPS, read: () => null }),
    ).toMatchObject({
      failure: 'refused',
    });
  });
});

test('what a failing contract says is cut to a sentence, and each read has its price', () => {
  const result = run('throw new Error("x".repeat(5000))');
  expect(result.kind === 'failed' && result.detail).toHaveLength(200);
  expect(run('state.get("n")').steps - run('state.ge').steps).toBeGreaterThan(1_000);
});

describe('inside', () => {
  test('there is no clock, no chance, no network and nothing of the host', () => {
    const names = ['Date', 'performance', 'setTimeout', 'fetch', 'process', 'require', 'Proxy', 'WeakRef', 'FinalizationRegistry'];
    const more = ['Uint8Array', 'DataView', 'SharedArrayBuffer', 'Atomics', 'WebAssembly', 'console', 'std', 'os', '__read'];
    const all = [...names, ...more];
    expect(run(`return ${JSON.stringify(all)}.filter((name) => name in globalThis)`)).toMatchObject({ answer: '[]' });
    expect(run('return typeof Math.random')).toMatchObject({ answer: '"undefined"' });
  });

  test('keys come in the order in which they were made, numbers first: the order is part of the language', () => {
    expect(run('return Object.keys({ b: 1, a: 1, 2: 1, 1: 1 })')).toMatchObject({ answer: '["1","2","b","a"]' });
  });

  test('nothing that waits ever goes on', () => {
    expect(run('Promise.resolve().then(() => state.set("late", 1)); return 1')).toMatchObject({ writes: [], answer: '1' });
  });
});

type Attack = readonly [name: string, body: string, ending: string];

const ATTACKS: readonly Attack[] = [
  ['an endless loop', 'for (;;);', 'out-of-steps'],
  ['an endless loop inside a built-in function', '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)', 'out-of-steps'],
  ['an endless regular expression', '/(a+)+b/.test("a".repeat(40))', 'out-of-steps'],
  ['an endless loop in a catch that catches everything', 'for (;;) try { for (;;); } catch { }', 'out-of-steps'],
  ['an endless loop while its error is described', 'throw { get message() { for (;;); } }', 'out-of-steps'],
  ['reading without end', 'for (;;) state.get("n")', 'out-of-steps'],
  ['copying without end', 'const x = "y".repeat(4e5); for (;;) x.slice(1)', 'out-of-steps'],
  ['a list without end', 'const x = []; for (;;) x.push({})', 'refused'],
  ['a text that doubles without end', 'let x = "x"; for (;;) x += x', 'refused'],
  ['a number without end', 'return 2n ** 100000000n', 'refused'],
  ['recursion without end', 'const g = () => g(); g()', 'refused'],
  ['recursion through a getter', 'const o = { get x() { return this.x; } }; return o.x', 'too-deep'],
  ['recursion through a conversion', 'const o = { toString() { return "" + this; } }; return "" + o', 'too-deep'],
  ['an answer nested without end', 'let x = []; for (let i = 0; i < 4000; i += 1) x = [x]; return x', 'too-deep'],
  ['a program nested without end', 'return new Function("(".repeat(9000))()', 'too-deep'],
  ['an answer that contains itself', 'const x = {}; x.x = x; return x', 'refused'],
  ['output without end', 'for (let i = 0; i < 400; i += 1) state.set("k" + i, "x".repeat(1000))', 'out-of-steps'],
  ['more output than anybody reads', 'state.set("k", "x".repeat(70000))', 'bad-output'],
  ['a key that reaches a prototype', 'state.set("__proto__", { admin: true })', 'bad-output'],
  ['a key that is no text', 'state.set({ toString: () => "n" }, 1)', 'refused'],
  ['a value that is no JSON', 'state.set("n", () => 1)', 'refused'],
  ['a number too big for JSON', 'return 10n', 'refused'],
  ['a toJSON for everything', 'Object.prototype.toJSON = Array.prototype.toJSON = () => "}{"; return {}', '"}{"'],
  ['other built-ins for everything', 'JSON.stringify = () => "{}"; Object.create = () => 1; String.prototype.includes = 1; return 2', '2'],
  ['a setter on every object', 'Object.defineProperty(Object.prototype, "n", { set() { throw 1; } }); state.set("n", 3); return 3', '3'],
  ['throwing nothing', 'throw null', 'refused'],
  [
    'the function that made the functions',
    'return (() => {}).constructor("return typeof process + typeof __read")()',
    '"undefinedundefined"',
  ],
];

describe('a hostile contract', () => {
  test.each(ATTACKS)('%s ends with a reason, and the next call knows nothing of it', (_name, body, expected) => {
    const before = run(counter, { argument: '1' });
    const result = run(body);
    expect(ending(result)).toBe(expected);
    expect(result.steps).toBeLessThanOrEqual(MAX_SCRIPT_STEPS);
    expect(run(body)).toEqual(result);
    expect(run(counter, { argument: '1' })).toEqual(before);
  });

  test('needs at most a third of the stack that a host usually has, so the host never decides', () => {
    const script = new URL('./deep-attacks.ts', import.meta.url).pathname;
    const output = execFileSync(process.execPath, ['--stack-size=300', script], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual(['too-deep', 'too-deep', 'too-deep', 'refused', 'too-deep']);
  });
});

describe('a machine', () => {
  test('of other code than the approved is refused, and loading can be tried again', async () => {
    let tries = 0;
    const other = createScriptMachineFrom(() => {
      tries += 1;
      return Promise.resolve(Uint8Array.of(0, 0x61, 0x73, 0x6d));
    });
    await expect(other.load()).rejects.toSatisfy((error) => error instanceof AppError && error.code === 'no-script-machine');
    await expect(other.load()).rejects.toBeInstanceOf(AppError);
    expect(tries).toBe(2);
  });

  test('that is not loaded runs nothing', () => {
    const call = { source: '({})', method: 'f', argument: 'null', context: '{}', steps: MAX_SCRIPT_STEPS, read: () => null };
    expect(() => createScriptMachine().run(call)).toThrow('loaded before');
  });
});
