// consensus/grouping/: who is grouped with whom, and who leads in a group. Pure, integers alone. Its only door.
export { type Site, MAX_PLACE_METRES, MILLIONTHS } from './exact.ts';
export type { Grouped, Reason, Tie } from './distance-algorithm.ts';
export type { Decision, Eligibility, Ranked } from './election.ts';
export { type Elector, nextGroups, rankings } from './update.ts';
