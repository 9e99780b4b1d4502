// The block (P3-14, P2-17): a header that binds everything, and its slips in a Merkle tree. The digest that voters sign is
// the header's. The commit certificate of a height travels beside its block and inside the next header (R7, R11). Where groups
// admit slips in batches, the header names the batches that it orders (R4). What grows with the members, that certificate and the
// batches, enters the digest as digests of their own: a bare header of some 300 bytes stands for the whole one in every proof.
import { type Digest, type Rejection, MAX_BLOCK_BYTES, MAX_CUT_BATCHES, MAX_SLIPS_PER_BLOCK } from '../base/index.ts';
import { type Decoded, decode, encode, list, nullable, struct, uint } from '../codec/index.ts';
import { batchReference, certificate as commitCertificate } from '../consensus/index.ts';
import { type BareHeader, type Slip, bareDigest, channelId, digest, encodeSlip, partyId, slip } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { type InclusionProof, merkleRoot, proveInclusion, verifyInclusion } from './merkle.ts';

export { type BareHeader, bareDigest, bareHeader } from '../contracts/index.ts';

const cut = list(batchReference, MAX_CUT_BATCHES);

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
  /** Certified batches that the slips are from, in order; empty where the voters agree flat. */
  cut,
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

/** What stands for the header in its digest and in proofs. */
export function bareOf(header: BlockHeader): BareHeader {
  const { cut: ordered, parentCertificate, ...rest } = header;
  const parentCertificateDigest = parentCertificate === null ? null : digestOf(encode(commitCertificate, parentCertificate));
  return { ...rest, cutDigest: digestOf(encode(cut, ordered)), parentCertificateDigest };
}

/** What voters sign and the next block names as its parent. */
export function headerDigest(header: BlockHeader): Digest {
  return bareDigest(bareOf(header));
}

/** Root over the whole slips, signatures included. */
export function slipsRootOf(slips: readonly Slip[]): Digest {
  return merkleRoot(slips.map(encodeSlip));
}

/** Proves that the slip at `index` is in the block. */
export function proveSlip(block: Block, index: number): InclusionProof {
  return proveInclusion(block.slips.map(encodeSlip), index);
}

/** Whether the proof shows that `slip` is in the block with this header. */
export function verifySlip(header: Pick<BlockHeader, 'slipCount' | 'slipsRoot'>, slip: Slip, proof: InclusionProof): boolean {
  return proof.count === header.slipCount && verifyInclusion(header.slipsRoot, encodeSlip(slip), proof);
}

export function encodeBlock(value: Block): Uint8Array {
  return encode(block, value);
}

export function decodeBlock(bytes: Uint8Array): Block | Rejection {
  return decode(block, bytes, MAX_BLOCK_BYTES);
}

export function encodeFinalBlock(value: FinalBlock): Uint8Array {
  return encode(finalBlock, value);
}

export function decodeFinalBlock(bytes: Uint8Array): FinalBlock | Rejection {
  return decode(finalBlock, bytes, MAX_FINAL_BLOCK_BYTES);
}
