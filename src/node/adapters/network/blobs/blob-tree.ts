// A blob as the blocks it is made of: UnixFS nodes above raw leaves. Trees come from other people, so the walk is bounded: a small
// root that names itself a thousand times over is refused instead of followed.
import type { Helia } from 'helia';
import { reject, type Rejection } from '../../../base/index.ts';
import { MAX_BLOB_BLOCKS } from '../limits.ts';
import { CID, isBlobAddress, RAW_CODE } from './address.ts';
import type { CheckedBlocks } from './checked-blocks.ts';

export interface BlobTree {
  /** Blocks that are here, every node before what hangs on it. */
  readonly here: readonly CID[];
  /** Blocks known of and not here; what hangs on them is not known yet. */
  readonly missing: readonly CID[];
}

/** Walks what is here of a blob. Rejects a tree over the limit or with links to what is no part of a blob. */
export async function walkTree(root: CID, blocks: CheckedBlocks, getCodec: Helia['getCodec']): Promise<BlobTree | Rejection> {
  const here: CID[] = [];
  const missing: CID[] = [];
  let frontier: CID[] = [root];
  let count = 0;
  while (frontier.length > 0) {
    const next: CID[] = [];
    for (const cid of frontier) {
      count += 1;
      if (count > MAX_BLOB_BLOCKS) return reject('blob-too-large', `a blob of more than ${MAX_BLOB_BLOCKS} blocks`);
      const children = await childrenOf(cid, blocks, getCodec);
      if (children === null) {
        missing.push(cid);
        continue;
      }
      here.push(cid);
      if (!children.every(isBlobAddress)) return reject('foreign-link', 'a node that links to what is no part of a blob');
      next.push(...children);
    }
    frontier = next;
  }
  return { here, missing };
}

/** The links of a block, or null where the block is not here. */
async function childrenOf(cid: CID, blocks: CheckedBlocks, getCodec: Helia['getCodec']): Promise<readonly CID[] | null> {
  if (!(await blocks.has(cid))) return null;
  if (cid.code === RAW_CODE) return [];
  try {
    const codec = await getCodec(cid.code);
    return linksOf(codec.decode(await blocks.read(cid)));
  } catch (error) {
    // Damaged, or gone since we looked.
    if (error instanceof Error && error.name === 'NotFoundError') return null;
    throw error;
  }
}

function linksOf(node: unknown): readonly CID[] {
  const links = (node as { readonly Links?: readonly { readonly Hash?: unknown }[] }).Links ?? [];
  return links.flatMap(({ Hash }) => CID.asCID(Hash) ?? []);
}
