// How a file is looked through without being in memory: a walk asks for the bytes that it wants to see and is given them. What comes out is a
// list of pieces, ranges of the file that stay and bytes that are put in their place. Nothing is decoded.
import { type Rejection, reject } from '../../base/index.ts';

/** Bytes from `from` up to, not including, `to`; the one who answers cuts it off at the end of the file. */
export interface WantedBytes {
  readonly from: number;
  readonly to: number;
}

/** A range of the file that stays, or bytes that take the place of what is left out. */
export type FilePiece = WantedBytes | { readonly made: Uint8Array };

export type Walk<Result> = Generator<WantedBytes, Result, Uint8Array>;

/** Parts of one file that are looked at (R18). */
export const MAX_SEGMENTS = 10_000;

export function* look(from: number, to: number): Walk<Uint8Array> {
  return yield { from, to };
}

export function badImage(detail: string): Rejection {
  return reject('bad-image', detail);
}

export function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

/** The bytes of a word of ASCII. */
export function letters(word: string): Uint8Array {
  return Uint8Array.from({ length: word.length }, (_, index) => word.charCodeAt(index));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
