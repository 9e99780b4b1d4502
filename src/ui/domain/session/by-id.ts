// Parts of a view, found by what they are about.
import type { NodeView, PartyView, RecordView, RecordWay } from '../../node.ts';

export function recordsById(view: NodeView): ReadonlyMap<string, RecordView> {
  return new Map(view.records.map((record) => [record.record, record]));
}

export function partiesById(view: NodeView): ReadonlyMap<string, PartyView> {
  return new Map(view.parties.map((party) => [party.party, party]));
}

/** The way of the newest version of each record. */
export function newestWays(view: NodeView): ReadonlyMap<string, RecordWay> {
  const newest = new Map<string, RecordWay>();
  for (const way of view.ways) {
    if (way.version >= (newest.get(way.record)?.version ?? 0)) newest.set(way.record, way);
  }
  return newest;
}
