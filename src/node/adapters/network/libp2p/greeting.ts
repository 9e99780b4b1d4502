// How two ends agree that a link is up. Of two peers the one with the smaller peer id opens, whoever dialled: so there is one pair of
// streams, even where both dial at once. Opener: hello(session) on both streams; other end: welcome(session) on both; opener: ready
// on the vote stream. Each end has then received what the other answered, so frames flow both ways before anybody says so.
import type { PeerId } from '../../../ports/index.ts';
import type { FramedStream } from '../wire/index.ts';

export const VOTE_PROTOCOL = '/clinicord/vote/1';
export const BULK_PROTOCOL = '/clinicord/bulk/1';

/** Kinds of frames that both streams know; the numbers below are each stream's own. */
export const HELLO = 16;
export const WELCOME = 17;
export const READY = 18;

const SESSION_BYTES = 16;

/** The end that opens streams. */
export function opens(self: PeerId, peer: PeerId): boolean {
  return self < peer;
}

/** A name for one pair of streams. */
export function newSession(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
}

export function sameSession(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Resolves with the session of the next frame, which must be of this kind; rejects where the stream ends or the time is over. */
export function expectGreeting(stream: FramedStream, kind: number, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      stream.end(reason);
      reject(new Error(reason));
    };
    const onAbort = (): void => {
      fail('no greeting in time');
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    stream.whenEnded((reason) => {
      signal.removeEventListener('abort', onAbort);
      reject(new Error(reason));
    });
    stream.listenOnce((frame) => {
      signal.removeEventListener('abort', onAbort);
      const session = frame.subarray(1);
      if (frame[0] === kind && session.length === SESSION_BYTES) resolve(session);
      else fail('not a greeting');
    });
  });
}
