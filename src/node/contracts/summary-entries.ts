// What the consortium's chain knows of another channel's blocks: the newest one that was shown, and of each with slips its root.
import type { ChannelId } from '../base/index.ts';
import { type Decoded, fixedBytes, struct, uint } from '../codec/index.ts';
import { MAX_SLIPS_PER_BLOCK } from '../base/index.ts';
import { digest } from './slip.ts';
import type { State } from './state.ts';
import { table } from './table.ts';

/** One bit for each slip of a block. */
const SUMMARISED_BYTES = MAX_SLIPS_PER_BLOCK / 8;

const anchorHead = struct({ height: uint(), digest });
export type AnchorHead = Decoded<typeof anchorHead>;

const anchoredBlock = struct({
  slipsRoot: digest,
  slipCount: uint(MAX_SLIPS_PER_BLOCK),
  /** Bit i is set where the slip at i has its item. */
  summarised: fixedBytes(SUMMARISED_BYTES),
});
export type AnchoredBlock = Decoded<typeof anchoredBlock>;

export const anchorHeadTable = table<ChannelId, AnchorHead>('anchor-head', anchorHead);
export const anchoredTable = table<string, AnchoredBlock>('anchored', anchoredBlock);

export const noItems: Uint8Array = new Uint8Array(SUMMARISED_BYTES);

/** Id of a block in its table. */
export function anchoredKey(channel: ChannelId, height: number): string {
  return `${channel}/${height}`;
}

/** The newest block of the channel that the consortium was shown; its founding, which the channel's id proves, before any was. */
export function anchorHeadIn(state: State, channel: ChannelId): AnchorHead {
  return anchorHeadTable.get(state, channel) ?? { height: 0, digest: channel as string as AnchorHead['digest'] };
}

/** Null of a block that was not shown, or that has no slips. */
export function anchoredIn(state: State, channel: ChannelId, height: number): AnchoredBlock | null {
  return anchoredTable.get(state, anchoredKey(channel, height));
}

export function hasItem({ summarised }: AnchoredBlock, index: number): boolean {
  return ((summarised[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

export function withItem(block: AnchoredBlock, index: number): AnchoredBlock {
  const summarised = block.summarised.slice();
  summarised[index >> 3] = (summarised[index >> 3] ?? 0) | (1 << (index & 7));
  return { ...block, summarised };
}
