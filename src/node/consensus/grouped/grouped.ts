// The grouped engine (P0-22 to P0-36, repaired): two PBFT layers with one global quorum. Agreement is the flat engine's,
// step for step; this file only leads what it says through groups, and batches through lanes. Without groups (fewer than 8
// voters) it is the flat engine. Local parts decide nothing: safety needs only what `../pbft.ts` does.
import { assert, present } from '../../base/index.ts';
import { memberOfRank, membersOf, placeOf } from '../circle.ts';
import {
  type Audience,
  type Engine,
  type EngineEffect,
  type EngineInput,
  type Step,
  type UnsignedGlobal,
  type Validity,
  type Verified,
  isGlobal,
} from '../engine.ts';
import { type ConsensusMessage, epochOf } from '../messages.ts';
import { pbft } from '../pbft.ts';
import { viewDelayMs } from '../timing.ts';
import { carriedFor, forgetOrdered, hearCertifiedBatch, holdsAll, spread, takeCarried } from './batches.ts';
import { answerAsk, answerInquiry, bypass } from './bypass.ts';
import { audienceFor, carry, passOnAsk, passOnProposal, startPatience } from './carriage.ts';
import { judgeStall, noteBundle, noteStall } from './doubts.ts';
import { hearBatch, hearLaneVote, hearMove, hearOverdue, requestBatch, takeBatch } from './lane.ts';
import { isComplete, isHopeless, losePatience, park, unpark } from './missing.ts';
import { wholeRow } from './persist.ts';
import {
  type GroupedState,
  GroupedTurn,
  type Standing,
  emptyLaneState,
  freshCarriage,
  freshService,
  initialGrouped,
  standingOf,
} from './state.ts';

type Input<Kind extends EngineInput['kind']> = Extract<EngineInput, { kind: Kind }>;

/** A member goes past its carrier after this part of a view. */
const BYPASS_PARTS = 2;

export const grouped: Engine<GroupedState> = { initial: initialGrouped, step };

function step(state: GroupedState, input: EngineInput): Step<GroupedState> {
  const turn = new GroupedTurn(state);
  const ended = state.core.open?.done ?? true;
  if (input.kind === 'begin') begin(turn, input);
  else if (state.core.open !== null) take(turn, input);
  const standing = turn.state.lane === null ? null : standingOf(turn.state.core.open);
  if (standing !== null) {
    carry(turn, standing);
    requestBatch(turn, standing);
    spread(turn, standing);
    if (!ended && turn.open.done) {
      judgeStall(turn, standing);
      stopTimers(turn);
    }
  }
  return { state: turn.state, effects: turn.effects };
}

/** A new epoch begins with empty lanes (R13); within one they outlive the heights. */
function begin(turn: GroupedTurn, input: Input<'begin'>): void {
  const before = turn.state;
  const sameEpoch = before.core.open?.configuration.epoch === input.configuration.epoch;
  turn.state = { ...before, carriage: freshCarriage, lane: null, ...(sameEpoch ? {} : freshService) };
  const { configuration, row, ...rest } = input;
  // Agreement begins first, so that the standing is known; what it says at once is led through the lane that follows.
  const { state: core, effects } = pbft.step(before.core, { ...rest, configuration, row });
  turn.state = { ...turn.state, core };
  const standing = standingOf(core.open);
  if (standing !== null) {
    const size = membersOf(configuration, standing.group).length;
    turn.state = { ...turn.state, lane: sameEpoch && before.lane !== null ? before.lane : emptyLaneState(size) };
    if (!sameEpoch || before.lane === null) recall(turn, input);
    forgetOrdered(turn, standing, input.ordered ?? []);
  }
  lead(turn, standing, effects);
}

/** After a restart: what the journal holds of this epoch. */
function recall(turn: GroupedTurn, { lane, batches }: Input<'begin'>): void {
  if (lane !== undefined) turn.setLane({ row: lane });
  const held = batches ?? [];
  const store = held.flatMap(({ reference, bytes, certificate }) =>
    certificate === null ? [] : [{ reference, bytes, certificate, spread: true }],
  );
  turn.setLane({ store, recalled: held.filter((batch) => batch.certificate === null) });
}

function take(turn: GroupedTurn, input: EngineInput): void {
  const standing = turn.state.lane === null ? null : standingOf(turn.open);
  if (standing === null) return agree(turn, null, input);
  switch (input.kind) {
    case 'message':
      return hear(turn, standing, input.message, input.validity);
    case 'pending':
      // Told anew that requests wait, the participant may have a batch now.
      turn.setLane({ unbatched: input.unbatched === true, requested: false });
      return agree(turn, standing, input);
    case 'value':
      if (holdsAll(turn, input.value.cut)) return agree(turn, standing, input);
      turn.effects.push({ kind: 'request-value', height: input.height, view: input.view });
      return;
    case 'batch':
      return takeBatch(turn, standing, input);
    case 'overdue':
      return hearOverdue(turn, standing);
    case 'timer':
      return input.name === 'view' ? agree(turn, standing, input) : timeOut(turn, standing, input);
    default:
      return agree(turn, standing, input);
  }
}

function hear(turn: GroupedTurn, standing: Standing, message: Verified<ConsensusMessage>, validity: Validity): void {
  const inEpoch = epochOf(message) === turn.configuration.epoch;
  switch (message.kind) {
    case 'batch':
      if (inEpoch) hearBatch(turn, standing, message, validity);
      return unpark(turn, standing);
    case 'lane-vote':
      return inEpoch ? hearLaneVote(turn, standing, message) : undefined;
    case 'lane-move':
      return inEpoch ? hearMove(turn, standing, message) : undefined;
    case 'certified-batch':
      if (inEpoch) hearCertifiedBatch(turn, standing, message);
      if (turn.lane.wanted.length > 0) startPatience(turn);
      return unpark(turn, standing);
    case 'bundle':
      if (inEpoch) noteBundle(turn, message);
      return agree(turn, standing, { kind: 'message', message, validity });
    case 'inquiry':
      return answerInquiry(turn, standing, message);
    case 'proposal':
      return hearProposal(turn, standing, message, validity);
    case 'view-change':
      if (inEpoch && message.height === turn.open.height) {
        passOnAsk(turn, standing, message);
        answerAsk(turn, standing, message);
      }
      return agree(turn, standing, { kind: 'message', message, validity });
    default:
      return agree(turn, standing, { kind: 'message', message, validity: validity === 'incomplete' ? 'unacceptable' : validity });
  }
}

/** A carrier passes it on first. Without its batches it is judged later. */
function hearProposal(
  turn: GroupedTurn,
  standing: Standing,
  message: Verified<ConsensusMessage & { kind: 'proposal' }>,
  validity: Validity,
): void {
  const isOpen = message.height === turn.open.height && message.epoch === turn.configuration.epoch;
  if (isOpen) {
    passOnProposal(turn, standing, message);
    takeCarried(turn, standing, message);
    // A value that was voted for can be proposed again by anybody who locked it: so with every batch, in its own lane (R4).
    if (validity === 'incomplete' || (validity === 'valid' && !isComplete(turn, message))) return parkOrJudge(turn, standing, message);
  }
  agree(turn, standing, { kind: 'message', message, validity });
}

/** What the proposal carried itself may have been all that was missing. A value that stays unclear for all that gets no vote. */
function parkOrJudge(turn: GroupedTurn, standing: Standing, message: Verified<ConsensusMessage & { kind: 'proposal' }>): void {
  // Its leader's statement counts all the same: more than a few in one view convict it (R15).
  if (isHopeless(turn, message) || !park(turn, message))
    return agree(turn, standing, { kind: 'message', message, validity: 'unacceptable' });
  unpark(turn, standing);
}

function timeOut(turn: GroupedTurn, standing: Standing, { name, height, view }: Input<'timer'>): void {
  const { open } = turn;
  if (open.done || height !== open.height) return;
  if (name === 'patience') return losePatience(turn, standing);
  if (view !== open.row.view) return;
  noteStall(turn, standing);
  bypass(turn, standing);
  startBypass(turn);
}

/** One step of agreement, and its words on their way. */
function agree(turn: GroupedTurn, standing: Standing | null, input: EngineInput): void {
  const { state, effects } = pbft.step(turn.state.core, input);
  turn.state = { ...turn.state, core: state };
  lead(turn, standing, effects);
}

function lead(turn: GroupedTurn, standing: Standing | null, effects: readonly EngineEffect[]): void {
  for (const effect of effects) {
    if (standing === null || turn.state.lane === null) turn.effects.push(effect);
    else leadOne(turn, standing, effect);
  }
}

function leadOne(turn: GroupedTurn, standing: Standing, effect: EngineEffect): void {
  switch (effect.kind) {
    case 'persist':
      turn.effects.push({ kind: 'persist', row: wholeRow(turn, effect.row) });
      return;
    case 'say':
      assert(isGlobal(effect.message), 'agreement speaks of heights');
      return sayThrough(turn, standing, effect.message);
    case 'send':
      if (isAnswer(effect.message) && !answers(turn, standing, effect.to)) return;
      turn.effects.push(effect);
      return;
    case 'timer':
      turn.effects.push(effect);
      if (effect.delayMs === null) stopTimers(turn);
      else startBypass(turn);
      return;
    default:
      turn.effects.push(effect);
  }
}

function sayThrough(turn: GroupedTurn, standing: Standing, message: UnsignedGlobal): void {
  const to = audienceFor(turn, standing, message);
  if (message.kind !== 'proposal') {
    turn.effects.push({ kind: 'say', message, to });
    return;
  }
  const { cut } = present(
    turn.open.values.find((value) => value.digest === message.digest),
    'the own value',
  );
  turn.effects.push({ kind: 'say', message: { ...message, carried: carriedFor(turn, cut) }, to });
}

function isAnswer(message: ConsensusMessage): boolean {
  return message.kind === 'decided';
}

/** A straggler asks everybody: its group answers, and in each other group the member of its rank. The rest may be asked (R9). */
function answers(turn: GroupedTurn, standing: Standing, to: Audience): boolean {
  const asker = to === 'voters' ? null : placeOf(turn.configuration, to[0] ?? null);
  return asker === null || asker.group === standing.group || memberOfRank(turn.configuration, standing.group, asker.rank) === standing.self;
}

function startBypass(turn: GroupedTurn): void {
  const { open } = turn;
  if (open.done || open.index < 0) return;
  const { view } = open.row;
  const delayMs = Math.ceil(viewDelayMs(open.configuration, open.index, view) / BYPASS_PARTS);
  turn.effects.push({ kind: 'timer', name: 'bypass', height: open.height, view, delayMs });
}

function stopTimers(turn: GroupedTurn): void {
  const { height, row } = turn.open;
  for (const name of ['bypass', 'patience'] as const) turn.effects.push({ kind: 'timer', name, height, view: row.view, delayMs: null });
}
