// Three places where a profile's stores can live, each with what only a test does to it: memory, IndexedDB (in memory, by
// fake-indexeddb), files in a temporary folder. Opening a place again is a restart, or a second instance beside the first.
import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDB } from 'idb';
import { onTestFinished } from 'vitest';
import { openBrowserStores } from '../../../src/node/adapters/index.ts';
import { createMemoryDisk, createMemoryStores } from '../../../src/node/adapters/memory.ts';
import { openFileStores } from '../../../src/node/adapters/node.ts';
import type { ChannelId } from '../../../src/node/base/index.ts';
import type { Stores } from '../../../src/node/ports/index.ts';

export interface Place {
  /** Opens the stores that are there. */
  open(): Promise<Stores>;
  /** Changes one byte of the newest vote row. */
  damageRow(channel: ChannelId): Promise<void>;
  /** Changes one byte of a stored block. */
  damageBlock(channel: ChannelId, height: number): Promise<void>;
}

export const CHANNEL = 'ab'.repeat(32) as ChannelId;
export const OTHER_CHANNEL = 'cd'.repeat(32) as ChannelId;

export function memoryPlace(): Place {
  const disk = createMemoryDisk();
  return {
    open: async () => createMemoryStores(disk),
    damageRow: async (channel) => void disk.rows.set(channel, 'damaged'),
    damageBlock: async (channel, height) => void disk.blocks.get(channel)?.splice(height, 1, 'damaged'),
  };
}

export function browserPlace(): Place {
  const name = `test-${randomUUID()}`;
  const change = async (store: string, key: IDBValidKey) => {
    const database = await openDB(name);
    const stored = (await database.get(store, key)) as { bytes: Uint8Array };
    stored.bytes[0] = (stored.bytes[0] ?? 0) ^ 1;
    await database.put(store, stored, key);
    database.close();
  };
  return {
    open: () => openBrowserStores(name),
    damageRow: (channel) => change('journal', channel),
    damageBlock: (channel, height) => change('blocks', [channel, height]),
  };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clinicord-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function filePlace(): Promise<Place & { readonly folder: string }> {
  const folder = await temporaryFolder();
  return {
    folder,
    open: () => openFileStores(folder),
    damageRow: async (channel) => {
      const names = (await readdir(join(folder, 'journal'))).filter((name) => name.startsWith(channel));
      const newest = names.sort((a, b) => Number(b.split('.')[1]) - Number(a.split('.')[1]))[0] ?? '';
      await flipByte(join(folder, 'journal', newest), -1);
    },
    damageBlock: async (channel, height) => flipByte(await segmentFile(folder, channel), height === 0 ? 57 : -1),
  };
}

export async function segmentFile(folder: string, channel: ChannelId): Promise<string> {
  const names = (await readdir(join(folder, 'ledger', channel))).sort();
  return join(folder, 'ledger', channel, names.at(-1) ?? '');
}

/** Changes one bit of a file; a negative position counts from the end. */
export async function flipByte(path: string, position: number): Promise<void> {
  const bytes = await readFile(path);
  const at = position < 0 ? bytes.byteLength + position : position;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

export const PLACES: readonly (readonly [name: string, make: () => Place | Promise<Place>])[] = [
  ['memory', memoryPlace],
  ['IndexedDB', browserPlace],
  ['files', filePlace],
];

/** Bytes that tell themselves apart. */
export function bytesOf(...values: readonly number[]): Uint8Array {
  return new Uint8Array(values);
}

/** The code of the AppError that work ends with, or 'none'. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
}
