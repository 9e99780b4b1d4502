// Empties one box: asks every linked keeper from time to time, at once when a keeper gives a hint or a link comes up, opens what
// came and takes away what was dealt with. While its key is locked away nothing is collected: letters wait at the keepers.
import { AppError, type PartyId, MAX_LETTERS_PER_RECIPIENT, isRejection } from '../base/index.ts';
import type { Clock, Log, Timers } from '../ports/index.ts';
import type { Desk } from './desk.ts';
import { Errand, type Progress } from './errand.ts';
import type { Keeper, Keepers } from './keepers.ts';
import { type Box, type Letter, type LetterId, type LetterTools, type OpenedLetter, openLetter } from './letter.ts';
import { REQUEST_KINDS, type BoxProof, collect, collected, discard, done } from './requests.ts';

/** `taken`: remove it from the keepers; `kept`: it stays there and is not asked for again; `later`: not now. */
export type Reception = 'taken' | 'kept' | 'later';

export interface BoxReaderInit {
  readonly box: Box;
  readonly desk: Desk;
  readonly keepers: Keepers;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly tools: LetterTools;
  readonly everyMs: number;
  /** Null while locked. */
  readonly privateKey: () => Uint8Array | null;
  readonly signingKeyOf: (party: PartyId) => Uint8Array | null;
  /** For a box that is not this profile's own party. */
  readonly prove: (keeper: PartyId) => Promise<BoxProof | null>;
  readonly receive: (letter: OpenedLetter, receivedMs: number) => Promise<Reception>;
}

export class BoxReader {
  private readonly init: BoxReaderInit;
  private readonly errand: Errand;
  /** Letters that stay at the keepers until `take`. */
  private readonly kept = new Set<LetterId>();
  /** Keepers that gave a hint; null stands for all. */
  private readonly hinted = new Set<PartyId>();
  private lastRoundMs = Number.NEGATIVE_INFINITY;

  constructor(init: BoxReaderInit) {
    this.init = init;
    this.errand = new Errand('collect', init, () => this.run());
  }

  get box(): Box {
    return this.init.box;
  }

  /** Asks all linked keepers now. */
  kick(): void {
    this.lastRoundMs = Number.NEGATIVE_INFINITY;
    this.errand.kick();
  }

  /** A keeper says that something waits. */
  hint(keeper: PartyId): void {
    this.hinted.add(keeper);
    this.errand.kick();
  }

  /** Removes letters that were `kept`. */
  async take(ids: readonly LetterId[]): Promise<void> {
    for (const id of ids) this.kept.delete(id);
    await Promise.all(this.init.keepers.linked().map((keeper) => this.discardAt(keeper, ids)));
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  private async run(): Promise<Progress> {
    const { clock, everyMs, keepers } = this.init;
    if (this.init.privateKey() === null) return everyMs;
    const round = clock.nowMs() - this.lastRoundMs >= everyMs;
    if (round) this.lastRoundMs = clock.nowMs();
    const asked = keepers.linked().filter((keeper) => round || this.hinted.has(keeper.party));
    this.hinted.clear();
    // Letters of one box are dealt with one after another, whichever keeper brings them.
    for (const keeper of asked) await this.empty(keeper);
    return everyMs;
  }

  private async empty(keeper: Keeper): Promise<void> {
    const { box, desk } = this.init;
    const put = new Set<LetterId>();
    for (;;) {
      const have = [...this.kept, ...put].slice(-MAX_LETTERS_PER_RECIPIENT);
      try {
        const proof = await this.init.prove(keeper.party);
        const answer = await desk.ask(keeper, REQUEST_KINDS.collect, collect, collected, { box, proof, have });
        const taken: LetterId[] = [];
        for (const { letter, receivedMs } of answer.letters) {
          const reception = await this.open(letter, receivedMs);
          if (reception === 'taken') taken.push(letter.id);
          if (reception === 'later') put.add(letter.id);
          if (reception === 'kept') this.kept.add(letter.id);
        }
        if (taken.length > 0) await this.discardAt(keeper, taken);
        if (!answer.more || answer.letters.length === 0) return;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        this.init.log.debug('collect-failed', { code: error.code });
        return;
      }
    }
  }

  private async open(sealed: Letter, receivedMs: number): Promise<Reception> {
    const privateKey = this.init.privateKey();
    if (privateKey === null) return 'later';
    if (sealed.to !== this.init.box) return 'taken';
    const opened = await openLetter(this.init.tools, privateKey, sealed, this.init.signingKeyOf);
    if (!isRejection(opened)) return this.init.receive(opened, receivedMs);
    // A key that was locked away meanwhile opens nothing: the letter is not to blame.
    if (this.init.privateKey() !== privateKey) return 'later';
    this.init.log.warn('letter-refused', { reason: opened.reason });
    // Its author may be certified in a block that this node has yet to see.
    return opened.reason === 'unknown-author' ? 'later' : 'taken';
  }

  private async discardAt(keeper: Keeper, ids: readonly LetterId[]): Promise<void> {
    try {
      const proof = await this.init.prove(keeper.party);
      await this.init.desk.ask(keeper, REQUEST_KINDS.discard, discard, done, { box: this.init.box, proof, ids });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.init.log.debug('discard-failed', { code: error.code });
    }
  }
}
