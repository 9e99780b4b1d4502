// Whether a port is free, asked before anything is built. Throws ToolchainError.
import { createServer } from 'node:net';
import { ToolchainError } from './toolchain.mjs';

const REASONS: Readonly<Record<string, (port: number, host: string) => readonly [string, string]>> = {
  EADDRINUSE: (port) => [`Port ${port} is taken.`, 'Stop the program that uses it, or choose another: npm start -- --port 8090'],
  EACCES: (port) => [`Port ${port} may not be used here.`, 'Choose one above 1023 with --port.'],
  EADDRNOTAVAIL: (_, host) => [`${host} is no address of this machine.`, 'Choose one with --host.'],
  ENOTFOUND: (_, host) => [`${host} is no address of this machine.`, 'Choose one with --host, for example 0.0.0.0.'],
};

/** Refuses a port that cannot be listened on. */
export function refuseTakenPort(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = REASONS[error.code ?? '']?.(port, host);
      reject(reason === undefined ? error : new ToolchainError(...reason));
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  });
}
