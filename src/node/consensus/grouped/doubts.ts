// Who stands in for whom that passes nothing on (R9). Each member remembers by itself whose service it missed: a carrier that
// handed nothing on, a relay that kept a lane's batches. What such a member should get goes to the next in rank as well, never
// instead, so that a doubt costs messages and silences nobody; it ends by itself. A service like all carriage: nothing durable,
// nothing that safety looks at, and no seat moves by it (R7).
import { type PartyId, present } from '../../base/index.ts';
import { groupTolerates, memberOfRank, membersOf, placeOf } from '../circle.ts';
import type { Bundle, Certificate, Inquiry } from '../messages.ts';
import type { Doubt, GroupedTurn, Standing } from './state.ts';

/** Heights that a first doubt lasts; each further one twice as long, up to so many doublings. */
const DOUBT_HEIGHTS = 8;
const MAX_DOUBT_DOUBLINGS = 4;
/** Heights in a row, each with a stall, after which a member doubts a carrier that did bring the proposals. */
const PATIENT_STALLS = 2;

/** The member of that rank and, as long as all before are doubted, the next: who is told what the group should hear. */
export function passersOf(turn: GroupedTurn, group: number, rank: number): readonly PartyId[] {
  const passers: PartyId[] = [];
  for (let step = 0; step < membersOf(turn.configuration, group).length; step += 1) {
    const party = memberOfRank(turn.configuration, group, rank + step);
    passers.push(party);
    if (!isDoubted(turn, party)) break;
  }
  return passers;
}

/** In view 0: the seat's member and whoever stands in for it. */
export function carriersOf(turn: GroupedTurn, group: number): readonly PartyId[] {
  return passersOf(turn, group, present(turn.configuration.seats[group], 'a seat').rank);
}

/** In the group `group` the relay of lane `lane`, and whoever stands in for it. */
export function laneRelaysOf(turn: GroupedTurn, group: number, lane: number): readonly PartyId[] {
  return passersOf(turn, group, lane);
}

export function hasDoubts(turn: GroupedTurn): boolean {
  for (const party of turn.state.doubts.keys()) if (isDoubted(turn, party)) return true;
  return false;
}

function isDoubted(turn: GroupedTurn, party: PartyId): boolean {
  return turn.open.height < (turn.state.doubts.get(party)?.untilHeight ?? 0);
}

/** The last of them is the one that everything rested on. Nobody doubts itself. */
function doubtLast(turn: GroupedTurn, { self }: Standing, passers: readonly PartyId[]): void {
  const party = present(passers.at(-1), 'somebody passes on');
  if (party === self || isDoubted(turn, party)) return;
  const times = turn.state.doubts.get(party)?.times ?? 0;
  const heights = DOUBT_HEIGHTS * 2 ** Math.min(times, MAX_DOUBT_DOUBLINGS);
  const doubt: Doubt = { untilHeight: turn.open.height + 1 + heights, times: times + 1 };
  turn.state = { ...turn.state, doubts: new Map(turn.state.doubts).set(party, doubt) };
}

/** Whose votes came in a bundle, by which somebody in that group carries. */
export function noteBundle(turn: GroupedTurn, { height, view, phase, votes }: Bundle): void {
  const group = placeOf(turn.configuration, votes[0]?.signer ?? null)?.group;
  const { brought } = turn.state.carriage;
  if (view > 0 || height !== turn.open.height || group === undefined || brought[phase].includes(group)) return;
  turn.setCarriage({ brought: { ...brought, [phase]: [...brought[phase], group] } });
}

/**
 * Half of view 0 has passed without the height's end. A carrier whose own group has voted misses the bundles of others: their
 * carriers are doubted. Where its own group has not, the leader may have been late.
 */
export function noteStall(turn: GroupedTurn, standing: Standing): void {
  const { row, rounds } = turn.open;
  if (row.view > 0 || row.askedView > 0 || turn.state.carriage.stalled !== null) return;
  const isProposed = rounds.some((round) => round.view === 0 && round.proposal !== null) || turn.state.carriage.parked.length > 0;
  turn.setCarriage({ stalled: isProposed && !turn.state.carriage.askedForProposal ? 'proposed' : 'unproposed' });
  if (!carriersOf(turn, standing.group).includes(standing.self)) return;
  const { bundled, brought } = turn.state.carriage;
  const phase: Certificate['phase'] = bundled.commit.length > 0 ? 'commit' : 'prepare';
  if (bundled[phase].length === 0) return;
  for (const group of turn.configuration.groups.keys()) {
    if (group !== standing.group && !brought[phase].includes(group)) doubtLast(turn, standing, carriersOf(turn, group));
  }
}

/** The height has ended: in view 0, so that its leader was awake and somebody between was not, or later. */
export function judgeStall(turn: GroupedTurn, standing: Standing): void {
  const { stalled } = turn.state.carriage;
  const inTree = stalled !== null && turn.open.commit?.view === 0;
  const stalls = inTree ? turn.state.stalls + 1 : 0;
  const isDue = inTree && (stalled === 'unproposed' || stalls >= PATIENT_STALLS);
  turn.state = { ...turn.state, stalls: isDue ? 0 : stalls };
  if (isDue) doubtLast(turn, standing, carriersOf(turn, standing.group));
}

/** More of a group than may be faulty say that they miss what others have: its carrier kept it. */
export function noteComplaint(turn: GroupedTurn, standing: Standing, { asker, height, proposal }: Inquiry): void {
  const { core, carriage } = turn.state;
  const isBehind = core.last !== null && height <= core.last.height;
  const place = placeOf(turn.configuration, asker);
  if ((!isBehind && !proposal) || place === null || carriage.complaints.includes(asker)) return;
  const complaints = [...carriage.complaints, asker];
  turn.setCarriage({ complaints });
  if (place.group !== standing.group && isEnough(turn, complaints, place.group)) doubtLast(turn, standing, carriersOf(turn, place.group));
}

/** The same of a lane's relay: only who doubts it asks the lane's author for batches. */
export function noteLaneComplaint(turn: GroupedTurn, standing: Standing, asker: PartyId): void {
  const place = placeOf(turn.configuration, asker);
  const { laneComplaints } = turn.state;
  if (place === null || place.group === standing.group || laneComplaints.includes(asker)) return;
  const complaints = [...laneComplaints, asker];
  const others = complaints.filter((party) => placeOf(turn.configuration, party)?.group !== place.group);
  const enough = isEnough(turn, complaints, place.group);
  turn.state = { ...turn.state, laneComplaints: enough ? others : complaints };
  if (enough) doubtLast(turn, standing, laneRelaysOf(turn, place.group, standing.group));
}

/** True once, at f_g+1 of the group. */
function isEnough(turn: GroupedTurn, complaints: readonly PartyId[], group: number): boolean {
  const ofGroup = complaints.filter((party) => placeOf(turn.configuration, party)?.group === group);
  return ofGroup.length === groupTolerates(turn.configuration, group) + 1;
}

/**
 * Batches of a foreign lane had to be asked for. At a second height, with none that came by itself in between, its relay is
 * doubted; then the author hears of it.
 */
export function noteMissed(turn: GroupedTurn, standing: Standing, lane: number, isAgain: boolean): boolean {
  const { blamed } = turn.state.carriage;
  if (lane === standing.group || blamed.includes(lane)) return false;
  const { missed } = turn.state;
  const { height } = turn.open;
  const since = missed.get(lane) ?? height;
  turn.state = { ...turn.state, missed: new Map(missed).set(lane, height) };
  if (since === height && !isAgain) return false;
  turn.setCarriage({ blamed: [...blamed, lane] });
  doubtLast(turn, standing, laneRelaysOf(turn, standing.group, lane));
  return true;
}

/** A batch of that lane came without being asked for. */
export function noteCame(turn: GroupedTurn, lane: number): void {
  const missed = new Map(turn.state.missed);
  if (missed.delete(lane)) turn.state = { ...turn.state, missed };
}
