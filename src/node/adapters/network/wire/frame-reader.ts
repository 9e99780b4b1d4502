// Frames on a byte stream: four bytes of length, most significant first, then a kind byte and the payload. The reader takes bytes
// from a peer as they come, so it refuses a length before it makes room for it.
import { reject, type Rejection } from '../../../base/index.ts';

export const LENGTH_BYTES = 4;

/** A frame as it goes out. The parts are copied: the caller may change them afterwards. */
export function frameOf(kind: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const payloadBytes = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = new Uint8Array(LENGTH_BYTES + 1 + payloadBytes);
  new DataView(frame.buffer).setUint32(0, 1 + payloadBytes);
  frame[LENGTH_BYTES] = kind;
  let at = LENGTH_BYTES + 1;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** Cuts a stream of bytes into frames. After a rejection the stream is beyond repair. */
export class FrameReader {
  readonly #maxPayloadBytes: number;
  readonly #head = new Uint8Array(LENGTH_BYTES);
  #headBytes = 0;
  #body: Uint8Array | null = null;
  #bodyBytes = 0;

  /** `maxPayloadBytes` counts what stands behind the kind byte. */
  constructor(maxPayloadBytes: number) {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Whole frames (kind byte first) that these bytes completed, in order. */
  push(bytes: Uint8Array): readonly Uint8Array[] | Rejection {
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#body === null) {
        at += this.#readHead(bytes.subarray(at));
        if (this.#headBytes < LENGTH_BYTES) break;
        const lengthBytes = new DataView(this.#head.buffer).getUint32(0);
        if (lengthBytes === 0) return reject('malformed-length', 'a frame of no bytes');
        if (lengthBytes > this.#maxPayloadBytes + 1) return reject('frame-too-large', `a frame of ${lengthBytes} bytes`);
        this.#body = new Uint8Array(lengthBytes);
        this.#bodyBytes = 0;
        continue;
      }
      const take = Math.min(this.#body.length - this.#bodyBytes, bytes.length - at);
      this.#body.set(bytes.subarray(at, at + take), this.#bodyBytes);
      this.#bodyBytes += take;
      at += take;
      if (this.#bodyBytes < this.#body.length) break;
      frames.push(this.#body);
      this.#body = null;
      this.#headBytes = 0;
    }
    return frames;
  }

  #readHead(bytes: Uint8Array): number {
    const take = Math.min(LENGTH_BYTES - this.#headBytes, bytes.length);
    this.#head.set(bytes.subarray(0, take), this.#headBytes);
    this.#headBytes += take;
    return take;
  }
}
