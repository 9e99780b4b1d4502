// What follows from what is known, tried after every input: end the height, join and enter views, propose, prepare, lock
// and commit, run the timer. Each conclusion is drawn once, because the row remembers what was said (R2).
import { type Certificate, type ViewChange } from './messages.ts';
import { highestLock } from './checks.ts';
import { leaderIndex } from './roster.ts';
import { sayCommit, sayPrepare, sayProposal, sayViewChange } from './speak.ts';
import { type Open, type Round, type Turn, hasSaid, prune, valueOf } from './state.ts';
import { certificateFrom, quorumDigest } from './tally.ts';
import { highestAllowedAsk, viewDelayMs, viewToJoin } from './timing.ts';

export function advance(turn: Turn): void {
  if (turn.open.done) return;
  if (!conclude(turn)) {
    changeView(turn);
    if (mayVote(turn.open)) {
      lead(turn);
      prepare(turn);
      lockAndCommit(turn);
    }
  }
  runTimer(turn);
}

/** Whether the voter is in the view that it asked for last: only there it votes (R2). */
function mayVote(open: Open): boolean {
  return open.index >= 0 && open.row.askedView === open.row.view;
}

/** Ends the height with a commit certificate and its bytes; asks for the bytes where they never came. */
function conclude(turn: Turn): boolean {
  const { commit, height } = turn.open;
  if (commit === null) return false;
  const value = valueOf(turn.open, commit.digest);
  if (value === null) {
    reportBehind(turn, height + 1);
    return false;
  }
  turn.set({ done: true });
  // Before the decision: performing that begins the next height, with a timer of its own.
  runTimer(turn);
  turn.effects.push({ kind: 'decide', height, value, certificate: commit });
  return true;
}

export function reportBehind(turn: Turn, height: number): void {
  if (height <= turn.open.reported) return;
  turn.set({ reported: height });
  turn.effects.push({ kind: 'behind', height });
}

/** R7: joins the view that F+1 voters ask for, enters the one that Q asked for or that a justified proposal opens. */
function changeView(turn: Turn): void {
  const target = viewToJoin(turn.open.configuration, turn.open.asked);
  // F+1 requests hold one of a correct voter, which knew Q to have asked for the view below: the bound of R7 is kept.
  if (turn.open.index >= 0 && target > turn.open.row.askedView) sayViewChange(turn, target);
  const { row, rounds, configuration } = turn.open;
  const open = (round: Round) =>
    round.view > row.view && round.view >= row.askedView && (round.proposal !== null || asksIn(round).length >= configuration.quorum);
  const view = rounds.reduce((highest, round) => (open(round) ? Math.max(highest, round.view) : highest), row.view);
  if (view === row.view) return;
  const said = row.said.filter((entry) => entry.view >= view);
  turn.set({ row: { ...row, view, askedView: view, said }, timerView: null });
  prune(turn);
}

function asksIn(round: Round): readonly ViewChange[] {
  return round.asks.filter((ask): ask is ViewChange => ask !== null);
}

/** R5: the leader proposes the highest lock that its Q view changes report, or asks for a fresh value where there is none. */
function lead(turn: Turn): void {
  const { configuration, height, index, row, requestedView, pending } = turn.open;
  const { view } = row;
  if (leaderIndex(configuration, height, view) !== index || hasSaid(turn.open, 'propose', view)) return;
  const asks = asksOfView(turn.open);
  if (view > 0 && asks.length < configuration.quorum) return;
  const highest = highestLock(asks);
  if (highest?.lockedDigest) {
    const value = valueOf(turn.open, highest.lockedDigest);
    if (value !== null) sayProposal(turn, value);
    return;
  }
  if (requestedView === view || (view === 0 && !pending)) return;
  turn.set({ requestedView: view });
  turn.effects.push({ kind: 'request-value', height, view });
}

/** Whether the leader of the open view still waits for a value of its own choice. */
export function awaitsValue(open: Open): boolean {
  if (!mayVote(open) || open.done || open.requestedView !== open.row.view) return false;
  return !hasSaid(open, 'propose', open.row.view) && highestLock(asksOfView(open)) === null;
}

function asksOfView(open: Open): readonly ViewChange[] {
  const round = open.rounds.find((candidate) => candidate.view === open.row.view);
  return round === undefined || round.view === 0 ? [] : asksIn(round);
}

/** R4: for a valid, justified proposal whose bytes are here. The leader's proposal was its own prepare. */
function prepare(turn: Turn): void {
  const { row, rounds, configuration, height, index } = turn.open;
  const proposal = rounds.find((round) => round.view === row.view)?.proposal ?? null;
  if (proposal === null || leaderIndex(configuration, height, row.view) === index || hasSaid(turn.open, 'prepare', row.view)) return;
  sayPrepare(turn, proposal.digest);
}

/** R2: commits only what it holds a prepare certificate for, in this view, with its bytes. */
function lockAndCommit(turn: Turn): void {
  const { row, rounds, configuration, height } = turn.open;
  const round = rounds.find((candidate) => candidate.view === row.view);
  const digest = round === undefined ? null : quorumDigest(round.prepares, configuration.quorum);
  if (round === undefined || digest === null || hasSaid(turn.open, 'commit', row.view) || valueOf(turn.open, digest) === null) return;
  const certificate: Certificate = certificateFrom(round.prepares, configuration, { phase: 'prepare', height, view: row.view, digest });
  sayCommit(turn, certificate);
}

/** R7: on a time-out the voter asks for the next view where Q stand behind this one, and repeats itself where they do not. */
export function nextViewOnTimeout(open: Open): number | null {
  const { row, configuration, asked } = open;
  const next = row.askedView + 1;
  return next <= highestAllowedAsk(configuration, asked, row.view) ? next : null;
}

/**
 * R7: runs only while something waits to be ordered: an own request, or whatever made this voter speak at this height. Never
 * restarted by a message, only by entering or asking for a view.
 */
export function runTimer(turn: Turn): void {
  const { open } = turn;
  const wanted = open.index >= 0 && !open.done && (open.pending || open.row.said.length > 0 || open.row.view > 0);
  const view = wanted ? open.row.askedView : null;
  if (open.timerView === view) return;
  const at = view ?? open.timerView ?? 0;
  turn.set({ timerView: view });
  const delayMs = view === null ? null : viewDelayMs(open.configuration, open.index, view);
  turn.effects.push({ kind: 'timer', name: 'view', height: open.height, view: at, delayMs });
}
