// Blocks that are checked, and trees that other people made.
import { createHeliaLight } from 'helia';
import { CID } from 'multiformats/cid';
import { sha256, sha512 } from 'multiformats/hashes/sha2';
import { expect, test } from 'vitest';
import { AppError, isRejection } from '../../../base/index.ts';
import type { Blockstore } from '../init.ts';
import { MAX_BLOB_BLOCKS } from '../limits.ts';
import { DAG_PB_CODE, RAW_CODE } from './address.ts';
import { walkTree } from './blob-tree.ts';
import { CheckedBlocks, fullStorageIn } from './checked-blocks.ts';

const { getCodec } = createHeliaLight();

/** A store in memory that believes what it is told, as those of the libraries do. */
function store(): { readonly blocks: CheckedBlocks; readonly bytesByCid: Map<string, Uint8Array> } {
  const bytesByCid = new Map<string, Uint8Array>();
  const inner = {
    has: (cid: CID) => bytesByCid.has(cid.toString()),
    put: (cid: CID, bytes: Uint8Array) => {
      bytesByCid.set(cid.toString(), bytes);
      return cid;
    },
    *get(cid: CID) {
      const bytes = bytesByCid.get(cid.toString());
      if (bytes === undefined) throw Object.assign(new Error('not here'), { name: 'NotFoundError' });
      yield bytes.subarray(0, 1);
      yield bytes.subarray(1);
    },
    delete: (cid: CID) => {
      bytesByCid.delete(cid.toString());
    },
  };
  return { blocks: new CheckedBlocks(inner as unknown as Blockstore), bytesByCid };
}

async function put(blocks: CheckedBlocks, code: number, bytes: Uint8Array): Promise<CID> {
  return blocks.put(CID.createV1(code, await sha256.digest(bytes)), bytes);
}

/** A UnixFS node as dag-pb writes it: links (field 2) of hash, empty name and size. */
function nodeOf(links: readonly CID[]): Uint8Array {
  return Uint8Array.from(
    links.flatMap(({ bytes }) => {
      const link = [0x0a, bytes.length, ...bytes, 0x12, 0, 0x18, 1];
      return [0x12, link.length, ...link];
    }),
  );
}

test('never reads bytes that do not match their address, and forgets them', async () => {
  const { blocks, bytesByCid } = store();
  const cid = await put(blocks, RAW_CODE, Uint8Array.of(1, 2, 3));
  expect(await blocks.read(cid)).toEqual(Uint8Array.of(1, 2, 3));
  bytesByCid.set(cid.toString(), Uint8Array.of(1, 2, 4));
  await expect(blocks.read(cid)).rejects.toMatchObject({ name: 'NotFoundError' });
  expect(await blocks.has(cid)).toBe(false);
});

test.each(['QuotaExceededError', 'Error: ENOSPC: no space left on device, write', 'EDQUOT: disk quota exceeded'])(
  'knows a full disk by "%s", wherever it is wrapped',
  (message) => {
    const full = new Error(message);
    for (const error of [full, new Error('put failed', { cause: full }), new AggregateError([new Error('other'), full])]) {
      expect(fullStorageIn(error)).toMatchObject({ code: 'storage-full' });
    }
    expect(fullStorageIn(new Error('something else'))).toBeNull();
    expect(fullStorageIn(new AppError({ code: 'other', message, remedy: '' }))).toBeNull();
  },
);

test('lists what is here, nodes before leaves, and what is missing', async () => {
  const { blocks } = store();
  const [one, two] = [await put(blocks, RAW_CODE, Uint8Array.of(1)), await put(blocks, RAW_CODE, Uint8Array.of(2))];
  const root = await put(blocks, DAG_PB_CODE, nodeOf([one, two]));
  await blocks.delete(two);
  const tree = await walkTree(root, blocks, getCodec);
  expect(tree).toEqual({ here: [root, one], missing: [two] });
});

test('refuses a small tree that names one block over and over', async () => {
  const { blocks } = store();
  let level = await put(blocks, RAW_CODE, Uint8Array.of(1));
  // Twelve nodes stand for 2 to the 12th leaves.
  for (let depth = 0; depth < 12; depth += 1) level = await put(blocks, DAG_PB_CODE, nodeOf([level, level]));
  const tree = await walkTree(level, blocks, getCodec);
  expect(isRejection(tree) && tree.reason).toBe('blob-too-large');
});

test('takes a tree of the largest size', async () => {
  const { blocks } = store();
  const leaf = await put(blocks, RAW_CODE, Uint8Array.of(1));
  const root = await put(blocks, DAG_PB_CODE, nodeOf(Array.from({ length: MAX_BLOB_BLOCKS - 1 }, () => leaf)));
  expect(isRejection(await walkTree(root, blocks, getCodec))).toBe(false);
});

test('refuses links to what is no part of a blob', async () => {
  const { blocks } = store();
  const foreign = CID.createV1(RAW_CODE, await sha512.digest(Uint8Array.of(1)));
  const root = await put(blocks, DAG_PB_CODE, nodeOf([foreign]));
  const tree = await walkTree(root, blocks, getCodec);
  expect(isRejection(tree) && tree.reason).toBe('foreign-link');
});
