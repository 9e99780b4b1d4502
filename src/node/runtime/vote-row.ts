// The vote row as bytes for the journal (R3).
import { type ChannelId, DIGEST_BYTES, MAX_BATCH_BYTES, MAX_BLOCK_BYTES, MAX_CUT_BATCHES, type Rejection } from '../base/index.ts';
import { boundedBytes, decode, encode, hex, list, nullable, oneOf, struct, uint } from '../codec/index.ts';
import { type VoteRow, batchReference, certificate, laneCertificate, phase } from '../consensus/index.ts';
import { digest } from '../contracts/index.ts';

/** Proposal, prepare, commit and view change, for as many views as a height may take before somebody looks. */
const MAX_SAID = 4096;
const MAX_VALUES = 8;

/** The own lane's window, and what the values at hand refer to. */
const MAX_HELD_BATCHES = 4 * MAX_CUT_BATCHES;
const MAX_LANE_SAID = 256;

const value = struct({ digest, bytes: boundedBytes(MAX_BLOCK_BYTES), cut: list(batchReference, MAX_CUT_BATCHES) });
const heldBatch = struct({ reference: batchReference, bytes: boundedBytes(2 * MAX_BATCH_BYTES), certificate: nullable(laneCertificate) });
const lane = struct({
  localView: uint(),
  said: list(struct({ phase: oneOf('batch', 'prepare', 'commit'), reference: batchReference }), MAX_LANE_SAID),
});
const voteRow = struct({
  channel: hex<ChannelId>(DIGEST_BYTES),
  epoch: uint(),
  height: uint(),
  view: uint(),
  askedView: uint(),
  said: list(struct({ phase, view: uint(), digest: nullable(digest) }), MAX_SAID),
  lock: nullable(struct({ view: uint(), digest, certificate })),
  values: list(value, MAX_VALUES),
  lane,
  batches: list(heldBatch, MAX_HELD_BATCHES),
});

export function encodeVoteRow(row: VoteRow): Uint8Array {
  return encode(voteRow, row);
}

/** A Rejection means that the row is damaged: its key never votes again (R14). */
export function decodeVoteRow(bytes: Uint8Array): VoteRow | Rejection {
  return decode(voteRow, bytes, 2 * MAX_VALUES * MAX_BLOCK_BYTES + 2 * MAX_HELD_BATCHES * MAX_BATCH_BYTES);
}
