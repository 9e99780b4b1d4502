// Puts a meter into a WebAssembly binary: every function entered and every turn of a loop takes one step off a counter, copying memory one
// for each 64 bytes; a second counter holds how much deeper calls may go. Below zero the code traps. Unlike an interpreter's own
// interrupts and stack limit this also counts its parser and its built-in functions, and it traps at the same place on every machine:
// nothing here looks at a clock or at the host's stack. The memory gets a fixed size, so that it can neither grow nor fail to.
// Instructions are those of WebAssembly 1.0 with sign extension, saturating conversion and bulk memory.
import { assert, present } from '../../base/index.ts';
import { WasmReader, WasmWriter, u32 } from './wasm-bytes.ts';

const I32 = 0x7f;
const MUTABLE = 1;
const EMPTY_BLOCK = 0x40;
const SECTION = { custom: 0, type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;
/** 2^31 - 1 as a signed LEB128 number: enough for what the binary does when it is started. */
const MOST = [0xff, 0xff, 0xff, 0xff, 0x07];
/** Bytes that one step may copy or fill, as a power of two. */
const BULK_BYTES_BITS = 6;

/** Names under which the two counters are exported: i32, set before each run. */
export const METER_EXPORTS = ['steps', 'depth'] as const;

/** What a function takes and gives: how many parameters, and the type of its result as a block has it. */
interface Signature {
  readonly parameters: number;
  readonly result: number;
}

interface Plan {
  /** Indices of the two counters among the globals. */
  readonly steps: number;
  readonly depth: number;
  /** Of each function of the binary itself, imports left out. */
  readonly signatures: readonly Signature[];
}

/** The binary with a meter, and with an imported memory of exactly `pages` pages of 64 KiB. */
export function metered(binary: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(binary);
  const plan = planOf(sections);
  const out = new WasmWriter().push(binary.subarray(0, 8));
  for (const { id, body } of sections) {
    if (id !== SECTION.custom) out.push([id]).sized(changed(id, body, plan, pages));
  }
  return out.done();
}

interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

function sectionsOf(binary: Uint8Array): readonly Section[] {
  const reader = new WasmReader(binary, 8);
  const sections: Section[] = [];
  while (!reader.atEnd) {
    const id = reader.byte();
    sections.push({ id, body: reader.take(reader.u32()) });
  }
  return sections;
}

function planOf(sections: readonly Section[]): Plan {
  const bodyOf = (id: number): WasmReader => {
    const section = sections.find((candidate) => candidate.id === id);
    assert(section !== undefined, `the binary has a section ${id}`);
    return new WasmReader(section.body);
  };
  const types = signaturesOf(bodyOf(SECTION.type));
  const functions = bodyOf(SECTION.function);
  const signatures = Array.from({ length: functions.u32() }, () => present(types[functions.u32()], 'the type of a function'));
  let imported = 0;
  eachImport(bodyOf(SECTION.import), (kind) => {
    if (kind === KIND.global) imported += 1;
  });
  const steps = imported + bodyOf(SECTION.global).u32();
  return { steps, depth: steps + 1, signatures };
}

function signaturesOf(reader: WasmReader): readonly Signature[] {
  return Array.from({ length: reader.u32() }, () => {
    assert(reader.byte() === 0x60, 'every type is that of a function');
    const parameters = reader.u32();
    reader.take(parameters);
    const results = reader.u32();
    assert(results <= 1, 'a function has at most one result');
    return { parameters, result: results === 0 ? EMPTY_BLOCK : reader.byte() };
  });
}

/** Calls `each` with the kind of every import; the reader stands behind its last limits then. */
function eachImport(reader: WasmReader, each: (kind: number, from: number) => void): void {
  const count = reader.u32();
  for (let i = 0; i < count; i += 1) {
    reader.take(reader.u32());
    reader.take(reader.u32());
    const kind = reader.byte();
    const from = reader.at;
    if (kind === KIND.function) reader.u32();
    else if (kind === KIND.global) reader.take(2);
    else {
      if (kind === KIND.table) reader.byte();
      if ((reader.byte() & 1) === 1) reader.u32();
      reader.u32();
    }
    each(kind, from);
  }
}

function changed(id: number, body: Uint8Array, plan: Plan, pages: number): Uint8Array {
  switch (id) {
    case SECTION.import:
      return withFixedMemory(body, pages);
    case SECTION.global:
      return withTwoMore(body, () => [I32, MUTABLE, 0x41, ...MOST, 0x0b]);
    case SECTION.export:
      return withTwoMore(body, (i) => {
        const name = new TextEncoder().encode(METER_EXPORTS[i]);
        return [name.length, ...name, KIND.global, ...u32(plan.steps + i)];
      });
    case SECTION.code:
      return meteredCode(body, plan);
    default:
      return body;
  }
}

function withTwoMore(body: Uint8Array, entry: (index: 0 | 1) => readonly number[]): Uint8Array {
  const reader = new WasmReader(body);
  const count = reader.u32();
  return new WasmWriter()
    .push(u32(count + 2))
    .push(body.subarray(reader.at))
    .push(entry(0))
    .push(entry(1))
    .done();
}

function withFixedMemory(body: Uint8Array, pages: number): Uint8Array {
  const out = new WasmWriter();
  const reader = new WasmReader(body);
  let copied = 0;
  eachImport(reader, (kind, from) => {
    if (kind !== KIND.memory) return;
    out.push(body.subarray(copied, from)).push([1, ...u32(pages), ...u32(pages)]);
    copied = reader.at;
  });
  return out.push(body.subarray(copied)).done();
}

function meteredCode(body: Uint8Array, plan: Plan): Uint8Array {
  const reader = new WasmReader(body);
  const count = reader.u32();
  const out = new WasmWriter().push(u32(count));
  plan.signatures.forEach((signature) => out.sized(meteredFunction(reader.take(reader.u32()), signature, plan)));
  return out.done();
}

/**
 * The body becomes a block, so that every way out of it leads to the place where the depth is given back: branches to the body's own
 * label already do, a `return` becomes such a branch.
 */
function meteredFunction(code: Uint8Array, { parameters, result }: Signature, plan: Plan): Uint8Array {
  const reader = new WasmReader(code);
  const groups = reader.u32();
  const from = reader.at;
  let locals = parameters;
  for (let i = 0; i < groups; i += 1) {
    locals += reader.u32();
    reader.byte();
  }
  const step = charge(plan.steps, ONE);
  // One more local holds the length of a copy while it is charged.
  const length = u32(locals);
  const bulk = [0x21, ...length, ...charge(plan.steps, [0x20, ...length, 0x41, BULK_BYTES_BITS, 0x76]), 0x20, ...length];
  const out = new WasmWriter()
    .push(u32(groups + 1))
    .push(code.subarray(from, reader.at))
    .push([1, I32, ...step, ...charge(plan.depth, ONE), 0x02, result]);
  for (let nested = 0; nested >= 0;) {
    const start = reader.at;
    const met = passInstruction(reader);
    if (met === 'bulk') out.push(bulk);
    if (met === 'return') out.push([0x0c, ...u32(nested)]);
    else out.push(code.subarray(start, reader.at));
    if (met === 'loop') out.push(step);
    if (met === 'loop' || met === 'block') nested += 1;
    if (met === 'end') nested -= 1;
  }
  const depth = u32(plan.depth);
  return out.push([0x23, ...depth, ...ONE, 0x6a, 0x24, ...depth, 0x0b]).done();
}

/** i32.const 1 */
const ONE = [0x41, 1];

/** Takes what `amount` leaves on the stack off a counter; traps below zero. */
function charge(counter: number, amount: readonly number[]): readonly number[] {
  const global = u32(counter);
  const subtract = [0x23, ...global, ...amount, 0x6b, 0x24, ...global];
  return [...subtract, 0x23, ...global, 0x41, 0, 0x48, 0x04, EMPTY_BLOCK, 0x00, 0x0b];
}

type Met = 'loop' | 'block' | 'end' | 'return' | 'bulk' | 'other';

/** Passes over one instruction with what belongs to it. */
function passInstruction(reader: WasmReader): Met {
  const opcode = reader.byte();
  switch (opcode) {
    // block, loop, if: the type of the block.
    case 0x02:
    case 0x03:
    case 0x04:
      reader.skipNumber();
      return opcode === 0x03 ? 'loop' : 'block';
    case 0x0b:
      return 'end';
    case 0x0f:
      return 'return';
    // br, br_if, call, local.*, global.*, table.get and set, i32.const, i64.const, ref.func, memory.size and grow.
    case 0x0c:
    case 0x0d:
    case 0x10:
    case 0x20:
    case 0x21:
    case 0x22:
    case 0x23:
    case 0x24:
    case 0x3f:
    case 0x40:
    case 0x41:
    case 0x42:
      reader.skipNumber();
      return 'other';
    case 0x0e:
      for (let targets = reader.u32(); targets >= 0; targets -= 1) reader.skipNumber();
      return 'other';
    case 0x11:
      reader.skipNumber();
      reader.skipNumber();
      return 'other';
    case 0x43:
      reader.take(4);
      return 'other';
    case 0x44:
      reader.take(8);
      return 'other';
    case 0xfc:
      return passExtended(reader);
    default:
      if (opcode >= 0x28 && opcode <= 0x3e) {
        reader.skipNumber();
        reader.skipNumber();
      } else assert(isPlain(opcode), `the meter knows instruction 0x${opcode.toString(16)}`);
      return 'other';
  }
}

/** unreachable, nop, else, drop, select, and everything that computes. */
function isPlain(opcode: number): boolean {
  return [0x00, 0x01, 0x05, 0x1a, 0x1b].includes(opcode) || (opcode >= 0x45 && opcode <= 0xc4);
}

function passExtended(reader: WasmReader): Met {
  const opcode = reader.u32();
  if (opcode <= 7) return 'other';
  assert(opcode === 10 || opcode === 11, `the meter knows instruction 0xfc ${opcode}`);
  // memory.copy names two memories, memory.fill one.
  reader.take(opcode === 10 ? 2 : 1);
  return 'bulk';
}
