// Who hears what from whom (P0-30 to P0-32). View 0 is a tree: leader, carriers in the groups' seats, members; carriers bundle
// their groups' votes, exchange them, and hand certificates down. Later views are a star around their leader. All of it is
// a service: every member counts votes itself, so nothing here can make anything final (R6, R9).
import { type Digest, type PartyId, present } from '../../base/index.ts';
import { placeOf } from '../circle.ts';
import type { Audience, UnsignedGlobal } from '../engine.ts';
import type { Certificate, Proposal, ViewChange } from '../messages.ts';
import { leaderOf, voterIndex } from '../roster.ts';
import type { Round } from '../state.ts';
import { certificateFrom, quorumDigest } from '../tally.ts';
import { carriersOf, hasDoubts, passersOf } from './doubts.ts';
import type { GroupedTurn, Standing } from './state.ts';

/** How long a carrier waits for the last votes, and a member for batches that a proposal refers to: this part of a view. */
export const PATIENCE_PARTS = 16;

type VotePhase = Certificate['phase'];

function otherCarriers(turn: GroupedTurn, { group }: Standing): readonly PartyId[] {
  return turn.configuration.groups.flatMap((_, other) => (other === group ? [] : carriersOf(turn, other)));
}

function carries(turn: GroupedTurn, { group, self }: Standing): boolean {
  return carriersOf(turn, group).includes(self);
}

function leaderIn(turn: GroupedTurn, view: number): PartyId {
  return leaderOf(turn.configuration, turn.open.height, view);
}

/** To whom a statement goes first. Repeated, it takes ways that need nobody's service (R9). */
export function audienceFor(turn: GroupedTurn, standing: Standing, message: UnsignedGlobal): Audience {
  switch (message.kind) {
    case 'proposal':
      return proposalAudience(turn, standing, message.view);
    case 'vote':
      return voteAudience(turn, standing, message.view);
    case 'view-change':
      return askAudience(turn, standing, message.view);
  }
}

function proposalAudience(turn: GroupedTurn, standing: Standing, view: number): Audience {
  if (view > 0 || turn.state.carriage.proposed) return 'voters';
  turn.setCarriage({ proposed: true });
  return [...otherCarriers(turn, standing), ...standing.fellows];
}

function voteAudience(turn: GroupedTurn, standing: Standing, view: number): readonly PartyId[] {
  const leader = leaderIn(turn, view);
  const ways = view > 0 ? [leader] : [...carriersOf(turn, standing.group)];
  if (turn.state.carriage.bypassedView === view) ways.push(leader);
  return [...new Set(ways)].filter((party) => party !== standing.self);
}

/** The own group, and one member of each other group, by rank, who passes it on. */
function askAudience(turn: GroupedTurn, standing: Standing, view: number): Audience {
  if (view <= turn.state.carriage.relayedAsk) return 'voters';
  turn.setCarriage({ relayedAsk: view });
  const relays = turn.configuration.groups.flatMap((_, other) => (other === standing.group ? [] : passersOf(turn, other, standing.rank)));
  const leader = leaderIn(turn, view);
  return [...new Set([...standing.fellows, ...relays, leader])].filter((party) => party !== standing.self);
}

/** Passes a proposal of view 0 on to the group, before anybody judges it: its bytes may be what a member waits for. */
export function passOnProposal(turn: GroupedTurn, standing: Standing, message: Proposal & { readonly kind: 'proposal' }): void {
  const { passedOn } = turn.state.carriage;
  if (message.view > 0 || !carries(turn, standing) || message.signer === standing.self) return;
  // A second, different one convicts its leader at every member that hears both.
  if (passedOn.includes(message.digest) || passedOn.length >= 2) return;
  turn.setCarriage({ passedOn: [...passedOn, message.digest] });
  turn.effects.push({ kind: 'send', to: standing.fellows, message });
}

/** Passes a request for a view on to the group, the first time it is heard and where that is this member's task. */
export function passOnAsk(turn: GroupedTurn, standing: Standing, message: ViewChange & { readonly kind: 'view-change' }): void {
  const place = placeOf(turn.configuration, message.signer);
  if (place === null || place.group === standing.group) return;
  if (!passersOf(turn, standing.group, place.rank).includes(standing.self)) return;
  const voter = voterIndex(turn.configuration, message.signer);
  if ((turn.open.asked[voter] ?? 0) >= message.view) return;
  turn.effects.push({ kind: 'send', to: standing.fellows, message });
}

/** After every step: hands on what has become complete. Also when the height has just ended. */
export function carry(turn: GroupedTurn, standing: Standing): void {
  const { open } = turn;
  const round = open.rounds.find((candidate) => candidate.view === open.row.view);
  if (round === undefined) return;
  const leads = leaderIn(turn, round.view) === standing.self;
  if (round.view === 0 && carries(turn, standing)) {
    for (const phase of ['prepare', 'commit'] as const) {
      bundle(turn, standing, round, phase);
      deliver(turn, round, phase, deliveryAudience(turn, standing, leads));
    }
    if (turn.open.done) noteExpected(turn, standing, round);
  } else if (leads && round.view > 0) {
    for (const phase of ['prepare', 'commit'] as const) deliver(turn, round, phase, 'voters');
  }
}

/** The group; where somebody came past its carrier, those and all carriers as well. */
function deliveryAudience(turn: GroupedTurn, standing: Standing, leads: boolean): readonly PartyId[] {
  const { direct } = turn.state.carriage;
  const carriers = (leads && direct.length > 0) || hasDoubts(turn) ? otherCarriers(turn, standing) : [];
  return [...new Set([...standing.fellows, ...direct, ...carriers])];
}

/** P0-31: the group's votes of a phase in one message to the other carriers; late ones follow when patience has run out. */
function bundle(turn: GroupedTurn, standing: Standing, round: Round, phase: VotePhase): void {
  const tally = tallyOf(round, phase);
  const { carriage, expected } = turn.state;
  const digest = digestToCarry(round, phase);
  if (digest === null) return;
  const sent = carriage.bundled[phase];
  const members = [...standing.fellows, standing.self];
  const cast = members.filter((party) => castOf(turn, round, phase, party)?.digest === digest);
  const unsent = cast.filter((party) => !sent.includes(party)).sort((a, b) => (a < b ? -1 : 1));
  if (unsent.length === 0 || (sent.length > 0 && quorumDigest(tally, turn.configuration.quorum) !== null)) return;
  const waits = (expected ?? members).some((party) => !cast.includes(party));
  if (waits && !carriage.impatient) return startPatience(turn);
  const votes = unsent.map((signer) => ({ signer, signature: present(castOf(turn, round, phase, signer), 'a vote').signature }));
  turn.setCarriage({ bundled: { ...carriage.bundled, [phase]: [...sent, ...unsent] }, impatient: false });
  const { epoch } = turn.configuration;
  const message = { kind: 'bundle', epoch, phase, height: turn.open.height, view: round.view, digest, votes } as const;
  turn.effects.push({ kind: 'send', to: otherCarriers(turn, standing), message });
}

/** The digest that the quorum chose, or that was proposed first. */
function digestToCarry(round: Round, phase: VotePhase): Digest | null {
  const tally = tallyOf(round, phase);
  return tally.counts.toSorted((a, b) => b.votes - a.votes)[0]?.digest ?? null;
}

/** P0-32: the certificate to those who count on it. */
function deliver(turn: GroupedTurn, round: Round, phase: VotePhase, to: Audience): void {
  const { configuration, open } = turn;
  const { delivered } = turn.state.carriage;
  const key = `${phase} ${round.view}`;
  const tally = tallyOf(round, phase);
  const digest = quorumDigest(tally, configuration.quorum);
  if (digest === null || delivered.includes(key)) return;
  turn.setCarriage({ delivered: [...delivered, key] });
  const certificate = certificateFrom(tally, configuration, { phase, height: open.height, view: round.view, digest });
  turn.effects.push({ kind: 'send', to, message: { kind: 'certified', certificate } });
}

/** Whoever voted at this height is waited for at the next one. */
function noteExpected(turn: GroupedTurn, standing: Standing, round: Round): void {
  const expected = [...standing.fellows, standing.self].filter((party) => castOf(turn, round, 'prepare', party) !== null);
  turn.state = { ...turn.state, expected };
}

export function startPatience(turn: GroupedTurn): void {
  if (turn.state.carriage.patienceRuns || turn.open.done) return;
  turn.setCarriage({ patienceRuns: true });
  const { height, row, configuration } = turn.open;
  const delayMs = Math.ceil(configuration.baseTimeoutMs / PATIENCE_PARTS);
  turn.effects.push({ kind: 'timer', name: 'patience', height, view: row.view, delayMs });
}

export function tallyOf(round: Round, phase: VotePhase): Round['prepares'] {
  return phase === 'prepare' ? round.prepares : round.commits;
}

function castOf(turn: GroupedTurn, round: Round, phase: VotePhase, party: PartyId): Round['prepares']['casts'][number] {
  return tallyOf(round, phase).casts[voterIndex(turn.configuration, party)] ?? null;
}
