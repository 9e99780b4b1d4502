// The relay as a whole, in this process, on loopback: pages and sockets on one port, metrics apart, one identity.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { get, type IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Relay, type RelayOptions, startRelay } from './index.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let folder: string;
const running: Relay[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clinicord-relay-'));
  const app = path.join(folder, 'app');
  await mkdir(path.join(app, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), 'not for the page');
  await writeFile(path.join(app, 'index.html'), '<!doctype html><title>Clinicord</title>');
  await writeFile(path.join(app, 'assets', 'index-DpPnK4eN.js'), 'console.log("hello")\n'.repeat(100));
  await writeFile(path.join(app, '.hidden'), 'hidden');
  await symlink(path.join(folder, 'secret.txt'), path.join(app, 'link.txt'));
});

afterEach(async () => {
  for (const relay of running.splice(0)) await relay.stop();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const relay = await startRelay({ port: 0, dataDirectory: path.join(folder, 'data'), logLevel: 'silent', ...options });
  running.push(relay);
  return relay;
}

/** A raw request: the path goes out as it is written. */
function fetchRaw(url: string, route: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { path: route, headers, method, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    request.on('error', reject);
  });
}

const app = (): Partial<RelayOptions> => ({ appDirectory: path.join(folder, 'app') });

test('is alive and ready, and says so', async () => {
  const { url } = await start();
  expect((await fetchRaw(url, '/healthz')).status).toBe(200);
  expect((await fetchRaw(url, '/readyz')).status).toBe(200);
});

test('keeps its identity across restarts, and another directory has another', async () => {
  const first = await start();
  await first.stop();
  expect((await start()).peer).toBe(first.peer);
  expect((await start({ dataDirectory: path.join(folder, 'other') })).peer).not.toBe(first.peer);
  expect(first.address).toBe(`/ip4/127.0.0.1/tcp/${first.port}/ws/p2p/${first.peer}`);
});

test('says of a damaged key what to do', async () => {
  const dataDirectory = path.join(folder, 'damaged');
  await mkdir(dataDirectory);
  await writeFile(path.join(dataDirectory, 'relay-key'), 'rubbish');
  await expect(start({ dataDirectory })).rejects.toMatchObject({
    code: 'damaged-key',
    message: expect.stringContaining('Delete it') as string,
  });
});

test('serves the page anew each time and hashed assets for ever', async () => {
  const { url } = await start(app());
  const page = await fetchRaw(url, '/?a=b');
  expect([page.status, page.headers['content-type'], page.headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-store']);
  expect(page.body.toString()).toContain('Clinicord');
  const asset = await fetchRaw(url, '/assets/index-DpPnK4eN.js');
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8');
});

test('compresses for who takes it', async () => {
  const { url } = await start(app());
  const plain = await fetchRaw(url, '/assets/index-DpPnK4eN.js');
  const packed = await fetchRaw(url, '/assets/index-DpPnK4eN.js', { 'accept-encoding': 'gzip, br' });
  expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip']);
  expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
});

test('sends strict headers with everything, errors included', async () => {
  const { url } = await start(app());
  for (const route of ['/', '/assets/index-DpPnK4eN.js', '/healthz', '/nothing']) {
    const { headers } = await fetchRaw(url, route);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' ws: wss:");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/u);
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  }
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/../../secret.txt',
  '/..\\secret.txt',
  '//etc/hostname',
  '/link.txt',
  '/.hidden',
  '/assets',
  '/%00',
  '/%',
])('serves nothing from outside the app: %s', async (route) => {
  const { url } = await start(app());
  const answer = await fetchRaw(url, route);
  expect(answer.status).toBe(404);
  expect(answer.body.toString()).not.toContain('not for the page');
});

test('answers only reading', async () => {
  const { url } = await start(app());
  expect((await fetchRaw(url, '/', {}, 'POST')).status).toBe(405);
  const head = await fetchRaw(url, '/', {}, 'HEAD');
  expect([head.status, head.body.length]).toEqual([200, 0]);
});

test('serves the documents of whoever runs it, from a file or a function, fresh each time', async () => {
  const file = path.join(folder, 'demonstration.json');
  let value: unknown = null;
  const { url } = await start({ documents: { '/demonstration.json': file, '/state.json': () => value } });
  expect((await fetchRaw(url, '/demonstration.json')).status).toBe(404);
  expect((await fetchRaw(url, '/state.json')).status).toBe(404);
  await writeFile(file, '{"channel":"c"}');
  value = { ready: true };
  const document = await fetchRaw(url, '/demonstration.json');
  expect([document.body.toString(), document.headers['cache-control']]).toEqual(['{"channel":"c"}', 'no-store']);
  expect((await fetchRaw(url, '/state.json')).body.toString()).toBe('{"ready":true}');
});

test('keeps metrics on loopback, on a port of their own', async () => {
  const { url, metricsUrl } = await start({ host: '0.0.0.0', metricsPort: 0 });
  expect(new URL(metricsUrl ?? '').hostname).toBe('127.0.0.1');
  const metrics = await fetchRaw(metricsUrl ?? '', '/metrics');
  expect(metrics.body.toString()).toContain('clinicord_relay_reservations 0');
  expect((await fetchRaw(url.replace('0.0.0.0', '127.0.0.1'), '/metrics')).status).toBe(404);
  const outside = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  for (const { address, internal, family } of outside) {
    if (internal || family !== 'IPv4') continue;
    await expect(fetchRaw(`http://${address}:${new URL(metricsUrl ?? '').port}`, '/metrics')).rejects.toThrow('ECONNREFUSED');
  }
});

test('has no metrics unless asked', async () => {
  expect((await start()).metricsUrl).toBeNull();
});

async function occupy(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, server };
}

test('names port and option where a port is taken, and leaves nothing running', async () => {
  const { port, server } = await occupy();
  await expect(start({ port })).rejects.toMatchObject({
    code: 'port-taken',
    message: `Port ${port} on 127.0.0.1 is taken. Stop the program that uses it, or choose another port with --port.`,
  });
  await expect(start({ metricsPort: port })).rejects.toMatchObject({ message: expect.stringContaining('--metrics-port') as string });
  server.close();
});

test('writes no address and no full peer id into its log', async () => {
  const lines: string[] = [];
  const logDestination = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const { url, peer, stop } = await start({ logLevel: 'trace', logDestination, ...app() });
  await fetchRaw(url, '/');
  await fetchRaw(url, '/nothing');
  await stop();
  const log = lines.join('');
  expect(log).toContain('relay-started');
  expect(log).toContain('relay-stopped');
  expect(log).not.toMatch(/127\.0\.0\.1|::1/u);
  expect(log).not.toContain(peer);
});

test('stops in order, twice as well as once', async () => {
  const relay = await start(app());
  await relay.stop();
  await relay.stop();
  await expect(fetchRaw(relay.url, '/healthz')).rejects.toThrow('ECONNREFUSED');
});
