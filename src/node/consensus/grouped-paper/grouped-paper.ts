// Paper 000, Algorithm 2 to the letter (P0-28 to P0-37): PBFT in the group of the request, then PBFT among the groups' primaries, who
// vote for their groups, then a package of request and signatures to every group. Its promise is the paper's: see `label.ts`. It
// shares no statement and no count with the engines that keep the promise of docs/protocol.md.
import { assert, present } from '../../base/index.ts';
import { groupQuorum } from '../circle.ts';
import type { Engine, EngineEffect, EngineInput, Step } from '../engine.ts';
import { type Decided, type PaperMessage, type PaperRound, epochOf, heightOf, isPaperMessage } from '../messages.ts';
import { quorumDigest } from '../tally.ts';
import { highestAllowedAsk, rankedAsk, viewDelayMs, viewToJoin } from '../timing.ts';
import { hearPackage, hearProposal, hearReplace, hearVote } from './hear.ts';
import { groupOfRequest, isPrimary, paperLeaderOf, primariesQuorum } from './primaries.ts';
import { sayAgain, sayProposal, sayReplace, sayVote } from './speak.ts';
import {
  type PaperOpen,
  type PaperState,
  PaperTurn,
  ballotOf,
  committedDigest,
  fellowsOf,
  hasSaid,
  openPaperHeight,
  prune,
  saidOf,
  valueOf,
} from './state.ts';

type Input<Kind extends EngineInput['kind']> = Extract<EngineInput, { kind: Kind }>;

const initial: PaperState = { open: null, pending: false, last: null };

export const groupedPaper: Engine<PaperState> = { initial, step };

function step(state: PaperState, input: EngineInput): Step<PaperState> {
  if (input.kind === 'begin') return begin(state, input);
  if (input.kind === 'pending') state = { ...state, pending: input.pending };
  const { open } = state;
  if (open === null) return { state, effects: [] };
  const turn = new PaperTurn(open);
  switch (input.kind) {
    case 'pending': {
      const fresh = input.pending && !open.pending && awaitsValue(open);
      turn.set({ pending: input.pending, requestedView: fresh ? null : open.requestedView });
      break;
    }
    case 'value':
      if (input.height === open.height && input.view === open.row.view && awaitsValue(open)) sayProposal(turn, 'group', input.value);
      break;
    case 'timer':
      timeOut(turn, input);
      break;
    case 'message':
      if (isPaperMessage(input.message)) receive(turn, state, input.message, input.validity);
      break;
    // No lanes: requests stand in the values themselves.
    case 'batch':
    case 'overdue':
      break;
  }
  advance(turn);
  return close(state, turn);
}

function begin(state: PaperState, { configuration, self, height, row, last }: Input<'begin'>): Step<PaperState> {
  const known = last !== undefined && last.height > (state.last?.certificate.height ?? -1) ? packageOf(last) : state.last;
  assert(known === null || known.certificate.height < height, 'a final height does not begin again');
  const turn = new PaperTurn({ ...openPaperHeight(configuration, self, height, row), pending: state.pending });
  if (turn.open.index >= 0) sayAgain(turn);
  advance(turn);
  return close({ ...state, last: known }, turn);
}

function close(state: PaperState, turn: PaperTurn): Step<PaperState> {
  const decided = turn.effects.find((effect): effect is Extract<EngineEffect, { kind: 'decide' }> => effect.kind === 'decide');
  const last = decided === undefined ? state.last : packageOf({ ...decided, value: decided.value.bytes });
  return { state: { ...state, open: turn.open, last }, effects: turn.effects };
}

function packageOf({ certificate, value }: Pick<Decided, 'certificate' | 'value'>): NonNullable<PaperState['last']> {
  return { kind: 'paper-package', certificate, value };
}

function receive(turn: PaperTurn, state: PaperState, message: PaperMessage, validity: Input<'message'>['validity']): void {
  const { open } = turn;
  const above = heightOf(message) - open.height;
  const { last } = state;
  if (message.kind === 'paper-replace' && message.signer !== open.self && last !== null && message.height <= last.certificate.height)
    turn.effects.push({ kind: 'send', to: [message.signer], message: last });
  if (above === 1 && message.kind !== 'paper-package') turn.set({ overtaken: true });
  else if (above > 0) reportBehind(turn, open.height + above);
  if (above !== 0 || open.done || epochOf(message) !== open.configuration.epoch) return;
  switch (message.kind) {
    case 'paper-proposal':
      return hearProposal(turn, message, validity);
    case 'paper-vote':
      return hearVote(turn, message);
    case 'paper-replace':
      return hearReplace(turn, message);
    case 'paper-package':
      return hearPackage(turn, message, validity);
  }
}

function reportBehind(turn: PaperTurn, height: number): void {
  if (height <= turn.open.reported) return;
  turn.set({ reported: height });
  turn.effects.push({ kind: 'behind', height });
}

function advance(turn: PaperTurn): void {
  if (turn.open.done) return;
  if (!conclude(turn) && turn.open.index >= 0) {
    changeView(turn);
    if (mayVote(turn.open)) {
      lead(turn);
      for (const round of ['group', 'primaries'] as const) vote(turn, round);
      startSecond(turn);
    }
  }
  runTimer(turn);
}

function mayVote({ index, row }: PaperOpen): boolean {
  return index >= 0 && row.askedView === row.view;
}

/** P0-32, P0-33: with the primaries' signatures and the request the height ends; a primary tells its group. */
function conclude(turn: PaperTurn): boolean {
  const { collected, height, configuration, self } = turn.open;
  if (collected === null) return false;
  const value = valueOf(turn.open, collected.digest);
  if (value === null) {
    reportBehind(turn, height + 1);
    return false;
  }
  if (mayVote(turn.open) && collected.view === turn.open.row.view) finishVoting(turn);
  turn.set({ done: true });
  runTimer(turn);
  if (self !== null && turn.open.index >= 0 && isPrimary(configuration, height, collected.view, self))
    turn.effects.push({ kind: 'send', to: fellowsOf(turn.open), message: packageOf({ certificate: collected, value: value.bytes }) });
  turn.effects.push({ kind: 'decide', height, value, certificate: collected });
  return true;
}

/** The paper counts every vote of both rounds: one that the end overtook is still said, and decides nothing any more. */
function finishVoting(turn: PaperTurn): void {
  for (const round of ['group', 'primaries'] as const) {
    const ballot = ballotOf(turn, round);
    if (!takesPart(turn.open, round) || !ballot?.valid || ballot.proposal?.digest !== turn.open.collected?.digest) continue;
    for (const phase of ['prepare', 'commit'] as const)
      if (ballot.proposal !== null && !hasSaid(turn.open, round, phase)) sayVote(turn, round, phase, ballot.proposal.digest);
  }
}

/** P0-37, without proof: enters the view that Q wait for, joins F+1. */
function changeView(turn: PaperTurn): void {
  const { configuration } = turn.open;
  const target = viewToJoin(configuration, turn.open.asked);
  if (target > turn.open.row.askedView) sayReplace(turn, target);
  const { row, asked } = turn.open;
  const view = rankedAsk(asked, configuration.quorum);
  if (view <= row.view || view < row.askedView) return;
  turn.set({ row: { ...row, view, askedView: view }, timerView: null });
  prune(turn);
}

/** P0-28: the primary of the request makes the pre-prepare; one that follows another goes on with what its group committed to. */
function lead(turn: PaperTurn): void {
  const { configuration, height, self, row, requestedView, pending } = turn.open;
  if (paperLeaderOf(configuration, height, row.view) !== self || hasSaid(turn.open, 'group', 'pre-prepare')) return;
  const digest = committedDigest(turn.open, 'primaries') ?? committedDigest(turn.open, 'group');
  const value = digest === null ? null : valueOf(turn.open, digest);
  if (value !== null) return sayProposal(turn, 'group', value);
  if (requestedView === row.view || (row.view === 0 && !pending)) return;
  turn.set({ requestedView: row.view });
  turn.effects.push({ kind: 'request-value', height, view: row.view });
}

function awaitsValue(open: PaperOpen): boolean {
  return mayVote(open) && !open.done && open.requestedView === open.row.view && !hasSaid(open, 'group', 'pre-prepare');
}

function takesPart({ configuration, height, row, place, self }: PaperOpen, round: PaperRound): boolean {
  if (place === null || self === null) return false;
  if (round === 'group') return place.group === groupOfRequest(configuration, height, row.view);
  return isPrimary(configuration, height, row.view, self);
}

/** One round of PBFT: a prepare for a valid pre-prepare, a commit at a quorum of prepares. */
function vote(turn: PaperTurn, round: PaperRound): void {
  const ballot = ballotOf(turn, round);
  if (ballot === null || ballot.proposal === null || !ballot.valid || !takesPart(turn.open, round)) return;
  const { digest, signer } = ballot.proposal;
  // A primary that has committed its group to one value commits it to no other at this height.
  if (round === 'primaries' && (committedDigest(turn.open, round) ?? digest) !== digest) return;
  if (signer !== turn.open.self && !hasSaid(turn.open, round, 'prepare')) sayVote(turn, round, 'prepare', digest);
  if (quorumDigest(ballot.prepares, neededIn(turn.open, round)) === digest && !hasSaid(turn.open, round, 'commit'))
    sayVote(turn, round, 'commit', digest);
}

/** P0-30: when the first PBFT has succeeded, the same pre-prepare goes to the other groups' primaries. */
function startSecond(turn: PaperTurn): void {
  const { configuration, height, self, row } = turn.open;
  if (paperLeaderOf(configuration, height, row.view) !== self || hasSaid(turn.open, 'primaries', 'pre-prepare')) return;
  const commits = ballotOf(turn, 'group')?.commits;
  const digest = commits === undefined ? null : quorumDigest(commits, neededIn(turn.open, 'group'));
  const value = digest === null ? null : valueOf(turn.open, digest);
  if (value !== null) sayProposal(turn, 'primaries', value);
}

function neededIn({ configuration, place }: PaperOpen, round: PaperRound): number {
  return round === 'group' ? groupQuorum(configuration, present(place, 'a place').group) : primariesQuorum(configuration.groups.length);
}

function timeOut(turn: PaperTurn, { name, height, view }: Input<'timer'>): void {
  const { open } = turn;
  if (name !== 'view' || open.done || open.index < 0 || height !== open.height || view !== open.timerView) return;
  turn.set({ timerView: null });
  if (open.overtaken) reportBehind(turn, open.height + 1);
  const next = open.row.askedView + 1;
  if (next <= highestAllowedAsk(open.configuration, open.asked, open.row.view)) sayReplace(turn, next);
  else sayAgain(turn);
}

/** Runs while something waits, or was said at this height (R7). */
function runTimer(turn: PaperTurn): void {
  const { open } = turn;
  const wanted = open.index >= 0 && !open.done && (open.pending || saidOf(open).length > 0 || open.row.askedView > 0);
  const view = wanted ? open.row.askedView : null;
  if (open.timerView === view) return;
  const at = view ?? open.timerView ?? 0;
  turn.set({ timerView: view });
  const delayMs = view === null ? null : viewDelayMs(open.configuration, open.index, view);
  turn.effects.push({ kind: 'timer', name: 'view', height: open.height, view: at, delayMs });
}
