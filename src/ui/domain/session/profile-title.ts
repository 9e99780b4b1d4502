// How a profile is called in the list of this browser, before it is unlocked: what its person chose to show there, else role and
// a piece of the pseudonym. A patient's own name is sealed.
import type { ProfileSummary } from '../../node.ts';
import { shortId } from '../../shared/format/index.ts';
import { ROLE_WORDS } from '../words/index.ts';

export function profileTitle({ label, role, party }: Pick<ProfileSummary, 'label' | 'role' | 'party'>): string {
  return label === '' ? `${ROLE_WORDS[role]} ${shortId(party)}`.trim() : label;
}
