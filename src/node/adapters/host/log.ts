// Structured log lines: an event's name and a few plain fields. Bytes are shown by their length only, so that a key or a
// record never reaches a log by accident.
import type { Log } from '../../ports/index.ts';

export type LogLevel = 'debug' | 'info' | 'warn';
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn'];
const MAX_FIELD_CHARS = 300;

export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Writes lines of at least `least` to `write`. */
export function createLog(least: LogLevel, write: (line: LogLine) => void): Log {
  const at = (level: LogLevel) => (event: string, fields?: Readonly<Record<string, unknown>>) => {
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(least)) write({ level, event, fields: plain(fields ?? {}) });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn') };
}

function plain(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return value;
    case 'string':
      return value.slice(0, MAX_FIELD_CHARS);
    case 'bigint':
      return String(value);
    default:
      break;
  }
  if (value === null) return null;
  if (value instanceof Error) return `${value.name}: ${value.message}`.slice(0, MAX_FIELD_CHARS);
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  return `[${typeof value}]`;
}

/** For a tab: the browser's console. */
export function createConsoleLog(least: LogLevel = 'info'): Log {
  return createLog(least, ({ level, event, fields }) => {
    // eslint-disable-next-line no-console -- this is the one place that writes to it
    console[level](event, fields);
  });
}

/** For a process: one JSON document a line, with the time. */
export function createJsonLog(least: LogLevel, write: (line: string) => void): Log {
  return createLog(least, ({ level, event, fields }) => {
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  });
}
