// `npm start` after the packages are there: builds what changed, starts the relay, which serves the page, and the demonstration in a
// process of its own, prints one address, and stops everything on Ctrl-C or SIGTERM.
import path from 'node:path';
import { type Relay, RelayError, startRelay } from '../relay/index.ts';
import { type DemonstrationProcess, type Ready, startDemonstrationProcess } from './demonstration-process.ts';
import { openLoopback } from './loopback.ts';
import { refuseTakenPort } from './port.ts';
import { ensureBuild } from './prepare.ts';
import { relayAddressFor } from './relay-address.ts';
import { readStartOptions } from './start-options.mjs';
import { ROOT, ToolchainError, runMain } from './toolchain.mjs';

type Options = ReturnType<typeof readStartOptions>;

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
/** Listens on every address of the machine. */
const EVERYWHERE = ['0.0.0.0', '::'];
/** A stop takes at most this long. */
const STOP_LIMIT_MS = 12_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Resolves when the process is told to stop. A second Ctrl-C ends it at once; its children notice. */
function told(): Promise<void> {
  return new Promise((resolve) => {
    let before = 0;
    const tell = (): void => {
      before += 1;
      if (before > 2) process.exit(130);
      resolve();
    };
    process.on('SIGINT', tell);
    process.on('SIGTERM', tell);
  });
}

async function openRelay(options: Options, ready: () => Ready | null): Promise<Relay> {
  const { host, port, tls, data, metricsPort } = options;
  let own = '';
  const relay = await startRelay({
    host: host === 'localhost' ? '127.0.0.1' : host,
    port,
    dataDirectory: path.join(data, 'relay'),
    ...(tls === null ? {} : { certFile: tls.cert, keyFile: tls.key }),
    ...(metricsPort === null ? {} : { metricsPort }),
    appDirectory: path.join(ROOT, 'dist'),
    logLevel: 'warn',
    documents: {
      '/demonstration.json': (asked) => {
        const there = ready();
        return there === null ? null : { ...there.invitation, relays: [relayAddressFor(asked, tls !== null, own)] };
      },
    },
  }).catch((error: unknown) => {
    throw error instanceof RelayError ? new ToolchainError(error.message, 'See `npm start -- --help`.') : error;
  });
  own = relay.address;
  return relay;
}

/** The relay's multiaddr for processes of this machine, and how to give up what it needs. */
async function localAddress(relay: Relay, { host, tls }: Options): Promise<{ readonly address: string; close(): void }> {
  const near = EVERYWHERE.includes(host) || LOOPBACK.includes(host) ? '127.0.0.1' : host;
  const { peer } = relay;
  if (tls === null)
    return { address: `/${near.includes(':') ? 'ip6' : 'ip4'}/${near}/tcp/${relay.port}/ws/p2p/${peer}`, close: () => undefined };
  const loopback = await openLoopback(near, relay.port);
  return { address: `/ip4/127.0.0.1/tcp/${loopback.port}/ws/p2p/${peer}`, close: () => loopback.close() };
}

/** What a person opens in a browser. */
function addressOf(relay: Relay, { host, tls }: Options): string {
  if (LOOPBACK.includes(host) && tls === null) return `http://localhost:${relay.port}`;
  if (EVERYWHERE.includes(host)) return `${tls === null ? 'http' : 'https'}://NAME-OF-THIS-COMPUTER:${relay.port}`;
  return relay.url;
}

function announce(relay: Relay, options: Options, { height }: Ready): void {
  process.stdout.write(`\nClinicord is at ${addressOf(relay, options)}\n`);
  say(`The demonstration's ledger is at height ${height}, in ${options.data}. Ctrl-C stops everything.`);
  if (options.tls === null && !LOOPBACK.includes(options.host)) {
    say('Other computers need HTTPS: without --cert and --key their browsers give the page no keys, and it says so.');
    say(`On this computer it works at http://localhost:${relay.port}.`);
  }
}

async function serve(options: Options): Promise<number> {
  const stopping = told();
  await refuseTakenPort(options.port, options.host);
  say('Building the page where its sources have changed');
  await ensureBuild();
  let ready: Ready | null = null;
  const relay = await openRelay(options, () => ready);
  const local = await localAddress(relay, options);
  say(`The relay listens on port ${relay.port}`);
  if (relay.metricsUrl !== null) say(`Its metrics are at ${relay.metricsUrl}`);
  const folder = path.join(options.data, 'demonstration');
  const demonstration: DemonstrationProcess = startDemonstrationProcess({ folder, relay: local.address, fresh: options.fresh, say });
  let code = 0;
  try {
    ready = await Promise.race([demonstration.ready, stopping.then(() => null)]);
    if (ready !== null) {
      announce(relay, options, ready);
      const ended = demonstration.ended.then(() => 'ended' as const);
      if ((await Promise.race([stopping, ended])) === 'ended') {
        say('The demonstration has ended by itself; its message is above. Start again.');
        code = 1;
      }
    }
    if (code === 0) say('Stopping');
  } finally {
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    // A stop before it was ready is no trouble.
    demonstration.ready.catch(() => undefined);
    await demonstration.stop();
    local.close();
    await relay.stop();
  }
  return code;
}

await runMain(async () => {
  const code = await serve(readStartOptions(process.argv.slice(2)));
  // Whatever libp2p still holds open is of no use to anybody.
  process.exit(code);
});
