// The ledger at its head (R11): everything that judging, composing and executing the next block needs, and nothing else.
// Immutable; whole blocks lie in the store and in what projection keeps of them.
import { type ChannelId, type Digest, type PartyId, type SlipId, reject } from '../base/index.ts';
import type { Certificate, Configuration, LanePosition } from '../consensus/index.ts';
import {
  type BlockEnd,
  type ChannelSettings,
  type Execution,
  type Moment,
  type Outcome,
  type PartyEntry,
  type Slip,
  type State,
  changeDue,
  execute,
  highestCounter,
  lanesOf,
  partyIn,
  slipIdOf,
  spentRefusal,
  withConcern,
} from '../contracts/index.ts';
import type { BlockHeader } from './block.ts';
import type { EpochConfiguration } from './configuration.ts';

export interface Ledger {
  readonly channel: ChannelId;
  readonly height: number;
  /** Header of the newest final block, and its digest. */
  readonly head: BlockHeader;
  readonly digest: Digest;
  /** What made the head final; null at the founding block. */
  readonly certificate: Certificate | null;
  /** Under which the head was decided. */
  readonly decidedBy: EpochConfiguration;
  /** Under which the next block is decided. */
  readonly configuration: EpochConfiguration;
  /** For engines: `configuration` and `decidedBy` as they know them, the same object while neither epoch nor seats change. */
  readonly consensus: Configuration;
  readonly decidedByConsensus: Configuration;
  /** After the head. */
  readonly state: State;
  readonly settings: ChannelSettings;
}

/** How one slip of a block ended. */
export interface SlipOutcome {
  readonly slip: SlipId;
  readonly outcome: Outcome;
}

/** The configuration of the next block as engines take it: the same object while neither epoch nor seats change (R7). */
export function toConsensusConfiguration(ledger: Ledger): Configuration {
  return ledger.consensus;
}

/** The last ordered position of each lane that has one in this epoch, for engines (R4). */
export function orderedPositions(ledger: Ledger): readonly LanePosition[] {
  return lanesOf(ledger.state);
}

/** What the channel certifies about a party, revoked or not; null for a stranger. */
export function partyOf(ledger: Ledger, party: PartyId): PartyEntry | null {
  return partyIn(ledger.state, party);
}

/** The highest counter among the author's final slips, or -1 (R12). */
export function lastCounter(ledger: Ledger, author: PartyId): number {
  return highestCounter(ledger.state, author);
}

/** Whether the slip can never again have an effect: its counter or its record version is used (R12). */
export function slipIsSpent(ledger: Ledger, slip: Slip): boolean {
  return spentRefusal(ledger.state, slip) !== null;
}

/** How the slip would end in a block made now: for its author before it is handed out. */
export function slipForecast(ledger: Ledger, slip: Slip, nowMs: number): Outcome {
  if (slip.body.channel !== ledger.channel) return reject('other-channel', 'the slip is for another channel');
  return execute(ledger.state, slip, nextMoment(ledger, nowMs)).outcome;
}

/** Where a block made at `nowMs` stands: its time is strictly after its parent's. */
export function nextMoment(ledger: Ledger, nowMs: number): Moment {
  return { height: ledger.height + 1, timestampMs: Math.max(nowMs, ledger.head.timestampMs + 1) };
}

/** Those whose signature under the head shows that they hold it and are awake (R13). */
function signersOf(certificate: Certificate | null): ReadonlySet<PartyId> {
  return new Set(certificate?.votes.map((vote) => vote.signer));
}

/** What a next block with these fields brings to the end of the block. */
export function endOf(ledger: Ledger, { parentCertificate, cut }: Pick<BlockHeader, 'parentCertificate' | 'cut'>): BlockEnd {
  return { signers: signersOf(parentCertificate), ended: parentCertificate, seed: ledger.head.stateRoot, cut };
}

/** Whether a waiting change of the configuration is reason enough for a block, even an empty one (R13). */
export function configurationDue(ledger: Ledger, nowMs: number): boolean {
  const at = nextMoment(ledger, nowMs);
  return changeDue(ledger.state, at, signersOf(ledger.certificate), at.timestampMs - ledger.head.timestampMs);
}

/** One slip of a block; what took effect is counted for the patient whom it concerns. */
export function executeSlip(state: State, slip: Slip, at: Moment): Execution {
  const execution = execute(state, slip, at);
  return execution.outcome === 'done' ? { ...execution, state: withConcern(execution.state, slip, at) } : execution;
}

/** Slips of a block one after another, each with how it ended. */
export function executeSlips(
  state: State,
  slips: readonly Slip[],
  at: Moment,
): { readonly state: State; readonly outcomes: readonly SlipOutcome[] } {
  const outcomes: SlipOutcome[] = [];
  let current = state;
  for (const slip of slips) {
    const { state: next, outcome } = executeSlip(current, slip, at);
    current = next;
    outcomes.push({ slip: slipIdOf(slip), outcome });
  }
  return { state: current, outcomes };
}
