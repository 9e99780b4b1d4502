// Proof that a slip is final (P3-07, R11): the bare header of its block, its place in the Merkle tree, and the commit certificate.
// Whoever knows the voters of the header's epoch needs nothing else. Without the certificate it stays below 2 kB for every slip of
// ordinary size, however many members there are.
import { type Rejection, MAX_SLIP_BYTES, reject } from '../base/index.ts';
import { type Decoded, decode, encode, nullable, struct } from '../codec/index.ts';
import { certificate as commitCertificate } from '../consensus/index.ts';
import { slip } from '../contracts/index.ts';
import { type FinalBlock, bareHeader, bareOf, proveSlip, verifySlip } from './block.ts';
import { inclusionProof } from './merkle.ts';

/** A certificate of MAX_VOTERS votes, and everything beside it. */
const MAX_SLIP_PROOF_BYTES = 32 * 1024 + MAX_SLIP_BYTES;

/** A header with what makes it final; null only for the founding header, which the channel's id proves. */
export const certifiedHeader = struct({ header: bareHeader, certificate: nullable(commitCertificate) });
export type CertifiedHeader = Decoded<typeof certifiedHeader>;

const placedSlip = struct({ header: bareHeader, slip, inclusion: inclusionProof });

const slipProof = struct({ head: certifiedHeader, slip, inclusion: inclusionProof });
export type SlipProof = Decoded<typeof slipProof>;

export function certifiedHeaderOf({ block, certificate }: FinalBlock): CertifiedHeader {
  return { header: bareOf(block.header), certificate };
}

/** Of the slip at `index` of its block. */
export function proveFinalSlip(final: FinalBlock, index: number): SlipProof | Rejection {
  const found = final.block.slips[index];
  if (found === undefined) return reject('no-such-slip', 'the block has no slip there');
  return { head: certifiedHeaderOf(final), slip: found, inclusion: proveSlip(final.block, index) };
}

/** Whether the slip is in the block of the header; whether the header is final is for whoever knows the voters. */
export function slipProofRefusal({ head, slip: shown, inclusion }: SlipProof): Rejection | null {
  return verifySlip(head.header, shown, inclusion) ? null : reject('wrong-slip-proof', 'the slip is not in the block of that header');
}

/** What the proof takes beside its certificate. */
export function slipProofBytes({ head, slip: shown, inclusion }: SlipProof): number {
  return encode(placedSlip, { header: head.header, slip: shown, inclusion }).byteLength;
}

export function encodeSlipProof(proof: SlipProof): Uint8Array {
  return encode(slipProof, proof);
}

export function decodeSlipProof(bytes: Uint8Array): SlipProof | Rejection {
  return decode(slipProof, bytes, MAX_SLIP_PROOF_BYTES);
}
