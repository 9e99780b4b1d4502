// The pair of streams that a link is made of, and how each end comes to it. Opening and receiving greet by the same rules
// (greeting.ts); what does not greet properly or in time is closed.
import type { Connection, Stream } from '@libp2p/interface';
import { MAX_VOTE_FRAME_BYTES } from '../../../base/index.ts';
import type { PeerId, Timers } from '../../../ports/index.ts';
import { GREETING_TIMEOUT_MS, MAX_VOTE_QUEUE_BYTES } from '../limits.ts';
import { FramedStream, MAX_PIECE_PAYLOAD_BYTES } from '../wire/index.ts';
import { BULK_PROTOCOL, expectGreeting, HELLO, newSession, READY, sameSession, VOTE_PROTOCOL, WELCOME } from './greeting.ts';

export type StreamKind = 'vote' | 'bulk';

export interface StreamPair {
  readonly vote: FramedStream;
  readonly bulk: FramedStream;
}

function framed(kind: StreamKind, stream: Stream): FramedStream {
  const maxPayloadBytes = kind === 'vote' ? MAX_VOTE_FRAME_BYTES : MAX_PIECE_PAYLOAD_BYTES;
  return new FramedStream(stream, { maxPayloadBytes, maxQueueBytes: MAX_VOTE_QUEUE_BYTES });
}

/**
 * Opens and greets both streams on a connection. Rejects, with nothing left open, where the other end does not answer in kind, or where
 * they are not wanted any more: the other end takes the link for up only after the last word.
 */
export async function openStreams(connection: Connection, wanted: () => boolean): Promise<StreamPair> {
  const signal = AbortSignal.timeout(GREETING_TIMEOUT_MS);
  const options = { signal, runOnLimitedConnection: true };
  const vote = framed('vote', await connection.newStream(VOTE_PROTOCOL, options));
  let bulk: FramedStream | null = null;
  try {
    bulk = framed('bulk', await connection.newStream(BULK_PROTOCOL, options));
    const session = newSession();
    vote.send(HELLO, session);
    bulk.send(HELLO, session);
    const welcomes = await Promise.all([expectGreeting(vote, WELCOME, signal), expectGreeting(bulk, WELCOME, signal)]);
    if (!welcomes.every((welcome) => sameSession(welcome, session))) throw new Error('the other end answered for another session');
    if (!wanted()) throw new Error('not wanted any more');
    vote.send(READY, session);
    return { vote, bulk };
  } catch (error) {
    vote.end('greeting failed');
    bulk?.end('greeting failed');
    throw error;
  }
}

/** Finds out whether a connection that the other end opens streams on is alive, and ends it if not. */
export async function probe(connection: Connection): Promise<void> {
  try {
    const signal = AbortSignal.timeout(GREETING_TIMEOUT_MS);
    const stream = await connection.newStream('/ipfs/ping/1.0.0', { signal });
    await stream.close({ signal });
  } catch {
    connection.abort(new Error('dead on arrival'));
  }
}

interface Half {
  readonly connection: Connection;
  readonly session: Uint8Array;
  readonly kind: StreamKind;
  readonly stream: FramedStream;
}

/** Receives the streams that peers open here and puts the two of a session together. One unfinished session for each peer. */
export class Reception {
  readonly #halfByPeer = new Map<PeerId, Half>();
  readonly #timers: Timers;
  readonly #onStreams: (connection: Connection, streams: StreamPair) => void;

  constructor(timers: Timers, onStreams: (connection: Connection, streams: StreamPair) => void) {
    this.#timers = timers;
    this.#onStreams = onStreams;
  }

  /** Takes a stream that a peer opened; never throws. */
  async receive(kind: StreamKind, raw: Stream, connection: Connection): Promise<void> {
    const stream = framed(kind, raw);
    const signal = AbortSignal.timeout(GREETING_TIMEOUT_MS);
    try {
      const session = await expectGreeting(stream, HELLO, signal);
      const streams = this.#pair({ connection, session, kind, stream });
      if (streams === null) return;
      streams.vote.send(WELCOME, session);
      streams.bulk.send(WELCOME, session);
      const ready = await expectGreeting(streams.vote, READY, signal);
      if (!sameSession(ready, session)) throw new Error('ready for another session');
      if (streams.bulk.ended) throw new Error('closed while greeting');
      this.#onStreams(connection, streams);
    } catch {
      stream.end('greeting failed');
    }
  }

  /** Both streams of the session once the second is there; a newer session takes the place of an unfinished one. */
  #pair(half: Half): StreamPair | null {
    const peer = half.connection.remotePeer.toString();
    const other = this.#halfByPeer.get(peer);
    const matches = other !== undefined && other.connection === half.connection && sameSession(other.session, half.session);
    if (!matches || other.kind === half.kind) {
      other?.stream.end('another session began');
      this.#halfByPeer.set(peer, half);
      this.#timers.after(GREETING_TIMEOUT_MS, () => {
        if (this.#halfByPeer.get(peer) !== half) return;
        this.#halfByPeer.delete(peer);
        half.stream.end('its other stream did not come');
      });
      return null;
    }
    this.#halfByPeer.delete(peer);
    return half.kind === 'vote' ? { vote: half.stream, bulk: other.stream } : { vote: other.stream, bulk: half.stream };
  }
}
