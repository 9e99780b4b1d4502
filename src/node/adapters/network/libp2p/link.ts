// One live link: a vote stream and a bulk stream that have greeted. Measures the round trip, notices silence, counts bytes, and ends
// once, with a reason. Votes never wait behind bulk traffic: they have their own stream.
import type { Connection } from '@libp2p/interface';
import type { AppError } from '../../../base/index.ts';
import { MAX_VOTE_FRAME_BYTES } from '../../../base/index.ts';
import type { Clock, Link as LinkView, PeerId, Timers } from '../../../ports/index.ts';
import { unreachable } from '../failures.ts';
import { MAX_SILENT_HEARTBEATS } from '../limits.ts';
import { BulkChannel, type FramedStream } from '../wire/index.ts';

const DATA = 0;
const PING = 1;
const PONG = 2;
const WISH = 3;
const PING_BYTES = 4;

/** What a link tells its owner. */
export interface LinkEvents {
  readonly onFrame: (frame: Uint8Array) => void;
  readonly onRequest: (request: Uint8Array) => Promise<Uint8Array>;
  readonly onEnd: (reason: string) => void;
}

export interface LinkInit {
  readonly peer: PeerId;
  readonly connection: Connection;
  readonly vote: FramedStream;
  readonly bulk: FramedStream;
  /** Whether this end wishes for the link. */
  readonly wished: boolean;
  readonly clock: Clock;
  readonly timers: Timers;
}

export class Link {
  readonly peer: PeerId;
  readonly connection: Connection;
  readonly #vote: FramedStream;
  readonly #bulk: FramedStream;
  readonly #channel: BulkChannel;
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  readonly #sinceMs: number;
  #roundTripMs: number | null = null;
  #pingNumber = 0;
  #pingSentMs = 0;
  #heardBytes = 0;
  #silentBeats = 0;
  #wishedHere: boolean;
  #wishedThere = true;
  #unwishedSinceMs: number | null = null;
  #ended = false;

  constructor(init: LinkInit, events: LinkEvents) {
    this.peer = init.peer;
    this.connection = init.connection;
    this.#vote = init.vote;
    this.#bulk = init.bulk;
    this.#clock = init.clock;
    this.#events = events;
    this.#sinceMs = init.clock.nowMs();
    this.#wishedHere = init.wished;
    this.#channel = new BulkChannel({
      timers: init.timers,
      answer: events.onRequest,
      onReady: () => {
        init.bulk.kick();
      },
    });
  }

  /** Begins to take frames. Called once, after the owner has reported the link. */
  open(): void {
    const onEnd = (reason: string): void => {
      this.end(reason);
    };
    this.#vote.whenEnded(onEnd);
    this.#bulk.whenEnded(onEnd);
    if (this.#ended) return;
    this.#bulk.drawFrom(() => this.#channel.nextFrame());
    this.tellWish(this.#wishedHere);
    this.#ping();
    this.#vote.listen((frame) => {
      this.#receiveVote(frame);
    });
    this.#bulk.listen((frame) => {
      const refused = this.#channel.receive(frame);
      if (refused !== null) this.end(refused.reason);
    });
  }

  get path(): 'direct' | 'relayed' {
    return this.connection.limits === undefined ? 'direct' : 'relayed';
  }

  send(frame: Uint8Array): void {
    if (frame.length > MAX_VOTE_FRAME_BYTES) this.end('frame-too-large');
    else this.#vote.send(DATA, frame);
  }

  /** Throws AppError as `Network.request` does. */
  request(bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return this.#channel.request(bytes, timeoutMs);
  }

  /** Tells the other end whether this one still wishes for the link. */
  tellWish(wished: boolean): void {
    this.#wishedHere = wished;
    this.#vote.send(WISH, Uint8Array.of(wished ? 1 : 0));
    this.#noteWishes();
  }

  /** Since when neither end wishes for the link; null while one does. */
  get unwishedSinceMs(): number | null {
    return this.#unwishedSinceMs;
  }

  /** Asks for a sign of life; ends the link where too many were missing. */
  beat(): void {
    const heardBytes = this.#vote.bytesReceived + this.#bulk.bytesReceived;
    this.#silentBeats = heardBytes === this.#heardBytes ? this.#silentBeats + 1 : 0;
    this.#heardBytes = heardBytes;
    if (this.#silentBeats > MAX_SILENT_HEARTBEATS) this.end('silent');
    else this.#ping();
  }

  view(): LinkView {
    return {
      peer: this.peer,
      path: this.path,
      sinceMs: this.#sinceMs,
      roundTripMs: this.#roundTripMs,
      bytesSent: this.#vote.bytesSent + this.#bulk.bytesSent,
      bytesReceived: this.#vote.bytesReceived + this.#bulk.bytesReceived,
    };
  }

  end(reason: string, error: AppError = unreachable()): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#vote.end(reason);
    this.#bulk.end(reason);
    this.#channel.close(error);
    this.#events.onEnd(reason);
  }

  #ping(): void {
    this.#pingNumber = (this.#pingNumber + 1) >>> 0;
    this.#pingSentMs = this.#clock.nowMs();
    const number = new Uint8Array(PING_BYTES);
    new DataView(number.buffer).setUint32(0, this.#pingNumber);
    this.#vote.send(PING, number);
  }

  #receiveVote(frame: Uint8Array): void {
    const payload = frame.subarray(1);
    switch (frame[0]) {
      case DATA:
        this.#events.onFrame(payload);
        break;
      case PING:
        this.#vote.send(PONG, payload.subarray(0, PING_BYTES));
        break;
      case PONG:
        this.#receivePong(payload);
        break;
      case WISH:
        this.#wishedThere = payload[0] === 1;
        this.#noteWishes();
        break;
      default:
        this.end('unknown-kind');
    }
  }

  #receivePong(payload: Uint8Array): void {
    if (payload.length !== PING_BYTES) return;
    const number = new DataView(payload.buffer, payload.byteOffset, PING_BYTES).getUint32(0);
    if (number === this.#pingNumber) this.#roundTripMs = Math.max(0, this.#clock.nowMs() - this.#pingSentMs);
  }

  #noteWishes(): void {
    if (this.#wishedHere || this.#wishedThere) this.#unwishedSinceMs = null;
    else this.#unwishedSinceMs ??= this.#clock.nowMs();
  }
}
