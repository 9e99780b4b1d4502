// Final blocks on a server: a folder per channel, append-only segments in it. A channel is read once, when it is first
// asked for, and again after a failed append, because then only the disk knows what is there.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChannelId, DIGEST_BYTES, isHex } from '../../base/index.ts';
import type { LedgerStore } from '../../ports/index.ts';
import { prepareFolder } from './files.ts';
import { type SegmentChain, appendBlock, checkFollows, heightOf, loadChain, readBlock } from './segment-chain.ts';
import { guarded } from './trouble.ts';

/** A segment that has reached this size is followed by another. */
const SEGMENT_BYTES = 16 * 1024 * 1024;

/** `segmentBytes` is smaller in tests only. */
export async function openFileLedger(root: string, segmentBytes: number = SEGMENT_BYTES): Promise<LedgerStore> {
  await guarded(() => prepareFolder(root));
  const chains = new Map<ChannelId, Promise<SegmentChain>>();
  /** Appends of all channels, one after another. */
  let last: Promise<unknown> = Promise.resolve();

  function chainOf(channel: ChannelId): Promise<SegmentChain> {
    const known = chains.get(channel);
    if (known !== undefined) return known;
    const loading = loadChain(join(root, channel));
    chains.set(channel, loading);
    loading.catch(() => chains.delete(channel));
    return loading;
  }

  async function append(channel: ChannelId, height: number, block: Uint8Array): Promise<void> {
    const chain = await chainOf(channel);
    checkFollows(chain, height);
    try {
      await appendBlock(chain, height, block, segmentBytes);
    } catch (error) {
      chains.delete(channel);
      throw error;
    }
  }

  return {
    height: (channel) => guarded(async () => heightOf(await chainOf(channel))),
    append(channel, height, block) {
      const turn = last.then(() => guarded(() => append(channel, height, block)));
      last = turn.catch(() => undefined);
      return turn;
    },
    read: (channel, from, count) =>
      guarded(async () => {
        const chain = await chainOf(channel);
        const until = Math.min(heightOf(chain), from + count - 1);
        const blocks: Uint8Array[] = [];
        for (let height = from; height <= until; height += 1) blocks.push(await readBlock(chain, height));
        return blocks;
      }),
    channels: () => guarded(async () => (await readdir(root)).filter((name) => isHex(name, DIGEST_BYTES)) as ChannelId[]),
    close: async () => {
      await last;
    },
  };
}
