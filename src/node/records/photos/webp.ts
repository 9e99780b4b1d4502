// A WebP without its metadata: Exif (but for which side is up), XMP and chunks that nobody knows go, the flags of the head say so, and the
// length in the head is what is left. Source: RFC 9649.
import type { Rejection } from '../../base/index.ts';
import { orientationOf, orientationOnly } from './orientation.ts';
import { type FilePiece, MAX_SEGMENTS, type Walk, ascii, badImage, letters, look, viewOf } from './walk.ts';

const HEAD_BYTES = 12;
const NEEDED = new Set(['VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const [EXIF_FLAG, XMP_FLAG] = [0x08, 0x04] as const;
const EXTENDED_BYTES = 18;
const MAX_EXIF_BYTES = 1024 * 1024;

function exifChunk(orientation: number): Uint8Array {
  const tiff = orientationOnly(orientation);
  const chunk = new Uint8Array(8 + tiff.byteLength);
  chunk.set(letters('EXIF'));
  viewOf(chunk).setUint32(4, tiff.byteLength, true);
  chunk.set(tiff, 8);
  return chunk;
}

function sizeOf(piece: FilePiece): number {
  return 'made' in piece ? piece.made.byteLength : piece.to - piece.from;
}

/** The head with the length of what follows. */
function framed(pieces: readonly FilePiece[]): readonly FilePiece[] {
  const head = new Uint8Array(HEAD_BYTES);
  head.set(letters('RIFF'));
  viewOf(head).setUint32(4, 4 + pieces.reduce((sum, piece) => sum + sizeOf(piece), 0), true);
  head.set(letters('WEBP'), 8);
  return [{ made: head }, ...pieces];
}

export function* walkWebp(sizeBytes: number): Walk<readonly FilePiece[] | Rejection> {
  const riff = yield* look(0, HEAD_BYTES);
  const limit = Math.min(sizeBytes, 8 + viewOf(riff).getUint32(4, true));
  const pieces: FilePiece[] = [];
  let extended = -1;
  let orientation = 1;
  let at = HEAD_BYTES;
  for (let count = 0; at + 8 <= limit; count += 1) {
    if (count >= MAX_SEGMENTS) return badImage('too many chunks');
    const head = yield* look(at, at + 8);
    const name = ascii(head, 0, 4);
    const length = viewOf(head).getUint32(4, true);
    const end = at + 8 + length + (length % 2);
    if (at + 8 + length > limit) return badImage('a chunk reaches beyond the end');
    if (name === 'VP8X') {
      if (length !== EXTENDED_BYTES - 8 || extended >= 0) return badImage('a head that is none');
      extended = pieces.length;
      pieces.push({ made: (yield* look(at, at + EXTENDED_BYTES)).slice() });
    } else if (NEEDED.has(name)) pieces.push({ from: at, to: Math.min(end, limit) });
    else if (name === 'EXIF' && length <= MAX_EXIF_BYTES) {
      const block = yield* look(at + 8, at + 8 + length);
      orientation = orientationOf(ascii(block, 0, 6) === 'Exif\0\0' ? block.subarray(6) : block);
    }
    at = end;
  }
  const head = pieces[extended];
  if (head !== undefined && 'made' in head) {
    const flags = (head.made[8] ?? 0) & ~(EXIF_FLAG | XMP_FLAG);
    head.made[8] = orientation === 1 ? flags : flags | EXIF_FLAG;
    if (orientation !== 1) pieces.push({ made: exifChunk(orientation) });
  }
  return pieces.length === 0 ? badImage('there is no picture in it') : framed(pieces);
}
