// The first PBFT, inside a group (P0-28, P0-29): admission of batches. The author proposes, the members prepare to one another and
// commit to the author, whose q_g commits certify the batch. Never trusted by global safety; local votes sign another layer
// (R1). Authors change by local views alone, and carry nothing over (R8).
import { type PartyId, assert, present } from '../../base/index.ts';
import { authorOf, groupQuorum, membersOf, placeOf } from '../circle.ts';
import type { LaneRow, UnsignedLane, Validity } from '../engine.ts';
import { enoughMoved } from '../lane-checks.ts';
import type { Batch, BatchReference, LaneCertificate, LaneMove, LaneVote } from '../messages.ts';
import { type Cast, type Tally, count, emptyTally, votesFor } from '../tally.ts';
import { admit } from './batches.ts';
import { persist } from './persist.ts';
import { type GroupedTurn, type Slot, type Standing, accuseInLane, floorOf, isAbove, sameReference } from './state.ts';

/** Positions above the last ordered one that an author fills. */
export const MAX_AHEAD = 16;
/** Positions above the last ordered one for which messages are kept: members learn late what was ordered (R18). */
export const MAX_SLOTS_AHEAD = 2 * MAX_AHEAD;
/** Batches of the own lane under way at once. */
export const MAX_UNDER_WAY = 4;
/** Times that votes for one batch are repeated. */
const MAX_REPEATS = 8;

/** Asks the participant for a batch where this member is the author and has room. */
export function requestBatch(turn: GroupedTurn, standing: Standing): void {
  const { lane } = turn;
  if (!lane.unbatched || lane.requested || !mayAuthor(turn, standing)) return;
  turn.setLane({ requested: true });
  turn.effects.push({ kind: 'request-batch' });
}

/** The author and with room: neither too many batches uncertified nor too many that wait to be ordered. */
function mayAuthor(turn: GroupedTurn, { group, self }: Standing): boolean {
  const { lane, configuration } = turn;
  const { localView } = lane.row;
  if (authorOf(configuration, group, localView) !== self || !movesAllow(turn, group)) return false;
  const underWay = lane.slots.filter(
    (slot) => slot.localView === localView && slot.batch !== null && !isStored(turn, slot.batch.reference),
  );
  return underWay.length < MAX_UNDER_WAY && nextSequence(turn, group) < firstSequence(turn, group) + MAX_AHEAD;
}

/** R8: above local view 0 the author begins with f_g+1 moves to it. */
function movesAllow(turn: GroupedTurn, group: number): boolean {
  const { localView } = turn.lane.row;
  return (
    localView === 0 ||
    enoughMoved(
      proofOf(turn).map((move) => move.signer),
      group,
      turn.configuration,
    )
  );
}

/** Moves to exactly the own local view, ordered by signer. */
function proofOf(turn: GroupedTurn): readonly LaneMove[] {
  const { row, moves } = turn.lane;
  if (row.localView === 0) return [];
  const exact = moves.filter((move): move is LaneMove => move?.localView === row.localView);
  return exact.sort((a, b) => (a.signer < b.signer ? -1 : 1));
}

/** The lowest sequence of the own local view that is not ordered. */
function firstSequence(turn: GroupedTurn, group: number): number {
  const { row } = turn.lane;
  const floor = floorOf(turn.lane, group);
  return floor?.localView === row.localView ? floor.sequence + 1 : 0;
}

/** R2: the lowest sequence of the own local view that was never used. */
function nextSequence(turn: GroupedTurn, group: number): number {
  const { row } = turn.lane;
  const used = row.said.filter(({ reference }) => reference.localView === row.localView).map(({ reference }) => reference.sequence);
  return Math.max(firstSequence(turn, group), ...used.map((sequence) => sequence + 1));
}

/** The participant's batch: it gets the next position and goes to the group. Not again what is under way already. */
export function takeBatch(
  turn: GroupedTurn,
  standing: Standing,
  value: { readonly digest: Batch['reference']['digest']; readonly bytes: Uint8Array },
): void {
  const { group, self, fellows } = standing;
  if (!turn.lane.requested) return;
  turn.setLane({ requested: false });
  if (!mayAuthor(turn, standing)) return;
  const { localView } = turn.lane.row;
  const reference: BatchReference = { group, localView, sequence: nextSequence(turn, group), digest: value.digest };
  const { epoch } = turn.configuration;
  const message = { kind: 'batch', epoch, reference, signer: self, bytes: value.bytes, moves: proofOf(turn) } as const;
  say(turn, message, { phase: 'batch', reference }, fellows, value.bytes);
}

/** Hears the author's batch; a valid one of the own local view is prepared. */
export function hearBatch(turn: GroupedTurn, standing: Standing, batch: Batch, validity: Validity): void {
  const { reference, signer, signature } = batch;
  if (reference.group !== standing.group) return;
  // The moves that the batch carries are proved: whoever missed them moves with it.
  for (const move of batch.moves) hearMove(turn, standing, move);
  const slot = slotAt(turn, standing, reference);
  if (slot === null) return;
  const author = membersOf(turn.configuration, standing.group).indexOf(signer);
  const tally = counted(turn, slot, 'prepares', author, { digest: reference.digest, signature }, 'batch', signer);
  if (tally === null || validity !== 'valid') return;
  const known = slot.batch !== null;
  setSlot(turn, slot, { prepares: tally, ...(known ? {} : { batch }) });
  if (!known) turn.effects.push({ kind: 'batch', batch: { reference, bytes: batch.bytes, certificate: null } });
  else repeat(turn, standing, reference);
  prepare(turn, standing, reference);
  commit(turn, standing, reference);
}

/** Hears a member's vote about a batch. */
export function hearLaneVote(turn: GroupedTurn, standing: Standing, vote: LaneVote): void {
  const { reference, signer, signature, phase } = vote;
  if (reference.group !== standing.group || phase === 'batch') return;
  const slot = slotAt(turn, standing, reference);
  if (slot === null) return;
  // The author's batch was its prepare: it is never counted twice.
  if (phase === 'prepare' && signer === authorOf(turn.configuration, standing.group, reference.localView)) return;
  const field = phase === 'prepare' ? 'prepares' : 'commits';
  const rank = membersOf(turn.configuration, standing.group).indexOf(signer);
  const tally = counted(turn, slot, field, rank, { digest: reference.digest, signature }, phase, signer);
  if (tally === null) return;
  setSlot(turn, slot, { [field]: tally });
  if (phase === 'prepare') commit(turn, standing, reference);
  else certify(turn, standing, reference);
}

/** R8: notes the move, joins where f_g+1 moved further than this member. */
export function hearMove(turn: GroupedTurn, standing: Standing, move: LaneMove): void {
  if (move.group !== standing.group) return;
  const rank = membersOf(turn.configuration, standing.group).indexOf(move.signer);
  const before = turn.lane.moves[rank] ?? null;
  if (before !== null && before.localView >= move.localView) return;
  turn.setLane({ moves: turn.lane.moves.with(rank, move) });
  const target = viewToFollow(turn, standing);
  if (target > turn.lane.row.localView) moveTo(turn, standing, target);
}

/** The highest local view that f_g+1 members have reached. */
function viewToFollow(turn: GroupedTurn, { group }: Standing): number {
  const reached = turn.lane.moves.flatMap((move) => (move === null ? [] : [move])).sort((a, b) => b.localView - a.localView);
  const candidate = reached.find((_, index) =>
    enoughMoved(
      reached.slice(0, index + 1).map((move) => move.signer),
      group,
      turn.configuration,
    ),
  );
  return candidate?.localView ?? 0;
}

/** R8: a request waits too long. The author repeats its batches; the others ask for the next author. */
export function hearOverdue(turn: GroupedTurn, standing: Standing): void {
  const { group, self } = standing;
  const { row } = turn.lane;
  // Nobody may have heard of the own move, also where it made this member the author.
  if (!movesAllow(turn, group)) return sayMove(turn, standing);
  if (authorOf(turn.configuration, group, row.localView) === self) sayBatchesAgain(turn, standing);
  else moveTo(turn, standing, row.localView + 1);
}

/** From now on this member votes in no lower local view. */
function moveTo(turn: GroupedTurn, standing: Standing, localView: number): void {
  assert(localView > turn.lane.row.localView, 'local views go up');
  const { row, slots } = turn.lane;
  // What was said in lower local views needs no memory: nothing is ever said there again (R2).
  const said = row.said.filter(({ reference }) => reference.localView >= localView);
  turn.setLane({ row: { localView, said }, slots: slots.filter((slot) => slot.localView >= localView - 1), requested: false });
  persist(turn);
  sayMove(turn, standing);
}

function sayMove(turn: GroupedTurn, { group, self, fellows }: Standing): void {
  const { localView } = turn.lane.row;
  const message = { kind: 'lane-move', epoch: turn.configuration.epoch, group, localView, signer: self } as const;
  turn.effects.push({ kind: 'say', message, to: fellows });
}

function sayBatchesAgain(turn: GroupedTurn, { fellows, self }: Standing): void {
  for (const { batch, localView } of turn.lane.slots) {
    if (batch === null || batch.signer !== self || localView !== turn.lane.row.localView || isStored(turn, batch.reference)) continue;
    turn.effects.push({ kind: 'send', to: fellows, message: { kind: 'batch', ...batch } });
  }
}

/** Whoever hears the batch again may have lost the votes for it as well. */
function repeat(turn: GroupedTurn, standing: Standing, reference: BatchReference): void {
  const slot = present(slotAt(turn, standing, reference), 'a slot');
  if (slot.repeats >= MAX_REPEATS) return;
  setSlot(turn, slot, { repeats: slot.repeats + 1 });
  for (const entry of turn.lane.row.said) {
    if (!sameReference(entry.reference, reference) || entry.phase === 'batch') continue;
    turn.effects.push({
      kind: 'say',
      message: voteOf(turn, standing, entry.phase, reference),
      to: audienceOf(turn, standing, entry.phase, reference),
    });
  }
}

/** R2: one prepare for each position. The author's batch was its prepare. */
function prepare(turn: GroupedTurn, standing: Standing, reference: BatchReference): void {
  if (!mayVote(turn, reference) || hasSaid(turn, 'prepare', reference) || hasSaid(turn, 'batch', reference)) return;
  const { batch } = present(slotAt(turn, standing, reference), 'a slot');
  if (batch === null || batch.reference.digest !== reference.digest) return;
  say(turn, voteOf(turn, standing, 'prepare', reference), { phase: 'prepare', reference }, standing.fellows, batch.bytes);
}

/** One commit for each position, to the author alone, at q_g prepares for a batch whose bytes are here. */
function commit(turn: GroupedTurn, standing: Standing, reference: BatchReference): void {
  const slot = slotAt(turn, standing, reference);
  if (slot === null || slot.batch?.reference.digest !== reference.digest || !mayVote(turn, reference)) return;
  if (votesFor(slot.prepares, reference.digest) < groupQuorum(turn.configuration, standing.group) || hasSaid(turn, 'commit', reference))
    return;
  const to = audienceOf(turn, standing, 'commit', reference);
  say(turn, voteOf(turn, standing, 'commit', reference), { phase: 'commit', reference }, to, slot.batch.bytes);
}

/** q_g commits certify the batch. */
function certify(turn: GroupedTurn, standing: Standing, reference: BatchReference): void {
  const slot = slotAt(turn, standing, reference);
  if (slot === null || slot.batch?.reference.digest !== reference.digest || isStored(turn, reference)) return;
  const needed = groupQuorum(turn.configuration, standing.group);
  if (votesFor(slot.commits, reference.digest) < needed) return;
  const members = membersOf(turn.configuration, standing.group);
  const votes: LaneCertificate['votes'][number][] = [];
  for (const [rank, cast] of slot.commits.casts.entries()) {
    if (cast?.digest === reference.digest && votes.length < needed)
      votes.push({ signer: present(members[rank], 'a member'), signature: cast.signature });
  }
  votes.sort((a, b) => (a.signer < b.signer ? -1 : 1));
  const certificate: LaneCertificate = { epoch: turn.configuration.epoch, reference, votes };
  admit(turn, standing, { certificate, bytes: slot.batch.bytes });
}

function mayVote(turn: GroupedTurn, reference: BatchReference): boolean {
  return reference.localView === turn.lane.row.localView;
}

function hasSaid(turn: GroupedTurn, phase: LaneRow['said'][number]['phase'], { localView, sequence }: BatchReference): boolean {
  return turn.lane.row.said.some(
    (entry) => entry.phase === phase && entry.reference.localView === localView && entry.reference.sequence === sequence,
  );
}

function isStored(turn: GroupedTurn, reference: BatchReference): boolean {
  return turn.lane.store.some((stored) => sameReference(stored.reference, reference));
}

function voteOf(turn: GroupedTurn, standing: Standing, phase: 'prepare' | 'commit', reference: BatchReference): UnsignedLane {
  return { kind: 'lane-vote', epoch: turn.configuration.epoch, phase, reference, signer: standing.self };
}

/** Prepares go to the whole group, commits to the author. */
function audienceOf(
  turn: GroupedTurn,
  standing: Standing,
  phase: 'prepare' | 'commit',
  { group, localView }: BatchReference,
): readonly PartyId[] {
  if (phase === 'prepare') return standing.fellows;
  const author = authorOf(turn.configuration, group, localView);
  return author === standing.self ? [] : [author];
}

/** Durable, with the bytes, before it is said (R3). */
function say(turn: GroupedTurn, message: UnsignedLane, entry: LaneRow['said'][number], to: readonly PartyId[], bytes: Uint8Array): void {
  const { row } = turn.lane;
  assert(!hasSaid(turn, entry.phase, entry.reference), 'one statement for each phase and position of a lane (R2)');
  turn.setLane({ row: { ...row, said: [...row.said, entry] } });
  persist(turn, { reference: entry.reference, bytes, certificate: null });
  turn.effects.push({ kind: 'say', message, to });
}

/**
 * The tally with one more vote; null where it counts nothing. Two digests of one signer at one position in one phase are evidence
 * (R15); nothing else in a lane is, and least of all a change of the local view (R10).
 */
function counted(
  turn: GroupedTurn,
  slot: Slot,
  field: 'prepares' | 'commits',
  rank: number,
  cast: Cast,
  phase: LaneVote['phase'],
  signer: PartyId,
): Tally | null {
  const { tally, outcome } = count(slot[field], rank, cast);
  if (outcome !== 'conflict') return tally;
  const first = present(slot[field].casts[rank], 'the first vote');
  const { localView, sequence } = slot;
  const { epoch } = turn.configuration;
  const { group } = present(placeOf(turn.configuration, signer), 'a place');
  const vote = ({ digest, signature }: Cast) =>
    ({ kind: 'lane-vote', epoch, phase, reference: { group, localView, sequence, digest }, signer, signature }) as const;
  accuseInLane(turn, signer, [vote(first), vote(cast)]);
  return null;
}

/** The slot of a position, made where there is none; null outside what is kept (R18). */
function slotAt(turn: GroupedTurn, { group }: Standing, { localView, sequence }: BatchReference): Slot | null {
  const { lane } = turn;
  const known = lane.slots.find((slot) => slot.localView === localView && slot.sequence === sequence);
  if (known !== undefined) return known;
  if (!isAbove({ group, localView, sequence }, floorOf(lane, group))) return null;
  const first = firstSequence(turn, group);
  if (localView !== lane.row.localView || sequence >= first + MAX_SLOTS_AHEAD) return null;
  const size = membersOf(turn.configuration, group).length;
  const slot: Slot = { localView, sequence, batch: null, prepares: emptyTally(size), commits: emptyTally(size), repeats: 0 };
  turn.setLane({ slots: [...lane.slots, slot] });
  return slot;
}

function setSlot(turn: GroupedTurn, { localView, sequence }: Slot, change: Partial<Slot>): void {
  const slots = turn.lane.slots.map((slot) => (slot.localView === localView && slot.sequence === sequence ? { ...slot, ...change } : slot));
  turn.setLane({ slots });
}
