// One node's network in a hub. Same promises as the libp2p network: best effort, in order per link, oversized frames end the link.
import { MAX_BULK_FRAME_BYTES, MAX_VOTE_FRAME_BYTES } from '../../../base/index.ts';
import type { Link, Network, NetworkEvent, PeerId, RequestHandler } from '../../../ports/index.ts';
import { toAnswerError, toldByPeer } from '../answer-error.ts';
import { refusedTooLarge, timedOut, unreachable } from '../failures.ts';
import { REQUEST_TIMEOUT_MS } from '../limits.ts';
import type { Answer, Exchange, NetworkEnd, Pending } from './exchange.ts';

export class MemoryNetwork implements Network, NetworkEnd {
  readonly self: PeerId;
  readonly wishes = new Set<PeerId>();
  readonly #exchange: Exchange;
  readonly #refused = new Set<PeerId>();
  readonly #frameListeners: ((peer: PeerId, frame: Uint8Array) => void)[] = [];
  readonly #eventListeners = new Set<(event: NetworkEvent) => void>();
  readonly #pending = new Set<Pending>();
  #handler: RequestHandler | null = null;
  started = false;

  constructor(exchange: Exchange, self: PeerId) {
    this.#exchange = exchange;
    this.self = self;
  }

  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    if (this.#exchange.relayUp) this.tell({ kind: 'relay-up' });
    this.#exchange.considerAll();
  }

  async stop(): Promise<void> {
    this.started = false;
    for (const link of this.#exchange.linksOf(this.self)) this.#exchange.drop(...link.ends);
  }

  connect(peer: PeerId): void {
    this.#refused.delete(peer);
    this.wishes.add(peer);
    this.#exchange.consider(this.self, peer);
  }

  release(peer: PeerId): void {
    this.wishes.delete(peer);
    // As the real one, which waits a little: a link that neither end wishes for ends.
    if (this.#exchange.network(peer)?.wishes.has(this.self) !== true) this.#exchange.drop(this.self, peer);
  }

  disconnect(peer: PeerId): void {
    this.wishes.delete(peer);
    this.#refused.add(peer);
    this.#exchange.drop(this.self, peer);
  }

  send(peer: PeerId, frame: Uint8Array): void {
    const link = this.#exchange.link(this.self, peer);
    if (link === null) return;
    if (frame.length > MAX_VOTE_FRAME_BYTES) {
      this.#exchange.drop(this.self, peer);
      return;
    }
    const copy = frame.slice();
    link.carry(this.self, copy.length, true, () => this.#exchange.network(peer)?.receive(this.self, copy));
  }

  async request(peer: PeerId, request: Uint8Array, options: { readonly timeoutMs?: number } = {}): Promise<Uint8Array> {
    if (request.length > MAX_BULK_FRAME_BYTES) throw refusedTooLarge(request.length);
    const link = this.#exchange.link(this.self, peer);
    if (link === null) throw unreachable();
    const copy = request.slice();
    const answer = await new Promise<Answer>((resolve, reject) => {
      const cancelTimer = this.#exchange.timers.after(options.timeoutMs ?? REQUEST_TIMEOUT_MS, () => {
        this.#pending.delete(pending);
        reject(timedOut());
      });
      const done = (): void => {
        cancelTimer();
        this.#pending.delete(pending);
      };
      const pending: Pending = {
        peer,
        settle: (settled) => {
          done();
          resolve(settled);
        },
        fail: (error) => {
          done();
          reject(error);
        },
      };
      this.#pending.add(pending);
      link.carry(this.self, copy.length, false, () => void this.#exchange.network(peer)?.answer(this.self, copy, pending));
    });
    if ('error' in answer) throw toldByPeer(answer.error);
    return answer.bytes;
  }

  onFrame(listener: (peer: PeerId, frame: Uint8Array) => void): void {
    this.#frameListeners.push(listener);
  }

  onRequest(handler: RequestHandler): void {
    this.#handler = handler;
  }

  onEvent(listener: (event: NetworkEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  links(): readonly Link[] {
    return this.#exchange.linksOf(this.self).map((link) => link.view(this.self));
  }

  relay(): { readonly address: string; readonly connected: boolean } {
    return { address: 'memory', connected: this.started && this.#exchange.relayUp };
  }

  admits(peer: PeerId): boolean {
    return this.started && !this.#refused.has(peer);
  }

  tell(event: NetworkEvent): void {
    if (event.kind === 'link-down') {
      for (const pending of [...this.#pending]) if (pending.peer === event.peer) pending.fail(unreachable());
    }
    for (const listener of [...this.#eventListeners]) listener(event);
  }

  receive(peer: PeerId, frame: Uint8Array): void {
    for (const listener of this.#frameListeners) listener(peer, frame);
  }

  async answer(peer: PeerId, request: Uint8Array, pending: Pending): Promise<void> {
    const answer = await this.#ask(peer, request);
    const sizeBytes = 'bytes' in answer ? answer.bytes.length : 0;
    this.#exchange.link(this.self, peer)?.carry(this.self, sizeBytes, false, () => {
      pending.settle(answer);
    });
  }

  async #ask(peer: PeerId, request: Uint8Array): Promise<Answer> {
    try {
      if (this.#handler === null) throw unreachable();
      const bytes = (await this.#handler(peer, request)).slice();
      if (bytes.length > MAX_BULK_FRAME_BYTES) throw refusedTooLarge(bytes.length);
      return { bytes };
    } catch (error) {
      return { error: toAnswerError(error) };
    }
  }
}
