// What a participant is, hears and wants done: plain data. What it does is in participant.ts.
import type { Digest, PartyId, SlipId } from '../base/index.ts';
import type { ConsensusMessage, EngineEffect, GroupedState, TimerName, Verified, VoteRow } from '../consensus/index.ts';
import type { Action, Slip } from '../contracts/index.ts';
import type { Block, FinalBlock, Ledger, Projection } from '../ledger/index.ts';
import type { Attendance } from './attendance.ts';
import type { Desk } from './desk.ts';
import type { Patience } from './patience.ts';
import type { Pool } from './pool.ts';

export interface ParticipantState {
  readonly self: PartyId;
  readonly memberKey: Uint8Array | null;
  /** Whether this node wants a voting seat: clinics and archive members do, patients do not. */
  readonly wantsSeat: boolean;
  readonly ledger: Ledger;
  readonly projection: Projection;
  /** The engine with groups; where a configuration has none it agrees flat. */
  readonly engine: GroupedState;
  readonly pool: Pool;
  /** Slips of the pool that cannot be ordered at this height. */
  readonly idle: ReadonlySet<SlipId>;
  /** Batches under way, with their slips. */
  readonly desk: Desk;
  /** Batches that were handed to the engine and that it has not heard back yet. */
  readonly offered: Desk;
  /** Whole blocks of the open height that may be voted for, by digest: agreement's values need not be whole. */
  readonly blocks: ReadonlyMap<Digest, Block>;
  readonly patience: Patience;
  readonly attendance: Attendance;
  /** The newest final block, for whoever still votes below it (R9). */
  readonly last: FinalBlock;
  /** What the journal holds: the barrier below which nothing is ever said again (R3). */
  readonly row: VoteRow | null;
  /** Set when this key must never vote again (R14). */
  readonly barred: string | null;
  /** Whether others were asked what this key has said: before that it says nothing (R14). */
  readonly cleared: boolean;
  /** The engine waits for a value for this view. */
  readonly wanted: { readonly height: number; readonly view: number } | null;
  /** When a seat was last asked for. */
  readonly seatAskedMs: number | null;
  /** Whom this node has accused on the ledger (R15). */
  readonly accused: ReadonlySet<PartyId>;
}

export interface ParticipantInit {
  readonly self: PartyId;
  /** The key that this node signs votes with; null where it never votes. A seat under another key is not its own (R14). */
  readonly memberKey: Uint8Array | null;
  readonly wantsSeat: boolean;
  readonly ledger: Ledger;
  readonly projection: Projection;
  readonly last: FinalBlock;
  readonly row: VoteRow | null;
  readonly barred: string | null;
}

/** What the verify stage found in a message beside its signatures. */
export type Content =
  /** Nothing that has to be judged. */
  | { readonly kind: 'none' }
  /** Said by this node itself. */
  | { readonly kind: 'own' }
  /** The whole block; `slipsValid`: whether every signature inside it holds. */
  | { readonly kind: 'block'; readonly block: Block; readonly slipsValid: boolean }
  /** Batches are missing that the block is made of. */
  | { readonly kind: 'incomplete' }
  /** Which slips of a batch are signed as they must be, in its order. */
  | { readonly kind: 'batch'; readonly good: readonly boolean[] };

export type ParticipantInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'slips'; readonly slips: readonly Slip[] }
  | { readonly kind: 'consensus'; readonly message: Verified<ConsensusMessage>; readonly content: Content }
  /** The answer to `check-batch`: which of its slips are signed as they must be, in its order. */
  | { readonly kind: 'batch-checked'; readonly digest: Digest; readonly good: readonly boolean[] }
  /** From another member, certificate and slips verified. */
  | { readonly kind: 'final'; readonly block: Verified<FinalBlock> }
  /** A certified head far above, whose state was proved: the ledger goes on from there. It is kept already. */
  | { readonly kind: 'checkpoint'; readonly ledger: Ledger; readonly projection: Projection; readonly last: FinalBlock }
  /** The blocks below a checkpoint are all here: the whole projection, at the height of the ledger. */
  | { readonly kind: 'history'; readonly projection: Projection }
  | { readonly kind: 'timer'; readonly name: TimerName; readonly height: number; readonly view: number }
  /** `heard`: parties that said something since the last tick. */
  | { readonly kind: 'tick'; readonly heard: readonly PartyId[]; readonly synchronised: boolean }
  /** Wishes for no seat from now on. */
  | { readonly kind: 'stand-down' }
  /** Others were asked, and know of nothing that this member said above its row (R14). */
  | { readonly kind: 'cleared' }
  /** Votes no more: its words cannot be made durable, or its key was found to have said more than its row. */
  | { readonly kind: 'halt'; readonly reason: string };

export type ParticipantEffect =
  | { readonly kind: 'persist'; readonly row: VoteRow }
  | Extract<EngineEffect, { kind: 'say' | 'send' | 'timer' | 'behind' | 'evidence' | 'judge' }>
  /** Check the signatures of a batch's slips, and answer. */
  | { readonly kind: 'check-batch'; readonly digest: Digest; readonly slips: readonly Slip[] }
  /** Append to the ledger's store. */
  | {
      readonly kind: 'store';
      readonly height: number;
      readonly block: FinalBlock;
      readonly outcomes: readonly string[];
      readonly bytes: Uint8Array;
    }
  /** Something this member must say on the ledger by its member key. */
  | { readonly kind: 'act'; readonly action: Action }
  /** The clock jumped or the tab slept: ask the others before voting. */
  | { readonly kind: 'woke' };
