// Certified batches on their way to everybody, before and beside ordering: the author tells one member of each other group, by
// rank, who passes it on; so no uplink carries everything. A batch whose author is about to propose travels in the proposal.
import { type PartyId, assert } from '../../base/index.ts';
import { authorOf, memberOfRank } from '../circle.ts';
import type { BatchReference, CertifiedBatch, LaneCertificate, LanePosition, Proposal } from '../messages.ts';
import { cutOf } from '../hear.ts';
import { leaderIndex } from '../roster.ts';
import { hasSaid } from '../state.ts';
import { laneRelaysOf, noteCame } from './doubts.ts';
import { bytesNamed } from './persist.ts';
import { type GroupedTurn, type Standing, type StoredBatch, accuseInLane, floorOf, isAbove, samePosition, sameReference } from './state.ts';

/** Certified batches of one lane that are kept before they are ordered (R18). */
export const MAX_STORED_PER_LANE = 64;

/** Certified batches of one lane whose bytes are missing that are remembered (R18). */
export const MAX_WANTED_PER_LANE = 8;
/** Certified batches that a member names to others when a height stalls. */
const MAX_NEWS = 4;

interface WholeBatch {
  readonly certificate: LaneCertificate;
  readonly bytes: Uint8Array;
}

/**
 * Stores a certified batch and tells the participant; returns whether it is new. One that a proposal lists makes room for
 * itself: a captured group that certifies without end crowds out only what is its own, and nothing that any proposal lists.
 */
export function admit(turn: GroupedTurn, standing: Standing, { certificate, bytes }: WholeBatch, listing?: Proposal): boolean {
  const { reference } = certificate;
  const { lane } = turn;
  if (!isAbove(reference, floorOf(lane, reference.group))) return false;
  const ofLane = lane.store.filter((stored) => stored.reference.group === reference.group);
  if (ofLane.some((stored) => sameReference(stored.reference, reference))) return false;
  const isFull = ofLane.length >= MAX_STORED_PER_LANE;
  if (isFull && listing === undefined) return false;
  const crowded = isFull ? ofLane.findLast((stored) => !isListed(turn, stored.reference, listing)) : undefined;
  for (const other of ofLane) if (samePosition(other.reference, reference)) accuseTwice(turn, other.certificate, certificate);
  const own = authorOf(turn.configuration, reference.group, reference.localView) === standing.self;
  const store = lane.store.filter((stored) => stored !== crowded);
  const wanted = lane.wanted.filter((other) => !sameReference(other.reference, reference));
  turn.setLane({ store: [...store, { reference, certificate, bytes, spread: !own }], wanted });
  turn.effects.push({ kind: 'batch', batch: { reference, certificate, bytes } });
  const { owed } = turn.state.carriage;
  const to = owed.filter(({ digest }) => digest === reference.digest).map(({ asker }) => asker);
  if (to.length > 0) {
    turn.effects.push({ kind: 'send', to, message: { kind: 'certified-batch', certificate, bytes } });
    turn.setCarriage({ owed: owed.filter(({ digest }) => digest !== reference.digest) });
  }
  return true;
}

/** Whether a proposal lists the batch: one that is judged valid, one that waits, or this one. What is voted for is kept (R4). */
function isListed(turn: GroupedTurn, reference: BatchReference, listing?: Proposal): boolean {
  const lists = (cut: readonly BatchReference[]) => cut.some((other) => sameReference(other, reference));
  const waiting = [...turn.state.carriage.parked, ...(listing === undefined ? [] : [listing])];
  return turn.open.values.some((value) => lists(value.cut)) || waiting.some((proposal) => lists(cutOf(proposal)));
}

/** R15: whoever is in two certificates of one position committed two batches there. */
function accuseTwice(turn: GroupedTurn, one: LaneCertificate, other: LaneCertificate): void {
  for (const { signer, signature } of other.votes) {
    const first = one.votes.find((vote) => vote.signer === signer);
    if (first === undefined) continue;
    const about = { kind: 'lane-vote', epoch: turn.configuration.epoch, phase: 'commit', signer } as const;
    const messages = [
      { ...about, reference: one.reference, signature: first.signature },
      { ...about, reference: other.reference, signature },
    ];
    accuseInLane(turn, signer, messages);
  }
}

/** A certified batch from another member: stored, and passed on where that is this member's task. */
export function hearCertifiedBatch(turn: GroupedTurn, standing: Standing, { certificate, bytes }: CertifiedBatch): void {
  if (bytes === null) return hearNews(turn, standing, certificate);
  if (!admit(turn, standing, { certificate, bytes })) return;
  const { group, digest } = certificate.reference;
  // Others who miss it have asked as well.
  if (turn.state.carriage.asked.has(digest)) {
    turn.setCarriage({ comes: true });
    return;
  }
  noteCame(turn, group);
  const relays = group !== standing.group && laneRelaysOf(turn, standing.group, group).includes(standing.self);
  if (relays) turn.effects.push({ kind: 'send', to: standing.fellows, message: { kind: 'certified-batch', certificate, bytes } });
}

/** The batch waits, says somebody; its bytes are asked for unless they are here. */
function hearNews(turn: GroupedTurn, standing: Standing, certificate: LaneCertificate): void {
  const { lane } = turn;
  const { reference } = certificate;
  const bytes = bytesNamed(turn, reference.digest);
  if (bytes !== null) {
    admit(turn, standing, { certificate, bytes });
    return;
  }
  const ofLane = lane.wanted.filter((other) => other.reference.group === reference.group);
  const isNew = isAbove(reference, floorOf(lane, reference.group)) && !ofLane.some((other) => sameReference(other.reference, reference));
  if (isNew && ofLane.length < MAX_WANTED_PER_LANE) turn.setLane({ wanted: [...lane.wanted, certificate] });
}

/**
 * R9: tells others which batches wait, when a height stalls: leader and group, and in each other group a member of another rank
 * every time. Who should have passed them on may not have; whoever knows of one presses for it (R7).
 */
export function tellNews(turn: GroupedTurn, standing: Standing, leader: PartyId): void {
  const to = byOtherWays(turn, standing, leader);
  for (const { certificate } of turn.lane.store.slice(0, MAX_NEWS)) {
    turn.effects.push({ kind: 'send', to, message: { kind: 'certified-batch', certificate, bytes: null } });
  }
}

/** The leader, the own group, and in each other group another member every time. */
export function byOtherWays(turn: GroupedTurn, standing: Standing, leader: PartyId): readonly PartyId[] {
  const { bypasses } = turn.state.carriage;
  const others = turn.configuration.groups.flatMap((_, other) =>
    other === standing.group ? [] : [memberOfRank(turn.configuration, other, standing.rank + bypasses)],
  );
  return [...new Set([leader, ...standing.fellows, ...others])].filter((party) => party !== standing.self);
}

/** What a proposal carries: certificates prove its cut; bytes are here, in it, or still missing. */
export function takeCarried(turn: GroupedTurn, standing: Standing, proposal: Proposal): void {
  for (const { certificate, bytes } of proposal.carried) {
    const known = bytes ?? bytesNamed(turn, certificate.reference.digest);
    if (known !== null) admit(turn, standing, { certificate, bytes: known }, proposal);
  }
}

/** Sends own batches to the other groups, but for those that the own next proposal takes along. */
export function spread(turn: GroupedTurn, standing: Standing): void {
  if (aboutToPropose(turn)) return;
  for (const stored of turn.lane.store) {
    if (stored.spread) continue;
    const { certificate, bytes } = stored;
    turn.effects.push({ kind: 'send', to: relaysOf(turn, standing), message: { kind: 'certified-batch', certificate, bytes } });
  }
  if (turn.lane.store.some((stored) => !stored.spread)) markSpread(turn, () => true);
}

/** In each other group the member of rank `group` mod m, so that lanes burden different members; and who stands in for it. */
function relaysOf(turn: GroupedTurn, { group }: Standing): readonly PartyId[] {
  return turn.configuration.groups.flatMap((_, other) => (other === group ? [] : laneRelaysOf(turn, other, group)));
}

function aboutToPropose(turn: GroupedTurn): boolean {
  const { open } = turn;
  const leads = leaderIndex(open.configuration, open.height, 0) === open.index;
  return leads && !open.done && open.row.view === 0 && open.row.askedView === 0 && !hasSaid(open, 'propose', 0);
}

/** Whether this member can list all of them: what it named to its participant before may have made room for what others list. */
export function holdsAll(turn: GroupedTurn, cut: readonly BatchReference[]): boolean {
  return cut.every((reference) => turn.lane.store.some((stored) => sameReference(stored.reference, reference)));
}

/** The batches of an own proposal: each with its certificate, and with its bytes where nobody else has them yet. */
export function carriedFor(turn: GroupedTurn, cut: readonly BatchReference[]): Proposal['carried'] {
  const carried = cut.map((reference) => {
    const stored = turn.lane.store.find((candidate) => sameReference(candidate.reference, reference));
    assert(stored !== undefined, 'a leader lists only what it holds (R4)');
    return { certificate: stored.certificate, bytes: stored.spread ? null : stored.bytes };
  });
  markSpread(turn, (stored) => cut.some((reference) => sameReference(reference, stored.reference)));
  return carried;
}

function markSpread(turn: GroupedTurn, which: (stored: StoredBatch) => boolean): void {
  turn.setLane({ store: turn.lane.store.map((stored) => (which(stored) ? { ...stored, spread: true } : stored)) });
}

/** Forgets what is ordered (R4): at most one batch for each position, and none below. */
export function forgetOrdered(turn: GroupedTurn, standing: Standing, ordered: readonly LanePosition[]): void {
  turn.setLane({ ordered });
  const { lane } = turn;
  const floor = floorOf(lane, standing.group);
  turn.setLane({
    wanted: lane.wanted.filter((certificate) => isAbove(certificate.reference, floorOf(lane, certificate.reference.group))),
    recalled: lane.recalled.filter((held) => isAbove(held.reference, floorOf(lane, held.reference.group))),
    store: lane.store.filter((stored) => isAbove(stored.reference, floorOf(lane, stored.reference.group))),
    slots: lane.slots.filter((slot) => isAbove({ group: standing.group, ...slot }, floor)),
    row: {
      // Below the floor everything said is forgotten, so nothing more is said there (R2, R8).
      localView: Math.max(lane.row.localView, floor?.localView ?? 0),
      said: lane.row.said.filter(({ reference }) => isAbove(reference, floor)),
    },
  });
}
