// Large files beside a visit: sealed while the form is typed, interrupted and gone on with, kept, read chunk by chunk; what is cut off,
// swapped, moved between files or changed is refused (rows 46, 48).
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, opening, recordOf, visit } from '../../../tests/care/cast.ts';
import { codeOf, until } from '../../../tests/care/world.ts';
import { jpeg } from '../../../tests/vectors/photos.ts';
import { createChunkAead, createRandomness } from '../adapters/index.ts';
import type { AttachedFile, FileSource } from '../api.ts';
import { type RecordId, isRejection, present } from '../base/index.ts';
import {
  CHUNK_BYTES,
  type ListedChunk,
  type SealedFile,
  chunkContext,
  fileKey,
  fileListBytes,
  readFileList,
  readableRecord,
  shapeOf,
} from '../records/index.ts';
import { openChunks } from './file-opening.ts';

let cast: Cast;

beforeEach(async () => {
  cast = await opening();
});
afterEach(async () => {
  await cast.world.end();
});

/** Bytes that no other call gives, as a DICOM file. */
function dicom(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  bytes.set(new TextEncoder().encode('DICM'), 128);
  return bytes;
}

interface Watched extends FileSource {
  largestReadBytes: number;
}

function sourceOf(name: string, bytes: Uint8Array): Watched {
  const source: Watched = {
    name,
    sizeBytes: bytes.byteLength,
    largestReadBytes: 0,
    read: async (from, to) => {
      source.largestReadBytes = Math.max(source.largestReadBytes, to - from);
      return bytes.slice(from, to);
    },
  };
  return source;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return Uint8Array.from(Buffer.concat(parts));
}

async function writtenWith(files: readonly AttachedFile[], replaces?: RecordId): Promise<RecordId> {
  const { clinic, patient } = cast;
  const preview = await clinic.care.previewVisit(patient.person.party, { ...visit(), files });
  if (!('bundle' in preview)) throw new Error(JSON.stringify(preview));
  return clinic.care.writeRecord(patient.person.party, preview, replaces === undefined ? {} : { replaces });
}

async function confirmedWith(files: readonly AttachedFile[], replaces?: RecordId): Promise<RecordId> {
  const record = await writtenWith(files, replaces);
  const version = replaces === undefined ? 1 : 2;
  await until('it awaits her', () => {
    const way = cast.patient.care.view().ways.find((entry) => entry.record === record && entry.version === version);
    return way?.stages.some(({ stage, atMs }) => stage === 'awaiting' && atMs !== null) === true;
  });
  await cast.patient.care.confirmRecord(record, version);
  return record;
}

const attach = (bytes: Uint8Array, name = 'scan.dcm'): Promise<AttachedFile> =>
  cast.clinic.care.files.attach(cast.patient.person.party, sourceOf(name, bytes)).done;

test('a file and a photo go from the clinic through keepers to the patient and a granted clinic, with the author away (P3-22)', async () => {
  const { clinic, second, patient, world, archives } = cast;
  const scan = dicom(3 * CHUNK_BYTES + 17);
  const { photo, clean } = jpeg();
  const files = [await attach(scan), await attach(photo, 'wound.jpg')];
  expect(files).toMatchObject([
    { kind: 'application/dicom', title: 'scan.dcm', sizeBytes: scan.byteLength },
    { kind: 'image/jpeg', title: 'wound.jpg', sizeBytes: clean.byteLength },
  ]);
  const record = await confirmedWith(files);
  expect(clinic.care.view().ways[0]?.stages[0]?.detail).toBe('2 parts, 2 files');
  await world.close(clinic);
  for (const profile of [clinic, patient, second]) profile.blobs.held.clear();

  const opened = await patient.care.openRecord(record, 1);
  expect(opened.files).toEqual(files.map(({ file }) => file));
  expect(JSON.stringify(opened)).not.toContain('secret');
  const rows = readableRecord(opened.bundle).flatMap((section) => section.rows);
  expect(rows.map(({ file }) => file).filter((file) => file !== undefined)).toEqual(files);
  expect(Buffer.from(await bytesOf(patient.care.files.open(files[0]?.file ?? ''))).equals(scan)).toBe(true);
  expect(Buffer.from(await bytesOf(patient.care.files.open(files[1]?.file ?? ''))).equals(clean)).toBe(true);

  await patient.care.grantAccess({ record, grantee: second.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS / 12 });
  await until('the clinic is told', () => second.care.view().grants[0]?.delivered === true);
  expect(await codeOf(bytesOf(second.care.files.open(files[0]?.file ?? '')))).toBe('not-open');
  await second.care.openRecord(record, 1);
  expect(Buffer.from(await bytesOf(second.care.files.open(files[0]?.file ?? ''))).equals(scan)).toBe(true);
  expect(archives.every((keeper) => keeper.blobs.held.size > 8)).toBe(true);
});

test('a large file is never in memory as a whole: it is read in chunks, and so it comes out', async () => {
  const scan = dicom(5 * CHUNK_BYTES);
  const source = sourceOf('scan.dcm', scan);
  const told: number[] = [];
  const { done } = cast.clinic.care.files.attach(cast.patient.person.party, source, (sealedBytes) => told.push(sealedBytes));
  const file = await done;
  expect(source.largestReadBytes).toBeLessThanOrEqual(CHUNK_BYTES);
  // The last chunk holds nothing but what pads the length.
  expect(told).toEqual([0, 1, 2, 3, 4, 5, 5].map((count) => count * CHUNK_BYTES));
  await confirmedWith([file]);
  const record = present(cast.patient.care.view().records[0], 'the record').record;
  await cast.patient.care.openRecord(record, 1);
  let largest = 0;
  for await (const chunk of cast.patient.care.files.open(file.file)) largest = Math.max(largest, chunk.byteLength);
  expect(largest).toBeLessThanOrEqual(CHUNK_BYTES);
});

test('sealing that was stopped, or whose page was reloaded, goes on where it was; another file under the same name is noticed', async () => {
  const { world, patient } = cast;
  const party = patient.person.party;
  const scan = dicom(4 * CHUNK_BYTES);
  const running = cast.clinic.care.files.attach(party, sourceOf('scan.dcm', scan), (sealedBytes) => {
    if (sealedBytes >= 2 * CHUNK_BYTES) running.abort();
  });
  expect(await codeOf(running.done)).toBe('aborted');
  const { person } = cast.clinic;
  await world.close(cast.clinic);
  const clinic = await world.open(person);
  expect(await clinic.care.files.unfinished(party)).toMatchObject([
    { name: 'scan.dcm', sealedBytes: 2 * CHUNK_BYTES, sizeBytes: scan.byteLength },
  ]);
  const changed = scan.slice();
  changed[CHUNK_BYTES + 5] = (changed[CHUNK_BYTES + 5] ?? 0) ^ 1;
  expect(await codeOf(clinic.care.files.attach(party, sourceOf('scan.dcm', changed)).done)).toBe('other-file');
  const told: number[] = [];
  const file = await clinic.care.files.attach(party, sourceOf('scan.dcm', scan), (sealedBytes) => told.push(sealedBytes)).done;
  expect(told[0]).toBe(2 * CHUNK_BYTES);
  expect(await clinic.care.files.unfinished(party)).toEqual([]);
  cast = { ...cast, clinic };
  const record = await confirmedWith([file]);
  await patient.care.openRecord(record, 1);
  expect(Buffer.from(await bytesOf(patient.care.files.open(file.file))).equals(scan)).toBe(true);
});

test('a correction names the same file without sealing it again; what was never written can be discarded, chunks and all', async () => {
  const { clinic, patient } = cast;
  const file = await attach(dicom(2 * CHUNK_BYTES));
  const record = await confirmedWith([file]);
  const before = clinic.blobs.held.size;
  await confirmedWith([file], record);
  expect(clinic.blobs.held.size).toBeLessThan(before + 6);
  await clinic.care.files.discard(patient.person.party, file.file);
  await patient.care.openRecord(record, 2);
  expect((await bytesOf(patient.care.files.open(file.file))).byteLength).toBe(file.sizeBytes);
  const held = clinic.blobs.held.size;
  const other = await attach(dicom(2 * CHUNK_BYTES), 'other.dcm');
  expect(clinic.blobs.held.size).toBeGreaterThan(held);
  await clinic.care.files.discard(patient.person.party, other.file);
  expect(clinic.blobs.held.size).toBe(held);
  await expect(writtenWith([other])).rejects.toMatchObject({ code: 'unknown-file' });
  expect(recordOf(clinic, record)?.version).toBe(2);
});

test('a file of no known kind, and one of another patient, are refused', async () => {
  const { clinic, second, patient } = cast;
  expect(await codeOf(attach(new TextEncoder().encode('<svg/>'), 'photo.jpg'))).toBe('unknown-kind');
  const photo = jpeg().photo.slice(0, 40);
  expect(await codeOf(attach(photo, 'photo.jpg'))).toBe('bad-image');
  await second.care.registerPatient(patient.care.contactLink(), { name: 'Ada', birthDate: '' });
  const foreign = await second.care.files.attach(patient.person.party, sourceOf('scan.dcm', dicom(1_000))).done;
  await expect(writtenWith([foreign])).rejects.toMatchObject({ code: 'unknown-file' });
  expect(clinic.care.view().records).toEqual([]);
});

test('cut off, swapped, repeated, moved, changed, or of another patient: no piece of a file opens in a wrong place (row 48)', async () => {
  const { clinic, patient } = cast;
  const [cipher, randomness] = [createChunkAead(), createRandomness()];
  const scan = dicom(3 * CHUNK_BYTES);
  const shape = shapeOf(scan.byteLength);
  const owner = { patient: patient.person.party, file: 'ab'.repeat(16) };
  const seal = async (secret: Uint8Array): Promise<ListedChunk[]> => {
    const chunks: ListedChunk[] = [];
    for (let index = 0; index < shape.chunks; index += 1) {
      const chunk = scan.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
      const padded = new Uint8Array(Math.min(CHUNK_BYTES, shape.paddedBytes - index * CHUNK_BYTES));
      padded.set(chunk);
      const nonce = randomness.bytes(12);
      const sealed = await cipher.seal(fileKey(secret, owner), nonce, padded, chunkContext(index, index === shape.chunks - 1));
      chunks.push({ cid: await clinic.blobs.put(sealed), nonce });
    }
    return chunks;
  };
  const [secret, otherSecret] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const [chunks, others] = [await seal(secret), await seal(otherSecret)];
  const [first, second, ...rest] = chunks;
  const [, foreign] = others;
  if (first === undefined || second === undefined || foreign === undefined) throw new Error('three chunks at least');
  const tools = { blobs: clinic.blobs, chunkCipher: cipher };
  const opened = async (
    addresses: readonly ListedChunk[],
    change: Partial<SealedFile> = {},
    by = owner.patient,
  ): Promise<string | Uint8Array> => {
    const list = await clinic.blobs.put(fileListBytes(shape.paddedBytes, addresses));
    const sealed: SealedFile = { file: owner.file, secret, list, sizeBytes: scan.byteLength, ...change };
    try {
      return await bytesOf(openChunks(tools, by, sealed));
    } catch (error) {
      return (error as { cause?: string }).cause ?? 'failed';
    }
  };
  expect(Buffer.from((await opened(chunks)) as Uint8Array).equals(scan)).toBe(true);
  expect(await opened(chunks.slice(0, -1))).toBe('wrong-count');
  expect(await opened([second, first, ...rest])).toBe('bad-chunk');
  expect(await opened([first, first, ...rest])).toBe('bad-chunk');
  expect(await opened([first, foreign, ...rest])).toBe('bad-chunk');
  expect(await opened(chunks, { secret: otherSecret })).toBe('bad-chunk');
  expect(await opened(chunks, { file: 'cd'.repeat(16) })).toBe('bad-chunk');
  expect(await opened(chunks, {}, clinic.person.party)).toBe('bad-chunk');
  expect(await opened(chunks, { sizeBytes: scan.byteLength - CHUNK_BYTES })).toBe('wrong-size');
  expect(await opened(chunks, { sizeBytes: scan.byteLength - 1 })).toBe('bad-padding');
  const changed = (await clinic.blobs.get(second.cid)).slice();
  changed[1_000] = (changed[1_000] ?? 0) ^ 1;
  expect(await opened([first, { ...second, cid: await clinic.blobs.put(changed) }, ...rest])).toBe('bad-chunk');
  expect(await opened([first, { ...second, nonce: first.nonce }, ...rest])).toBe('bad-chunk');
  // The end cannot be cut off by a shorter list of a shorter file either: the last chunk says that it is the last.
  const short = shapeOf(CHUNK_BYTES);
  const list = await clinic.blobs.put(fileListBytes(short.paddedBytes, chunks.slice(0, short.chunks)));
  const cut = bytesOf(openChunks(tools, owner.patient, { file: owner.file, secret, list, sizeBytes: CHUNK_BYTES }));
  await expect(cut).rejects.toMatchObject({ code: 'tampered' });
  expect(isRejection(readFileList(await clinic.blobs.get(list)))).toBe(false);
});
