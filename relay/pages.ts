// What the relay answers over plain HTTP beside the WebSockets on the same port: the built app, a few JSON documents of whoever runs
// it, and whether it is alive and ready. Takes no input but the path.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { securityHeaders } from './headers.ts';
import { DOCUMENT_TIMEOUT_MS } from './limits.ts';
import { type Serve, staticFiles } from './static-files.ts';

/**
 * A JSON document: a file that is read at every request, or what a function gives; null where there is none yet. The function
 * is told under which name and port the asker reached this relay (its Host header, which is the asker's word for it).
 */
export type DocumentSource = string | ((host: string) => unknown);

export interface PagesInit {
  readonly secure: boolean;
  readonly appDirectory: string | undefined;
  /** By route, for example `/demonstration.json`. */
  readonly documents: Readonly<Record<string, DocumentSource>>;
  readonly isReady: () => boolean;
  readonly onAnswer: (route: string, status: number) => void;
  readonly onFailure: (route: string, error: unknown) => void;
}

export function createPages(init: PagesInit): RequestListener {
  const serve: Serve = init.appDirectory === undefined ? async () => false : staticFiles(init.appDirectory);
  const headers = securityHeaders(init.secure);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<string> {
    const route = (request.url ?? '/').split(/[?#]/u)[0] ?? '/';
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      say(request, response, 405, 'Only GET and HEAD are answered here.', { ...headers, allow: 'GET, HEAD' });
      return 'other';
    }
    if (route === '/healthz') {
      say(request, response, 200, 'alive', headers);
      return route;
    }
    if (route === '/readyz') {
      const ready = init.isReady();
      say(request, response, ready ? 200 : 503, ready ? 'ready' : 'not ready', headers);
      return route;
    }
    const source = Object.hasOwn(init.documents, route) ? init.documents[route] : undefined;
    if (source !== undefined) {
      await sayDocument(request, response, source, headers);
      return route;
    }
    if (await serve(route, request, response, headers)) return 'app';
    say(request, response, 404, 'There is nothing here.', headers);
    return 'other';
  }

  return (request, response) => {
    answer(request, response).then(
      (route) => {
        init.onAnswer(route, response.statusCode);
      },
      (error: unknown) => {
        init.onFailure('other', error);
        if (!response.headersSent) say(request, response, 500, 'The relay could not answer.', headers);
        else response.destroy();
      },
    );
  };
}

function say(request: IncomingMessage, response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders): void {
  const body = Buffer.from(`${text}\n`);
  const own = { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length, 'cache-control': 'no-store' };
  response.writeHead(status, { ...headers, ...own });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function sayDocument(
  request: IncomingMessage,
  response: ServerResponse,
  source: DocumentSource,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const text = await documentText(source, request.headers.host ?? '');
  if (text === null) {
    say(request, response, 404, 'Not there yet.', headers);
    return;
  }
  const body = Buffer.from(text);
  const own = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length, 'cache-control': 'no-store' };
  response.writeHead(200, { ...headers, ...own });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function documentText(source: DocumentSource, host: string): Promise<string | null> {
  if (typeof source === 'string') {
    return readFile(source, { encoding: 'utf8', signal: AbortSignal.timeout(DOCUMENT_TIMEOUT_MS) }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    });
  }
  const value: unknown = await source(host);
  return value === null || value === undefined ? null : JSON.stringify(value);
}
