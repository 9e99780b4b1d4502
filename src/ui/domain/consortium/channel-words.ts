// What is said of a channel: what kind it is, how many faults it survives, and when its blocks are made (P1-05, P3-03, P3-17).
import type { ChannelView } from '../../node.ts';
import { countText, durationText } from '../../shared/index.ts';

const KIND_WORDS: Readonly<Record<ChannelView['settings']['kind'], string>> = {
  consortium: 'consortium chain',
  shared: 'shared channel',
  private: 'private chain',
};

export function kindWords({ settings }: ChannelView): string {
  return KIND_WORDS[settings.kind];
}

/** F of its members, and how many voters may be away now. */
export function survivesWords({ state, tolerated, mayStillFail }: ChannelView): string {
  if (state !== 'home' && state !== 'running') return 'not running here';
  const away = mayStillFail > 0 ? `${countText(mayStillFail, 'voter')} may be away now` : 'no voter may be away now';
  return `survives ${tolerated}; ${away}`;
}

export function paceWords({ settings }: ChannelView): string {
  const { blockMs, blockSlips } = settings;
  return blockMs === 0 ? 'a block at once' : `a block at ${countText(blockSlips, 'entry', 'entries')} or ${durationText(blockMs)}`;
}

/** Who left keeps its seat there until the others have ended it. */
export function memberWords(standing: ChannelView['members'][number]['standing'], voting: boolean): string {
  if (standing !== 'joined') return standing;
  return voting ? 'votes' : 'no vote';
}

/** Below four members nobody may be faulty: who opens a channel is told before. */
export function survivedBy(members: number): number {
  return Math.floor((members - 1) / 3);
}
