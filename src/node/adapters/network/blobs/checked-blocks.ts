// A store of blocks that never returns bytes which do not match their CID: a damaged block is deleted and counts as missing, so
// that it is fetched again. Trouble with room is told as what it is. Helia itself trusts its store.
import type { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';
import { AppError } from '../../../base/index.ts';
import { storageFull } from '../failures.ts';
import type { Blockstore } from '../init.ts';

type Bytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
type Pair = { cid: CID; bytes: AsyncGenerator<Uint8Array> };

/** Thrown for a block that is not here; Helia looks at the name. */
class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

export class CheckedBlocks implements Blockstore {
  readonly #inner: Blockstore;

  constructor(inner: Blockstore) {
    this.#inner = inner;
  }

  async has(cid: CID): Promise<boolean> {
    return this.#inner.has(cid);
  }

  /** Throws AppError `storage-full`. */
  async put(cid: CID, bytes: Bytes): Promise<CID> {
    try {
      return await this.#inner.put(cid, await gather(bytes));
    } catch (error) {
      throw isFull(error) ? storageFull(error) : error;
    }
  }

  async *putMany(source: Iterable<{ cid: CID; bytes: Bytes }> | AsyncIterable<{ cid: CID; bytes: Bytes }>): AsyncGenerator<CID> {
    for await (const { cid, bytes } of source) yield await this.put(cid, bytes);
  }

  async *get(cid: CID): AsyncGenerator<Uint8Array> {
    yield await this.read(cid);
  }

  /** The block as one piece, checked. Throws an error named NotFoundError. */
  async read(cid: CID): Promise<Uint8Array> {
    const bytes = await gather(this.#inner.get(cid));
    const digest = await sha256.digest(bytes);
    if (sameBytes(digest.digest, cid.multihash.digest)) return bytes;
    await this.#inner.delete(cid);
    throw new NotFoundError('a damaged block was deleted');
  }

  async *getMany(source: Iterable<CID> | AsyncIterable<CID>): AsyncGenerator<Pair> {
    for await (const cid of source) yield { cid, bytes: this.get(cid) };
  }

  async delete(cid: CID): Promise<void> {
    await this.#inner.delete(cid);
  }

  async *deleteMany(source: Iterable<CID> | AsyncIterable<CID>): AsyncGenerator<CID> {
    for await (const cid of source) {
      await this.delete(cid);
      yield cid;
    }
  }

  async *getAll(): AsyncGenerator<Pair> {
    for await (const { cid } of this.#inner.getAll()) yield { cid, bytes: this.get(cid) };
  }
}

/** The AppError `storage-full` that an error is or was caused by. */
export function fullStorageIn(error: unknown): AppError | null {
  if (error instanceof AppError) return error.code === 'storage-full' ? error : null;
  if (error instanceof AggregateError) return error.errors.map(fullStorageIn).find((found) => found !== null) ?? null;
  if (isFull(error)) return storageFull(error);
  return error instanceof Error && error.cause !== undefined ? fullStorageIn(error.cause) : null;
}

/** Browsers say QuotaExceededError, Node.js ENOSPC or EDQUOT; the stores keep only the text of it. */
function isFull(error: unknown): boolean {
  return error instanceof Error && /QuotaExceeded|ENOSPC|EDQUOT/u.test(`${error.name} ${error.message}`);
}

async function gather(bytes: Bytes): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return bytes;
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
