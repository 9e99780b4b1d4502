// One member (or observer) of one channel as a pure machine: pool, engine and ledger in one step function. It never sees a
// key, a clock or a network; the runtime verifies what comes in and performs the effects in their order (R3).
import { type PartyId, type SlipId, assert, isRejection } from '../base/index.ts';
import {
  type ConsensusMessage,
  type Decided,
  type EngineEffect,
  type EngineInput,
  type PbftState,
  type TimerName,
  type Validity,
  type Value,
  type Verified,
  type VoteRow,
  pbft,
} from '../consensus/index.ts';
import { type Action, type Slip, execute, slipIdOf } from '../contracts/index.ts';
import {
  type Block,
  type FinalBlock,
  type Ledger,
  type Projection,
  AHEAD_OF_CLOCK,
  checkBlock,
  composeBlock,
  configurationDue,
  decodeBlock,
  encodeBlock,
  encodeFinalBlock,
  extend,
  nextMoment,
  project,
  slipIsSpent,
  toConsensusConfiguration,
} from '../ledger/index.ts';
import { type Attendance, emptyAttendance, heard, tick } from './attendance.ts';
import { type Pool, emptyPool, withSlips, withoutSlips } from './pool.ts';
import { seatWish } from './seat.ts';

export interface ParticipantState {
  readonly self: PartyId;
  /** Whether this node wants a voting seat: clinics and archive members do, patients do not. */
  readonly wantsSeat: boolean;
  readonly ledger: Ledger;
  readonly projection: Projection;
  readonly engine: PbftState;
  readonly pool: Pool;
  /** Slips of the pool that cannot be ordered at this height. */
  readonly idle: ReadonlySet<SlipId>;
  readonly attendance: Attendance;
  /** The newest final block, for whoever still votes below it (R9). */
  readonly last: FinalBlock;
  /** What the journal holds: the barrier below which nothing is ever said again (R3). */
  readonly row: VoteRow | null;
  /** Set when this key must never vote again (R14). */
  readonly barred: string | null;
  /** The engine waits for a value for this view. */
  readonly wanted: { readonly height: number; readonly view: number } | null;
  /** When a seat was last asked for. */
  readonly seatAskedMs: number | null;
}

export interface ParticipantInit {
  readonly self: PartyId;
  readonly wantsSeat: boolean;
  readonly ledger: Ledger;
  readonly projection: Projection;
  readonly last: FinalBlock;
  readonly row: VoteRow | null;
  readonly barred: string | null;
}

export type ParticipantInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'slips'; readonly slips: readonly Slip[] }
  /** `slipsValid`: whether every signature inside the carried block holds. */
  | { readonly kind: 'consensus'; readonly message: Verified<ConsensusMessage>; readonly slipsValid: boolean }
  /** From another member, certificate and slips verified. */
  | { readonly kind: 'final'; readonly block: Verified<FinalBlock> }
  | { readonly kind: 'timer'; readonly name: TimerName; readonly height: number; readonly view: number }
  /** `heard`: parties that said something since the last tick. */
  | { readonly kind: 'tick'; readonly heard: readonly PartyId[]; readonly synchronised: boolean }
  /** Wishes for no seat from now on. */
  | { readonly kind: 'stand-down' }
  /** Votes no more: its words cannot be made durable. */
  | { readonly kind: 'halt'; readonly reason: string };

export type ParticipantEffect =
  | { readonly kind: 'persist'; readonly row: VoteRow }
  | Extract<EngineEffect, { kind: 'say' | 'send' | 'timer' | 'behind' | 'evidence' }>
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

export interface ParticipantStep {
  readonly state: ParticipantState;
  readonly effects: readonly ParticipantEffect[];
}

/** A participant at the head of its ledger, before `start`. */
export function createParticipant(init: ParticipantInit, nowMs: number): ParticipantState {
  return {
    ...init,
    engine: pbft.initial,
    pool: emptyPool,
    idle: new Set(),
    attendance: emptyAttendance(nowMs),
    wanted: null,
    seatAskedMs: null,
  };
}

/** One input at local time `nowMs`. */
export function stepParticipant(state: ParticipantState, input: ParticipantInput, nowMs: number): ParticipantStep {
  const run = new Run(state, nowMs);
  run.take(input);
  return { state: run.state, effects: run.effects };
}

/** Reasons that convict nobody: they depend on the own clock, or, after a fork beyond F, on which side this member is. */
const UNPROVEN: readonly string[] = [AHEAD_OF_CLOCK, 'wrong-parent', 'wrong-certificate'];

/** A final block as the answer to whoever is still below it; null for the founding block, which nobody decided. */
export function decidedOf({ block, certificate }: FinalBlock): Decided | null {
  return certificate === null ? null : { height: block.header.height, certificate, value: encodeBlock(block) };
}

/** Threads the state through one step; nothing of it outlives the step. */
class Run {
  state: ParticipantState;
  readonly effects: ParticipantEffect[] = [];
  private readonly nowMs: number;

  constructor(state: ParticipantState, nowMs: number) {
    this.state = state;
    this.nowMs = nowMs;
  }

  take(input: ParticipantInput): void {
    switch (input.kind) {
      case 'start':
        return this.beginHeight();
      case 'slips':
        return this.takeSlips(input.slips);
      case 'consensus':
        return this.engine({ kind: 'message', message: input.message, validity: this.validityOf(input.message, input.slipsValid) });
      case 'final':
        return this.adoptFetched(input.block);
      case 'timer':
        return this.engine(input);
      case 'tick':
        this.state = { ...this.state, attendance: heard(this.state.attendance, input.heard, this.nowMs) };
        return this.tick(input.synchronised);
      case 'stand-down':
        this.state = { ...this.state, wantsSeat: false };
        return;
      case 'halt':
        this.state = { ...this.state, barred: input.reason };
        return this.beginHeight();
    }
  }

  private takeSlips(slips: readonly Slip[]): void {
    const { ledger, pool } = this.state;
    // A slip may arrive after the block that holds it.
    this.state = {
      ...this.state,
      pool: withSlips(
        pool,
        slips.filter((slip) => !slipIsSpent(ledger, slip)),
      ),
    };
    this.offerWork();
  }

  /** Votes need a seat, an intact row and a height that the row does not lie above (R3, R14). */
  private beginHeight(): void {
    const { ledger, row, self } = this.state;
    const height = ledger.height + 1;
    const mayVote = this.state.barred === null && (row === null || row.height <= height);
    const ownRow = row !== null && row.height === height && row.epoch === ledger.configuration.epoch ? row : null;
    this.state = { ...this.state, wanted: null, idle: new Set() };
    const last = decidedOf(this.state.last);
    this.engine({
      kind: 'begin',
      configuration: toConsensusConfiguration(ledger),
      self: mayVote ? self : null,
      height,
      row: ownRow,
      ...(last === null ? {} : { last }),
    });
    this.offerWork();
  }

  /** Tells the engine whether something waits, and answers its wish for a value. */
  private offerWork(): void {
    const due = configurationDue(this.state.ledger, this.nowMs);
    this.engine({ kind: 'pending', pending: due || this.workWaits() });
    this.offerValue();
  }

  /** Whether some slip can be ordered now. Those that can not are tried again when the ledger has grown. */
  private workWaits(): boolean {
    const { ledger, pool } = this.state;
    const at = nextMoment(ledger, this.nowMs);
    const idle = new Set(this.state.idle);
    for (const [id, slip] of pool) {
      if (idle.has(id)) continue;
      if (execute(ledger.state, slip, at).spent) return true;
      idle.add(id);
      this.state = { ...this.state, idle };
    }
    return false;
  }

  private offerValue(): void {
    const { wanted, ledger, pool, self } = this.state;
    if (wanted === null || wanted.height !== ledger.height + 1) return;
    const timestampMs = Math.max(this.nowMs, ledger.head.timestampMs + 1);
    const composed = composeBlock(ledger, [...pool.values()], { timestampMs, proposer: self, view: wanted.view });
    const worthwhile = composed.included.length > 0 || configurationDue(ledger, timestampMs) || wanted.view > 0;
    if (!worthwhile) return;
    this.state = { ...this.state, wanted: null };
    this.engine({ kind: 'value', ...wanted, value: { digest: composed.digest, bytes: composed.bytes, cut: [] } });
  }

  /** Invalid convicts whoever voted for it (R15), so only what follows from the bytes and final state is called so (R4). */
  private validityOf(message: ConsensusMessage, slipsValid: boolean): Validity {
    if (message.kind !== 'proposal' || message.height !== this.state.ledger.height + 1) return 'valid';
    const block = decodeBlock(message.value);
    if (isRejection(block)) return 'invalid';
    // After a fork beyond F a member on the other side builds on another parent and knows other parties; that convicts nobody.
    if (block.header.parent !== this.state.ledger.digest) return 'unacceptable';
    if (!slipsValid) return 'invalid';
    // A block that nobody is locked on is new, and names the view in which it is proposed (R7).
    const isNew = (message.justification?.certificate ?? null) === null;
    if (isNew && block.header.view !== message.view) return 'unacceptable';
    const refusal = checkBlock(this.state.ledger, block, { nowMs: this.nowMs });
    if (refusal === null) return 'valid';
    return UNPROVEN.includes(refusal.reason) ? 'unacceptable' : 'invalid';
  }

  private engine(input: EngineInput): void {
    const { state, effects } = pbft.step(this.state.engine, input);
    this.state = { ...this.state, engine: state };
    // A decision begins the next height, so what belongs to this one is performed first.
    for (const effect of effects) if (effect.kind !== 'decide') this.perform(effect);
    for (const effect of effects) if (effect.kind === 'decide') this.perform(effect);
  }

  private perform(effect: EngineEffect): void {
    switch (effect.kind) {
      case 'persist':
        this.state = { ...this.state, row: effect.row };
        this.effects.push(effect);
        return;
      case 'request-value':
        this.state = { ...this.state, wanted: { height: effect.height, view: effect.view } };
        return this.offerValue();
      case 'decide':
        return this.adoptDecided(effect.value, effect.certificate);
      // The flat engine has no lanes.
      case 'request-batch':
      case 'batch':
      case 'judge':
        return;
      default:
        this.effects.push(effect);
    }
  }

  private adoptDecided(value: Value, certificate: FinalBlock['certificate']): void {
    const block = decodeBlock(value.bytes);
    assert(!isRejection(block), 'a decided block decodes: it was checked before the vote');
    this.adopt({ block, certificate });
  }

  private adoptFetched(block: FinalBlock): void {
    if (block.block.header.height === this.state.ledger.height + 1) this.adopt(block);
  }

  private adopt(final: FinalBlock): void {
    const extended = extend(this.state.ledger, final);
    assert(!isRejection(extended), `a certified block extends the ledger: ${isRejection(extended) ? extended.detail : ''}`);
    const { ledger, outcomes } = extended;
    this.effects.push({
      kind: 'store',
      height: ledger.height,
      block: final,
      outcomes: outcomes.map(({ outcome }) => (outcome === 'done' ? outcome : outcome.reason)),
      bytes: encodeFinalBlock(final),
    });
    const pool = poolAfter(this.state.pool, final.block, ledger);
    const projection = project(this.state.projection, { final, outcomes, ledger });
    this.state = { ...this.state, ledger, projection, pool, last: final };
    this.beginHeight();
  }

  private tick(synchronised: boolean): void {
    const { ledger, self } = this.state;
    const { configuration } = ledger;
    const voting = configuration.members.filter((member) => member.voting).map((member) => member.party);
    const result = tick(
      this.state.attendance,
      voting.filter((party) => party !== self),
      {
        nowMs: this.nowMs,
        epoch: configuration.epoch,
        silenceMs: ledger.settings.silenceMs,
      },
    );
    this.state = { ...this.state, attendance: result.attendance };
    if (result.woke) this.effects.push({ kind: 'woke' });
    if (voting.includes(self) && this.state.barred === null && result.silent.length > 0) {
      this.act({ kind: 'absent', parties: result.silent, epoch: configuration.epoch });
    }
    if (synchronised && this.state.barred === null) this.wishForSeat();
    this.offerWork();
  }

  private wishForSeat(): void {
    const wish = seatWish(this.state, this.nowMs);
    if (wish === null) return;
    this.state = { ...this.state, seatAskedMs: this.nowMs };
    this.act(wish);
  }

  private act(action: Action): void {
    this.effects.push({ kind: 'act', action });
  }
}

/** Slips of the block leave the pool, and those that can no longer have an effect. */
function poolAfter(pool: Pool, block: Block, ledger: Ledger): Pool {
  const gone: SlipId[] = block.slips.map(slipIdOf);
  for (const [id, slip] of pool) if (slipIsSpent(ledger, slip)) gone.push(id);
  return withoutSlips(pool, gone);
}
