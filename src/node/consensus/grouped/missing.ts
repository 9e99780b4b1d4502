// What is missing of a proposal (R4): it waits here for its batches, which are asked for after a while (R9), and is judged again when
// they have come. A question goes to one member at a time, and is believed only from the link of its asker.
import { type Digest, type PartyId, MAX_CUT_BATCHES } from '../../base/index.ts';
import { authorOf } from '../circle.ts';
import type { Verified } from '../engine.ts';
import type { ConsensusMessage, Inquiry, LaneCertificate } from '../messages.ts';
import { MAX_VALUES_PER_VIEW } from '../state.ts';
import { takeCarried } from './batches.ts';
import { startPatience } from './carriage.ts';
import { noteMissed } from './doubts.ts';
import { heldBatch } from './persist.ts';
import type { GroupedTurn, Standing } from './state.ts';

type ProposalMessage = ConsensusMessage & { readonly kind: 'proposal' };

/** Proposals that wait for batches (R18), of all views that are not over. */
const MAX_PARKED = 4;
/** Batches are asked for when patience has run out so many times since one came: at once, and again after some time. */
const ASK_AFTER: readonly number[] = [1, 5, 17];

/**
 * Keeps a proposal whose batches are missing, and becomes impatient for them. Returns whether it is kept: the leader of one view
 * crowds out nobody else's proposal.
 */
export function park(turn: GroupedTurn, proposal: Verified<ProposalMessage>): boolean {
  const { view } = turn.open.row;
  const { parked, rejudged } = turn.state.carriage;
  const others = parked.filter((other) => other.view >= view && keyOf(other) !== keyOf(proposal));
  const keys = new Set([...others.map(keyOf), ...rejudged]);
  const ofView = [...keys].filter((key) => key !== keyOf(proposal) && key.startsWith(`${proposal.view} `));
  if (proposal.view < view || ofView.length >= MAX_VALUES_PER_VIEW) return false;
  turn.setCarriage({ parked: [...others, proposal].slice(-MAX_PARKED) });
  startPatience(turn);
  return true;
}

/** Whether the proposal has everything that this member knows of and was handed back for it before. */
export function isHopeless(turn: GroupedTurn, proposal: ProposalMessage): boolean {
  return isComplete(turn, proposal) && turn.state.carriage.rejudged.includes(keyOf(proposal));
}

function keyOf(proposal: ProposalMessage): string {
  return `${proposal.view} ${proposal.digest}`;
}

/** Whether every batch that the proposal lists is here. */
export function isComplete(turn: GroupedTurn, proposal: ProposalMessage): boolean {
  return missingIn(turn, proposal).length === 0;
}

function missingIn(turn: GroupedTurn, { carried }: ProposalMessage): readonly LaneCertificate[] {
  return carried.map(({ certificate }) => certificate).filter(({ reference }) => heldBatch(turn, reference) === null);
}

/** What came makes parked proposals fit to be judged. */
export function unpark(turn: GroupedTurn, standing: Standing): void {
  for (const proposal of turn.state.carriage.parked) {
    takeCarried(turn, standing, proposal);
    if (!isComplete(turn, proposal)) continue;
    const { parked, rejudged } = turn.state.carriage;
    turn.setCarriage({ parked: parked.filter((other) => other !== proposal), rejudged: [...new Set([...rejudged, keyOf(proposal)])] });
    turn.effects.push({ kind: 'judge', message: proposal });
  }
}

/**
 * Batches are asked for lane by lane: of one of those who certified them, each member of another, so that no uplink carries what
 * all miss; then of another; those of a proposal then of its leader; then of all who certified them.
 */
export function askForBatches(turn: GroupedTurn, standing: Standing): void {
  const { parked, inquiries } = turn.state.carriage;
  turn.setCarriage({ inquiries: inquiries + 1 });
  for (const certificate of turn.lane.wanted) askOfLane(turn, standing, [certificate], { leader: null, complains: false, time: inquiries });
  for (const proposal of parked) {
    const missing = missingIn(turn, proposal);
    for (const lane of new Set(missing.map(({ reference }) => reference.group))) {
      const complains = noteMissed(turn, standing, lane, inquiries > 0);
      const ofLane = missing.filter(({ reference }) => reference.group === lane);
      askOfLane(turn, standing, ofLane, { leader: proposal.signer, complains, time: inquiries });
    }
  }
}

function askOfLane(
  turn: GroupedTurn,
  standing: Standing,
  certificates: readonly LaneCertificate[],
  { leader, complains, time }: { readonly leader: PartyId | null; readonly complains: boolean; readonly time: number },
): void {
  const authors = certificates.map(({ reference }) => authorOf(turn.configuration, reference.group, reference.localView));
  const signers = new Set(certificates.flatMap(({ votes }) => votes.map((vote) => vote.signer)));
  const certifiers = [...signers].filter((party) => !authors.includes(party));
  const first = (standing.rank + turn.open.height) % certifiers.length;
  const inTurn = [...certifiers.slice(first), ...certifiers.slice(0, first)];
  const digests = certificates.map(({ reference }) => reference.digest);
  turn.setCarriage({ asked: new Set([...turn.state.carriage.asked, ...digests]) });
  const whom = [...inTurn.slice(0, 2), ...(leader === null ? [] : [leader]), ...inTurn.slice(2), ...authors];
  const others = (complains ? authors : whom).filter((party) => party !== standing.self);
  inquire(turn, standing, others[time % others.length], digests);
}

/** Patience has run out once more. */
export function losePatience(turn: GroupedTurn, standing: Standing): void {
  const { waits: before, comes } = turn.state.carriage;
  // While answers come, nobody else is asked: two who send the same would be slower than one.
  const waits = comes ? 2 : before + 1;
  turn.setCarriage({ impatient: true, patienceRuns: false, waits, comes: false });
  if (ASK_AFTER.includes(waits)) askForBatches(turn, standing);
  if (turn.state.carriage.parked.length > 0) startPatience(turn);
}

/** Whether a proposal of the open view is here, whatever it lacks. */
export function isProposed(turn: GroupedTurn): boolean {
  const { row, rounds } = turn.open;
  const known = rounds.some((round) => round.view === row.view && round.proposal !== null);
  return known || turn.state.carriage.parked.some((parked) => parked.view === row.view);
}

/** Asks one member for what this one misses. */
export function inquire(turn: GroupedTurn, standing: Standing, to: PartyId | undefined, batches: readonly Digest[]): void {
  if (to === undefined) return;
  const { height, row } = turn.open;
  const message: Inquiry & { kind: 'inquiry' } = {
    kind: 'inquiry',
    epoch: turn.configuration.epoch,
    height,
    view: row.view,
    asker: standing.self,
    proposal: !isProposed(turn),
    batches: batches.slice(0, MAX_CUT_BATCHES),
  };
  if (message.proposal && row.view === 0) turn.setCarriage({ askedForProposal: true });
  turn.effects.push({ kind: 'send', to: [to], message });
}
