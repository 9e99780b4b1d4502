// contracts/policies: consent that a patient gives in advance, with conditions (P3-24, P3-25). Its only door.
export type { PolicyEntry } from './entries.ts';
export { followPolicy } from './follow-policy.ts';
