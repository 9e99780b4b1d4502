// Prometheus metrics on a port of their own, on loopback only: how many, never who.
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { type CircuitNode, countCircuits } from './circuit.ts';
import { MAX_RESERVATIONS } from './limits.ts';
import { portError } from './relay-error.ts';

export const METRICS_HOST = '127.0.0.1';

export interface RelayMetrics {
  countAnswer(route: string, status: number): void;
  /** Null where no metrics port was asked for. */
  readonly url: string | null;
  stop(): Promise<void>;
}

/** Throws RelayError `port-taken`. Port 0 takes a free one. */
export async function startMetrics(node: CircuitNode, port: number | undefined): Promise<RelayMetrics> {
  const registry = new Registry();
  const registers = [registry];
  const gauges: readonly (readonly [name: string, help: string, value: () => number])[] = [
    ['clinicord_relay_connections', 'WebSocket connections of nodes', () => node.getConnections().length],
    ['clinicord_relay_reservations', 'Nodes that can be reached through the relay', () => node.services.relay.reservations.size],
    ['clinicord_relay_reservations_limit', 'Largest number of them', () => MAX_RESERVATIONS],
    ['clinicord_relay_circuits', 'Relayed connections that are open', () => countCircuits(node)],
  ];
  for (const [name, help, value] of gauges) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  }
  const answers = new Counter({
    name: 'clinicord_relay_http_answers_total',
    help: 'Answers by kind of route',
    labelNames: ['route', 'status'],
    registers,
  });
  const server = port === undefined ? null : await listen(registry, port);
  if (server !== null) collectDefaultMetrics({ register: registry });
  return {
    countAnswer: (route, status) => {
      answers.inc({ route, status: String(status) });
    },
    url: server === null ? null : `http://${METRICS_HOST}:${portOf(server)}/metrics`,
    stop: async () => {
      if (server !== null) await close(server);
    },
  };
}

function listen(registry: Registry, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(portError(error, METRICS_HOST, port, '--metrics-port') ?? error);
    });
    server.listen(port, METRICS_HOST, () => {
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
