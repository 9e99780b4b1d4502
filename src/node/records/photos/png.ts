// A PNG without its metadata: chunks that the picture needs stay, also those of animations and colour; text, times, Exif (but for which side
// is up) and chunks that nobody knows go, and whatever stands behind the end. Source: W3C, Portable Network Graphics (third edition).
import type { Rejection } from '../../base/index.ts';
import { orientationOf, orientationOnly } from './orientation.ts';
import { type FilePiece, MAX_SEGMENTS, type Walk, ascii, badImage, letters, look, viewOf } from './walk.ts';

export const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const NEEDED = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'bKGD', 'pHYs', 'sPLT'],
  ...['acTL', 'fcTL', 'fdAT'],
]);
const FRAME_BYTES = 12;
/** An Exif block is read as a whole; a longer one is no such block. */
const MAX_EXIF_BYTES = 1024 * 1024;

/** CRC-32 as PNG counts it (polynomial 0xEDB88320). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (0xedb8_8320 & -(crc & 1));
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

function exifChunk(orientation: number): Uint8Array {
  const tiff = orientationOnly(orientation);
  const chunk = new Uint8Array(FRAME_BYTES + tiff.byteLength);
  const view = viewOf(chunk);
  view.setUint32(0, tiff.byteLength);
  chunk.set(letters('eXIf'), 4);
  chunk.set(tiff, 8);
  view.setUint32(8 + tiff.byteLength, crc32(chunk.subarray(4, 8 + tiff.byteLength)));
  return chunk;
}

export function* walkPng(sizeBytes: number): Walk<readonly FilePiece[] | Rejection> {
  const pieces: FilePiece[] = [{ from: 0, to: PNG_SIGNATURE.length }];
  let at: number = PNG_SIGNATURE.length;
  for (let count = 0; count < MAX_SEGMENTS * 10; count += 1) {
    const head = yield* look(at, at + 8);
    if (head.byteLength < 8) return badImage('the picture ends before its end mark');
    const length = viewOf(head).getUint32(0);
    const name = ascii(head, 4, 8);
    const end = at + FRAME_BYTES + length;
    if (end > sizeBytes || !/^[A-Za-z]{4}$/u.test(name)) return badImage('a chunk reaches beyond the end, or is none');
    if (name === 'IEND') return [...pieces, { from: at, to: end }];
    if (NEEDED.has(name)) pieces.push({ from: at, to: end });
    else if (name === 'eXIf' && length <= MAX_EXIF_BYTES) {
      const orientation = orientationOf(yield* look(at + 8, end - 4));
      if (orientation !== 1) pieces.push({ made: exifChunk(orientation) });
    } else if (/^[A-Z]/u.test(name)) return badImage('a chunk that is needed and that nobody knows');
    at = end;
  }
  return badImage('too many chunks');
}
