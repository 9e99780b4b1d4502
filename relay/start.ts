// Starts a relay in this process: circuit relay and pages on one port, metrics on another. Starting fails as a whole or not at all.
import { readFile } from 'node:fs/promises';
import type { DestinationStream } from 'pino';
import { type CircuitNode, createCircuit } from './circuit.ts';
import { loadIdentity } from './identity.ts';
import { createLog, type RelayLog } from './log.ts';
import { type RelayMetrics, startMetrics } from './metrics.ts';
import { createPages, type DocumentSource } from './pages.ts';
import { portError, RelayError } from './relay-error.ts';
import { type Certificate, webSocketsWithPages } from './web-listener.ts';

export interface RelayOptions {
  /** An IP address; 127.0.0.1 unless given. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the relay's key is kept. */
  readonly dataDirectory: string;
  /** PEM files; with both, HTTPS and WSS. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The built app. */
  readonly appDirectory?: string;
  /** JSON documents by route, for example `/demonstration.json`: a file, or a function; null answers 404. */
  readonly documents?: Readonly<Record<string, DocumentSource>>;
  /** Metrics on 127.0.0.1; 0 takes a free port; none unless given. */
  readonly metricsPort?: number;
  /** As in pino: `info` unless given, `silent` for none. */
  readonly logLevel?: string;
  readonly logDestination?: DestinationStream;
}

export interface Relay {
  /** Where the page is, for example http://127.0.0.1:9090. */
  readonly url: string;
  readonly port: number;
  /** The relay's multiaddr with its peer id: what nodes are given. */
  readonly address: string;
  readonly peer: string;
  readonly metricsUrl: string | null;
  /** Closes every connection; links between nodes go on. */
  stop(): Promise<void>;
}

/** Throws RelayError: `port-taken`, `port-refused`, `host-unknown`, `bad-certificate`, `damaged-key`. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { host = '127.0.0.1', port } = options;
  const log = createLog(options.logLevel ?? 'info', options.logDestination);
  const certificate = await readCertificate(options);
  const state = { ready: false };
  let metrics: RelayMetrics | null = null;
  const pages = createPages({
    secure: certificate !== null,
    appDirectory: options.appDirectory,
    documents: options.documents ?? {},
    isReady: () => state.ready,
    onAnswer: (route, status) => metrics?.countAnswer(route, status),
    onFailure: (route, error) => {
      log.lines.error({ event: 'answer-failed', route, error: error instanceof Error ? error.message : String(error) });
    },
  });
  const listenAt = `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/${port}/${certificate === null ? 'ws' : 'tls/ws'}`;
  const node = await createCircuit(await loadIdentity(options.dataDirectory), webSocketsWithPages(pages, certificate), listenAt);
  noteConnections(node, log);
  try {
    await node.start();
    metrics = await startMetrics(node, options.metricsPort);
  } catch (error) {
    await node.stop();
    throw portError(error, host, port, '--port') ?? error;
  }
  state.ready = true;
  const relay = describe(node, host, certificate !== null, metrics);
  log.lines.info({ event: 'relay-started', port: relay.port, secure: certificate !== null });
  return {
    ...relay,
    stop: async () => {
      if (!state.ready) return;
      state.ready = false;
      await Promise.all([node.stop(), metrics.stop()]);
      log.lines.info({ event: 'relay-stopped' });
    },
  };
}

function describe(node: CircuitNode, host: string, secure: boolean, metrics: RelayMetrics): Omit<Relay, 'stop'> {
  const addresses = node.getMultiaddrs();
  const address = addresses.find((one) => one.toString().includes(`/${host}/`)) ?? addresses[0];
  const port = Number(address?.getComponents().find(({ name }) => name === 'tcp')?.value ?? 0);
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${secure ? 'https' : 'http'}://${shown}:${port}`,
    port,
    address: address?.toString() ?? '',
    peer: node.peerId.toString(),
    metricsUrl: metrics.url,
  };
}

function noteConnections(node: CircuitNode, { lines, nameOf }: RelayLog): void {
  node.addEventListener('peer:connect', ({ detail }) => {
    lines.debug({ event: 'node-connected', node: nameOf(detail.toString()) });
  });
  node.addEventListener('peer:disconnect', ({ detail }) => {
    lines.debug({ event: 'node-left', node: nameOf(detail.toString()) });
  });
}

async function readCertificate({ certFile, keyFile }: RelayOptions): Promise<Certificate | null> {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined) {
    throw new RelayError('bad-certificate', 'A certificate needs its key: give both --cert and --key.');
  }
  try {
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  } catch (error) {
    throw new RelayError('bad-certificate', 'The certificate or its key cannot be read; look at --cert and --key.', error);
  }
}
