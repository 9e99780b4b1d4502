// Whom a waiting slip is handed to, and when: see slip-relay.ts. Counted in ticks of a second.
import type { PartyId } from '../base/index.ts';
import { authorOf, leaderOf, membersOf, placeOf } from '../consensus/index.ts';
import { toConsensusConfiguration } from '../ledger/index.ts';
import type { ParticipantState } from '../participant/index.ts';
import type { SlipRoute } from './slip-relay.ts';

/** Ticks that a slip has waited before everybody hears of it: one whole tick at least. */
const TICKS_BEFORE_ALL = 2;
/** R10: patience with the own group before another one is asked, and with each of those: twice what a view may take at first. */
const GROUP_PATIENCE_VIEWS = 2;
const TICK_MS = 1_000;

export function routeOf({ ledger, engine, self }: ParticipantState): SlipRoute {
  const configuration = toConsensusConfiguration(ledger);
  const place = placeOf(configuration, self);
  if (place === null) {
    const first = leaderOf(configuration, ledger.height + 1, engine.core.open?.row.view ?? 0);
    return { first, later: [{ ticks: TICKS_BEFORE_ALL, parties: configuration.voters.map((voter) => voter.party) }] };
  }
  const { group } = place;
  const patience = Math.ceil((GROUP_PATIENCE_VIEWS * configuration.baseTimeoutMs) / TICK_MS);
  const others = configuration.groups.flatMap((_, index) => (index === group ? [] : [index]));
  // Their authors' local views are not known here: who is not the author passes it on in its own group.
  const author = (other: number): PartyId => authorOf(configuration, other, 0);
  return {
    first: authorOf(configuration, group, engine.lane?.row.localView ?? 0),
    later: [
      { ticks: TICKS_BEFORE_ALL, parties: membersOf(configuration, group) },
      ...others.map((_, turn) => {
        const other = others[(turn + group) % others.length] ?? group;
        return { ticks: TICKS_BEFORE_ALL + patience * (turn + 1), parties: [author(other)] };
      }),
    ],
  };
}
