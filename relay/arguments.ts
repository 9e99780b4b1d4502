// The relay's command line as options. What is wrong with it is said in one sentence that names the option.
import { parseArgs } from 'node:util';
import { RelayError } from './relay-error.ts';
import type { RelayOptions } from './start.ts';

export const USAGE = `node relay/main.ts --data DIR [options]
  --host IP            address to listen on (127.0.0.1)
  --port N             port of page and WebSockets (9090)
  --data DIR           where the relay keeps its key
  --cert FILE          certificate, PEM; with --key for HTTPS and WSS
  --key FILE           its key, PEM
  --app DIR            the built app to serve
  --document ROUTE=FILE  a JSON file to serve, for example /demonstration.json=data/demonstration.json; may be repeated
  --metrics-port N     Prometheus metrics on 127.0.0.1
  --log LEVEL          debug, info, warn, error or silent (info)`;

const DEFAULT_PORT = 9090;
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

/** Null where the person asked for help. Throws RelayError `bad-option`. */
export function parseArguments(words: readonly string[]): RelayOptions | null {
  const values = read(words);
  if (values.help === true) return null;
  if (values.data === undefined) throw bad('--data is missing: where should the relay keep its key?');
  const logLevel = values.log ?? 'info';
  if (!LEVELS.includes(logLevel)) throw bad(`--log must be one of ${LEVELS.join(', ')}`);
  return {
    port: portOf(values.port, '--port') ?? DEFAULT_PORT,
    dataDirectory: values.data,
    documents: documentsOf(values.document ?? []),
    logLevel,
    ...optional('host', values.host),
    ...optional('certFile', values.cert),
    ...optional('keyFile', values.key),
    ...optional('appDirectory', values.app),
    ...optional('metricsPort', portOf(values['metrics-port'], '--metrics-port')),
  };
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        cert: { type: 'string' },
        key: { type: 'string' },
        app: { type: 'string' },
        document: { type: 'string', multiple: true },
        'metrics-port': { type: 'string' },
        log: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

function portOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d+$/u.test(text) || port > 65_535) throw bad(`${option} must be a number from 0 to 65535`);
  return port;
}

function documentsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, route, file] = /^(\/[^=]+)=(.+)$/u.exec(pair) ?? [];
      if (route === undefined || file === undefined) throw bad('--document must read /ROUTE=FILE');
      return [route, file];
    }),
  );
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

function bad(message: string): RelayError {
  return new RelayError('bad-option', message);
}
