// Final blocks in IndexedDB. A block and the new height are written together; what does not match its checksum is refused.
import type { ChannelId } from '../../base/index.ts';
import type { LedgerStore } from '../../ports/index.ts';
import { blockRow, createBrowserSnapshots, sumOf } from './browser-snapshots.ts';
import { type ProfileDatabase, STRICT } from './profile-database.ts';
import { damagedLedger, gapInLedger, guarded } from './trouble.ts';

export function createBrowserLedger(database: ProfileDatabase): LedgerStore {
  const heightOf = async (channel: ChannelId): Promise<number> => (await database.use().get('heads', channel)) ?? -1;
  const filledOf = async (channel: ChannelId): Promise<number> =>
    (await database.use().get('filled', channel)) ?? (await heightOf(channel));

  return {
    ...createBrowserSnapshots(database),
    height: (channel) => guarded(() => heightOf(channel)),
    append: (channel, height, block) =>
      guarded(async () => {
        const transaction = database.use().transaction(['heads', 'blocks'], 'readwrite', STRICT);
        transaction.done.catch(() => undefined);
        const heads = transaction.objectStore('heads');
        const last = (await heads.get(channel)) ?? -1;
        if (height !== last + 1) {
          transaction.abort();
          throw gapInLedger(height, last);
        }
        await transaction.objectStore('blocks').put(blockRow(channel, height, block), [channel, height]);
        await heads.put(height, channel);
        await transaction.done;
      }),
    read: (channel, from, count) =>
      guarded(async () => {
        if (count <= 0) return [];
        const filled = await filledOf(channel);
        const last = from <= filled ? filled : await heightOf(channel);
        const until = Math.min(last, from + count - 1);
        if (until < from) return [];
        const rows = await database.use().getAll('blocks', IDBKeyRange.bound([channel, from], [channel, until]));
        // In the gap below a snapshot there is nothing, which is no damage.
        if (from > filled && rows.length < until - from + 1) return [];
        if (rows.length !== until - from + 1) throw damagedLedger();
        return rows.map(({ bytes, sum }, index) => {
          if (sum !== sumOf(channel, from + index, bytes)) throw damagedLedger();
          return bytes;
        });
      }),
    filled: (channel) => guarded(() => filledOf(channel)),
    channels: () => guarded(async () => (await database.use().getAllKeys('heads')) as ChannelId[]),
    close: async () => database.close(),
  };
}
