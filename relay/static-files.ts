// The built app as static files. Serves what lies under its directory and nothing else: paths are decoded once, resolved, and compared
// with the real directory after symbolic links.
import { readFile, realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { cachingOf } from './headers.ts';
import { MAX_COMPRESSED_BYTES } from './limits.ts';

const compress = promisify(gzip);

const TYPE_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
};
const COMPRESSIBLE = /^(?:text\/|application\/(?:json|manifest|wasm)|image\/svg)/u;

export type Serve = (route: string, request: IncomingMessage, response: ServerResponse, headers: OutgoingHttpHeaders) => Promise<boolean>;

/** Serves a directory; the answer says whether there was such a file. `index.html` stands for `/`. */
export function staticFiles(directory: string): Serve {
  const compressed = new CompressedFiles();
  return async (route, request, response, headers) => {
    const file = await fileFor(directory, route === '/' ? '/index.html' : route);
    if (file === null) return false;
    const type = TYPE_BY_EXTENSION[path.extname(file)] ?? 'application/octet-stream';
    const wantsGzip = COMPRESSIBLE.test(type) && /\bgzip\b/u.test(request.headers['accept-encoding'] ?? '');
    const body = wantsGzip ? await compressed.get(file) : await readFile(file);
    response.writeHead(200, {
      ...headers,
      'content-type': type,
      'content-length': body.length,
      'cache-control': cachingOf(route),
      vary: 'accept-encoding',
      ...(wantsGzip ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  };
}

/** The file that a route stands for, or null where there is none, it is no plain file, or it lies outside the directory. */
async function fileFor(directory: string, route: string): Promise<string | null> {
  try {
    const decoded = decodeURIComponent(route);
    if (decoded.includes('\0') || decoded.split(/[\\/]/u).some((part) => part === '..' || part.startsWith('.'))) return null;
    const root = await realpath(directory);
    const file = await realpath(path.join(root, decoded));
    if (!file.startsWith(root + path.sep) || !(await stat(file)).isFile()) return null;
    return file;
  } catch {
    return null;
  }
}

/** Compressed once for each version of a file; forgets all when it grows too large. */
class CompressedFiles {
  readonly #bodyByFile = new Map<string, { readonly changedMs: number; readonly body: Buffer }>();
  #sizeBytes = 0;

  async get(file: string): Promise<Buffer> {
    const { mtimeMs } = await stat(file);
    const known = this.#bodyByFile.get(file);
    if (known?.changedMs === mtimeMs) return known.body;
    const body = await compress(await readFile(file));
    this.#sizeBytes += body.length - (known?.body.length ?? 0);
    if (this.#sizeBytes > MAX_COMPRESSED_BYTES) {
      this.#bodyByFile.clear();
      this.#sizeBytes = body.length;
    }
    this.#bodyByFile.set(file, { changedMs: mtimeMs, body });
    return body;
  }
}
