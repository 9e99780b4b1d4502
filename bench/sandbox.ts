// What a contract of the consortium costs beside a built-in one that does the same (P0-49): slips that register a work, judged by built-in
// rules and by the same rules as a script in the metered machine. Every slip is handled as a member does: each signature checked, the
// slip executed, the state's root computed once for a block of 128. Also the rules alone, and how long the machine takes to load.
import { createScriptMachine, createVerifier } from '../src/node/adapters/node.ts';
import { type ItemId, MAX_SLIPS_PER_BLOCK, isRejection } from '../src/node/base/index.ts';
import { type Action, type Slip, type State, execute, provideScriptMachine, signaturesOf, stateRoot } from '../src/node/contracts/index.ts';
import { digestOf, shortIdOf } from '../src/node/crypto/index.ts';
import { Consortium, Person, people } from '../src/node/ledger/consortium.ts';
import { nextMoment } from '../src/node/ledger/index.ts';
import { SCRIPT_RUNTIME } from '../src/node/ports/index.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { rounded } from './statistics.ts';

const ROUNDS = 5;
const BLOCKS = 4;
const STEPS = 100_000;
const SCRIPT = idOf('script');

/** The rules of `register` in src/node/contracts/copyright, as a consortium would write them. */
const SOURCE = `({
  register(state, { work, fingerprint, title }, { caller, role, height }) {
    if (role !== 'clinic' && role !== 'data-user') throw new Error('only clinics and data users register works');
    if (title.trim() === '') throw new Error('the work has no title');
    if (state.get('work/' + work) !== null) throw new Error('this work was registered before');
    if (state.get('print/' + fingerprint) !== null) throw new Error('the same data was registered before');
    state.set('work/' + work, { owner: caller, fingerprint, height, offeredTo: null });
    state.set('print/' + fingerprint, work);
  },
})`;

export interface SandboxFigures {
  /** Slips a second, signatures and roots included. */
  readonly builtInPerSecond: number;
  readonly sandboxPerSecond: number;
  /** Of the second to the first: 1 would be as fast. */
  readonly sandboxVsBuiltIn: number;
  /** The rules alone, without signatures. */
  readonly builtInUs: number;
  readonly sandboxUs: number;
  readonly loadMs: number;
}

/** For this bench and for `bench -- ledger`. */
export async function measureSandbox(): Promise<SandboxFigures> {
  const machine = createScriptMachine();
  provideScriptMachine(machine);
  const startMs = performance.now();
  await machine.load();
  const loadMs = performance.now() - startMs;
  const north = new Person('north', 'clinic');
  const on = withScript(north);
  const builtIn = await best(on, slipsOf(on, north, registered));
  const sandbox = await best(on, slipsOf(on, north, called));
  return {
    builtInPerSecond: Math.round(1e6 / builtIn.wholeUs),
    sandboxPerSecond: Math.round(1e6 / sandbox.wholeUs),
    sandboxVsBuiltIn: rounded(builtIn.wholeUs / sandbox.wholeUs, 3),
    builtInUs: rounded(builtIn.rulesUs),
    sandboxUs: rounded(sandbox.rulesUs),
    loadMs: rounded(loadMs),
  };
}

export async function run({ say }: BenchOptions): Promise<BenchResult> {
  say(`Registering ${BLOCKS * MAX_SLIPS_PER_BLOCK} works both ways, the best of ${ROUNDS} rounds …`);
  const figures = await measureSandbox();
  const lines = [
    `built in:    ${figures.builtInPerSecond} slips a second with signatures, ${figures.builtInUs} µs for the rules alone`,
    `in the box:  ${figures.sandboxPerSecond} slips a second with signatures, ${figures.sandboxUs} µs for the rules alone`,
    `ratio:       ${figures.sandboxVsBuiltIn}; the machine loads in ${figures.loadMs} ms, once`,
  ];
  return { document: { ...figures }, lines };
}

function idOf(name: string): ItemId {
  return shortIdOf<ItemId>(new TextEncoder().encode(name));
}

type MakeAction = (number: number) => Action;

const registered: MakeAction = (number) => {
  const fingerprint = digestOf(new TextEncoder().encode(`data ${number}`));
  return { kind: 'copyright', work: idOf(`work ${number}`), deed: { kind: 'register', fingerprint, title: `Work ${number}` } };
};

const called: MakeAction = (number) => {
  const fingerprint = digestOf(new TextEncoder().encode(`data ${number}`));
  const argument = JSON.stringify({ work: idOf(`work ${number}`), fingerprint, title: `Work ${number}` });
  return { kind: 'script', script: SCRIPT, version: 1, deed: { kind: 'call', method: 'register', argument, steps: STEPS } };
};

/** A channel on which the contract is approved. */
function withScript(author: Person): Consortium {
  const archives = people('archive', 4);
  const on = new Consortium({ archives, others: [author] });
  const source = new TextEncoder().encode(SOURCE);
  const about = { kind: 'script' as const, script: SCRIPT, version: 1 };
  on.do(author, { ...about, deed: { kind: 'upload', name: 'Works', runtime: SCRIPT_RUNTIME, source: digestOf(source), parts: 1 } });
  on.do(author, { ...about, deed: { kind: 'part', index: 0, bytes: source } });
  for (const voter of archives.slice(0, 3)) on.do(voter, { ...about, deed: { kind: 'vote', approve: true } });
  return on;
}

function slipsOf(on: Consortium, author: Person, make: MakeAction): readonly Slip[] {
  return Array.from({ length: BLOCKS * MAX_SLIPS_PER_BLOCK }, (_, number) => on.slip(author, make(number)));
}

/** Microseconds a slip, in the best of some rounds. */
async function best(on: Consortium, slips: readonly Slip[]): Promise<{ readonly wholeUs: number; readonly rulesUs: number }> {
  const verifier = createVerifier();
  const { state } = on.ledger;
  let signaturesMs = Infinity;
  let rulesMs = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now();
    const held = await Promise.all(
      slips.map(async (slip) => {
        const checks = signaturesOf(state, slip);
        if (isRejection(checks)) throw new Error(checks.detail);
        return Promise.all(checks.map((check) => verifier.verify(check.publicKey, check.bytes, check.signature)));
      }),
    );
    if (!held.flat().every(Boolean)) throw new Error('a signature does not hold');
    const checkedMs = performance.now();
    executeAll(on, slips);
    rulesMs = Math.min(rulesMs, performance.now() - checkedMs);
    signaturesMs = Math.min(signaturesMs, checkedMs - startMs);
  }
  const perSlip = 1000 / slips.length;
  return { wholeUs: (signaturesMs + rulesMs) * perSlip, rulesUs: rulesMs * perSlip };
}

function executeAll(on: Consortium, slips: readonly Slip[]): void {
  let state: State = on.ledger.state;
  const at = nextMoment(on.ledger, on.nowMs);
  slips.forEach((slip, index) => {
    const done = execute(state, slip, { ...at, height: at.height + Math.floor(index / MAX_SLIPS_PER_BLOCK) });
    if (done.outcome !== 'done') throw new Error(done.outcome.detail);
    state = done.state;
    if ((index + 1) % MAX_SLIPS_PER_BLOCK === 0) stateRoot(state);
  });
}
