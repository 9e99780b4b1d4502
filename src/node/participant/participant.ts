// One member (or observer) of one channel as a pure machine: pool, engine and ledger in one step function. It never sees a
// key, a clock or a network; the runtime verifies what comes in and performs the effects in their order (R3).
import { type Digest, assert, isRejection } from '../base/index.ts';
import {
  type ConsensusMessage,
  type EngineEffect,
  type EngineInput,
  type Value,
  type Verified,
  batchesUnderWay,
  grouped,
  placeOf,
} from '../consensus/index.ts';
import { type Action, type Slip, accusationOf, canBeOrdered, isMarked, slipIdOf } from '../contracts/index.ts';
import {
  type Block,
  type FinalBlock,
  composeBlock,
  configurationDue,
  encodeFinalBlock,
  extend,
  nextMoment,
  orderedPositions,
  project,
  slipIsSpent,
  toConsensusConfiguration,
} from '../ledger/index.ts';
import { emptyAttendance, heard, tick } from './attendance.ts';
import { isTimely } from './block-rule.ts';
import { type ComposedCut, composeCut, gatherBatch, openValue, rebuild } from './cut.ts';
import { decidedOf } from './decided.ts';
import { admittedSlips, checkedBatches, deskEntry, emptyDesk, hasLane, isBatched, reviewDesk, withChecked } from './desk.ts';
import { judge } from './judge.ts';
import { laneMark, look, restedPatience } from './patience.ts';
import { emptyPool, poolAfter, withSlips } from './pool.ts';
import { ownsSeat, seatWish } from './seat.ts';
import type { Content, ParticipantEffect, ParticipantInit, ParticipantInput, ParticipantState } from './state.ts';

export interface ParticipantStep {
  readonly state: ParticipantState;
  readonly effects: readonly ParticipantEffect[];
}

/** Blocks of one height that are remembered as fit to be voted for (R18); an engine keeps two values for each of a few views. */
const MAX_BLOCKS_AT_HAND = 32;

/** A participant at the head of its ledger, before `start`. */
export function createParticipant(init: ParticipantInit, nowMs: number): ParticipantState {
  return {
    ...init,
    engine: grouped.initial,
    pool: emptyPool,
    idle: new Set(),
    desk: emptyDesk,
    offered: emptyDesk,
    blocks: new Map(),
    patience: restedPatience,
    attendance: emptyAttendance(nowMs),
    cleared: false,
    wanted: null,
    seatAskedMs: null,
    accused: new Set(),
  };
}

/** One input at local time `nowMs`. */
export function stepParticipant(state: ParticipantState, input: ParticipantInput, nowMs: number): ParticipantStep {
  const run = new Run(state, nowMs);
  run.take(input);
  return { state: run.state, effects: run.effects };
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
        return this.takeMessage(input.message, input.content);
      case 'batch-checked':
        this.state = { ...this.state, desk: withChecked(this.state.desk, input.digest, input.good) };
        return this.offerWork();
      case 'final':
        return this.adoptFetched(input.block);
      case 'checkpoint':
        return this.startAt(input);
      case 'history':
        if (input.projection.height === this.state.ledger.height) this.state = { ...this.state, projection: input.projection };
        return;
      case 'timer':
        return this.engine(input);
      case 'tick':
        this.state = { ...this.state, attendance: heard(this.state.attendance, input.heard, this.nowMs) };
        return this.tick(input.synchronised);
      case 'stand-down':
        this.state = { ...this.state, wantsSeat: false };
        return;
      case 'cleared':
        this.state = { ...this.state, cleared: true };
        return this.beginHeight();
      case 'halt':
        this.state = { ...this.state, barred: input.reason };
        return this.beginHeight();
    }
  }

  private takeSlips(slips: readonly Slip[]): void {
    const { ledger, pool } = this.state;
    // A slip may arrive after the block that holds it.
    const open = slips.filter((slip) => !slipIsSpent(ledger, slip));
    this.state = { ...this.state, pool: withSlips(pool, open) };
    this.offerWork();
  }

  private takeMessage(message: Verified<ConsensusMessage>, content: Content): void {
    const { ledger } = this.state;
    if (content.kind === 'block') this.remember(content.block, message);
    if (message.kind === 'batch' && content.kind === 'batch') this.takeBatch(message.reference.digest, message.bytes, content.good);
    this.engine({ kind: 'message', message, validity: judge(ledger, message, content, this.nowMs) });
  }

  /** The engine hands values back as it got them; the blocks that they stand for are kept beside it. */
  private remember(block: Block, message: ConsensusMessage): void {
    if (message.kind !== 'proposal' && message.kind !== 'decided') return;
    if (message.height !== this.state.ledger.height + 1) return;
    this.keepBlock(message.kind === 'proposal' ? message.digest : message.certificate.digest, block);
  }

  private keepBlock(digest: Digest, block: Block): void {
    const blocks = new Map(this.state.blocks).set(digest, block);
    for (const oldest of blocks.keys()) if (blocks.size > MAX_BLOCKS_AT_HAND) blocks.delete(oldest);
    this.state = { ...this.state, blocks };
  }

  /** Good slips of the own group's batches wait here as well: whoever authors next must know them (R8). */
  private takeBatch(digest: Digest, bytes: Uint8Array, good: readonly boolean[]): void {
    const { desk, ledger, pool } = this.state;
    const entry = deskEntry(bytes, good);
    const slips = entry.slips.filter((slip, index) => good[index] === true && !slipIsSpent(ledger, slip));
    this.state = { ...this.state, desk: new Map(desk).set(digest, entry), pool: withSlips(pool, slips) };
  }

  /** Votes need a seat, an intact row and a height that the row does not lie above (R3, R14). */
  private beginHeight(): void {
    const { ledger, row, self } = this.state;
    const height = ledger.height + 1;
    const mayVote = this.state.cleared && this.state.barred === null && ownsSeat(this.state) && (row === null || row.height <= height);
    const ofEpoch = row !== null && row.epoch === ledger.configuration.epoch ? row : null;
    this.state = { ...this.state, wanted: null, idle: new Set(), offered: emptyDesk, blocks: new Map() };
    const last = decidedOf(this.state.last);
    this.engine({
      kind: 'begin',
      configuration: toConsensusConfiguration(ledger),
      self: mayVote ? self : null,
      height,
      row: ofEpoch?.height === height ? ofEpoch : null,
      ordered: orderedPositions(ledger),
      ...(last === null ? {} : { last }),
      ...(ofEpoch === null ? {} : { lane: ofEpoch.lane, batches: ofEpoch.batches }),
    });
    this.offerWork();
  }

  /** Tells the engine whether something waits, and answers its wish for a value. */
  private offerWork(): void {
    this.reviewDesk();
    const { ledger, self } = this.state;
    const due = configurationDue(ledger, this.nowMs);
    const pool = [...this.state.pool.values()];
    if (hasLane(ledger, self)) {
      const batches = checkedBatches(this.state.desk, this.state.engine);
      const good = batches.flatMap((batch) => batch.slips.filter((_, index) => batch.good[index] === true));
      const pending = due || (isTimely(ledger, good, this.nowMs) && this.works(good));
      this.engine({ kind: 'pending', pending, unbatched: this.works(this.unbatched()) });
    } else this.engine({ kind: 'pending', pending: due || (isTimely(ledger, pool, this.nowMs) && this.works(pool)) });
    this.offerValue();
  }

  /** Batches that are new here have their slips checked. */
  private reviewDesk(): void {
    const { desk, unchecked } = reviewDesk(this.state.desk, this.state.engine);
    const offered = new Map([...this.state.offered].filter(([digest]) => !desk.has(digest)));
    this.state = { ...this.state, desk, offered };
    for (const batch of unchecked) this.effects.push({ kind: 'check-batch', ...batch });
  }

  /** Slips of the pool that are in no batch under way. */
  private unbatched(): readonly Slip[] {
    const { pool, desk, offered } = this.state;
    return [...pool].flatMap(([id, slip]) => (isBatched(desk, id) || isBatched(offered, id) ? [] : [slip]));
  }

  /** Whether one of these can be ordered now. Those that can not are tried again when the ledger has grown. */
  private works(slips: Iterable<Slip>): boolean {
    const { ledger } = this.state;
    const at = nextMoment(ledger, this.nowMs);
    const idle = new Set(this.state.idle);
    let found = false;
    for (const slip of slips) {
      const id = slipIdOf(slip);
      if (idle.has(id)) continue;
      found = canBeOrdered(ledger.state, slip, at);
      if (found) break;
      idle.add(id);
    }
    if (idle.size !== this.state.idle.size) this.state = { ...this.state, idle };
    return found;
  }

  private offerValue(): void {
    const { wanted, ledger } = this.state;
    if (wanted === null || wanted.height !== ledger.height + 1) return;
    const timestampMs = Math.max(this.nowMs, ledger.head.timestampMs + 1);
    const { block, value } = this.compose(timestampMs, wanted.view);
    const isDue = wanted.view > 0 || configurationDue(ledger, timestampMs);
    if (!isDue && (block.slips.length === 0 || !isTimely(ledger, block.slips, this.nowMs))) return;
    this.state = { ...this.state, wanted: null };
    this.keepBlock(value.digest, block);
    this.engine({ kind: 'value', ...wanted, value });
  }

  private compose(timestampMs: number, view: number): ComposedCut {
    const { ledger, pool, self, desk, engine } = this.state;
    const options = { timestampMs, proposer: self, view };
    if (hasLane(ledger, self)) return composeCut(ledger, checkedBatches(desk, engine), options);
    const { block, bytes, digest } = composeBlock(ledger, [...pool.values()], options);
    return { block, value: { digest, bytes, cut: [] } };
  }

  /** The own lane has room. Where nothing is ready now, the engine asks again when it hears that requests wait. */
  private offerBatch(): void {
    const { ledger } = this.state;
    const batch = gatherBatch(this.unbatched(), ledger.state, nextMoment(ledger, this.nowMs));
    if (batch === null) return;
    this.state = { ...this.state, offered: new Map(this.state.offered).set(batch.digest, deskEntry(batch.bytes, null)) };
    this.engine({ kind: 'batch', ...batch });
  }

  private engine(input: EngineInput): void {
    const { state, effects } = grouped.step(this.state.engine, input);
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
      case 'request-batch':
        return this.offerBatch();
      case 'batch':
        return this.offerWork();
      case 'decide':
        return this.adoptDecided(effect.value, effect.certificate);
      case 'send':
        this.effects.push({ ...effect, message: this.whole(effect.message) });
        return;
      case 'evidence':
        this.effects.push(effect);
        return this.accuse(effect.evidence);
      default:
        this.effects.push(effect);
    }
  }

  /** Who is below a final height may not hold its batches: it is told the whole block. */
  private whole(message: ConsensusMessage): ConsensusMessage {
    const { last } = this.state;
    if (message.kind !== 'decided' || message.height !== last.block.header.height) return message;
    const decided = decidedOf(last);
    return decided === null ? message : { kind: 'decided', ...decided };
  }

  /** R15: proved guilt goes onto the ledger, once from here. */
  private accuse(evidence: Extract<EngineEffect, { kind: 'evidence' }>['evidence']): void {
    const { ledger, self, barred, accused } = this.state;
    const votes = ledger.consensus.voters.some((voter) => voter.party === self);
    if (!votes || barred !== null || accused.has(evidence.culprit) || isMarked(ledger.state, evidence.culprit)) return;
    const action = accusationOf(evidence);
    if (action === null) return;
    this.state = { ...this.state, accused: new Set(accused).add(evidence.culprit) };
    this.act(action);
  }

  private adoptDecided(value: Value, certificate: FinalBlock['certificate']): void {
    const block = this.state.blocks.get(value.digest) ?? this.rebuilt(value);
    const signers = certificate?.votes.map((vote) => vote.signer) ?? [];
    this.state = { ...this.state, attendance: heard(this.state.attendance, signers, this.nowMs) };
    // Without its batches, which can only be after a restart, the block is fetched whole.
    if (block === null) this.effects.push({ kind: 'behind', height: this.state.ledger.height + 2 });
    else this.adopt({ block, certificate });
  }

  /** A value of before a restart: its batches are in the row. */
  private rebuilt(value: Value): Block | null {
    const opened = openValue(value.bytes);
    assert(!isRejection(opened), 'a decided value opens: it was checked before the vote');
    const held = [...batchesUnderWay(this.state.engine), ...(this.state.row?.batches ?? [])];
    const block = rebuild(opened, ({ digest }) => {
      const batch = held.find(({ reference }) => reference.digest === digest);
      return batch === undefined ? null : deskEntry(batch.bytes, null).slips;
    });
    assert(!isRejection(block), 'a decided value expands: it was checked before the vote');
    return block;
  }

  private adoptFetched(block: FinalBlock): void {
    if (block.block.header.height === this.state.ledger.height + 1) this.adopt(block);
  }

  private startAt({ ledger, projection, last }: Extract<ParticipantInput, { kind: 'checkpoint' }>): void {
    if (ledger.height <= this.state.ledger.height) return;
    this.state = { ...this.state, ledger, projection, last, pool: poolAfter(this.state.pool, last.block, ledger) };
    this.beginHeight();
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
    const others = voting.filter((party) => party !== self);
    const at = { nowMs: this.nowMs, epoch: configuration.epoch, silenceMs: ledger.settings.silenceMs };
    const result = tick(this.state.attendance, others, at);
    this.state = { ...this.state, attendance: result.attendance };
    if (result.woke) this.effects.push({ kind: 'woke' });
    if (voting.includes(self) && this.state.barred === null && result.silent.length > 0)
      this.act({ kind: 'absent', parties: result.silent, epoch: configuration.epoch });
    if (synchronised && this.state.barred === null) this.wishForSeat();
    this.offerWork();
    if (hasLane(ledger, self)) this.lookAtLane();
  }

  /** R8: a request waits too long for the own lane. */
  private lookAtLane(): void {
    const { ledger, self, pool, desk, engine, idle } = this.state;
    const { baseTimeoutMs, epoch } = toConsensusConfiguration(ledger);
    const group = placeOf(toConsensusConfiguration(ledger), self)?.group;
    const admitted = admittedSlips(desk, engine);
    const ordered = orderedPositions(ledger).find((position) => position.group === group);
    const { patience, overdue } = look(this.state.patience, {
      waits: [...pool.keys()].some((id) => !idle.has(id) && !admitted.has(id)),
      lane: laneMark(ordered, engine.lane?.row.localView ?? 0, epoch),
      nowMs: this.nowMs,
      baseTimeoutMs,
    });
    this.state = { ...this.state, patience };
    if (overdue) this.engine({ kind: 'overdue' });
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
