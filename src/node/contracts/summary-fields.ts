// What a bridge member writes of another channel on the consortium's chain (P3-06, P3-16): headers that follow each other, the newest
// certified, and items: where a record slip is, and the little that is said of it.
import { MAX_SLIPS_PER_BLOCK } from '../base/index.ts';
import { type Decoded, list, struct, uint } from '../codec/index.ts';
import { certificate } from '../consensus/index.ts';
import { bareHeader } from './bare-header.ts';
import { channelId, digest, partyId } from './fields.ts';

/** Headers in one slip: so many blocks are waited for (P3-17). */
export const MAX_ANCHORED_HEADERS = 10;
/** Items in one slip (P3-16). */
export const MAX_SUMMARY_ITEMS = 10;
/** A slip with items, signature included. */
export const MAX_SUMMARY_BYTES = 2_560;
/** Ten leaves far apart in full blocks would need more; then fewer go into one slip. */
const MAX_SIBLINGS = 64;

/** One header after another, from where the one before ended. */
export const anchor = struct({ opened: channelId, headers: list(bareHeader, MAX_ANCHORED_HEADERS), certificate });

const item = struct({
  /** Place in its block. */
  index: uint(MAX_SLIPS_PER_BLOCK),
  /** Hash of the slip's leaf: which slip it is, and nothing else of it. */
  leaf: digest,
  patient: partyId,
  /** The record's: binds the sealed parts, proves nothing once its salt is destroyed (T24). */
  commitment: digest,
});
export type SummaryItem = Decoded<typeof item>;

export const summary = struct({
  opened: channelId,
  blocks: list(struct({ height: uint(), items: list(item, MAX_SUMMARY_ITEMS), siblings: list(digest, MAX_SIBLINGS) }), MAX_SUMMARY_ITEMS),
});
