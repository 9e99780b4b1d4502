// What a script hands back, read as from a stranger: it may have changed everything that made the text.
import { isRejection } from '../../base/index.ts';
import { parseJson } from '../../codec/index.ts';
import type { ScriptRun } from '../../ports/index.ts';

type Without<T, Name extends string> = T extends unknown ? Omit<T, Name> : never;
export type ScriptOutput = Without<ScriptRun, 'steps'>;

/** Text that a script hands back at most; what the ledger takes of it is far less. */
const MAX_OUTPUT_CHARS = 64 * 1024;

/** Reads `{"writes": {key: text or null}, "answer": …}`; the empty text says that there is no such method. */
export function outputOf(text: string): ScriptOutput {
  if (text === '') return { kind: 'failed', failure: 'no-method', detail: 'the contract has no such method' };
  const value = parseJson(text, MAX_OUTPUT_CHARS);
  if (isRejection(value)) return bad(value.detail);
  if (typeof value !== 'object' || value === null || !('writes' in value) || !('answer' in value)) return bad('it is no result');
  const { writes, answer } = value;
  if (typeof writes !== 'object' || writes === null || Array.isArray(writes)) return bad('its writes are no list of keys');
  const entries = Object.entries(writes as Readonly<Record<string, unknown>>);
  const texts = entries.flatMap(([key, written]): readonly (readonly [string, string | null])[] =>
    typeof written === 'string' || written === null ? [[key, written]] : [],
  );
  if (texts.length < entries.length) return bad('a write is no text');
  return { kind: 'done', writes: texts, answer: JSON.stringify(answer) };
}

function bad(detail: string): ScriptOutput {
  return { kind: 'failed', failure: 'bad-output', detail: `what it hands back cannot be read: ${detail}` };
}
