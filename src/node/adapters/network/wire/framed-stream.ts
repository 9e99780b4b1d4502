// One libp2p stream as frames both ways. Sends while the stream takes bytes and no further, so that what waits is counted here and
// bounded (R18): queued frames first, then pieces from a source that is asked only when there is room. Ends once, with a reason.
import type { Stream } from '@libp2p/interface';
import { isRejection } from '../../../base/index.ts';
import { FrameReader, frameOf } from './frame-reader.ts';

/** Bytes handed to the stream that it has not passed on: small, so that urgent frames do not stand behind them. */
const MAX_STREAM_BUFFER_BYTES = 256 * 1024;

export interface FramedStreamInit {
  readonly maxPayloadBytes: number;
  readonly maxQueueBytes: number;
}

export class FramedStream {
  readonly #stream: Stream;
  readonly #reader: FrameReader;
  readonly #maxQueueBytes: number;
  readonly #queue: Uint8Array[] = [];
  readonly #early: Uint8Array[] = [];
  #queueBytes = 0;
  #earlyBytes = 0;
  #source: () => Uint8Array | null = () => null;
  #onFrame: ((frame: Uint8Array) => void) | null = null;
  #onEnd: ((reason: string) => void) | null = null;
  #endReason: string | null = null;
  #sending = false;
  bytesSent = 0;
  bytesReceived = 0;

  constructor(stream: Stream, init: FramedStreamInit) {
    this.#stream = stream;
    this.#reader = new FrameReader(init.maxPayloadBytes);
    this.#maxQueueBytes = init.maxQueueBytes;
    stream.addEventListener('message', (event) => {
      this.#receive(event.data instanceof Uint8Array ? event.data : event.data.subarray());
    });
    stream.addEventListener('drain', () => {
      this.kick();
    });
    stream.addEventListener('remoteCloseWrite', () => {
      this.end('closed by the other end');
    });
    stream.addEventListener('close', (event) => {
      this.end(event.error === undefined ? 'closed' : `broken: ${event.error.name}`);
    });
  }

  get ended(): boolean {
    return this.#endReason !== null;
  }

  /** Frames that came before are given at once, in order. */
  listen(onFrame: (frame: Uint8Array) => void): void {
    this.#onFrame = onFrame;
    for (let early = this.#early.shift(); early !== undefined; early = this.#early.shift()) onFrame(early);
  }

  /** The next frame only; those behind it wait for the next listener. */
  listenOnce(onFrame: (frame: Uint8Array) => void): void {
    const first = this.#early.shift();
    if (first !== undefined) onFrame(first);
    else
      this.#onFrame = (frame) => {
        this.#onFrame = null;
        onFrame(frame);
      };
  }

  /** Called once; at once where the stream has ended already. */
  whenEnded(onEnd: (reason: string) => void): void {
    if (this.#endReason === null) this.#onEnd = onEnd;
    else onEnd(this.#endReason);
  }

  /** Where to take frames from when the queue is empty. */
  drawFrom(source: () => Uint8Array | null): void {
    this.#source = source;
    this.kick();
  }

  /** Queues a frame. A queue over its limit ends the stream: the other end is too slow to be of use. */
  send(kind: number, ...parts: readonly Uint8Array[]): void {
    if (this.ended) return;
    const frame = frameOf(kind, ...parts);
    this.#queue.push(frame);
    this.#queueBytes += frame.length;
    this.kick();
    if (this.#queueBytes > this.#maxQueueBytes) this.end('send queue over its limit');
  }

  /** Passes on what waits, as far as the stream takes it. */
  kick(): void {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (!this.ended && !this.#stream.writableNeedsDrain && this.#stream.writeBufferLength < MAX_STREAM_BUFFER_BYTES) {
        const frame = this.#queue.shift();
        if (frame !== undefined) this.#queueBytes -= frame.length;
        const next = frame ?? this.#source();
        if (next === null) break;
        this.bytesSent += next.length;
        this.#stream.send(next);
      }
    } catch (error) {
      this.end(`broken: ${error instanceof Error ? error.name : String(error)}`);
    } finally {
      this.#sending = false;
    }
  }

  end(reason: string): void {
    if (this.#endReason !== null) return;
    this.#endReason = reason;
    this.#queue.length = 0;
    this.#early.length = 0;
    this.#stream.abort(new Error(reason));
    this.#onEnd?.(reason);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#endReason !== null) return;
    this.bytesReceived += bytes.length;
    const frames = this.#reader.push(bytes);
    if (isRejection(frames)) {
      this.end(frames.reason);
      return;
    }
    for (const frame of frames) {
      // A listener may end the stream: what came behind is not given.
      if (this.ended) return;
      if (this.#onFrame === null) this.#keepEarly(frame);
      else this.#onFrame(frame);
    }
  }

  #keepEarly(frame: Uint8Array): void {
    this.#early.push(frame);
    this.#earlyBytes += frame.length;
    if (this.#earlyBytes > this.#maxQueueBytes) this.end('too much before it was asked for');
  }
}
