// Final blocks on a server: a folder per channel, append-only segments in it. A channel is read once, when it is first
// asked for; a torn tail of the last segment is cut off, damage anywhere else is refused.
import { open, readFile, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChannelId } from '../../base/index.ts';
import { DIGEST_BYTES, isHex } from '../../base/index.ts';
import type { LedgerStore } from '../../ports/index.ts';
import { flushFolder, prepareFolder } from './files.ts';
import { type Segment, readRecord, recordBytes, scanSegment } from './segment.ts';
import { damagedLedger, gapInLedger, guarded } from './trouble.ts';

/** A segment that has reached this size is followed by another. */
const SEGMENT_BYTES = 16 * 1024 * 1024;
const NAME = /^([0-9]{12})\.blocks$/u;

/** `segmentBytes` is smaller in tests only. */
export async function openFileLedger(root: string, segmentBytes: number = SEGMENT_BYTES): Promise<LedgerStore> {
  await guarded(() => prepareFolder(root));
  const channels = new Map<ChannelId, Promise<Segment[]>>();
  /** Appends of all channels, one after another: a failed one is undone before the next begins. */
  let last: Promise<unknown> = Promise.resolve();

  const pathOf = (channel: ChannelId, segment: Segment) => join(root, channel, `${String(segment.firstHeight).padStart(12, '0')}.blocks`);

  function segmentsOf(channel: ChannelId): Promise<Segment[]> {
    const known = channels.get(channel);
    if (known !== undefined) return known;
    const loading = load(channel);
    channels.set(channel, loading);
    loading.catch(() => channels.delete(channel));
    return loading;
  }

  async function load(channel: ChannelId): Promise<Segment[]> {
    await prepareFolder(join(root, channel));
    const starts = (await readdir(join(root, channel))).flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
    const segments: Segment[] = [];
    for (const [index, firstHeight] of starts.sort((a, b) => a - b).entries()) {
      if (firstHeight !== heightOf(segments) + 1) throw damagedLedger();
      const path = pathOf(channel, { firstHeight, sizeBytes: 0, places: [] });
      const { segment, state } = scanSegment(await readFile(path), firstHeight);
      if (state === 'damaged' || (state === 'torn' && index < starts.length - 1)) throw damagedLedger();
      if (state === 'torn') await truncate(path, segment.sizeBytes);
      segments.push(segment);
    }
    return segments;
  }

  async function append(channel: ChannelId, height: number, block: Uint8Array): Promise<void> {
    const segments = await segmentsOf(channel);
    const expected = heightOf(segments) + 1;
    if (height !== expected) throw gapInLedger(height, expected - 1);
    const newest = segments.at(-1);
    const fresh = newest === undefined || newest.sizeBytes >= segmentBytes;
    const segment: Segment = fresh ? { firstHeight: height, sizeBytes: 0, places: [] } : newest;
    const record = recordBytes(height, block);
    const handle = await open(pathOf(channel, segment), 'a', 0o600);
    try {
      await handle.writeFile(record);
      await handle.sync();
    } catch (error) {
      await handle.truncate(segment.sizeBytes).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
    if (fresh) {
      await flushFolder(join(root, channel));
      segments.push(segment);
    }
    segment.places.push({ offset: segment.sizeBytes, sizeBytes: record.byteLength });
    segment.sizeBytes += record.byteLength;
  }

  return {
    height: (channel) => guarded(async () => heightOf(await segmentsOf(channel))),
    append(channel, height, block) {
      const turn = last.then(() => guarded(() => append(channel, height, block)));
      last = turn.catch(() => undefined);
      return turn;
    },
    read: (channel, from, count) =>
      guarded(async () => {
        const segments = await segmentsOf(channel);
        const until = Math.min(heightOf(segments), from + count - 1);
        const blocks: Uint8Array[] = [];
        for (let height = from; height <= until; height += 1) {
          const segment = segments.findLast((each) => each.firstHeight <= height);
          const place = segment?.places[height - segment.firstHeight];
          const block = segment === undefined || place === undefined ? null : await readRecord(pathOf(channel, segment), place, height);
          if (block === null) throw damagedLedger();
          blocks.push(block);
        }
        return blocks;
      }),
    channels: () => guarded(async () => (await readdir(root)).filter((name) => isHex(name, DIGEST_BYTES)) as ChannelId[]),
    close: async () => {
      await last;
    },
  };
}

/** Height of the last block, or -1. */
function heightOf(segments: readonly Segment[]): number {
  const newest = segments.at(-1);
  return newest === undefined ? -1 : newest.firstHeight + newest.places.length - 1;
}
