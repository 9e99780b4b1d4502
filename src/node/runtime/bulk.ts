// Requests by kind over the bulk stream: one router per node. The kind's owner reads and writes the bodies.
import { AppError, MAX_BULK_FRAME_BYTES, MAX_REASON_CHARS, isRejection } from '../base/index.ts';
import type { Bulk, Correspondent } from '../care/index.ts';
import { boundedBytes, decode, encode, struct, text, union } from '../codec/index.ts';
import type { Log, Network, PeerId } from '../ports/index.ts';

const request = struct({ kind: text(40), body: boundedBytes(MAX_BULK_FRAME_BYTES) });
const answer = union({
  done: struct({ body: boundedBytes(MAX_BULK_FRAME_BYTES) }),
  refused: struct({ reason: text(80), detail: text(MAX_REASON_CHARS) }),
});

type Handler = (
  from: Correspondent,
  body: Uint8Array,
) => Promise<Uint8Array | { readonly reason: string; readonly detail: string; readonly rejected: true }>;

/** `partyOf` tells who is behind a peer, by its checked pledge. */
export function createBulk(network: Network, partyOf: (peer: PeerId) => Correspondent['party'], log: Log): Bulk {
  const handlers = new Map<string, Handler>();

  async function reply(peer: PeerId, bytes: Uint8Array): Promise<Uint8Array> {
    const asked = decode(request, bytes, MAX_BULK_FRAME_BYTES);
    if (isRejection(asked)) return refuse(asked.reason, asked.detail);
    const handler = handlers.get(asked.kind);
    if (handler === undefined) return refuse('unknown-request', `nobody here answers ${asked.kind}`);
    try {
      const result = await handler({ peer, party: partyOf(peer) }, asked.body);
      if (!isRejection(result)) return encode(answer, { kind: 'done', body: result });
      log.debug('request-refused', { kind: asked.kind, reason: result.reason });
      return refuse(result.reason, result.detail);
    } catch (error) {
      log.debug('request-failed', { kind: asked.kind, reason: error instanceof AppError ? error.code : 'bug' });
      if (error instanceof AppError) return refuse(error.code, error.message);
      log.warn('bulk-handler-failed', { kind: asked.kind, message: error instanceof Error ? error.message : String(error) });
      return refuse('failed', 'the other end could not answer');
    }
  }

  network.onRequest(reply);
  return {
    handle: (kind, handler) => {
      handlers.set(kind, handler);
    },
    ask: async (peer, kind, body, options = {}) => {
      const bytes = await network.request(peer, encode(request, { kind, body }), options);
      const result = decode(answer, bytes, MAX_BULK_FRAME_BYTES);
      if (isRejection(result)) throw refusal(result.reason, result.detail);
      if (result.kind === 'refused') throw refusal(result.reason, result.detail);
      return result.body;
    },
  };
}

function refuse(reason: string, detail: string): Uint8Array {
  return encode(answer, { kind: 'refused', reason: reason.slice(0, 80), detail: detail.slice(0, MAX_REASON_CHARS) });
}

function refusal(code: string, message: string): AppError {
  return new AppError({ code, message, remedy: 'Try again later, or ask another member.' });
}
