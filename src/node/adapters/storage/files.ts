// Files that are whole or not there: written beside, flushed, moved into place, and the folder flushed after them. Each
// carries its checksum, so that a damaged one is told from a good one. Only flushing waits for the disk, so only that is handed
// to the threads; the steps around it are done at once, because each would queue there behind other work, and a vote waits for all.
import { randomUUID } from 'node:crypto';
import { closeSync, fsync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { equalBytes } from '../../codec/index.ts';
import { sha256 } from '../../crypto/index.ts';

const SUM_BYTES = 32;
/** Files that only their owner may read. */
const PRIVATE_MODE = 0o600;
const PRIVATE_FOLDER_MODE = 0o700;
/** Name of files that were never finished. */
const UNFINISHED = '.unfinished-';

/** Makes the folder and removes what was never finished in it. */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  for (const name of await readdir(folder)) {
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { force: true });
  }
}

const flush = promisify(fsync);

/** Writes all bytes to an open file and closes it; they are on the disk when this resolves. */
export async function writeFlushed(file: number, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.byteLength;) at += writeSync(file, bytes, at);
    await flush(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a folder's own entries durable: without it a moved file may be gone after a power cut. */
export async function flushFolder(folder: string): Promise<void> {
  await writeFlushed(openSync(folder, 'r'), new Uint8Array());
}

/** Writes checksum and bytes to a file beside `path`, flushed; returns its path. */
export async function writeBeside(path: string, bytes: Uint8Array): Promise<string> {
  const beside = join(dirname(path), `${UNFINISHED}${randomUUID()}`);
  const file = openSync(beside, 'wx', PRIVATE_MODE);
  const whole = new Uint8Array(SUM_BYTES + bytes.byteLength);
  whole.set(sha256(bytes));
  whole.set(bytes, SUM_BYTES);
  try {
    await writeFlushed(file, whole);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  return beside;
}

/** Replaces the file at `path` in one step. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  renameSync(await writeBeside(path, bytes), path);
  await flushFolder(dirname(path));
}

/** The same for a file whose parts carry checksums of their own. */
export async function replacePlain(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const beside = join(dirname(path), `${UNFINISHED}${randomUUID()}`);
  const file = openSync(beside, 'wx', PRIVATE_MODE);
  try {
    await writeFlushed(file, concatenated(parts));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  renameSync(beside, path);
  await flushFolder(dirname(path));
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}

/** The bytes of a file with a good checksum, `null` where there is no file, `damaged` otherwise. */
export async function readChecked(path: string): Promise<Uint8Array | null | 'damaged'> {
  let stored: Uint8Array;
  try {
    stored = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const bytes = new Uint8Array(stored.subarray(SUM_BYTES));
  return stored.byteLength >= SUM_BYTES && equalBytes(sha256(bytes), stored.subarray(0, SUM_BYTES)) ? bytes : 'damaged';
}

export async function removeFile(path: string): Promise<void> {
  rmSync(path, { force: true });
  await flushFolder(dirname(path));
}
