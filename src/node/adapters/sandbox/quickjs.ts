// QuickJS as WebAssembly, without the glue that comes with it: what it may import is listed here, and none of it tells anything about
// the host. Names of imports and exports are those of @jitl/quickjs-wasmfile-release-sync 0.32.0 (QuickJS 2025-09-13), whose
// digest is compared before; see emscripten-module.mjs and ffi.d.ts of that package.
import { present } from '../../base/index.ts';
import { METER_EXPORTS } from './meter.ts';

/** A place in the machine's memory; 0 is none. */
export type Pointer = number;

type Native = (...values: readonly number[]) => number;

export interface QuickJs {
  readonly memory: Uint8Array;
  /** How many steps are left. */
  readonly steps: { value: number };
  /** How many calls deeper it may go. */
  readonly depth: { value: number };
  readonly constructors: Native;
  readonly malloc: Native;
  readonly newRuntime: Native;
  readonly setMaxStack: Native;
  readonly newContext: Native;
  readonly newString: Native;
  readonly getString: Native;
  readonly setProperty: Native;
  readonly globalObject: Native;
  readonly undefinedValue: Native;
  readonly newFunction: Native;
  readonly evaluate: Native;
  readonly call: Native;
  readonly exception: Native;
  readonly argumentAt: Native;
  readonly restoreStack: Native;
  readonly currentStack: Native;
}

type Other = 'memory' | 'steps' | 'depth';

const EXPORTS: Readonly<Record<Exclude<keyof QuickJs, Other>, string>> = {
  constructors: 'u',
  malloc: 'v',
  newRuntime: 'K',
  setMaxStack: 'D',
  newContext: 'N',
  newString: '_',
  getString: '$',
  setProperty: 'ja',
  globalObject: 'ua',
  undefinedValue: 'E',
  newFunction: 'Da',
  evaluate: 'pa',
  call: 'ma',
  exception: 'na',
  argumentAt: 'Ea',
  restoreStack: 'Ma',
  currentStack: 'Oa',
};

/** The machine gave up by itself: a failed assertion of its own, or `abort`. */
export class MachineAborted extends Error {}

function abort(): never {
  throw new MachineAborted();
}

/** `calls` answers the only function that scripts have of the host; it gets context and place of the arguments. */
export async function instantiate(
  binary: Uint8Array<ArrayBuffer>,
  pages: number,
  calls: (context: Pointer, values: Pointer) => Pointer,
): Promise<QuickJs> {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { instance } = await WebAssembly.instantiate(binary, { a: { a: memory, ...hostFunctions(calls) } });
  const found = Object.entries(EXPORTS).map(([name, short]) => [name, instance.exports[short]]);
  const [steps, depth] = METER_EXPORTS.map((name) => instance.exports[name] as WebAssembly.Global<'i32'>);
  const counters = { steps: present(steps, 'the meter'), depth: present(depth, 'the meter') };
  return { ...(Object.fromEntries(found) as Omit<QuickJs, Other>), ...counters, memory: new Uint8Array(memory.buffer) };
}

/** A host without time, environment, files, output, modules or more memory. */
function hostFunctions(calls: (context: Pointer, values: Pointer) => Pointer): Record<string, (...values: number[]) => number> {
  const nothing = (): number => 0;
  const failed = (): number => 52;
  return {
    // __assert_fail, abort, exit.
    b: abort,
    q: abort,
    r: abort,
    // fd_write, fd_close, fd_seek.
    c: failed,
    d: failed,
    o: failed,
    // environ_get, environ_sizes_get: the sizes stay 0.
    e: nothing,
    f: nothing,
    // emscripten_date_now, _localtime_js, _tzset_js, _setitimer_js, runtime keep-alive.
    p: nothing,
    m: nothing,
    n: nothing,
    j: nothing,
    l: nothing,
    // emscripten_resize_heap: never.
    k: nothing,
    // module loader and normaliser, interrupt handler, freeing of host references.
    h: nothing,
    g: nothing,
    i: nothing,
    t: nothing,
    // qts_host_call_function(context, this, count, values, id).
    s: (context = 0, _receiver = 0, _count = 0, values = 0) => calls(context, values),
  };
}
