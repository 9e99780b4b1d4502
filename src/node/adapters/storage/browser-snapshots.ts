// Below and beside the blocks in IndexedDB: the snapshot, the gap that it may leave and its filling, and blocks of which less is kept.
// Every change is one strict transaction.
import type { IDBPTransaction } from 'idb';
import { assert } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { digestOf } from '../../crypto/index.ts';
import type { LedgerStore } from '../../ports/index.ts';
import { type ProfileDatabase, type ProfileSchema, type StoredBytes, STRICT } from './profile-database.ts';
import { damagedLedger, gapInLedger, guarded } from './trouble.ts';

const TABLES = ['heads', 'blocks', 'filled', 'snapshots'] as const;
type Tables = (typeof TABLES)[number];
type Writing = IDBPTransaction<ProfileSchema, Tables[], 'readwrite'>;

export function createBrowserSnapshots(database: ProfileDatabase): Pick<LedgerStore, 'fill' | 'snapshot' | 'saveSnapshot' | 'replace'> {
  /** All of it or nothing. */
  const write = (work: (transaction: Writing) => Promise<void>): Promise<void> =>
    guarded(async () => {
      const transaction = database.use().transaction([...TABLES], 'readwrite', STRICT);
      transaction.done.catch(() => undefined);
      try {
        await work(transaction);
      } catch (error) {
        transaction.abort();
        throw error;
      }
      await transaction.done;
    });

  return {
    fill: (channel, height, block) =>
      write(async (transaction) => {
        const gap = transaction.objectStore('filled');
        const filled = await gap.get(channel);
        if (filled === undefined || height !== filled + 1) throw gapInLedger(height, filled ?? height);
        const blocks = transaction.objectStore('blocks');
        await blocks.put(blockRow(channel, height, block), [channel, height]);
        const isWhole = (await blocks.getKey([channel, height + 1])) !== undefined;
        await (isWhole ? gap.delete(channel) : gap.put(height, channel));
      }),
    snapshot: (channel) =>
      guarded(async () => {
        const rows = await database.use().getAll('snapshots', partsOf(channel));
        const [first] = rows;
        if (first === undefined) return null;
        const parts = rows.map(({ bytes, sum, height }, part) => {
          if (height !== first.height || sum !== partSum(channel, height, part, rows.length, bytes)) throw damagedLedger();
          return bytes;
        });
        return { height: first.height, parts };
      }),
    saveSnapshot: (channel, { height, parts }, block) =>
      write(async (transaction) => {
        assert(parts.length > 0, 'a snapshot has a part');
        const heads = transaction.objectStore('heads');
        const last = (await heads.get(channel)) ?? -1;
        const filled = await transaction.objectStore('filled').get(channel);
        if (filled !== undefined) throw gapInLedger(height, filled);
        if (height > last) {
          await transaction.objectStore('blocks').put(blockRow(channel, height, block), [channel, height]);
          await heads.put(height, channel);
          if (height > last + 1) await transaction.objectStore('filled').put(last, channel);
        }
        const snapshots = transaction.objectStore('snapshots');
        await snapshots.delete(partsOf(channel));
        for (const [part, bytes] of parts.entries())
          await snapshots.put({ bytes, height, sum: partSum(channel, height, part, parts.length, bytes) }, [channel, part]);
      }),
    replace: (channel, from, kept) =>
      write(async (transaction) => {
        const blocks = transaction.objectStore('blocks');
        for (const [index, bytes] of kept.entries()) {
          const height = from + index;
          if ((await blocks.getKey([channel, height])) === undefined) throw gapInLedger(height, from - 1);
          await blocks.put(blockRow(channel, height, bytes), [channel, height]);
        }
      }),
  };
}

function partsOf(channel: string): IDBKeyRange {
  return IDBKeyRange.bound([channel, 0], [channel, Number.MAX_SAFE_INTEGER]);
}

function partSum(channel: string, height: number, part: number, count: number, bytes: Uint8Array): string {
  return digestOf(textToBytes(`${channel}/${height}/${part}/${count}/`), bytes);
}

export function blockRow(channel: string, height: number, bytes: Uint8Array): StoredBytes {
  return { bytes, sum: sumOf(channel, height, bytes) };
}

export function sumOf(channel: string, height: number, bytes: Uint8Array): string {
  return digestOf(textToBytes(`${channel}/${height}/`), bytes);
}
