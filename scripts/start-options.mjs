// What a person may type after `npm start --`. Read before anything is installed, so that a mistake is answered at once; plain
// JavaScript for Node.js 20.19. Throws ToolchainError.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ToolchainError } from './toolchain.mjs';

export const START_HELP = `npm start -- [options]

Starts the relay, the page and a demonstration consortium of seven archive members; installs and builds what is missing.
Ctrl-C stops everything. The demonstration's ledger survives.

  --port N      port of the page and the relay (8080)
  --host NAME   address to listen on (127.0.0.1); 0.0.0.0 serves other computers, which need --cert and --key
  --cert FILE   certificate for HTTPS, PEM
  --key FILE    its private key, PEM
  --data DIR    where ledger, keys and the relay's identity are kept (data)
  --metrics N   Prometheus metrics of the relay on this port of 127.0.0.1 (none)
  --fresh       forgets the demonstration and founds it anew
  --help        this text
`;

const HINT = 'See `npm start -- --help`.';

/**
 * @typedef {object} StartOptions
 * @property {number} port
 * @property {string} host
 * @property {{ cert: string, key: string } | null} tls absolute paths of PEM files
 * @property {string} data absolute path
 * @property {number | null} metricsPort
 * @property {boolean} fresh
 * @property {boolean} help
 */

/**
 * @param {string} text
 * @param {string} option
 */
function portOf(text, option) {
  const port = Number(text);
  if (/^\d+$/u.test(text) && port >= 1 && port <= 65_535) return port;
  throw new ToolchainError(`${option} ${text} is no port.`, 'Name a number from 1 to 65535.');
}

/**
 * @param {string | undefined} cert
 * @param {string | undefined} key
 */
function tlsOf(cert, key) {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) throw new ToolchainError('--cert and --key belong together.', HINT);
  const files = { cert: path.resolve(cert), key: path.resolve(key) };
  for (const file of Object.values(files)) {
    if (!existsSync(file)) throw new ToolchainError(`There is no file ${file}.`, 'Name the certificate and its key as PEM files.');
  }
  return files;
}

/**
 * @param {readonly string[]} argv
 * @returns {StartOptions}
 */
export function readStartOptions(argv) {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        cert: { type: 'string' },
        key: { type: 'string' },
        data: { type: 'string', default: 'data' },
        metrics: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new ToolchainError(error instanceof Error ? error.message : 'The options cannot be read.', HINT);
  }
  const { port, host, cert, key, data, metrics, fresh, help } = values;
  return {
    port: portOf(port, '--port'),
    host,
    tls: tlsOf(cert, key),
    data: path.resolve(data),
    metricsPort: metrics === undefined ? null : portOf(metrics, '--metrics'),
    fresh,
    help,
  };
}
