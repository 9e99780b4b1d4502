// Letters on their way: sealed already, kept until enough keepers have them, over reloads and while the person's keys are
// locked away. Which keepers are linked changes; the outbox goes on with whom it finds.
import { AppError, LETTER_LIFETIME_MS, MAX_LETTER_BYTES, isRejection } from '../base/index.ts';
import { type Decoded, decode, encode, list, oneOf, struct, uint } from '../codec/index.ts';
import { partyId } from '../contracts/index.ts';
import type { Clock, Log, NoteStore, Timers } from '../ports/index.ts';
import type { Desk } from './desk.ts';
import { Errand, type Progress } from './errand.ts';
import type { Keepers } from './keepers.ts';
import { type Letter, type LetterId, letter } from './letter.ts';
import { LETTER_COPIES, MAX_OUTBOX_LETTERS } from './limits.ts';
import { REQUEST_KINDS, done, post } from './requests.ts';

const TABLE = 'care-outbox';

const outgoing = struct({ purpose: oneOf('letter', 'answer'), letter, holders: list(partyId, LETTER_COPIES), writtenMs: uint() });
type Outgoing = Decoded<typeof outgoing>;

export interface OutboxInit {
  readonly notes: NoteStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly desk: Desk;
  readonly keepers: Keepers;
  /** A letter is where its recipient will find it: a first keeper has it. */
  readonly onPosted: (id: LetterId) => void;
}

export class Outbox {
  private readonly init: OutboxInit;
  private readonly letters = new Map<LetterId, Outgoing>();
  private readonly errand: Errand;

  constructor(init: OutboxInit) {
    this.init = init;
    this.errand = new Errand('outbox', init, () => this.run());
  }

  async load(): Promise<void> {
    for (const [key, bytes] of await this.init.notes.entries(TABLE)) {
      const entry = decode(outgoing, bytes, 2 * MAX_LETTER_BYTES);
      if (isRejection(entry)) await this.init.notes.delete(TABLE, key);
      else this.letters.set(entry.letter.id, entry);
    }
    this.errand.kick();
  }

  /** Keeps the letter and begins to post it. Throws AppError `too-many-letters`, `storage-full`. */
  async send(written: Letter, purpose: Outgoing['purpose']): Promise<void> {
    if (this.letters.size >= MAX_OUTBOX_LETTERS) {
      throw new AppError({
        code: 'too-many-letters',
        message: 'Too many messages wait to be sent.',
        remedy: 'Wait until this node is connected again.',
      });
    }
    const entry: Outgoing = { purpose, letter: written, holders: [], writtenMs: this.init.clock.nowMs() };
    await this.keep(entry);
    this.errand.kick();
  }

  /** Whether a letter that was sent has yet to reach its first keeper. */
  isWaiting(id: LetterId): boolean {
    return this.letters.get(id)?.holders.length === 0;
  }

  /** Linked peers changed. */
  kick(): void {
    if (this.letters.size > 0) this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  private async run(): Promise<Progress> {
    await Promise.all([...this.letters.values()].map((entry) => this.postOne(entry)));
    return this.letters.size === 0 ? 'done' : 'later';
  }

  private async postOne(entry: Outgoing): Promise<void> {
    const { desk, keepers, clock } = this.init;
    const wanted = Math.min(LETTER_COPIES, keepers.count());
    let current = entry;
    for (const keeper of keepers.linked()) {
      if (current.holders.length >= wanted) break;
      if (current.holders.includes(keeper.party)) continue;
      try {
        await desk.ask(keeper, REQUEST_KINDS.post, post, done, { purpose: entry.purpose, letter: entry.letter });
      } catch (error) {
        if (error instanceof AppError) continue;
        throw error;
      }
      current = { ...current, holders: [...current.holders, keeper.party] };
      await this.keep(current);
      if (current.holders.length === 1) this.init.onPosted(entry.letter.id);
    }
    const expired = clock.nowMs() - entry.writtenMs > LETTER_LIFETIME_MS;
    if (expired || (wanted > 0 && current.holders.length >= wanted)) await this.drop(entry.letter.id);
  }

  private async keep(entry: Outgoing): Promise<void> {
    this.letters.set(entry.letter.id, entry);
    await this.init.notes.put(TABLE, entry.letter.id, encode(outgoing, entry));
  }

  private async drop(id: LetterId): Promise<void> {
    this.letters.delete(id);
    await this.init.notes.delete(TABLE, id);
  }
}
