// The process with the demonstration's members, as its parent sees it: progress and readiness come over a channel, closing the
// channel tells it to stop. It ends with its parent, however that one ends.
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { ROOT, ToolchainError } from './toolchain.mjs';

/** After this a stop is enforced; the process itself gives up a little earlier. */
const STOP_LIMIT_MS = 10_000;

type Report =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'ready'; readonly invitation: object; readonly height: number }
  | { readonly kind: 'failed'; readonly message: string; readonly remedy: string };

export interface Ready {
  /** Public: how to reach the consortium. */
  readonly invitation: object;
  readonly height: number;
}

export interface DemonstrationProcess {
  /** Resolves when its members vote. Rejects with ToolchainError. */
  readonly ready: Promise<Ready>;
  /** Resolves when the process has ended, told to or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface DemonstrationInit {
  /** Folder of the members. */
  readonly folder: string;
  /** Multiaddr of the relay. */
  readonly relay: string;
  readonly fresh: boolean;
  say(line: string): void;
}

function stopOf(child: ChildProcess, ended: Promise<void>): () => Promise<void> {
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (child.connected) child.disconnect();
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(limit);
  };
}

/** Starts the process. `script` is replaced in tests. */
export function startDemonstrationProcess(init: DemonstrationInit, script = path.join(ROOT, 'archive/main.ts')): DemonstrationProcess {
  const args = ['demonstration', '--data', init.folder, '--relay', init.relay, ...(init.fresh ? ['--fresh'] : [])];
  const child = fork(script, args, { cwd: ROOT, env: { ...process.env, CLINICORD_SUPERVISED: '1' }, stdio: ['ignore', 2, 2, 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<Ready>((resolve, reject) => {
    child.once('error', reject);
    child.on('message', (message) => {
      const report = message as Report;
      if (report.kind === 'progress') init.say(report.text);
      else if (report.kind === 'failed') reject(new ToolchainError(report.message, report.remedy));
      else resolve({ invitation: report.invitation, height: report.height });
    });
    void ended.then(() =>
      reject(new ToolchainError('The demonstration ended before it was ready.', 'Its message is above; try again, or with --fresh.')),
    );
  });
  return { ready, ended, stop: stopOf(child, ended) };
}
