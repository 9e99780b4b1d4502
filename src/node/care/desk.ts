// Where requests of others are answered and this node's own are asked: over the bulk stream, or without it where a keeper
// asks itself. So one node alone is a keeper like any other.
import { AppError, MAX_BULK_FRAME_BYTES, type PartyId, type Rejection, isRejection } from '../base/index.ts';
import { type Codec, decode, encode } from '../codec/index.ts';
import type { PeerId } from '../ports/index.ts';
import type { Bulk, Correspondent } from './access.ts';
import { ASK_TIMEOUT_MS } from './limits.ts';

type Answering = (from: Correspondent, body: Uint8Array) => Promise<Uint8Array | Rejection>;

/** Whom to ask: a linked peer, or this node itself (`peer` null). */
export interface Addressee {
  readonly party: PartyId;
  readonly peer: PeerId | null;
}

/** The peer id under which a node asks itself; no transport knows it. */
export const SELF: PeerId = 'self';

export class Desk {
  private readonly bulk: Bulk;
  private readonly self: PartyId;
  private readonly answeringByKind = new Map<string, Answering>();
  private open = true;

  constructor(bulk: Bulk, self: PartyId) {
    this.bulk = bulk;
    this.self = self;
  }

  /** Answers requests of one kind. A malformed body is refused before `answering` sees it. */
  answer<Asked, Answer>(
    kind: string,
    asked: Codec<Asked>,
    answer: Codec<Answer>,
    answering: (from: Correspondent, asked: Asked) => Promise<Answer | Rejection>,
  ): void {
    const whole: Answering = async (from, body) => {
      if (!this.open) throw new AppError({ code: 'stopped', message: 'This node has stopped.', remedy: 'Ask another member.' });
      const request = decode(asked, body, MAX_BULK_FRAME_BYTES);
      if (isRejection(request)) return request;
      const result = await answering(from, request);
      return isRejection(result) ? result : encode(answer, result);
    };
    this.answeringByKind.set(kind, whole);
    this.bulk.handle(kind, whole);
  }

  /** Throws AppError: `unreachable`, `timeout`, or the reason that the other end refused with. */
  async ask<Asked, Answer>(
    to: Addressee,
    kind: string,
    asked: Codec<Asked>,
    answer: Codec<Answer>,
    request: Asked,
    timeoutMs: number = ASK_TIMEOUT_MS,
  ): Promise<Answer> {
    const body = encode(asked, request);
    const bytes = to.peer === null ? await this.askSelf(kind, body) : await this.bulk.ask(to.peer, kind, body, { timeoutMs });
    const result = decode(answer, bytes, MAX_BULK_FRAME_BYTES);
    if (isRejection(result)) throw refusal(result);
    return result;
  }

  close(): void {
    this.open = false;
  }

  private async askSelf(kind: string, body: Uint8Array): Promise<Uint8Array> {
    const answering = this.answeringByKind.get(kind);
    const result = await answering?.({ peer: SELF, party: this.self }, body);
    if (result === undefined)
      throw new AppError({ code: 'unknown-request', message: `Nobody here answers ${kind}.`, remedy: 'Ask another member.' });
    if (isRejection(result)) throw refusal(result);
    return result;
  }
}

function refusal(rejection: Rejection): AppError {
  return new AppError({ code: rejection.reason, message: rejection.detail, remedy: 'Try again later, or ask another member.' });
}
