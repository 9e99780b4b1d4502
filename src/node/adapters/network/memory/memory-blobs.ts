// Blobs in memory, fetched from the linked nodes of the same hub. A blob is one block here; its address is a real CIDv1, so that
// bytes are checked against it as in the real store. Twin of the Helia blob store; both pass the same acceptance suite.
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import type { BlobStore, PeerId } from '../../../ports/index.ts';
import { parseAddress } from '../blobs/address.ts';
import { blobMissing, blobTooLarge, storageFull } from '../failures.ts';
import { BLOB_TIMEOUT_MS, MAX_BLOB_BYTES } from '../limits.ts';
import type { BlobEnd, Exchange } from './exchange.ts';

export class MemoryBlobs implements BlobStore, BlobEnd {
  readonly #exchange: Exchange;
  readonly #self: PeerId;
  #capacityBytes: number;
  readonly #bytesByCid = new Map<string, Uint8Array>();
  readonly #waiting = new Set<() => void>();
  #usedBytes = 0;
  #closed = false;

  constructor(exchange: Exchange, self: PeerId, capacityBytes = Infinity) {
    this.#exchange = exchange;
    this.#self = self;
    this.#capacityBytes = capacityBytes;
  }

  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.length > MAX_BLOB_BYTES) throw blobTooLarge();
    const cid = await addressOf(bytes);
    this.#keep(cid, bytes.slice());
    return cid;
  }

  async get(cid: string, options: { readonly timeoutMs?: number } = {}): Promise<Uint8Array> {
    return (await this.#find(cid, options.timeoutMs ?? BLOB_TIMEOUT_MS)).slice();
  }

  async has(cid: string): Promise<boolean> {
    return (await this.#held(parseAddress(cid)?.toString() ?? '')) !== null;
  }

  async pin(cid: string, options: { readonly timeoutMs?: number } = {}): Promise<void> {
    await this.#find(cid, options.timeoutMs ?? BLOB_TIMEOUT_MS);
  }

  async remove(cid: string): Promise<void> {
    this.#drop(parseAddress(cid)?.toString() ?? '');
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.lookAgain();
  }

  lookAgain(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  peek(cid: string): Uint8Array | null {
    return this.#closed ? null : (this.#bytesByCid.get(cid) ?? null);
  }

  /** Replaces the bytes behind an address, as a failing disk would. */
  corrupt(cid: string, bytes: Uint8Array): void {
    this.#bytesByCid.set(cid, bytes);
  }

  /** How much fits from now on. */
  setCapacity(capacityBytes: number): void {
    this.#capacityBytes = capacityBytes;
  }

  #keep(cid: string, bytes: Uint8Array): void {
    if (this.#bytesByCid.has(cid)) return;
    if (this.#usedBytes + bytes.length > this.#capacityBytes) throw storageFull(null);
    this.#bytesByCid.set(cid, bytes);
    this.#usedBytes += bytes.length;
    this.#exchange.blobsChanged();
  }

  #drop(cid: string): void {
    this.#usedBytes -= this.#bytesByCid.get(cid)?.length ?? 0;
    this.#bytesByCid.delete(cid);
  }

  /** Bytes held here that match their address; what does not match is dropped. */
  async #held(cid: string): Promise<Uint8Array | null> {
    const bytes = this.#bytesByCid.get(cid);
    if (bytes === undefined) return null;
    if ((await addressOf(bytes)) === cid) return bytes;
    this.#drop(cid);
    return null;
  }

  async #find(text: string, timeoutMs: number): Promise<Uint8Array> {
    const cid = parseAddress(text)?.toString();
    if (cid === undefined) throw blobMissing(null);
    const time = { over: false };
    const arrived: { readonly from: PeerId; readonly bytes: Uint8Array }[] = [];
    const liars = new Set<PeerId>();
    const cancel = this.#exchange.timers.after(timeoutMs, () => {
      time.over = true;
      this.lookAgain();
    });
    try {
      for (;;) {
        const here = await this.#held(cid);
        if (here !== null) return here;
        const next = arrived.shift();
        if (next !== undefined && (await addressOf(next.bytes)) === cid) {
          this.#keep(cid, next.bytes);
          return next.bytes;
        }
        if (next !== undefined) liars.add(next.from);
        if (time.over || this.#closed) throw blobMissing(null);
        const change = this.#change();
        this.#ask(cid, liars, (from, bytes) => arrived.push({ from, bytes }));
        await change;
      }
    } finally {
      cancel();
    }
  }

  /** Asks every linked node that holds the blob; the bytes come after the link's delay, or never. */
  #ask(cid: string, liars: ReadonlySet<PeerId>, onArrival: (from: PeerId, bytes: Uint8Array) => void): void {
    for (const link of this.#exchange.linksOf(this.#self)) {
      const from = link.other(this.#self);
      const bytes = this.#exchange.blobs(from)?.peek(cid) ?? null;
      if (bytes === null || liars.has(from)) continue;
      const copy = bytes.slice();
      link.carry(from, copy.length, false, () => {
        onArrival(from, copy);
        this.lookAgain();
      });
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}

async function addressOf(bytes: Uint8Array): Promise<string> {
  return CID.createV1(raw.code, await sha256.digest(bytes)).toString();
}
