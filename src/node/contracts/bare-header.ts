// The bare header of a block: what its digest is taken over, and what stands for it in proofs. What grows with the members, batches and
// the parent's certificate, is there as digests of their own.
import { type Digest, MAX_SLIPS_PER_BLOCK } from '../base/index.ts';
import { type Decoded, encode, nullable, struct, uint } from '../codec/index.ts';
import { digestOf } from '../crypto/index.ts';
import { channelId, digest, partyId } from './fields.ts';

export const bareHeader = struct({
  protocol: uint(1),
  channel: channelId,
  height: uint(),
  parent: digest,
  timestampMs: uint(),
  epoch: uint(),
  configuration: digest,
  proposer: partyId,
  view: uint(),
  slipCount: uint(MAX_SLIPS_PER_BLOCK),
  slipsRoot: digest,
  cutDigest: digest,
  stateRoot: digest,
  parentCertificateDigest: nullable(digest),
});
export type BareHeader = Decoded<typeof bareHeader>;

/** The digest of the header that this one stands for. */
export function bareDigest(header: BareHeader): Digest {
  return digestOf(encode(bareHeader, header));
}
