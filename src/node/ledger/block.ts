// The block (P3-14, P2-17): a header that binds everything, and its slips in a Merkle tree. The digest that voters sign is
// the header's. The commit certificate of a height travels beside its block and inside the next header (R7, R11).
import { MAX_BLOCK_BYTES, MAX_SLIPS_PER_BLOCK } from '../base/index.ts';
import { type Decoded, list, nullable, struct, uint } from '../codec/index.ts';
import { certificate as commitCertificate } from '../consensus/index.ts';
import { channelId, digest, partyId, slip } from '../contracts/index.ts';

export const blockHeader = struct({
  protocol: uint(1),
  /** All zero in the founding block, whose header digest becomes the channel's id. */
  channel: channelId,
  height: uint(),
  parent: digest,
  timestampMs: uint(),
  epoch: uint(),
  /** Digest of the configuration whose voters decide this block. */
  configuration: digest,
  /** Who first proposed it, and in which view: unchanged when proposed again (R7). */
  proposer: partyId,
  view: uint(),
  slipCount: uint(MAX_SLIPS_PER_BLOCK),
  slipsRoot: digest,
  /** After this block (R11). */
  stateRoot: digest,
  /** Commit certificate of the parent; null at heights 0 and 1. */
  parentCertificate: nullable(commitCertificate),
});
export type BlockHeader = Decoded<typeof blockHeader>;

export const block = struct({ header: blockHeader, slips: list(slip, MAX_SLIPS_PER_BLOCK) });
export type Block = Decoded<typeof block>;

/** As stored and served: the block and what makes it final. Null only for the founding block, which the channel's id proves. */
export const finalBlock = struct({ block, certificate: nullable(commitCertificate) });
export type FinalBlock = Decoded<typeof finalBlock>;

export const MAX_FINAL_BLOCK_BYTES = MAX_BLOCK_BYTES + 64 * 1024;
