// Own slips from signature to final: kept on disk until then, handed to voters again and again, so that nothing that a
// person was shown as under way is lost by a reload or a lost message.
import { AppError, type PartyId, type SlipId, MAX_SLIP_BYTES, isRejection } from '../base/index.ts';
import type { Finality, SlipStage } from '../care/index.ts';
import { decode, encode } from '../codec/index.ts';
import { type Slip, slip as slipCodec, slipIdOf } from '../contracts/index.ts';
import { type FinalBlock, type Ledger, type Projection, slipIsSpent } from '../ledger/index.ts';
import type { Clock, NoteStore } from '../ports/index.ts';

interface Waiting {
  readonly slip: Slip;
  readonly listeners: ((stage: SlipStage) => void)[];
  readonly settled: { readonly resolve: (finality: Finality) => void; readonly fail: (error: AppError) => void }[];
  lastSentMs: number;
}

export interface SubmissionsInit {
  readonly notes: NoteStore;
  readonly clock: Clock;
  readonly ledger: () => Ledger;
  readonly projection: () => Projection;
  /** Throws AppError `slip-refused` for a slip that no voter would take. */
  readonly check: (slip: Slip) => Promise<void>;
  /** Every stage of every slip that this node sees, its own or not. */
  readonly onStage: (slip: Slip, stage: SlipStage) => void;
  /** Into the own pool and to linked voters. */
  readonly hand: (slips: readonly Slip[]) => void;
}

const TABLE = 'outbox';
/** After this long without being final a slip is handed to voters again. */
const REPEAT_MS = 3_000;

export class Submissions {
  private readonly init: SubmissionsInit;
  private readonly waitingById = new Map<SlipId, Waiting>();
  private closed = false;

  constructor(init: SubmissionsInit) {
    this.init = init;
  }

  /** Slips of an earlier visit that are not final yet. */
  async resume(): Promise<void> {
    for (const [, bytes] of await this.init.notes.entries(TABLE)) {
      const slip = decode(slipCodec, bytes, MAX_SLIP_BYTES);
      if (!isRejection(slip)) this.track(slip).lastSentMs = 0;
    }
    await this.review();
  }

  /** Resolves when the slip is final. Throws AppError `slip-refused`, or `stopped` when the node stops before. */
  async submit(slip: Slip, onStage?: (stage: SlipStage) => void): Promise<Finality> {
    const bytes = encode(slipCodec, slip);
    if (bytes.byteLength > MAX_SLIP_BYTES) {
      throw new AppError({ code: 'slip-refused', message: 'The entry for the ledger is too large.', remedy: 'Shorten what you typed.' });
    }
    await this.init.check(slip);
    await this.init.notes.put(TABLE, slipIdOf(slip), bytes);
    // It is on disk and goes on at the next start; nobody here would ever hear how it ended.
    if (this.closed) throw stopped();
    const entry = this.track(slip);
    if (onStage !== undefined) entry.listeners.push(onStage);
    const finality = new Promise<Finality>((resolve, fail) => entry.settled.push({ resolve, fail }));
    this.init.hand([slip]);
    this.tell(slip, { stage: 'submitted' });
    await this.review();
    return finality;
  }

  /** Looks which have become final; hands the others out again when they have waited. */
  async review(): Promise<void> {
    const nowMs = this.init.clock.nowMs();
    const again: Slip[] = [];
    for (const [id, entry] of [...this.waitingById]) {
      const fate = this.fateOf(id, entry.slip);
      if (fate !== null) await this.settle(id, entry, fate.height, fate.outcome);
      else if (nowMs - entry.lastSentMs >= REPEAT_MS) {
        entry.lastSentMs = nowMs;
        again.push(entry.slip);
      }
    }
    if (again.length > 0) this.init.hand(again);
  }

  /** A block is being voted on. */
  proposed(slips: readonly Slip[], height: number, proposer: PartyId): void {
    for (const slip of slips) this.tell(slip, { stage: 'proposed', height, proposer });
  }

  /** A block is final; `outcomes` in the order of its slips. */
  final({ block, certificate }: FinalBlock, outcomes: readonly string[]): void {
    const { height } = block.header;
    const signers = certificate?.votes.length ?? 0;
    const voters = this.init.projection().blocks.at(height)?.voters ?? signers;
    block.slips.forEach((slip, index) => {
      this.tell(slip, { stage: 'final', height, signers, voters, outcome: outcomes[index] ?? 'done' });
    });
  }

  /** Nobody waits any more; the slips stay on disk and go on at the next start. */
  close(): void {
    this.closed = true;
    for (const { settled } of this.waitingById.values()) for (const { fail } of settled) fail(stopped());
    this.waitingById.clear();
  }

  /** The highest counter among own slips that wait, or -1. */
  highestCounter(author: PartyId): number {
    const own = [...this.waitingById.values()].filter(({ slip }) => slip.body.author === author);
    return own.reduce((highest, { slip }) => Math.max(highest, slip.body.counter), -1);
  }

  private track(slip: Slip): Waiting {
    const id = slipIdOf(slip);
    const known = this.waitingById.get(id);
    if (known !== undefined) return known;
    const entry: Waiting = { slip, listeners: [], settled: [], lastSentMs: this.init.clock.nowMs() };
    this.waitingById.set(id, entry);
    return entry;
  }

  private tell(slip: Slip, stage: SlipStage): void {
    for (const listener of this.waitingById.get(slipIdOf(slip))?.listeners ?? []) listener(stage);
    this.init.onStage(slip, stage);
  }

  private async settle(id: SlipId, entry: Waiting, height: number, outcome: string): Promise<void> {
    this.waitingById.delete(id);
    await this.init.notes.delete(TABLE, id);
    for (const { resolve } of entry.settled) resolve({ slip: entry.slip, height, outcome });
  }

  /** How the slip ended, as the ledger shows; null while it may still become final. */
  private fateOf(id: SlipId, slip: Slip): { readonly height: number; readonly outcome: string } | null {
    const fate = this.init.projection().slips.get(id);
    if (fate !== undefined) return { height: fate.height, outcome: fate.outcome };
    // Its counter or version went to another slip, so it never becomes final (R12).
    return slipIsSpent(this.init.ledger(), slip) ? { height: this.init.ledger().height, outcome: 'superseded' } : null;
  }
}

function stopped(): AppError {
  return new AppError({
    code: 'stopped',
    message: 'This node was stopped before the entry was final.',
    remedy: 'It goes on when the node is started again.',
  });
}
