// What is kept of an old block whose slips were given up (P3-32): header, certificate, and the hash of every slip, so that it can still
// be shown that a slip was in it, and that nothing else was. The history that the law asks for is whole in its hashes.
import { type Digest, type Rejection, MAX_BLOCK_BYTES, MAX_SLIPS_PER_BLOCK, isRejection, toHex } from '../base/index.ts';
import { type Decoded, decode, encode, fixedBytes, list, nullable, oneOf, struct } from '../codec/index.ts';
import { certificate as commitCertificate } from '../consensus/index.ts';
import { encodeSlip } from '../contracts/index.ts';
import { type FinalBlock, blockHeader } from './block.ts';
import { leafHash, rootOfHashes } from './merkle.ts';

const HASH_BYTES = 32;

const prunedBlock = struct({
  /** Tells it from a whole block. */
  form: oneOf('pruned'),
  header: blockHeader,
  /** Of every slip, in its order, as a leaf of the block's tree. */
  slipHashes: list(fixedBytes(HASH_BYTES), MAX_SLIPS_PER_BLOCK),
  certificate: nullable(commitCertificate),
});
export type PrunedBlock = Decoded<typeof prunedBlock>;

export function pruned({ block, certificate }: FinalBlock): PrunedBlock {
  const slipHashes = block.slips.map((slip) => leafHash(encodeSlip(slip)));
  return { form: 'pruned', header: block.header, slipHashes, certificate };
}

export function encodePruned(value: PrunedBlock): Uint8Array {
  return encode(prunedBlock, value);
}

export function decodePruned(bytes: Uint8Array): PrunedBlock | Rejection {
  return decode(prunedBlock, bytes, MAX_BLOCK_BYTES);
}

export function isPrunedBlock(bytes: Uint8Array): boolean {
  return !isRejection(decodePruned(bytes));
}

/** The root that the hashes lead to: the header's, where none is missing or added. */
export function prunedRoot({ slipHashes }: PrunedBlock): Digest {
  return toHex(rootOfHashes(slipHashes)) as Digest;
}
