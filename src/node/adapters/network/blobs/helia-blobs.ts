// The BlobStore port over Helia: a blob is a UnixFS file, its blocks travel by Bitswap between linked peers only. No gateway, no
// public network. Blobs are sealed with fresh keys, so two of them never share a block and removing one harms no other.
import { withBitswap } from '@helia/bitswap';
import type { HeliaWithLibp2p } from '@helia/libp2p';
import { unixfs, type UnixFS } from '@helia/unixfs';
import { peerIdFromString } from '@libp2p/peer-id';
import { createHeliaLight } from 'helia';
import { isRejection } from '../../../base/index.ts';
import type { BlobStore, Log, PeerId, Timers } from '../../../ports/index.ts';
import { blobMissing, blobTooLarge } from '../failures.ts';
import type { BlockShelf } from '../init.ts';
import type { LinkedStreams } from '../libp2p/index.ts';
import { NO_NAMES } from '../no-names.ts';
import { BLOB_TIMEOUT_MS, BLOCK_BYTES, BLOCK_TIMEOUT_MS, BLOCKS_AT_ONCE, MAX_BLOB_BYTES } from '../limits.ts';
import { parseAddress, type CID } from './address.ts';
import { bitswapSwarm } from './bitswap-swarm.ts';
import { askAgain, findBlock, GoodPeers } from './block-source.ts';
import { type BlobTree, walkTree } from './blob-tree.ts';
import { CheckedBlocks, fullStorageIn } from './checked-blocks.ts';
import { SharedWork } from './shared-work.ts';

export interface HeliaBlobsInit {
  readonly streams: LinkedStreams;
  readonly shelf: BlockShelf;
  readonly timers: Timers;
  readonly log: Log;
}

export class HeliaBlobs implements BlobStore {
  readonly #init: HeliaBlobsInit;
  readonly #blocks: CheckedBlocks;
  readonly #helia: HeliaWithLibp2p;
  readonly #files: UnixFS;
  readonly #good = new GoodPeers();
  readonly #completing = new SharedWork();
  readonly #closing = new AbortController();

  constructor(init: HeliaBlobsInit) {
    this.#init = init;
    this.#blocks = new CheckedBlocks(init.shelf.blockstore);
    const light = createHeliaLight({ blockstore: this.#blocks, dns: NO_NAMES });
    this.#helia = withBitswap(Object.assign(light, { libp2p: bitswapSwarm(init.streams) }) as HeliaWithLibp2p, {
      runOnLimitedConnections: true,
      // A peer may ask again at once for what it lost.
      doNotResendBlockWindow: 1,
      messageReceiveTimeout: BLOCK_TIMEOUT_MS,
      messageSendTimeout: BLOCK_TIMEOUT_MS,
    });
    this.#files = unixfs(this.#helia);
  }

  async start(): Promise<void> {
    await this.#helia.start();
  }

  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.length > MAX_BLOB_BYTES) throw blobTooLarge();
    try {
      return (await this.#files.addBytes(bytes, { chunker: leaves })).toString();
    } catch (error) {
      throw fullStorageIn(error) ?? error;
    }
  }

  async get(text: string, options: { readonly timeoutMs?: number } = {}): Promise<Uint8Array> {
    const cid = await this.#complete(text, options.timeoutMs ?? BLOB_TIMEOUT_MS);
    try {
      return await this.#read(cid);
    } catch (error) {
      this.#init.log.warn('blob-damaged', { message: error instanceof Error ? error.name : 'unknown' });
    }
    // A damaged block was deleted while reading; with what others have it can be whole again.
    await this.#complete(text, options.timeoutMs ?? BLOB_TIMEOUT_MS);
    try {
      return await this.#read(cid);
    } catch (error) {
      throw blobMissing(error);
    }
  }

  async has(text: string): Promise<boolean> {
    const cid = parseAddress(text);
    if (cid === null) return false;
    const tree = await this.#walk(cid);
    return tree.missing.length === 0;
  }

  async pin(text: string, options: { readonly timeoutMs?: number } = {}): Promise<void> {
    await this.#complete(text, options.timeoutMs ?? BLOB_TIMEOUT_MS);
  }

  async remove(text: string): Promise<void> {
    const cid = parseAddress(text);
    if (cid === null) return;
    this.#completing.cancel(text);
    const { here } = await this.#walk(cid).catch((): BlobTree => ({ here: [cid], missing: [] }));
    // Leaves first: a removal that is cut short can be found and finished from the root.
    for (const block of [...here].reverse()) await this.#blocks.delete(block);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#helia.stop();
    await this.#init.shelf.close();
  }

  /** Throws AppError `blob-missing` for a tree that is no blob. */
  async #walk(cid: CID): Promise<BlobTree> {
    const tree = await walkTree(cid, this.#blocks, this.#helia.getCodec);
    if (isRejection(tree)) throw blobMissing(new Error(tree.detail));
    return tree;
  }

  /** Fetches what is missing of a blob. Throws AppError `blob-missing`, `storage-full`. */
  async #complete(text: string, timeoutMs: number): Promise<CID> {
    const cid = parseAddress(text);
    if (cid === null) throw blobMissing(new Error('not the address of a blob'));
    if ((await this.#walk(cid)).missing.length === 0) return cid;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      await this.#completing.join(text, signal, (shared) => this.#fetchMissing(cid, shared));
      return cid;
    } catch (error) {
      throw fullStorageIn(error) ?? blobMissing(error);
    }
  }

  async #fetchMissing(root: CID, signal: AbortSignal): Promise<void> {
    for (;;) {
      const { missing } = await this.#walk(root);
      const [first, ...rest] = missing;
      if (first === undefined) return;
      const peer = await findBlock(
        {
          timers: this.#init.timers,
          linked: () => this.#init.streams.linked(),
          onChange: (listener) => this.#init.streams.onChange(listener),
          fetch: (from, cid, limit) => this.#fetchFrom(from, [cid], limit),
          has: (cid) => this.#blocks.has(cid),
          isFatal: fullStorageIn,
        },
        this.#good,
        first,
        signal,
      );
      if (peer === null || rest.length === 0) continue;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(BLOCK_TIMEOUT_MS + rest.length * 1_000)]);
      await this.#fetchFrom(peer, rest, limit).catch((error: unknown) => {
        const full = fullStorageIn(error);
        // What did not come from this peer is looked for again, from whoever has it.
        if (full !== null || signal.aborted) throw full ?? error;
      });
    }
  }

  /** Gets blocks from one peer and stores them, a few at a time. */
  async #fetchFrom(peer: PeerId, cids: readonly CID[], signal: AbortSignal): Promise<void> {
    const waiting = [...cids];
    const work = async (): Promise<void> => {
      for (let cid = waiting.shift(); cid !== undefined; cid = waiting.shift()) {
        const wanted = cid;
        await askAgain(this.#init.timers, signal, (limit) => this.#want(peer, wanted, limit));
      }
    };
    await Promise.all(Array.from({ length: BLOCKS_AT_ONCE }, work));
  }

  /** Asks one peer once. A session with that peer alone: no other learns what is wanted, and one copy comes. */
  async #want(peer: PeerId, cid: CID, signal: AbortSignal): Promise<void> {
    const providers = [peerIdFromString(peer).toCID()];
    const session = this.#helia.blockstore.createSession(cid, { providers, minProviders: 1, maxProviders: 1 });
    try {
      for await (const _ of session.get(cid, { signal }));
    } finally {
      session.close();
    }
  }

  async #read(cid: CID): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const part of this.#files.cat(cid, { offline: true })) {
      sizeBytes += part.length;
      if (sizeBytes > MAX_BLOB_BYTES) throw new Error('over the size limit');
      parts.push(part);
    }
    const whole = new Uint8Array(sizeBytes);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}

/** Cuts a blob into leaves of BLOCK_BYTES; an empty one has one empty leaf. */
async function* leaves(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const part of source) {
    sizeBytes += part.length;
    for (let at = 0; at < part.length; at += BLOCK_BYTES) yield part.subarray(at, at + BLOCK_BYTES);
  }
  if (sizeBytes === 0) yield new Uint8Array();
}
