// Pieces of requests and answers on the bulk stream: kind, request number, size of the whole, bytes. A whole larger than one piece
// goes out piece by piece, in turns with the others, so that a long answer does not hold up a short one.
import { reject, type Rejection } from '../../../base/index.ts';
import { BULK_PIECE_BYTES } from '../limits.ts';
import { frameOf } from './frame-reader.ts';

export type PieceKind = 'request' | 'answer' | 'failure' | 'cancel';

export interface Piece {
  readonly kind: PieceKind;
  /** Chosen by the asker; answers carry the same number. */
  readonly id: number;
  /** Bytes of the whole request, answer or failure. */
  readonly totalBytes: number;
  readonly bytes: Uint8Array;
}

const KINDS: readonly PieceKind[] = ['request', 'answer', 'failure', 'cancel'];
const HEAD_BYTES = 8;
/** Kind byte of the first piece kind; lower numbers are the link's own. */
const FIRST_KIND = 1;

/** Payload of the largest frame on a bulk stream. */
export const MAX_PIECE_PAYLOAD_BYTES = HEAD_BYTES + BULK_PIECE_BYTES;

/** A whole that goes out; `next` gives its pieces until it returns null. */
export interface Outgoing {
  readonly kind: PieceKind;
  readonly id: number;
  readonly whole: Uint8Array;
  sentBytes: number;
}

/** The next piece as a frame; says whether it was the last. */
export function takePiece(outgoing: Outgoing): { readonly frame: Uint8Array; readonly last: boolean } {
  const bytes = outgoing.whole.subarray(outgoing.sentBytes, outgoing.sentBytes + BULK_PIECE_BYTES);
  outgoing.sentBytes += bytes.length;
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, outgoing.id);
  view.setUint32(4, outgoing.whole.length);
  return {
    frame: frameOf(FIRST_KIND + KINDS.indexOf(outgoing.kind), head, bytes),
    last: outgoing.sentBytes >= outgoing.whole.length,
  };
}

/** Reads a frame (kind byte first). Lengths are checked against the limits by whoever puts the pieces together. */
export function readPiece(frame: Uint8Array): Piece | Rejection {
  const kind = KINDS[(frame[0] ?? 0) - FIRST_KIND];
  if (kind === undefined) return reject('unknown-kind', `a bulk frame of kind ${frame[0] ?? 'none'}`);
  if (frame.length < 1 + HEAD_BYTES) return reject('truncated', 'a bulk frame without its head');
  const view = new DataView(frame.buffer, frame.byteOffset + 1, HEAD_BYTES);
  return { kind, id: view.getUint32(0), totalBytes: view.getUint32(4), bytes: frame.subarray(1 + HEAD_BYTES) };
}

/** Puts one whole together. */
export class Assembly {
  readonly whole: Uint8Array;
  #receivedBytes = 0;

  constructor(totalBytes: number) {
    this.whole = new Uint8Array(totalBytes);
  }

  /** Takes the next piece; says whether the whole is there, or refuses a piece that does not fit. */
  add(piece: Piece): boolean | Rejection {
    const fits = piece.totalBytes === this.whole.length && this.#receivedBytes + piece.bytes.length <= this.whole.length;
    const progress = piece.bytes.length > 0 || this.whole.length === 0;
    if (!fits || !progress) return reject('bad-piece', 'a piece that does not fit its whole');
    this.whole.set(piece.bytes, this.#receivedBytes);
    this.#receivedBytes += piece.bytes.length;
    return this.#receivedBytes === this.whole.length;
  }
}
