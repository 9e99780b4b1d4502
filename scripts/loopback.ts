// A way to the relay for processes of this machine when it speaks TLS: a certificate is for the name that visitors type, not for
// 127.0.0.1. Passes bytes between a plain port on loopback and the relay's; libp2p authenticates and encrypts inside as everywhere.
import { type AddressInfo, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { connect } from 'node:tls';

/** The members of a demonstration and some to spare. */
const MAX_CONNECTIONS = 64;

export interface Loopback {
  readonly port: number;
  close(): void;
}

/** Opens a free port on 127.0.0.1 that leads to the TLS port of a server on `host`. */
export function openLoopback(host: string, tlsPort: number): Promise<Loopback> {
  const server = createServer((near) => {
    // The other end is this machine's own relay, whose identity libp2p checks.
    const far = connect({ host, port: tlsPort, rejectUnauthorized: false });
    pipeline(near, far, () => undefined);
    pipeline(far, near, () => undefined);
  });
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve({ port: (server.address() as AddressInfo).port, close: () => server.close() });
    });
  });
}
