// A copied ledger as it lies on a disk: its segments read in order and nothing written, not even a torn tail cut off, for whoever
// checks a copy must find it as it is. Says at which height the files themselves are damaged; what blocks say is not judged here.
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DIGEST_BYTES, isHex } from '../../base/index.ts';
import { segmentNames } from './segment-chain.ts';
import { scanSegment } from './segment.ts';

/** How deep below the named folder a ledger is looked for: folder of a demonstration, member, `ledger`, channel. */
const MAX_DEPTH = 4;

/** One block as stored, or where and why the files cannot be read on. */
export type CopiedBlock =
  | { readonly kind: 'block'; readonly height: number; readonly bytes: Uint8Array }
  | { readonly kind: 'damaged'; readonly height: number; readonly detail: string };

export interface LedgerCopy {
  readonly folder: string;
  /** As the folder is named; null where its name is no channel's. */
  readonly channel: string | null;
  blocks(): AsyncGenerator<CopiedBlock>;
}

/** Every ledger in `folder` or a little below it, ordered by path. */
export async function findLedgerCopies(folder: string, depth: number = MAX_DEPTH): Promise<readonly LedgerCopy[]> {
  if (!(await stat(folder)).isDirectory()) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  if (segmentNames(entries.map(({ name }) => name)).length > 0) return [copyIn(folder)];
  if (depth === 0) return [];
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(below.sort().map((name) => findLedgerCopies(join(folder, name), depth - 1)));
  return found.flat();
}

function copyIn(folder: string): LedgerCopy {
  const name = basename(folder);
  return { folder, channel: isHex(name, DIGEST_BYTES) ? name : null, blocks: () => blocksIn(folder) };
}

async function* blocksIn(folder: string): AsyncGenerator<CopiedBlock> {
  let next = 0;
  for (const { name, firstHeight } of segmentNames(await readdir(folder))) {
    if (firstHeight !== next) {
      yield { kind: 'damaged', height: next, detail: `the next file begins at height ${firstHeight}` };
      return;
    }
    const bytes = new Uint8Array(await readFile(join(folder, name)));
    const { segment, state, bodies } = scanSegment(bytes, firstHeight);
    for (const body of bodies) yield { kind: 'block', height: next++, bytes: body };
    if (state === 'whole') continue;
    const detail = `${name} cannot be read beyond byte ${segment.sizeBytes}: ${state === 'torn' ? 'unfinished or damaged' : 'damaged'}`;
    yield { kind: 'damaged', height: next, detail };
    return;
  }
}
