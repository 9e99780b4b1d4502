// What every blob store must do (src/node/ports/storage.ts), as one suite for the in-memory twin and for Helia.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { BlobStore, Network } from '../../../src/node/ports/index.ts';

export interface BlobNode {
  readonly network: Network;
  readonly blobs: BlobStore;
  /** Replaces bytes that are stored for an address, as a failing disk would. */
  damage(cid: string): Promise<void>;
  /** From now on there is no room. */
  fill(): void;
}

export interface BlobWorld {
  /** A node that has started. */
  create(): Promise<BlobNode>;
  close(): Promise<void>;
}

const TIMES = { timeout: 20_000, interval: 10 };
const MISSING = { code: 'blob-missing' };
/** More than one block in any store. */
const LARGE_BYTES = 1024 * 1024 + 17;

/** Bytes that no other call gives. */
function fresh(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

export function describeBlobs(name: string, open: () => Promise<BlobWorld>): void {
  let world: BlobWorld | null = null;

  afterEach(async () => {
    await world?.close();
    world = null;
  });

  async function start(): Promise<BlobNode> {
    world ??= await open();
    return world.create();
  }

  async function link(a: BlobNode, b: BlobNode): Promise<void> {
    a.network.connect(b.network.self);
    await vi.waitFor(() => {
      expect(a.network.links().map(({ peer }) => peer)).toContain(b.network.self);
      expect(b.network.links().map(({ peer }) => peer)).toContain(a.network.self);
    }, TIMES);
  }

  describe(name, () => {
    test.each([0, 1, 1_000, LARGE_BYTES])('gives back %i bytes under the address it returned', async (sizeBytes) => {
      const { blobs } = await start();
      const bytes = fresh(sizeBytes);
      const cid = await blobs.put(bytes);
      expect(await blobs.has(cid)).toBe(true);
      expect(Buffer.from(await blobs.get(cid)).equals(bytes)).toBe(true);
    });

    test('gives the same bytes the same address, and others another', async () => {
      const { blobs } = await start();
      const bytes = fresh(100);
      expect(await blobs.put(bytes)).toBe(await blobs.put(bytes.slice()));
      expect(await blobs.put(fresh(100))).not.toBe(await blobs.put(bytes));
    });

    test.each([100, LARGE_BYTES])('fetches %i bytes from a linked node, and has them afterwards', async (sizeBytes) => {
      const [a, b] = [await start(), await start()];
      const bytes = fresh(sizeBytes);
      const cid = await a.blobs.put(bytes);
      await link(a, b);
      expect(await b.blobs.has(cid)).toBe(false);
      expect(Buffer.from(await b.blobs.get(cid)).equals(bytes)).toBe(true);
      expect(await b.blobs.has(cid)).toBe(true);
    });

    test('says blob-missing for what nobody has, after the time it was given', async () => {
      const [a, b, c] = [await start(), await start(), await start()];
      await link(a, b);
      const cid = await c.blobs.put(fresh(10));
      await expect(a.blobs.get(cid, { timeoutMs: 100 })).rejects.toMatchObject(MISSING);
      await expect(a.blobs.pin(cid, { timeoutMs: 100 })).rejects.toMatchObject(MISSING);
    });

    test('says blob-missing for what is no address of a blob', async () => {
      const { blobs } = await start();
      // Not a CID, a CIDv0, a CID that holds its bytes itself, and dag-cbor.
      const others = ['', 'nonsense', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG', 'bafkqabtimvwgy3yk'];
      others.push('bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae');
      for (const text of others) {
        await expect(blobs.get(text, { timeoutMs: 50 })).rejects.toMatchObject(MISSING);
        expect(await blobs.has(text)).toBe(false);
        await blobs.remove(text);
      }
    });

    test('waits for a node that links while it looks', async () => {
      const [a, b] = [await start(), await start()];
      const bytes = fresh(500);
      const cid = await a.blobs.put(bytes);
      const got = b.blobs.get(cid, { timeoutMs: 20_000 });
      await link(a, b);
      expect(Buffer.from(await got).equals(bytes)).toBe(true);
    });

    test('gets what a linked node stores while it looks', async () => {
      const [a, b] = [await start(), await start()];
      await link(a, b);
      const bytes = fresh(500);
      const cid = await a.blobs.put(bytes);
      await a.blobs.remove(cid);
      await expect(b.blobs.get(cid, { timeoutMs: 100 })).rejects.toMatchObject(MISSING);
      const got = b.blobs.get(cid, { timeoutMs: 20_000 });
      await a.blobs.put(bytes);
      expect(Buffer.from(await got).equals(bytes)).toBe(true);
    });

    test('never fetches from a node that it is not linked to', async () => {
      const [a, b, c] = [await start(), await start(), await start()];
      await link(a, b);
      await link(b, c);
      const cid = await c.blobs.put(fresh(500));
      await expect(a.blobs.get(cid, { timeoutMs: 300 })).rejects.toMatchObject(MISSING);
    });

    test('keeps a pinned blob when the node it came from is gone', async () => {
      const [a, b] = [await start(), await start()];
      const bytes = fresh(LARGE_BYTES);
      const cid = await a.blobs.put(bytes);
      await link(a, b);
      await b.blobs.pin(cid, { timeoutMs: 20_000 });
      await a.network.stop();
      expect(Buffer.from(await b.blobs.get(cid, { timeoutMs: 1_000 })).equals(bytes)).toBe(true);
    });

    test('serves several who ask for the same blob at once, with different patience', async () => {
      const [a, b] = [await start(), await start()];
      const bytes = fresh(LARGE_BYTES);
      const cid = await a.blobs.put(bytes);
      const impatient = expect(b.blobs.get(cid, { timeoutMs: 10 })).rejects.toMatchObject(MISSING);
      const patient = Promise.all([b.blobs.get(cid, { timeoutMs: 20_000 }), b.blobs.pin(cid, { timeoutMs: 20_000 })]);
      await impatient;
      await link(a, b);
      expect(Buffer.from((await patient)[0]).equals(bytes)).toBe(true);
    });

    test('removes a blob here and nowhere else, and can fetch it again', async () => {
      const [a, b] = [await start(), await start()];
      const bytes = fresh(LARGE_BYTES);
      const cid = await a.blobs.put(bytes);
      await link(a, b);
      await b.blobs.pin(cid, { timeoutMs: 20_000 });
      await b.blobs.remove(cid);
      expect(await b.blobs.has(cid)).toBe(false);
      expect(await a.blobs.has(cid)).toBe(true);
      expect(Buffer.from(await b.blobs.get(cid, { timeoutMs: 20_000 })).equals(bytes)).toBe(true);
      await b.blobs.remove(cid);
      await b.blobs.remove(cid);
      await a.network.stop();
      await expect(b.blobs.get(cid, { timeoutMs: 100 })).rejects.toMatchObject(MISSING);
    });

    test('never returns damaged bytes: it fetches them again, or says that the blob is missing', async () => {
      const [a, b] = [await start(), await start()];
      const bytes = fresh(700);
      const cid = await a.blobs.put(bytes);
      await link(a, b);
      await b.blobs.pin(cid, { timeoutMs: 20_000 });
      await b.damage(cid);
      expect(Buffer.from(await b.blobs.get(cid, { timeoutMs: 20_000 })).equals(bytes)).toBe(true);
      await a.network.stop();
      await b.damage(cid);
      await expect(b.blobs.get(cid, { timeoutMs: 100 })).rejects.toMatchObject(MISSING);
    });

    test('a node that holds damaged bytes passes none on', async () => {
      const [a, b] = [await start(), await start()];
      const cid = await a.blobs.put(fresh(700));
      await a.damage(cid);
      await link(a, b);
      await expect(b.blobs.get(cid, { timeoutMs: 300 })).rejects.toMatchObject(MISSING);
    });

    test('says storage-full where there is no room, for own and for fetched blobs', async () => {
      const [a, b] = [await start(), await start()];
      const cid = await a.blobs.put(fresh(500));
      await link(a, b);
      b.fill();
      await expect(b.blobs.put(fresh(500))).rejects.toMatchObject({ code: 'storage-full' });
      await expect(b.blobs.pin(cid, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'storage-full' });
    });

    test('refuses a blob over the limit', async () => {
      const { blobs } = await start();
      await expect(blobs.put(new Uint8Array(33 * 1024 * 1024))).rejects.toMatchObject({ code: 'refused' });
    });
  });
}
