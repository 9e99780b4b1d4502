// What a file is, by its first bytes (its name says nothing), and which of its bytes are sealed: photos without their metadata, documents and
// DICOM images as they are. What is of no known kind, or is an image that cannot be walked, is refused: it is never sealed with its metadata.
import type { FileKind } from '../../api.ts';
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import { MAX_FILE_BYTES } from '../files/index.ts';
import { walkJpeg } from './jpeg.ts';
import { PNG_SIGNATURE, walkPng } from './png.ts';
import { type FilePiece, type Walk, ascii, look } from './walk.ts';
import { walkWebp } from './webp.ts';

export type { FilePiece, WantedBytes } from './walk.ts';

export interface FilePlan {
  readonly kind: FileKind;
  /** What is sealed, in order. */
  readonly pieces: readonly FilePiece[];
  readonly sizeBytes: number;
}

/** DICOM has 128 bytes that mean nothing, then its name. */
const DICOM_AT = 128;

function kindOf(head: Uint8Array): FileKind | null {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg';
  if (PNG_SIGNATURE.every((byte, index) => head[index] === byte)) return 'image/png';
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return 'image/webp';
  if (ascii(head, 0, 5) === '%PDF-') return 'application/pdf';
  return ascii(head, DICOM_AT, DICOM_AT + 4) === 'DICM' ? 'application/dicom' : null;
}

/** Asks for bytes and tells what is to be sealed. Give it the bytes that it wants, cut off at the end of the file. */
export function* planFile(sizeBytes: number): Walk<FilePlan | Rejection> {
  if (sizeBytes < 1) return reject('empty-file', 'the file is empty');
  if (sizeBytes > MAX_FILE_BYTES) return reject('oversized', `a file has at most ${MAX_FILE_BYTES / 1024 / 1024} MB`);
  const kind = kindOf(yield* look(0, DICOM_AT + 4));
  if (kind === null) return reject('unknown-kind', 'JPEG, PNG and WebP pictures, PDF documents and DICOM images can be attached');
  const pieces = yield* walkOf(kind, sizeBytes);
  if (isRejection(pieces)) return pieces;
  return {
    kind,
    pieces,
    sizeBytes: pieces.reduce((sum, piece) => sum + ('made' in piece ? piece.made.byteLength : piece.to - piece.from), 0),
  };
}

function* walkOf(kind: FileKind, sizeBytes: number): Walk<readonly FilePiece[] | Rejection> {
  if (kind === 'image/jpeg') return yield* walkJpeg(sizeBytes);
  if (kind === 'image/png') return yield* walkPng(sizeBytes);
  if (kind === 'image/webp') return yield* walkWebp(sizeBytes);
  return [{ from: 0, to: sizeBytes }];
}
