// The words of emergency access: one wording for who asks, who releases, whose record it is, and who reviews.
import type { EmergencyView } from '../../node.ts';
import type { Tone } from '../../shared/index.ts';

export const CAUSE_WORDS: Readonly<Record<EmergencyView['cause'], string>> = {
  unconscious: 'The patient is unconscious',
  'life-threatening': 'Her life is in danger',
  'cannot-decide': 'She cannot decide now',
};

export function emergencyWords({ state, releasedBy, needed, review }: EmergencyView): { readonly text: string; readonly tone: Tone } {
  if (review?.verdict === 'contested') return { text: 'Contested by the centre', tone: 'alarm' };
  if (review?.verdict === 'accepted') return { text: 'Accepted by the centre', tone: 'ok' };
  if (state === 'ready') return { text: 'Can be opened', tone: 'ok' };
  const counted = needed === null ? `${releasedBy.length} released` : `${releasedBy.length} of ${needed} released`;
  return state === 'over' ? { text: `Over, ${counted}`, tone: 'plain' } : { text: counted, tone: 'warn' };
}
