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

export interface Submissions {
  /** Slips of an earlier visit that are not final yet. */
  resume(): Promise<void>;
  submit(slip: Slip, onStage?: (stage: SlipStage) => void): Promise<Finality>;
  /** Looks which have become final; hands the others out again when they have waited. */
  review(): Promise<void>;
  /** A block is being voted on. */
  proposed(slips: readonly Slip[], height: number, proposer: PartyId): void;
  /** Nobody waits any more; the slips stay on disk and go on at the next start. */
  close(): void;
  /** A block is final; `outcomes` in the order of its slips. */
  final(block: FinalBlock, outcomes: readonly string[]): void;
  /** The highest counter among own slips that wait, or -1. */
  highestCounter(author: PartyId): number;
}

const TABLE = 'outbox';
/** After this long without being final a slip is handed to voters again. */
const REPEAT_MS = 3_000;

export function createSubmissions(init: SubmissionsInit): Submissions {
  const waitingById = new Map<SlipId, Waiting>();

  function track(slip: Slip): Waiting {
    const id = slipIdOf(slip);
    const known = waitingById.get(id);
    if (known !== undefined) return known;
    const entry: Waiting = { slip, listeners: [], settled: [], lastSentMs: init.clock.nowMs() };
    waitingById.set(id, entry);
    return entry;
  }

  function tell(slip: Slip, stage: SlipStage): void {
    for (const listener of waitingById.get(slipIdOf(slip))?.listeners ?? []) listener(stage);
    init.onStage(slip, stage);
  }

  async function settle(id: SlipId, entry: Waiting, height: number, outcome: string): Promise<void> {
    waitingById.delete(id);
    await init.notes.delete(TABLE, id);
    for (const { resolve } of entry.settled) resolve({ slip: entry.slip, height, outcome });
  }

  /** How the slip ended, as the ledger shows; null while it may still become final. */
  function fateOf(id: SlipId, slip: Slip): { readonly height: number; readonly outcome: string } | null {
    const fate = init.projection().slips.get(id);
    if (fate !== undefined) return { height: fate.height, outcome: fate.outcome };
    // Its counter or version went to another slip, so it never becomes final (R12).
    return slipIsSpent(init.ledger(), slip) ? { height: init.ledger().height, outcome: 'superseded' } : null;
  }

  async function review(): Promise<void> {
    const nowMs = init.clock.nowMs();
    const again: Slip[] = [];
    for (const [id, entry] of [...waitingById]) {
      const fate = fateOf(id, entry.slip);
      if (fate !== null) await settle(id, entry, fate.height, fate.outcome);
      else if (nowMs - entry.lastSentMs >= REPEAT_MS) {
        entry.lastSentMs = nowMs;
        again.push(entry.slip);
      }
    }
    if (again.length > 0) init.hand(again);
  }

  return {
    resume: async () => {
      for (const [, bytes] of await init.notes.entries(TABLE)) {
        const slip = decode(slipCodec, bytes, MAX_SLIP_BYTES);
        if (!isRejection(slip)) track(slip).lastSentMs = 0;
      }
      await review();
    },
    submit: async (slip, onStage) => {
      const bytes = encode(slipCodec, slip);
      if (bytes.byteLength > MAX_SLIP_BYTES) {
        throw new AppError({ code: 'slip-refused', message: 'The entry for the ledger is too large.', remedy: 'Shorten what you typed.' });
      }
      await init.check(slip);
      await init.notes.put(TABLE, slipIdOf(slip), bytes);
      const entry = track(slip);
      if (onStage !== undefined) entry.listeners.push(onStage);
      const finality = new Promise<Finality>((resolve, fail) => entry.settled.push({ resolve, fail }));
      init.hand([slip]);
      tell(slip, { stage: 'submitted' });
      await review();
      return finality;
    },
    review,
    proposed: (slips, height, proposer) => {
      for (const slip of slips) tell(slip, { stage: 'proposed', height, proposer });
    },
    final: ({ block, certificate }, outcomes) => {
      const { height } = block.header;
      const signers = certificate?.votes.length ?? 0;
      const voters = init.projection().blocks.at(height)?.voters ?? signers;
      block.slips.forEach((slip, index) => {
        tell(slip, { stage: 'final', height, signers, voters, outcome: outcomes[index] ?? 'done' });
      });
    },
    close: () => {
      for (const { settled } of waitingById.values()) for (const { fail } of settled) fail(stopped());
      waitingById.clear();
    },
    highestCounter: (author) =>
      [...waitingById.values()].reduce((highest, { slip }) => (slip.body.author === author ? Math.max(highest, slip.body.counter) : highest), -1),
  };
}

function stopped(): AppError {
  return new AppError({ code: 'stopped', message: 'This node was stopped before the entry was final.', remedy: 'It goes on when the node is started again.' });
}
