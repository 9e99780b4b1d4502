// R16 on a server: a lock file that names its holder. A holder that no longer runs is passed over; a process with the same
// number that started at another time is not the holder. The file is read again now and then: whoever finds another's
// name in it has lost the lock and says so.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { InstanceLock } from '../../ports/index.ts';

/** How often the holder looks whether the file is still its own. */
const WATCH_MS = 2_000;
const MAX_TRIES = 5;

interface Holder {
  readonly pid: number;
  /** When the process started, as the kernel counts; empty where that cannot be known. */
  readonly started: string;
  readonly token: string;
}

/** Boot and start time of a process, which tell it from a later one with the same number. Linux only. */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Field 22, counted behind the name, which may hold spaces. Source: proc_pid_stat(5).
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return holder.started === '' || holder.started === (await startOf(holder.pid));
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>;
    return typeof value.pid === 'number' ? { pid: value.pid, started: value.started ?? '', token: value.token ?? '' } : null;
  } catch {
    return null;
  }
}

/** Puts the whole file in place at once, where there is none: a reader never sees half a holder. */
async function claim(path: string, holder: Holder): Promise<boolean> {
  const prepared = `${path}.${holder.token}`;
  await writeFile(prepared, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(prepared, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(prepared, { force: true });
  }
}

/** Moves a dead holder's file aside. Where a living one was quicker and its file was moved, it is put back. */
async function setAside(path: string, dead: Holder | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readHolder(aside);
  if (moved !== null && moved.token !== dead?.token) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

export function createLockFile(path: string): InstanceLock {
  let mine: Holder | null = null;
  let watch: ReturnType<typeof setInterval> | null = null;

  function stopWatching(): void {
    if (watch !== null) clearInterval(watch);
    watch = null;
  }

  return {
    async acquire(onLost) {
      if (mine !== null) return true;
      await mkdir(dirname(path), { recursive: true });
      const self: Holder = { pid: process.pid, started: await startOf(process.pid), token: randomUUID() };
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        if (await claim(path, self)) {
          mine = self;
          watch = setInterval(() => {
            void readHolder(path).then((holder) => {
              if (mine !== self || holder?.token === self.token) return;
              mine = null;
              stopWatching();
              onLost();
            });
          }, WATCH_MS);
          watch.unref();
          return true;
        }
        const holder = await readHolder(path);
        if (holder !== null && (await isAlive(holder))) return false;
        await setAside(path, holder);
      }
      return false;
    },
    async release() {
      stopWatching();
      const held = mine;
      mine = null;
      if (held !== null && (await readHolder(path))?.token === held.token) await rm(path, { force: true });
    },
  };
}
