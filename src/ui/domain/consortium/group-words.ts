// What is said of a group: its seat's turn, its lane of batches, and how many of its members this node is linked to.
import type { GroupView, LaneView, NetworkView } from '../../node.ts';
import { countText } from '../../shared/index.ts';

/** Whether the group leads when its turn comes. `height` is the last final one. */
export function seatWords({ failures, restUntilHeight }: GroupView, height: number): string {
  if (restUntilHeight > height + 1) return `rests until height ${restUntilHeight}, ${countText(failures, 'failure')} in a row`;
  return 'leads in its turn';
}

export function laneWords(lane: LaneView | undefined): string {
  if (lane === undefined) return 'lane not known';
  const { ordered, waiting } = lane;
  const position = ordered === null ? 'no batch ordered yet' : `batch ${ordered.sequence + 1} of author ${ordered.localView + 1} ordered`;
  return waiting === 0 ? position : `${position}, ${countText(waiting, 'batch', 'batches')} waiting`;
}

/** Members of the group to which this node has a link. */
export function linksInto({ members }: GroupView, network: NetworkView): number {
  const linked = new Set(network.members.flatMap(({ party, link }) => (link === null ? [] : [party])));
  return members.filter(({ party }) => linked.has(party)).length;
}
