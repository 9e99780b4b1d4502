// The vote row as bytes for the journal (R3).
import { type ChannelId, DIGEST_BYTES, MAX_BLOCK_BYTES, type Rejection } from '../base/index.ts';
import { boundedBytes, decode, encode, hex, list, nullable, struct, uint } from '../codec/index.ts';
import { type VoteRow, certificate, phase } from '../consensus/index.ts';
import { digest } from '../contracts/index.ts';

/** Proposal, prepare, commit and view change, for as many views as a height may take before somebody looks. */
const MAX_SAID = 4096;
const MAX_VALUES = 8;

const value = struct({ digest, bytes: boundedBytes(MAX_BLOCK_BYTES) });
const voteRow = struct({
  channel: hex<ChannelId>(DIGEST_BYTES),
  epoch: uint(),
  height: uint(),
  view: uint(),
  askedView: uint(),
  said: list(struct({ phase, view: uint(), digest: nullable(digest) }), MAX_SAID),
  lock: nullable(struct({ view: uint(), digest, certificate })),
  values: list(value, MAX_VALUES),
});

export function encodeVoteRow(row: VoteRow): Uint8Array {
  return encode(voteRow, row);
}

/** A Rejection means that the row is damaged: its key never votes again (R14). */
export function decodeVoteRow(bytes: Uint8Array): VoteRow | Rejection {
  return decode(voteRow, bytes, 2 * MAX_VALUES * MAX_BLOCK_BYTES);
}
