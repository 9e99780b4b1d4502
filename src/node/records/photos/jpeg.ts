// A JPEG without its metadata: segments that the picture needs stay (tables, frames, scans, colour profile, Adobe's colour transform), all
// others go: Exif and its place and thumbnail, XMP, IPTC, comments, maker notes, second pictures, and whatever stands behind the end. The
// compressed data is walked, not only the head, because segments may stand between scans. Sources: ITU-T T.81, annex B; JFIF 1.02.
import { type Rejection, isRejection } from '../../base/index.ts';
import { orientationOf, orientationOnly } from './orientation.ts';
import { type FilePiece, MAX_SEGMENTS, type Walk, ascii, badImage, letters, look, viewOf } from './walk.ts';

const [SOI, EOI, SOS, APP0, APP1, APP2, APP14] = [0xd8, 0xd9, 0xda, 0xe0, 0xe1, 0xe2, 0xee] as const;
/** How much of a scan is looked at in one go. */
const SCAN_BYTES = 1024 * 1024;
const JFIF_BYTES = 18;

/** Markers without a length: restarts, and one for arithmetic coding. */
function standsAlone(marker: number): boolean {
  return (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01;
}

/** Frames, tables, restart intervals: what decoding needs. */
function isPicture(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xdf && marker !== SOI && marker !== EOI;
}

/** The first marker behind compressed data: an FF that is neither stuffed nor a restart. */
function* endOfScan(from: number, sizeBytes: number): Walk<number> {
  for (let at = from; at < sizeBytes;) {
    const bytes = yield* look(at, Math.min(at + SCAN_BYTES, sizeBytes));
    for (let index = bytes.indexOf(0xff); index >= 0 && index + 1 < bytes.byteLength; index = bytes.indexOf(0xff, index + 1)) {
      const next = bytes[index + 1] ?? 0;
      if (next !== 0x00 && next !== 0xff && !standsAlone(next)) return at + index;
    }
    // The last byte is looked at again with its successor.
    at += Math.max(1, bytes.byteLength - 1);
    if (at + 1 >= sizeBytes) return sizeBytes;
  }
  return sizeBytes;
}

/** An application segment: stays, is replaced, or goes (null). */
function* keptSegment(marker: number, at: number, end: number): Walk<FilePiece | null> {
  const head = yield* look(at, Math.min(end, at + 4 + 16));
  const name = ascii(head, 4, 4 + 14);
  if (marker === APP2 && name.startsWith('ICC_PROFILE\0')) return { from: at, to: end };
  if (marker === APP14 && name.startsWith('Adobe')) return { from: at, to: end };
  if (marker === APP0 && name.startsWith('JFIF\0') && end - at >= JFIF_BYTES) {
    const whole = (yield* look(at, at + JFIF_BYTES)).slice();
    // Its own thumbnail goes: length 16, no columns, no rows.
    whole.set([0, JFIF_BYTES - 2], 2);
    whole.set([0, 0], JFIF_BYTES - 2);
    return { made: whole };
  }
  if (marker === APP1 && name.startsWith('Exif\0')) {
    const orientation = orientationOf(yield* look(at + 10, end));
    if (orientation !== 1) return { made: exifSegment(orientation) };
  }
  return null;
}

function exifSegment(orientation: number): Uint8Array {
  const tiff = orientationOnly(orientation);
  const segment = new Uint8Array(10 + tiff.byteLength);
  segment.set([0xff, APP1, 0, segment.byteLength - 2, ...letters('Exif\0\0')]);
  segment.set(tiff, 10);
  return segment;
}

/** Where the segment at `at` ends, or why it is none. */
function* segmentAt(at: number, sizeBytes: number): Walk<{ readonly marker: number; readonly end: number } | Rejection> {
  const head = yield* look(at, at + 4);
  const marker = head[1] ?? 0;
  if (head[0] !== 0xff || head.byteLength < 2) return badImage('there is no segment where one should begin');
  if (marker === EOI || marker === 0xff || standsAlone(marker)) return { marker, end: at + (marker === 0xff ? 1 : 2) };
  const length = head.byteLength < 4 ? 0 : viewOf(head).getUint16(2);
  const end = at + 2 + length;
  return length < 2 || end > sizeBytes ? badImage('a segment reaches beyond the end') : { marker, end };
}

export function* walkJpeg(sizeBytes: number): Walk<readonly FilePiece[] | Rejection> {
  const pieces: FilePiece[] = [{ from: 0, to: 2 }];
  let at = 2;
  for (let count = 0; count < MAX_SEGMENTS; count += 1) {
    const segment = yield* segmentAt(at, sizeBytes);
    if (isRejection(segment)) return segment;
    const { marker, end } = segment;
    if (marker === EOI) return [...pieces, { from: at, to: end }];
    if (marker === SOS) {
      const next = yield* endOfScan(end, sizeBytes);
      pieces.push({ from: at, to: next });
      // A picture that was cut off has no end mark; all of it was looked at.
      if (next >= sizeBytes) return pieces;
      at = next;
      continue;
    }
    if (isPicture(marker)) pieces.push({ from: at, to: end });
    else if (marker !== 0xff) {
      const kept = yield* keptSegment(marker, at, end);
      if (kept !== null) pieces.push(kept);
    }
    at = end;
  }
  return badImage('too many segments');
}
