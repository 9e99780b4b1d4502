// One append-only file of blocks. A record is a header with its own checksum, the checksum of the body, the body. Reading
// it all tells a torn tail (the last write never finished: cut off) from damage (good records follow: refused).
import { type FileHandle, open } from 'node:fs/promises';
import { equalBytes } from '../../codec/index.ts';
import { sha256 } from '../../crypto/index.ts';

const MAGIC = new Uint8Array([0x43, 0x4c, 0x42, 0x31]);
const SUM_BYTES = 32;
/** Magic, height (8), length (4), the first 8 bytes of the SHA-256 of these. */
const HEADER_SUM_BYTES = 8;
const HEADER_BYTES = 4 + 8 + 4 + HEADER_SUM_BYTES;

export interface RecordPlace {
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface Segment {
  readonly firstHeight: number;
  sizeBytes: number;
  /** By height minus `firstHeight`. */
  readonly places: RecordPlace[];
}

export function recordBytes(height: number, block: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + SUM_BYTES + block.byteLength);
  record.set(MAGIC);
  const view = new DataView(record.buffer);
  view.setBigUint64(4, BigInt(height));
  view.setUint32(12, block.byteLength);
  record.set(sha256(record.subarray(0, HEADER_BYTES - HEADER_SUM_BYTES)).subarray(0, HEADER_SUM_BYTES), HEADER_BYTES - HEADER_SUM_BYTES);
  record.set(sha256(block), HEADER_BYTES);
  record.set(block, HEADER_BYTES + SUM_BYTES);
  return record;
}

interface Header {
  readonly height: number;
  readonly length: number;
}

function headerAt(bytes: Uint8Array, offset: number): Header | null {
  const header = bytes.subarray(offset, offset + HEADER_BYTES);
  if (header.byteLength < HEADER_BYTES || !equalBytes(header.subarray(0, 4), MAGIC)) return null;
  const plain = HEADER_BYTES - HEADER_SUM_BYTES;
  if (!equalBytes(sha256(header.subarray(0, plain)).subarray(0, HEADER_SUM_BYTES), header.subarray(plain))) return null;
  const view = new DataView(header.buffer, header.byteOffset);
  return { height: Number(view.getBigUint64(4)), length: view.getUint32(12) };
}

function bodyAt(bytes: Uint8Array, offset: number, header: Header): Uint8Array | null {
  const start = offset + HEADER_BYTES + SUM_BYTES;
  const body = bytes.subarray(start, start + header.length);
  const sum = bytes.subarray(offset + HEADER_BYTES, start);
  return body.byteLength === header.length && sum.byteLength === SUM_BYTES && equalBytes(sha256(body), sum) ? body : null;
}

function laterRecord(bytes: Uint8Array, from: number): boolean {
  for (let offset = from; offset + HEADER_BYTES <= bytes.byteLength; offset += 1) {
    if (bytes[offset] === MAGIC[0] && headerAt(bytes, offset) !== null) return true;
  }
  return false;
}

export interface ScannedSegment {
  readonly segment: Segment;
  readonly state: 'whole' | 'torn' | 'damaged';
  /** What its good records hold, in order; parts of the bytes that were scanned. */
  readonly bodies: readonly Uint8Array[];
}

/** Reads a whole segment. `torn` says that bytes behind `sizeBytes` were never finished; `damaged` that it cannot be trusted. */
export function scanSegment(bytes: Uint8Array, firstHeight: number): ScannedSegment {
  const segment: Segment = { firstHeight, sizeBytes: 0, places: [] };
  const bodies: Uint8Array[] = [];
  while (segment.sizeBytes < bytes.byteLength) {
    const offset = segment.sizeBytes;
    const header = headerAt(bytes, offset);
    const body = header === null ? null : bodyAt(bytes, offset, header);
    if (header === null || body === null) return { segment, bodies, state: laterRecord(bytes, offset + 1) ? 'damaged' : 'torn' };
    if (header.height !== firstHeight + segment.places.length) return { segment, bodies, state: 'damaged' };
    segment.places.push({ offset, sizeBytes: HEADER_BYTES + SUM_BYTES + header.length });
    segment.sizeBytes += HEADER_BYTES + SUM_BYTES + header.length;
    bodies.push(body);
  }
  return { segment, bodies, state: 'whole' };
}

/** The block at a place, or null where it no longer matches its checksums. */
export async function readRecord(path: string, place: RecordPlace, height: number): Promise<Uint8Array | null> {
  const handle = await open(path, 'r');
  try {
    const bytes = new Uint8Array(place.sizeBytes);
    await readFully(handle, bytes, place.offset);
    const header = headerAt(bytes, 0);
    if (header?.height !== height) return null;
    const body = bodyAt(bytes, 0, header);
    return body === null ? null : new Uint8Array(body);
  } finally {
    await handle.close();
  }
}

async function readFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    const { bytesRead } = await handle.read(bytes, at, bytes.byteLength - at, position + at);
    if (bytesRead === 0) return;
    at += bytesRead;
  }
}
