// What must hold of a channel's rules and of its opening whatever the state says (P1-05). Rules that this ledger cannot keep are
// refused instead of promised.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import { parsePolicy } from '../consensus/index.ts';
import type { ActionOf } from './author.ts';
import type { ChannelSettings } from './slip.ts';

/** Why no channel can have these rules, or null. */
export function rulesRefusal({ endorsement, blockSlips }: ChannelSettings): Rejection | null {
  if (blockSlips === 0) return reject('no-block-rule', 'a block holds at least one slip');
  if (endorsement === '') return null;
  const policy = parsePolicy(endorsement);
  return isRejection(policy) ? policy : null;
}

/** Why no consortium can take this opening, or null. */
export function openingRefusal({ settings }: ActionOf<'open-channel'>): Rejection | null {
  return settings.kind === 'consortium' ? reject('second-consortium', 'there is one consortium chain (P3-03)') : null;
}
