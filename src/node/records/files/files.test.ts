// How files are cut, padded, bound and listed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PartyId } from '../../base/index.ts';
import { isRejection } from '../../base/index.ts';
import { bucketOf } from '../padding.ts';
import {
  CHUNK_BYTES,
  MAX_FILE_BYTES,
  MAX_FILE_CHUNKS,
  SEALED_CHUNK_BYTES,
  chunkContext,
  chunkOf,
  contentOf,
  fileKey,
  fileKeyToJson,
  fileKeysFromJson,
  fileListBytes,
  fileOfLink,
  filesNamedIn,
  linkOfFile,
  readFileList,
  sealedBytesOf,
  shapeOf,
  spanOf,
} from './index.ts';

const owner = { patient: 'aa'.repeat(16) as PartyId, file: 'bb'.repeat(16) };
const secret = new Uint8Array(32).fill(7);
const cid = (index: number): string => `bafk${'abcdefghijklmnopqrstuvwxyz234567'.charAt(index % 32).repeat(20)}`;
const chunk = (index: number) => ({ cid: cid(index), nonce: new Uint8Array(12).fill(index) });

describe('files: shape', () => {
  test('lengths fall into few buckets, and padding adds at most an eighth (P2-03)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_FILE_BYTES }), (sizeBytes) => {
        const { paddedBytes, chunks } = shapeOf(sizeBytes);
        expect(paddedBytes).toBe(bucketOf(sizeBytes));
        expect(paddedBytes).toBeLessThanOrEqual(Math.max(4096, sizeBytes * 1.125));
        expect(chunks).toBeLessThanOrEqual(MAX_FILE_CHUNKS);
        expect(spanOf({ paddedBytes }, chunks - 1).to).toBe(paddedBytes);
      }),
    );
    const buckets = new Set(Array.from({ length: 10_000 }, (_, index) => shapeOf(1_000_000 + index * 100).paddedBytes));
    expect(buckets.size).toBeLessThan(40);
  });

  test('a full chunk takes exactly two MiB when it is sealed', () => {
    expect(sealedBytesOf({ paddedBytes: 3 * CHUNK_BYTES, chunks: 3 })).toBe(3 * SEALED_CHUNK_BYTES);
  });

  test('a chunk holds the file’s bytes and zeros behind its end; anything else there is refused', () => {
    const shape = shapeOf(5_000);
    const bytes = new Uint8Array(5_000).fill(9);
    const chunk = chunkOf(shape, 0, bytes);
    expect(chunk.byteLength).toBe(shape.paddedBytes);
    expect(contentOf(shape, 0, chunk)).toEqual(bytes);
    chunk[chunk.byteLength - 1] = 1;
    expect(contentOf(shape, 0, chunk)).toMatchObject({ reason: 'bad-padding' });
    expect(contentOf(shape, 0, chunk.subarray(1))).toMatchObject({ reason: 'wrong-size' });
  });
});

describe('files: binding', () => {
  test('another secret, patient or file has another key; another place another context (row 48)', () => {
    const keys = [
      fileKey(secret, owner),
      fileKey(new Uint8Array(32).fill(8), owner),
      fileKey(secret, { ...owner, patient: 'cc'.repeat(16) as PartyId }),
      fileKey(secret, { ...owner, file: 'cc'.repeat(16) }),
    ];
    expect(new Set(keys.map(String)).size).toBe(4);
    expect(new Set([chunkContext(0, false), chunkContext(0, true), chunkContext(1, false), chunkContext(1, true)].map(String)).size).toBe(
      4,
    );
  });

  test('a list has a bucket for a length and exactly the chunks that it takes', () => {
    const { paddedBytes, chunks } = shapeOf(3_000_000);
    const addresses = Array.from({ length: chunks }, (_, index) => chunk(index));
    expect(readFileList(fileListBytes(paddedBytes, addresses))).toMatchObject({ paddedBytes, chunks: addresses });
    expect(readFileList(fileListBytes(paddedBytes, addresses.slice(1)))).toMatchObject({ reason: 'wrong-count' });
    expect(readFileList(fileListBytes(paddedBytes, [...addresses, chunk(9)]))).toMatchObject({ reason: 'wrong-count' });
    expect(readFileList(fileListBytes(paddedBytes + 1, addresses))).toMatchObject({ reason: 'bad-padding' });
    expect(readFileList(fileListBytes(paddedBytes, addresses.with(0, { ...chunk(0), cid: 'Qm' })))).toMatchObject({ reason: 'malformed' });
  });

  test('a key in a part has one spelling', () => {
    const key = { file: owner.file, secret, list: cid(1), sizeBytes: 10 };
    const json = fileKeyToJson(key) as Record<string, unknown>;
    expect(fileKeysFromJson([json])).toEqual([key]);
    const wrong: readonly unknown[] = [
      [json, json],
      [{ ...json, more: 1 }],
      [{ ...json, file: owner.file.toUpperCase() }],
      [{ ...json, secret: 'AA==' }],
      [{ ...json, list: '../x' }],
      ...[0, -1, 1.5, MAX_FILE_BYTES + 1, '10'].map((sizeBytes) => [{ ...json, sizeBytes }]),
      Array.from({ length: 17 }, (_, index) => ({ ...json, file: index.toString(16).padStart(32, '0') })),
      null,
      [null],
    ];
    for (const value of wrong) expect(isRejection(fileKeysFromJson(value))).toBe(true);
  });

  test('only an attachment’s own address of our scheme points to a file', () => {
    expect(fileOfLink(linkOfFile(owner.file))).toBe(owner.file);
    for (const url of ['', 'clinicord-file:', `clinicord-file:${owner.file}0`, `https://x/${owner.file}`, 7])
      expect(fileOfLink(url)).toBeNull();
    const attachment = { contentType: 'image/png', url: linkOfFile(owner.file) };
    expect(filesNamedIn({ resource: { resourceType: 'DocumentReference', content: [{ attachment }] } })).toEqual([owner.file]);
    expect(filesNamedIn({ resource: { resourceType: 'DocumentReference', description: linkOfFile(owner.file) } })).toEqual([]);
  });
});
