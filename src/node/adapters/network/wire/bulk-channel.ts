// Requests and answers with one peer over one long-lived stream: a new stream for each would be a new data channel each time. Both
// ends ask and answer. Knows no stream: gives frames when asked for them and takes frames that came.
import { MAX_BULK_FRAME_BYTES, type AppError, isRejection, reject, type Rejection } from '../../../base/index.ts';
import type { Timers } from '../../../ports/index.ts';
import { type AnswerError, toAnswerError, toldByPeer } from '../answer-error.ts';
import { refusedBusy, refusedTooLarge, timedOut } from '../failures.ts';
import {
  MAX_ANSWER_QUEUE_BYTES,
  MAX_REQUESTS_SERVED,
  MAX_REQUESTS_UNDER_WAY,
  MAX_REQUESTS_WAITING,
  MAX_UNFINISHED_BYTES,
} from '../limits.ts';
import { Assembly, type Outgoing, type Piece, readPiece, takePiece } from './bulk-pieces.ts';

interface Question {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly resolve: (answer: Uint8Array) => void;
  readonly fail: (error: AppError) => void;
  assembly: Assembly | null;
}

export interface BulkChannelInit {
  readonly timers: Timers;
  /** Answers a request of the peer; what it throws is told as code and message. */
  readonly answer: (request: Uint8Array) => Promise<Uint8Array>;
  /** There is something to send. */
  readonly onReady: () => void;
}

export class BulkChannel {
  readonly #init: BulkChannelInit;
  readonly #waiting: Question[] = [];
  readonly #underWay = new Map<number, Question>();
  readonly #assemblyByRequest = new Map<number, Assembly>();
  readonly #served = new Set<number>();
  readonly #outgoing: Outgoing[] = [];
  #handlersRunning = 0;
  /** Of the peer's requests: begun and not whole. */
  #unfinishedBytes = 0;
  /** Of our requests: begun and not sent to the end. The peer allows MAX_UNFINISHED_BYTES. */
  #unsentRequestBytes = 0;
  #unsentAnswerBytes = 0;
  #nextId = 1;
  #closed: AppError | null = null;

  constructor(init: BulkChannelInit) {
    this.#init = init;
  }

  /** Throws AppError `timeout`, `refused`, what `close` was given, or what the peer's handler threw. */
  request(bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) throw this.#closed;
      if (bytes.length > MAX_BULK_FRAME_BYTES) throw refusedTooLarge(bytes.length);
      if (this.#waiting.length >= MAX_REQUESTS_WAITING) throw refusedBusy();
      const cancelTimer = this.#init.timers.after(timeoutMs, () => {
        this.#giveUp(question);
      });
      const question: Question = {
        id: this.#takeId(),
        bytes: bytes.slice(),
        resolve: (answer) => {
          cancelTimer();
          resolve(answer);
        },
        fail: (error) => {
          cancelTimer();
          reject(error);
        },
        assembly: null,
      };
      this.#waiting.push(question);
      this.#askNext();
    });
  }

  /** The next frame to send, in turns among what is under way; null where there is none. */
  nextFrame(): Uint8Array | null {
    const outgoing = this.#outgoing.shift();
    if (outgoing === undefined) return null;
    const { frame, last } = takePiece(outgoing);
    if (!last) this.#outgoing.push(outgoing);
    else {
      this.#countUnsent(outgoing, -1);
      this.#askNext();
    }
    return frame;
  }

  /** Takes a frame of the peer. A rejection means that the peer breaks the protocol: the link ends. */
  receive(frame: Uint8Array): Rejection | null {
    const piece = readPiece(frame);
    if (isRejection(piece)) return piece;
    if (piece.totalBytes > MAX_BULK_FRAME_BYTES) return reject('frame-too-large', `a bulk message of ${piece.totalBytes} bytes`);
    if (piece.kind === 'request') return this.#receiveRequest(piece);
    if (piece.kind === 'cancel') return this.#receiveCancel(piece);
    return this.#receiveAnswer(piece);
  }

  /** Fails everything that waits. */
  close(error: AppError): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    this.#outgoing.length = 0;
    this.#assemblyByRequest.clear();
    for (const question of [...this.#underWay.values(), ...this.#waiting.splice(0)]) question.fail(error);
    this.#underWay.clear();
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = (this.#nextId + 1) >>> 0;
    return id;
  }

  #askNext(): void {
    while (this.#underWay.size < MAX_REQUESTS_UNDER_WAY) {
      const question = this.#waiting[0];
      if (question === undefined || this.#unsentRequestBytes + question.bytes.length > MAX_UNFINISHED_BYTES) break;
      this.#waiting.shift();
      this.#underWay.set(question.id, question);
      this.#send('request', question.id, question.bytes);
    }
  }

  #send(kind: Outgoing['kind'], id: number, whole: Uint8Array): void {
    const outgoing: Outgoing = { kind, id, whole, sentBytes: 0 };
    this.#outgoing.push(outgoing);
    this.#countUnsent(outgoing, 1);
    this.#init.onReady();
  }

  #countUnsent({ kind, whole }: Outgoing, sign: 1 | -1): void {
    if (kind === 'request') this.#unsentRequestBytes += sign * whole.length;
    else this.#unsentAnswerBytes += sign * whole.length;
  }

  /** Takes back what of a message has not gone out. */
  #unsend(kind: Outgoing['kind'], id: number): void {
    const at = this.#outgoing.findIndex((outgoing) => outgoing.kind === kind && outgoing.id === id);
    for (const outgoing of at < 0 ? [] : this.#outgoing.splice(at, 1)) this.#countUnsent(outgoing, -1);
  }

  #giveUp(question: Question): void {
    const at = this.#waiting.indexOf(question);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#underWay.delete(question.id)) {
      this.#unsend('request', question.id);
      this.#send('cancel', question.id, new Uint8Array());
    }
    question.fail(timedOut());
    this.#askNext();
  }

  #receiveAnswer(piece: Piece): Rejection | null {
    const question = this.#underWay.get(piece.id);
    // An answer to a request that was given up.
    if (question === undefined) return null;
    question.assembly ??= new Assembly(piece.totalBytes);
    const whole = question.assembly.add(piece);
    if (isRejection(whole)) return whole;
    if (!whole) return null;
    this.#underWay.delete(piece.id);
    if (piece.kind === 'answer') question.resolve(question.assembly.whole);
    else question.fail(toldByPeer(decodeFailure(question.assembly.whole)));
    this.#askNext();
    return null;
  }

  #receiveRequest(piece: Piece): Rejection | null {
    const known = this.#assemblyByRequest.get(piece.id);
    const assembly = known ?? new Assembly(piece.totalBytes);
    if (known === undefined) {
      if (this.#served.has(piece.id)) return reject('bad-piece', 'a request number that is still in use');
      this.#unfinishedBytes += piece.totalBytes;
      // Whoever keeps to MAX_REQUESTS_UNDER_WAY and its own limits never gets here.
      if (this.#unfinishedBytes > MAX_UNFINISHED_BYTES) return reject('too-much', 'too many unfinished requests');
      this.#assemblyByRequest.set(piece.id, assembly);
    }
    const whole = assembly.add(piece);
    if (isRejection(whole)) return whole;
    if (!whole) return null;
    this.#forgetAssembly(piece.id);
    void this.#serve(piece.id, assembly.whole);
    return null;
  }

  #receiveCancel(piece: Piece): null {
    this.#forgetAssembly(piece.id);
    // A handler that still runs goes on; its answer is not sent.
    this.#served.delete(piece.id);
    this.#unsend('answer', piece.id);
    this.#unsend('failure', piece.id);
    return null;
  }

  #forgetAssembly(id: number): void {
    this.#unfinishedBytes -= this.#assemblyByRequest.get(id)?.whole.length ?? 0;
    this.#assemblyByRequest.delete(id);
  }

  async #serve(id: number, request: Uint8Array): Promise<void> {
    if (this.#handlersRunning >= MAX_REQUESTS_SERVED) {
      this.#send('failure', id, encodeFailure(toAnswerError(refusedBusy())));
      return;
    }
    this.#served.add(id);
    this.#handlersRunning += 1;
    let reply: { readonly kind: 'answer' | 'failure'; readonly whole: Uint8Array };
    try {
      const whole = await this.#init.answer(request);
      if (whole.length > MAX_BULK_FRAME_BYTES) throw refusedTooLarge(whole.length);
      if (this.#unsentAnswerBytes + whole.length > MAX_ANSWER_QUEUE_BYTES) throw refusedBusy();
      reply = { kind: 'answer', whole };
    } catch (error) {
      reply = { kind: 'failure', whole: encodeFailure(toAnswerError(error)) };
    }
    this.#handlersRunning -= 1;
    if (this.#served.delete(id) && this.#closed === null) this.#send(reply.kind, id, reply.whole);
  }
}

function encodeFailure(error: AnswerError): Uint8Array {
  return new TextEncoder().encode(`${error.code}\n${error.message}`);
}

function decodeFailure(bytes: Uint8Array): AnswerError {
  const text = new TextDecoder().decode(bytes);
  const end = text.indexOf('\n');
  return end < 0 ? { code: '', message: '' } : { code: text.slice(0, end), message: text.slice(end + 1) };
}
