// The segments of one channel, in order, in one folder. Loading reads them all once: a torn tail of the last one is cut off,
// damage anywhere else is refused.
import { openSync } from 'node:fs';
import { readFile, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { flushFolder, prepareFolder, writeFlushed } from './files.ts';
import { type Segment, readRecord, recordBytes, scanSegment } from './segment.ts';
import { damagedLedger, gapInLedger } from './trouble.ts';

const NAME = /^([0-9]{12})\.blocks$/u;

export interface SegmentChain {
  readonly folder: string;
  readonly segments: Segment[];
}

/** The files of a folder that are segments, by the height that each begins with. */
export function segmentNames(names: readonly string[]): readonly { readonly name: string; readonly firstHeight: number }[] {
  return names
    .flatMap((name) => {
      const [, height = null] = NAME.exec(name) ?? [];
      return height === null ? [] : [{ name, firstHeight: Number(height) }];
    })
    .sort((a, b) => a.firstHeight - b.firstHeight);
}

/** Height of the last block, or -1. */
export function heightOf({ segments }: SegmentChain): number {
  const newest = segments.at(-1);
  return newest === undefined ? -1 : newest.firstHeight + newest.places.length - 1;
}

/** A channel that has no folder has no blocks; asking for it makes none. */
export async function loadChain(folder: string): Promise<SegmentChain> {
  const chain: SegmentChain = { folder, segments: [] };
  const starts = segmentNames(await namesIn(folder));
  for (const [index, { firstHeight }] of starts.entries()) {
    if (firstHeight !== heightOf(chain) + 1) throw damagedLedger();
    const path = pathOf(chain, firstHeight);
    const { segment, state } = scanSegment(await readFile(path), firstHeight);
    if (state === 'damaged' || (state === 'torn' && index < starts.length - 1)) throw damagedLedger();
    if (state === 'torn') await truncate(path, segment.sizeBytes);
    chain.segments.push(segment);
  }
  return chain;
}

/** Appends one block; it is on the disk when this resolves. After a failure the chain must be loaded again. */
export async function appendBlock(chain: SegmentChain, height: number, block: Uint8Array, segmentBytes: number): Promise<void> {
  const newest = chain.segments.at(-1);
  const segment = newest !== undefined && newest.sizeBytes < segmentBytes ? newest : { firstHeight: height, sizeBytes: 0, places: [] };
  if (newest === undefined) await prepareFolder(chain.folder);
  const record = recordBytes(height, block);
  const path = pathOf(chain, segment.firstHeight);
  const file = openSync(path, 'a', 0o600);
  try {
    await writeFlushed(file, record);
  } catch (error) {
    await truncate(path, segment.sizeBytes).catch(() => undefined);
    throw error;
  }
  if (segment !== newest) {
    await flushFolder(chain.folder);
    await flushFolder(join(chain.folder, '..'));
    chain.segments.push(segment);
  }
  segment.places.push({ offset: segment.sizeBytes, sizeBytes: record.byteLength });
  segment.sizeBytes += record.byteLength;
}

export function checkFollows(chain: SegmentChain, height: number): void {
  const last = heightOf(chain);
  if (height !== last + 1) throw gapInLedger(height, last);
}

export async function readBlock(chain: SegmentChain, height: number): Promise<Uint8Array> {
  const segment = chain.segments.findLast((each) => each.firstHeight <= height);
  const place = segment?.places[height - segment.firstHeight];
  const block = segment === undefined || place === undefined ? null : await readRecord(pathOf(chain, segment.firstHeight), place, height);
  if (block === null) throw damagedLedger();
  return block;
}

function pathOf({ folder }: SegmentChain, firstHeight: number): string {
  return join(folder, `${String(firstHeight).padStart(12, '0')}.blocks`);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
