// What a channel is founded with where its founder says nothing else.
import { MAX_SLIPS_PER_BLOCK } from '../base/index.ts';
import type { ChannelSettings, EngineName } from './slip.ts';

/** The engine of channels founded from here on: the one place to change it. */
export const FOUNDING_ENGINE: EngineName = 'grouped';

const defaults = {
  engine: FOUNDING_ENGINE,
  groupCount: null,
  radius: 'pseudo-code',
  alphaMillionths: 500_000,
  epochLengthMs: 24 * 3_600_000,
  ratingThreshold: 0,
  kind: 'consortium',
  endorsement: '',
  blockSlips: MAX_SLIPS_PER_BLOCK,
  blockMs: 0,
  institutions: 'named',
} as const satisfies Partial<ChannelSettings>;

type Defaulted = keyof typeof defaults;

/** Settings without those that may be left to this file. */
export type FoundingSettings = Omit<ChannelSettings, Defaulted> & Partial<Pick<ChannelSettings, Defaulted>>;

export function foundingSettings(wished: FoundingSettings): ChannelSettings {
  return { ...defaults, ...wished };
}
