// The machine for contracts that a consortium wrote (ports/scripts.ts). Every call starts from the same bytes of memory and ends with
// them, so no call knows another, whatever it did; steps are counted in the WebAssembly itself (meter.ts). Nothing is
// decided by a clock. Where the host gives out (its own stack is full) the machine stops for good instead of guessing.
import { type Digest, AppError, assert } from '../../base/index.ts';
import {
  type ScriptCall,
  type ScriptFailure,
  type ScriptMachine,
  type ScriptRun,
  MAX_SCRIPT_STEPS,
  SCRIPT_RUNTIME,
} from '../../ports/index.ts';
import { digestOf } from '../../crypto/index.ts';
import { metered } from './meter.ts';
import { PRELUDE } from './prelude.ts';
import { type Pointer, type QuickJs, MachineAborted, instantiate } from './quickjs.ts';
import { type ScriptOutput, outputOf } from './script-output.ts';

/** 7 MiB: 5 that the binary keeps for its stack, of which a script may use the least part, and 1.9 for what scripts make. */
const MEMORY_PAGES = 112;
/** QuickJS ends recursion that needs more with an error that a script can catch. */
const SCRIPT_STACK_BYTES = 96 * 1024;
/** Calls inside the machine that may be open at once: what they need is a part of what any host's own stack has room for. */
const MAX_DEPTH = 800;
/** Base objects, evaluation, regular expressions, JSON, maps and sets, promises. No dates, proxies, typed arrays. */
const INTRINSICS = 1 | 4 | 16 | 64 | 256 | 1024;
const STRICT = 8;

/** What reading one key costs: the host looks it up, which the meter does not see. */
const READ_STEPS = 1_000;
/** Of what a script says when it fails. */
const MAX_DETAIL_CHARS = 200;

/** What the package's binary must be; its metered form is part of what contracts are bound to. */
const BINARY_DIGEST = '105c3bed22d457e43e3d1c3c1c6959fda62a8fe06f0fc8a985303c3a2be72232' as Digest;

/** `read` gives the bytes of the package's binary. */
export function createScriptMachineFrom(read: () => Promise<Uint8Array<ArrayBuffer>>): ScriptMachine {
  let box: Box | null = null;
  let loading: Promise<Box> | null = null;

  async function loaded(): Promise<Box> {
    loading ??= read().then((binary) => openBox(binary));
    try {
      return await loading;
    } catch (cause) {
      loading = null;
      throw cause instanceof AppError ? cause : noMachine(cause);
    }
  }

  return {
    load: async () => {
      box ??= await loaded();
    },
    run: (call) => {
      assert(box !== null, 'the machine for contracts is loaded before it is used');
      return box.run(call);
    },
  };
}

async function openBox(binary: Uint8Array<ArrayBuffer>): Promise<Box> {
  if (digestOf(binary) !== BINARY_DIGEST) throw noMachine('its code is another than the one that contracts were approved for');
  const code = metered(binary, MEMORY_PAGES);
  if (runtimeOf(code) !== SCRIPT_RUNTIME) throw noMachine('its meter is another than the one that contracts were approved for');
  const box = new Box();
  await box.open(code);
  return box;
}

/** The digest that names the machine: its metered code, and what every script finds in it. */
function runtimeOf(code: Uint8Array): Digest {
  const text = `clinicord/script-machine/1 ${digestOf(code)} ${SCRIPT_STACK_BYTES} ${MAX_DEPTH} ${READ_STEPS} ${INTRINSICS} ${PRELUDE}`;
  return digestOf(new TextEncoder().encode(text));
}

function noMachine(cause: unknown): AppError {
  return new AppError({
    code: 'no-script-machine',
    message: 'The machine for contracts cannot be loaded, so this node waits instead of following the ledger.',
    remedy: 'Reload the page while it is online, or bring this node to the version of the others.',
    cause,
  });
}

function stopped(cause: unknown): AppError {
  return new AppError({
    code: 'script-machine-stopped',
    message: 'This host could not run a contract to its end, so this node stops instead of coming to a result of its own.',
    remedy: 'Start the node again; if it stops again, use another browser or machine.',
    cause,
  });
}

/** One instance with a photograph of its memory. */
class Box {
  private machine: QuickJs | null = null;
  private photograph: readonly { readonly at: number; readonly bytes: Uint8Array }[] = [];
  private stack: Pointer = 0;
  private context: Pointer = 0;
  private entry: Pointer = 0;
  private receiver: Pointer = 0;
  private read: ScriptCall['read'] = () => null;
  private broken: unknown = null;

  async open(code: Uint8Array<ArrayBuffer>): Promise<void> {
    const machine = await instantiate(code, MEMORY_PAGES, (context, values) => this.answerRead(context, values));
    this.machine = machine;
    machine.steps.value = 2 ** 31 - 1;
    machine.constructors();
    const runtime = machine.newRuntime();
    machine.setMaxStack(runtime, SCRIPT_STACK_BYTES);
    this.context = machine.newContext(runtime, INTRINSICS);
    this.receiver = machine.undefinedValue();
    const name = this.text('__read');
    const reader = machine.newFunction(this.context, name.at, 1, 0, 1);
    machine.setProperty(this.context, machine.globalObject(this.context), machine.newString(this.context, name.at), reader);
    this.entry = this.evaluate(PRELUDE);
    assert(machine.exception(this.context, this.entry) === 0, 'the prelude runs');
    this.stack = machine.currentStack();
    this.photograph = photographOf(machine.memory, this.stack);
  }

  run(call: ScriptCall): ScriptRun {
    if (this.broken !== null) throw stopped(this.broken);
    const machine = this.at();
    this.read = (key) => call.read(key);
    machine.steps.value = call.steps;
    machine.depth.value = MAX_DEPTH;
    try {
      return this.ended(this.execute(call), call.steps);
    } catch (error) {
      return this.trapped(error, call.steps);
    } finally {
      this.rewind();
    }
  }

  private execute({ source, method, argument, context }: ScriptCall): ScriptOutput {
    const methods = this.evaluate(source);
    const wrong = this.at().exception(this.context, methods);
    if (wrong !== 0) return this.thrown(wrong);
    const values = [methods, ...[method, argument, context].map((part) => this.string(part))];
    const result = this.callEntry(values);
    const error = this.at().exception(this.context, result);
    return error !== 0 ? this.thrown(error) : outputOf(this.textOf(result));
  }

  private thrown(error: Pointer): ScriptOutput {
    const described = this.callEntry([error]);
    const known = this.at().exception(this.context, described) === 0;
    return {
      kind: 'failed',
      failure: 'refused',
      detail: known ? this.textOf(described).slice(0, MAX_DETAIL_CHARS) : 'it threw what cannot be shown',
    };
  }

  private ended(output: ScriptOutput, allowed: number): ScriptRun {
    return { ...output, steps: allowed - this.at().steps.value };
  }

  /** A trap is a result like others: the same on every host. Only a full stack of the host's own is not. */
  private trapped(error: unknown, allowed: number): ScriptRun {
    const { steps, depth } = this.at();
    const failed = (failure: ScriptFailure, detail: string): ScriptRun => ({ kind: 'failed', failure, detail, steps: allowed });
    if (steps.value < 0) return failed('out-of-steps', `it takes more than ${allowed} steps`);
    if (depth.value < 0) return failed('too-deep', `it calls itself more than ${MAX_DEPTH} deep`);
    if (error instanceof WebAssembly.RuntimeError || error instanceof MachineAborted) return failed('crashed', 'it broke the machine');
    this.broken = error;
    throw stopped(error);
  }

  private rewind(): void {
    const machine = this.at();
    machine.steps.value = MAX_SCRIPT_STEPS;
    machine.depth.value = MAX_DEPTH;
    for (const { at, bytes } of this.photograph) machine.memory.set(bytes, at);
    machine.restoreStack(this.stack);
  }

  /** What a script reads: text or undefined. */
  private answerRead(context: Pointer, values: Pointer): Pointer {
    const machine = this.at();
    machine.steps.value -= READ_STEPS;
    const value = this.read(this.textOf(machine.argumentAt(values, 0)));
    return value === null ? this.receiver : machine.newString(context, this.text(value).at);
  }

  private callEntry(values: readonly Pointer[]): Pointer {
    const list = this.allocate(4 * values.length);
    new Uint32Array(this.at().memory.buffer, list, values.length).set(values);
    return this.at().call(this.context, this.entry, this.receiver, values.length, list);
  }

  private evaluate(source: string): Pointer {
    const code = this.text(source);
    return this.at().evaluate(this.context, code.at, code.sizeBytes, this.text('contract').at, 0, STRICT);
  }

  private string(text: string): Pointer {
    return this.at().newString(this.context, this.text(text).at);
  }

  private textOf(value: Pointer): string {
    const { memory } = this.at();
    const from = this.at().getString(this.context, value);
    return from === 0 ? '' : new TextDecoder().decode(memory.subarray(from, memory.indexOf(0, from)));
  }

  /** UTF-8 with a zero behind it. */
  private text(text: string): { readonly at: Pointer; readonly sizeBytes: number } {
    const bytes = new TextEncoder().encode(text);
    const at = this.allocate(bytes.length + 1);
    this.at().memory.set(bytes, at);
    this.at().memory[at + bytes.length] = 0;
    return { at, sizeBytes: bytes.length };
  }

  private allocate(sizeBytes: number): Pointer {
    const at = this.at().malloc(sizeBytes);
    if (at === 0) throw new MachineAborted();
    return at;
  }

  private at(): QuickJs {
    assert(this.machine !== null, 'the box is open');
    return this.machine;
  }
}

/** The binary keeps 5 MiB for its stack; of these scripts may use the last 96 KiB, and what they call a little more. */
const STACK_BYTES = 5 * 1024 * 1024;
const USED_STACK_BYTES = 384 * 1024;

/** Everything but the part of the stack that nobody reaches. */
function photographOf(memory: Uint8Array, stack: Pointer): readonly { readonly at: number; readonly bytes: Uint8Array }[] {
  const below = stack - STACK_BYTES;
  const from = stack - USED_STACK_BYTES;
  return [
    { at: 0, bytes: memory.slice(0, below) },
    { at: from, bytes: memory.slice(from) },
  ];
}
