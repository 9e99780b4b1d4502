// The segments of one channel, in order, in one folder. Loading reads them all once: a torn tail of the last one is cut off,
// damage anywhere else is refused. Below a snapshot that was taken over there may be one gap, which is filled from its lower end.
import { openSync } from 'node:fs';
import { readFile, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { present } from '../../base/index.ts';
import type { Snapshot } from '../../ports/index.ts';
import { flushFolder, prepareFolder, removeFile, replacePlain, writeFlushed } from './files.ts';
import { type Segment, readRecord, recordBytes, scanSegment } from './segment.ts';
import { damagedLedger, gapInLedger } from './trouble.ts';

const NAME = /^([0-9]{12})\.blocks$/u;
const SNAPSHOT = /^([0-9]{12})\.snapshot$/u;

export interface SegmentChain {
  readonly folder: string;
  readonly segments: Segment[];
  /** Of the snapshot; null without one. Here the one gap may end. */
  snapshotHeight: number | null;
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

/** Height up to which no block is missing, or -1. */
export function filledOf({ segments }: SegmentChain): number {
  let filled = -1;
  for (const { firstHeight, places } of segments) {
    if (firstHeight !== filled + 1) return filled;
    filled += places.length;
  }
  return filled;
}

/** A channel that has no folder has no blocks; asking for it makes none. */
export async function loadChain(folder: string): Promise<SegmentChain> {
  const names = await namesIn(folder);
  const chain: SegmentChain = { folder, segments: [], snapshotHeight: newestSnapshot(names) };
  const starts = segmentNames(names);
  for (const [index, { firstHeight }] of starts.entries()) {
    const next = heightOf(chain) + 1;
    if (firstHeight !== next && (firstHeight < next || firstHeight !== chain.snapshotHeight)) throw damagedLedger();
    const path = pathOf(chain, firstHeight);
    const { segment, state } = scanSegment(await readFile(path), firstHeight);
    // Something was being appended here: at the end, or where the gap is being filled.
    const following = starts[index + 1]?.firstHeight;
    const isOpen = following === undefined || following > firstHeight + segment.places.length;
    if (state === 'damaged' || (state === 'torn' && !isOpen)) throw damagedLedger();
    if (state === 'torn') await truncate(path, segment.sizeBytes);
    chain.segments.push(segment);
  }
  return chain;
}

/**
 * Puts one block after the one below it, or, where there is none, at the beginning of a segment; it is on the disk when this resolves.
 * After a failure the chain must be loaded again.
 */
export async function appendBlock(chain: SegmentChain, height: number, block: Uint8Array, segmentBytes: number): Promise<void> {
  const below = chain.segments.findLastIndex((each) => each.firstHeight + each.places.length === height);
  const newest = chain.segments[below];
  const segment = newest !== undefined && newest.sizeBytes < segmentBytes ? newest : { firstHeight: height, sizeBytes: 0, places: [] };
  if (chain.segments.length === 0) await prepareFolder(chain.folder);
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
    chain.segments.sort((a, b) => a.firstHeight - b.firstHeight);
  }
  segment.places.push({ offset: segment.sizeBytes, sizeBytes: record.byteLength });
  segment.sizeBytes += record.byteLength;
}

export function checkFollows(chain: SegmentChain, height: number): void {
  const last = heightOf(chain);
  if (height !== last + 1) throw gapInLedger(height, last);
}

/** Null where it is missing. */
export async function readBlock(chain: SegmentChain, height: number): Promise<Uint8Array | null> {
  const segment = chain.segments.findLast((each) => each.firstHeight <= height);
  const place = segment?.places[height - segment.firstHeight];
  if (segment === undefined || place === undefined) return null;
  const block = await readRecord(pathOf(chain, segment.firstHeight), place, height);
  if (block === null) throw damagedLedger();
  return block;
}

/** At most `count` from `from`, up to the first that is missing. */
export async function readBlocks(chain: SegmentChain, from: number, count: number): Promise<readonly Uint8Array[]> {
  const until = Math.min(heightOf(chain), from + count - 1);
  const blocks: Uint8Array[] = [];
  for (let height = from; height <= until; height += 1) {
    const block = await readBlock(chain, height);
    if (block === null) break;
    blocks.push(block);
  }
  return blocks;
}

/** Writes segments anew in which some blocks are replaced, each file in one step, the lowest first. */
export async function rewriteSegments(chain: SegmentChain, changed: ReadonlyMap<number, Uint8Array>): Promise<void> {
  for (const segment of chain.segments) {
    const heights = segment.places.map((_, index) => segment.firstHeight + index);
    if (!heights.some((height) => changed.has(height))) continue;
    const records: Uint8Array[] = [];
    for (const height of heights)
      records.push(recordBytes(height, changed.get(height) ?? present(await readBlock(chain, height), 'a block')));
    await replacePlain(pathOf(chain, segment.firstHeight), records);
    segment.sizeBytes = 0;
    for (const [index, { byteLength }] of records.entries()) {
      segment.places[index] = { offset: segment.sizeBytes, sizeBytes: byteLength };
      segment.sizeBytes += byteLength;
    }
  }
}

/** Writes the snapshot beside the segments, in one step, and removes an older one. */
export async function writeSnapshot(chain: SegmentChain, height: number, parts: readonly Uint8Array[]): Promise<void> {
  if (chain.segments.length === 0) await prepareFolder(chain.folder);
  await replacePlain(
    snapshotPath(chain, height),
    parts.map((part, index) => recordBytes(index, part)),
  );
  const older = chain.snapshotHeight;
  chain.snapshotHeight = height;
  if (older !== null && older !== height) await removeFile(snapshotPath(chain, older));
}

/** The parts of the snapshot, if there is one whose block is here. */
export async function readSnapshot(chain: SegmentChain): Promise<Snapshot | null> {
  const { snapshotHeight: height } = chain;
  if (height === null || height > heightOf(chain)) return null;
  const { state, bodies } = scanSegment(new Uint8Array(await readFile(snapshotPath(chain, height))), 0);
  if (state !== 'whole' || bodies.length === 0) throw damagedLedger();
  return { height, parts: bodies };
}

function newestSnapshot(names: readonly string[]): number | null {
  const heights = names.flatMap((name) => SNAPSHOT.exec(name)?.[1] ?? []).map(Number);
  return heights.length === 0 ? null : Math.max(...heights);
}

function snapshotPath({ folder }: SegmentChain, height: number): string {
  return join(folder, `${String(height).padStart(12, '0')}.snapshot`);
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
