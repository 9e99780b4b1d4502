// A call of a contract that the consortium wrote: the machine gets source, argument, who calls in which block, and may read what the contract
// keeps; what it wants to write is taken whole, or not at all. Nothing else of the state is within its reach.
import { type ItemId, type Rejection, isRejection, reject } from '../../base/index.ts';
import { bytesToText } from '../../codec/index.ts';
import { type ScriptRun, MAX_SCRIPT_STEPS, SCRIPT_RUNTIME } from '../../ports/index.ts';
import type { Author, Judgement } from '../author.ts';
import type { State } from '../state.ts';
import { type ScriptEntry, MAX_KEPT_KEYS, MAX_KEPT_VALUE_CHARS, keptKey, keptTable, scriptSourceOf, scriptTable } from './entries.ts';
import { scriptMachine } from './machine.ts';

/** Keys that one call writes. */
const MAX_WRITES = 32;
const KEY = /^[\w.:/-]{1,96}$/u;

interface Call {
  readonly version: number;
  readonly method: string;
  readonly argument: string;
  readonly steps: number;
}

type Caller = Pick<Author, 'party' | 'role' | 'at'>;

export function callScript(state: State, script: ItemId, entry: ScriptEntry, call: Call, author: Author): Judgement {
  const ran = run(state, script, entry, call, author);
  if (isRejection(ran)) return ran;
  if (ran.writes.length > MAX_WRITES) return reject('script-bad-output', `a call writes at most ${MAX_WRITES} keys`);
  let next = state;
  let { kept } = entry;
  for (const [key, json] of ran.writes) {
    if (!KEY.test(key)) return reject('script-bad-output', 'a key has up to 96 letters, digits or any of _ . : / -');
    if (json !== null && json.length > MAX_KEPT_VALUE_CHARS)
      return reject('script-bad-output', `a value has at most ${MAX_KEPT_VALUE_CHARS} characters`);
    const id = keptKey(script, key);
    kept += Number(json !== null) - Number(keptTable.get(next, id) !== null);
    next = json === null ? keptTable.remove(next, id) : keptTable.put(next, id, { json });
  }
  if (kept > MAX_KEPT_KEYS) return reject('script-full', `a contract keeps at most ${MAX_KEPT_KEYS} keys`);
  return kept === entry.kept ? next : scriptTable.put(next, script, { ...entry, kept });
}

/** What a method answers now, as JSON: nothing is written, whatever it wants to write. For pages; no slip. */
export function askScript(state: State, script: ItemId, ask: Pick<Call, 'method' | 'argument'>, caller: Caller): string | Rejection {
  const entry = scriptTable.get(state, script);
  const version = entry?.active?.version;
  if (entry === null || version === undefined) return reject('unknown-contract', 'no version of this contract is approved');
  const ran = run(state, script, entry, { ...ask, version, steps: MAX_SCRIPT_STEPS }, caller);
  return isRejection(ran) ? ran : ran.answer;
}

function run(
  state: State,
  script: ItemId,
  { active }: ScriptEntry,
  { version, method, argument, steps }: Call,
  { party, role, at }: Caller,
): Extract<ScriptRun, { kind: 'done' }> | Rejection {
  if (active?.version !== version) return reject('other-version', 'this version is not the approved one');
  if (active.runtime !== SCRIPT_RUNTIME) return reject('unknown-runtime', 'it was approved for another machine');
  const source = bytesToText(scriptSourceOf(state, script, version) ?? new Uint8Array());
  if (isRejection(source)) return source;
  const context = JSON.stringify({ caller: party, role, height: at.height, timeMs: at.timestampMs });
  const read = (key: string): string | null => (KEY.test(key) ? (keptTable.get(state, keptKey(script, key))?.json ?? null) : null);
  const ran = scriptMachine().run({ source, method, argument, context, steps, read });
  return ran.kind === 'done' ? ran : reject(`script-${ran.failure}`, ran.detail);
}
