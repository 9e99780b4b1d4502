// The small parts of serving: ports that are taken, and the loopback way to a relay that speaks TLS.
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openLoopback } from './loopback.ts';
import { refuseTakenPort } from './port.ts';

const listening = () =>
  new Promise<{ port: number; close: () => void }>((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port, close: () => server.close() }));
  });

test('a taken port is a clear error that names the option', async () => {
  const { port, close } = await listening();
  await expect(refuseTakenPort(port, '127.0.0.1')).rejects.toMatchObject({
    message: `Port ${port} is taken.`,
    remedy: expect.stringContaining('--port') as string,
  });
  close();
});

test('a host of another machine is a clear error', async () => {
  await expect(refuseTakenPort(0, '192.0.2.1')).rejects.toMatchObject({ message: '192.0.2.1 is no address of this machine.' });
});

test('a free port is free', async () => {
  await expect(refuseTakenPort(0, '127.0.0.1')).resolves.toBeUndefined();
});

test('a connection over loopback ends when the relay refuses it', async () => {
  const relay = await listening();
  const loopback = await openLoopback('127.0.0.1', relay.port);
  await expect(fetch(`http://127.0.0.1:${loopback.port}/`)).rejects.toThrow();
  loopback.close();
  relay.close();
});
