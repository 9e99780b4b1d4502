// Requests by channel and kind over the bulk stream: one router per node. The kind's owner reads and writes the bodies. What a channel
// answers to strangers is for its handlers; a closed one refuses them before anything is looked at (P1-05).
import { AppError, type ChannelId, MAX_BULK_FRAME_BYTES, MAX_REASON_CHARS, isRejection } from '../base/index.ts';
import type { Bulk, Correspondent } from '../care/index.ts';
import { boundedBytes, decode, encode, struct, text, union } from '../codec/index.ts';
import { channelId } from '../contracts/index.ts';
import type { Log, Network, PeerId } from '../ports/index.ts';

const request = struct({ channel: channelId, kind: text(40), body: boundedBytes(MAX_BULK_FRAME_BYTES) });
const answer = union({
  done: struct({ body: boundedBytes(MAX_BULK_FRAME_BYTES) }),
  refused: struct({ reason: text(80), detail: text(MAX_REASON_CHARS) }),
});

type Handler = (
  from: Correspondent,
  body: Uint8Array,
) => Promise<Uint8Array | { readonly reason: string; readonly detail: string; readonly rejected: true }>;

interface BulkOfChannel {
  /** Who is behind a peer, as the channel sees it; null for a stranger. */
  readonly partyOf: (peer: PeerId) => Correspondent['party'];
  /** Whether strangers are refused whatever they ask. */
  readonly closed: boolean;
}

export interface BulkSwitch {
  /** Requests of one channel, asked and answered. Called once for a channel. */
  of(channel: ChannelId, init: BulkOfChannel): Bulk;
  /** Answers nothing of this channel any more. */
  drop(channel: ChannelId): void;
}

export function createBulk(network: Pick<Network, 'request' | 'onRequest'>, log: Log): BulkSwitch {
  const channels = new Map<ChannelId, BulkOfChannel & { readonly handlers: Map<string, Handler> }>();

  async function reply(peer: PeerId, bytes: Uint8Array): Promise<Uint8Array> {
    const asked = decode(request, bytes, MAX_BULK_FRAME_BYTES);
    if (isRejection(asked)) return refuse(asked.reason, asked.detail);
    const channel = channels.get(asked.channel);
    if (channel === undefined) return refuse('unknown-channel', 'this node takes no part in that channel');
    const party = channel.partyOf(peer);
    if (channel.closed && party === null) return refuse('not-a-member', 'this channel answers its members alone');
    const handler = channel.handlers.get(asked.kind);
    if (handler === undefined) return refuse('unknown-request', `nobody here answers ${asked.kind}`);
    try {
      const result = await handler({ peer, party }, asked.body);
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

  async function ask(channel: ChannelId, peer: PeerId, ...[kind, body, options = {}]: Asked): Promise<Uint8Array> {
    const bytes = await network.request(peer, encode(request, { channel, kind, body }), options);
    const result = decode(answer, bytes, MAX_BULK_FRAME_BYTES);
    if (isRejection(result)) throw refusal(result.reason, result.detail);
    if (result.kind === 'refused') throw refusal(result.reason, result.detail);
    return result.body;
  }

  network.onRequest(reply);
  return {
    of: (channel, init) => {
      const handlers = new Map<string, Handler>();
      channels.set(channel, { ...init, handlers });
      return {
        handle: (kind, handler) => {
          handlers.set(kind, handler);
        },
        ask: (peer, ...asked) => ask(channel, peer, ...asked),
      };
    },
    drop: (channel) => {
      channels.delete(channel);
    },
  };
}

type Asked = readonly [kind: string, body: Uint8Array, options?: { readonly timeoutMs?: number }];

function refuse(reason: string, detail: string): Uint8Array {
  return encode(answer, { kind: 'refused', reason: reason.slice(0, 80), detail: detail.slice(0, MAX_REASON_CHARS) });
}

function refusal(code: string, message: string): AppError {
  return new AppError({ code, message, remedy: 'Try again later, or ask another member.' });
}
