// One port for both: WebSockets of nodes and plain HTTP. libp2p's WebSocket listener owns an HTTP server and answers ordinary requests
// with 400; here that one answer is replaced before it listens, so that pages and sockets share address and certificate.
import type { RequestListener } from 'node:http';
import type { Server } from 'node:net';
import type { Listener } from '@libp2p/interface';
import { webSockets } from '@libp2p/websockets';
import { MAX_SOCKETS } from './limits.ts';

/** What is used of the library's listener beyond its interface. relay.test.ts fails if it ever changes. */
interface OpenListener extends Listener {
  httpRequestHandler: RequestListener;
  readonly server: Server;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The WebSocket transport whose listeners answer ordinary requests with `pages`. */
export function webSocketsWithPages(pages: RequestListener, certificate: Certificate | null): ReturnType<typeof webSockets> {
  const factory = webSockets(certificate === null ? {} : { https: certificate });
  return (components) => {
    const transport = factory(components);
    const create = transport.createListener.bind(transport);
    transport.createListener = (options) => {
      const listener = create(options) as OpenListener;
      listener.httpRequestHandler = pages;
      listener.server.maxConnections = MAX_SOCKETS;
      return listener;
    };
    return transport;
  };
}
