// Final blocks on a server: a folder per channel, append-only segments in it. A channel is read once, when it is first
// asked for, and again after a failed append, because then only the disk knows what is there.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChannelId, DIGEST_BYTES, isHex } from '../../base/index.ts';
import type { LedgerStore } from '../../ports/index.ts';
import { prepareFolder } from './files.ts';
import {
  type SegmentChain,
  appendBlock,
  checkFollows,
  filledOf,
  heightOf,
  loadChain,
  readBlock,
  readBlocks,
  readSnapshot,
  rewriteSegments,
  writeSnapshot,
} from './segment-chain.ts';
import { gapInLedger, guarded } from './trouble.ts';

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

  /** One change after another; after one that failed only the disk knows what is there. */
  function change(channel: ChannelId, work: (chain: SegmentChain) => Promise<void>): Promise<void> {
    const turn = last.then(() =>
      guarded(async () => {
        const chain = await chainOf(channel);
        try {
          await work(chain);
        } catch (error) {
          chains.delete(channel);
          throw error;
        }
      }),
    );
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    height: (channel) => guarded(async () => heightOf(await chainOf(channel))),
    append: (channel, height, block) =>
      change(channel, async (chain) => {
        checkFollows(chain, height);
        await appendBlock(chain, height, block, segmentBytes);
      }),
    read: (channel, from, count) => guarded(async () => readBlocks(await chainOf(channel), from, count)),
    filled: (channel) => guarded(async () => filledOf(await chainOf(channel))),
    fill: (channel, height, block) =>
      change(channel, async (chain) => {
        const filled = filledOf(chain);
        if (height !== filled + 1 || height >= heightOf(chain)) throw gapInLedger(height, filled);
        await appendBlock(chain, height, block, segmentBytes);
      }),
    snapshot: (channel) => guarded(async () => readSnapshot(await chainOf(channel))),
    saveSnapshot: (channel, { height, parts }, block) =>
      change(channel, async (chain) => {
        if (filledOf(chain) < heightOf(chain)) throw gapInLedger(height, filledOf(chain));
        await writeSnapshot(chain, height, parts);
        if (height > heightOf(chain)) await appendBlock(chain, height, block, segmentBytes);
      }),
    replace: (channel, from, kept) =>
      change(channel, async (chain) => {
        const changed = new Map(kept.map((block, index) => [from + index, block]));
        for (const height of changed.keys()) if ((await readBlock(chain, height)) === null) throw gapInLedger(height, from - 1);
        await rewriteSegments(chain, changed);
      }),
    channels: () => guarded(async () => (await readdir(root)).filter((name) => isHex(name, DIGEST_BYTES)) as ChannelId[]),
    close: async () => {
      await last;
    },
  };
}
