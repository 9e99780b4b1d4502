// Stores in memory that behave as the real ones do, for tests and the simulator. What was written stays on the `MemoryDisk`,
// so that closing and opening again is a restart. A disk can be filled up and damaged on purpose.
import { AppError, type ChannelId, assert } from '../../base/index.ts';
import type { Journal, JournalRow, LedgerStore, MemberKeyStore, NoteStore, Snapshot, Stores } from '../../ports/index.ts';
import { createSeedSigners } from '../keys/index.ts';
import { damagedJournal, damagedLedger, gapInLedger, keyExists, stolenJournal, storageTrouble } from '../storage/trouble.ts';

/** What survives a restart. Bytes are copied in and out, as a disk does. */
export interface MemoryDisk {
  readonly rows: Map<ChannelId, JournalRow | 'damaged'>;
  /** By height; null where one is missing. */
  readonly blocks: Map<ChannelId, (Uint8Array | 'damaged' | null)[]>;
  readonly snapshots: Map<ChannelId, Snapshot>;
  readonly notes: Map<string, Map<string, Uint8Array>>;
  memberSeed: Uint8Array | null;
  /** No room: every write fails. */
  full: boolean;
}

export function createMemoryDisk(): MemoryDisk {
  return { rows: new Map(), blocks: new Map(), snapshots: new Map(), notes: new Map(), memberSeed: null, full: false };
}

/** A node's stores on a disk. `seed` makes the member key, 32 bytes, else a random one. */
export function createMemoryStores(disk: MemoryDisk = createMemoryDisk(), seed?: Uint8Array): Stores {
  let open = true;
  const use = async <T>(work: () => T, kind: 'reading' | 'writing'): Promise<T> => {
    // Nothing happens in the caller's turn, as with every real store.
    await Promise.resolve();
    if (!open) throw closedStore();
    if (kind === 'writing' && disk.full) throw storageTrouble(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    return work();
  };
  const close = async () => {
    open = false;
  };
  return {
    journal: journalOn(disk, use, close),
    ledger: ledgerOn(disk, use, close),
    notes: notesOn(disk, use, close),
    memberKeys: memberKeysOn(disk, use, seed),
    close,
  };
}

type Use = <T>(work: () => T, kind: 'reading' | 'writing') => Promise<T>;

function journalOn(disk: MemoryDisk, use: Use, close: () => Promise<void>): Journal {
  return {
    close,
    read: (channel) =>
      use(() => {
        const row = disk.rows.get(channel);
        if (row === 'damaged') throw damagedJournal();
        return row === undefined ? null : { revision: row.revision, bytes: row.bytes.slice() };
      }, 'reading'),
    write: (channel, expectedRevision, row) =>
      use(() => {
        assert(row.revision === expectedRevision + 1, 'a row follows the row that it replaces');
        const stored = disk.rows.get(channel);
        if (stored === 'damaged') throw damagedJournal();
        if ((stored?.revision ?? 0) !== expectedRevision) throw stolenJournal();
        disk.rows.set(channel, { revision: row.revision, bytes: row.bytes.slice() });
      }, 'writing'),
  };
}

function ledgerOn(disk: MemoryDisk, use: Use, close: () => Promise<void>): LedgerStore {
  const of = (channel: ChannelId) => disk.blocks.get(channel) ?? [];
  const filledOf = (channel: ChannelId) => {
    const missing = of(channel).indexOf(null);
    return (missing < 0 ? of(channel).length : missing) - 1;
  };
  return {
    close,
    height: (channel) => use(() => of(channel).length - 1, 'reading'),
    append: (channel, height, block) =>
      use(() => {
        const blocks = of(channel);
        if (height !== blocks.length) throw gapInLedger(height, blocks.length - 1);
        disk.blocks.set(channel, [...blocks, block.slice()]);
      }, 'writing'),
    read: (channel, from, count) =>
      use(() => {
        const window = of(channel).slice(from, from + Math.max(0, count));
        const missing = window.indexOf(null);
        return window.slice(0, missing < 0 ? window.length : missing).map(copied);
      }, 'reading'),
    filled: (channel) => use(() => filledOf(channel), 'reading'),
    fill: (channel, height, block) =>
      use(() => {
        if (height !== filledOf(channel) + 1 || height >= of(channel).length) throw gapInLedger(height, filledOf(channel));
        disk.blocks.set(channel, of(channel).with(height, block.slice()));
      }, 'writing'),
    snapshot: (channel) =>
      use(() => {
        const stored = disk.snapshots.get(channel);
        return stored === undefined ? null : { height: stored.height, parts: stored.parts.map((part) => part.slice()) };
      }, 'reading'),
    saveSnapshot: (channel, { height, parts }, block) =>
      use(() => {
        const blocks = of(channel);
        if (filledOf(channel) < blocks.length - 1) throw gapInLedger(height, filledOf(channel));
        if (height >= blocks.length) {
          const between = Array.from({ length: height - blocks.length }, () => null);
          disk.blocks.set(channel, [...blocks, ...between, block.slice()]);
        }
        disk.snapshots.set(channel, { height, parts: parts.map((part) => part.slice()) });
      }, 'writing'),
    replace: (channel, from, kept) =>
      use(() => {
        const blocks = [...of(channel)];
        kept.forEach((block, index) => {
          if ((blocks[from + index] ?? null) === null) throw gapInLedger(from + index, blocks.length - 1);
          blocks[from + index] = block.slice();
        });
        disk.blocks.set(channel, blocks);
      }, 'writing'),
    channels: () => use(() => [...disk.blocks.keys()], 'reading'),
  };
}

function copied(block: Uint8Array | 'damaged' | null): Uint8Array {
  if (block === 'damaged' || block === null) throw damagedLedger();
  return block.slice();
}

function notesOn(disk: MemoryDisk, use: Use, close: () => Promise<void>): NoteStore {
  const of = (table: string) => {
    const notes = disk.notes.get(table) ?? new Map<string, Uint8Array>();
    disk.notes.set(table, notes);
    return notes;
  };
  return {
    close,
    get: (table, key) => use(() => of(table).get(key)?.slice() ?? null, 'reading'),
    put: (table, key, value) => use(() => void of(table).set(key, value.slice()), 'writing'),
    delete: (table, key) => use(() => void of(table).delete(key), 'writing'),
    entries: (table, prefix = '') =>
      use(
        () =>
          [...of(table)]
            .filter(([key]) => key.startsWith(prefix))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, value]) => [key, value.slice()] as const),
        'reading',
      ),
    clear: () => use(() => disk.notes.clear(), 'writing'),
  };
}

function memberKeysOn(disk: MemoryDisk, use: Use, seed: Uint8Array | undefined): MemberKeyStore {
  const signers = createSeedSigners();
  return {
    load: async () => {
      const stored = await use(() => disk.memberSeed, 'reading');
      return stored === null ? null : signers.signerOf(stored);
    },
    create: async () => {
      const made = await use(() => {
        if (disk.memberSeed !== null) throw keyExists();
        disk.memberSeed = seed ?? crypto.getRandomValues(new Uint8Array(32));
        return disk.memberSeed;
      }, 'writing');
      return signers.signerOf(made);
    },
    erase: () =>
      use(() => {
        disk.memberSeed = null;
      }, 'writing'),
  };
}

function closedStore(): AppError {
  return new AppError({ code: 'storage-closed', message: 'This node’s storage was closed.', remedy: 'Start the node again.' });
}
