// What voters say to each other (R1). A statement is what is signed; a message carries it with its signature and, where
// needed, bytes and proofs. Votes of other layers sign other statements and never pass for these.
import { type ChannelId, type Digest, type PartyId, DIGEST_BYTES, ID_BYTES, MAX_BLOCK_BYTES, MAX_VOTERS } from '../base/index.ts';
import { type Decoded, boundedBytes, fixedBytes, hex, list, nullable, oneOf, struct, uint, union } from '../codec/index.ts';

export const PROTOCOL_VERSION = 1;

const partyId = hex<PartyId>(ID_BYTES);
const digest = hex<Digest>(DIGEST_BYTES);
const channelId = hex<ChannelId>(DIGEST_BYTES);
const signature = fixedBytes(64);

export const phase = oneOf('propose', 'prepare', 'commit', 'view-change');
export type Phase = Decoded<typeof phase>;

/** Signed bytes: `encode(statement, …)`. In a view change `digest` and `lockedView` state the lock, or null. */
export const statement = struct({
  protocol: uint(PROTOCOL_VERSION),
  channel: channelId,
  epoch: uint(),
  /** Digest of the epoch's configuration. */
  configuration: digest,
  layer: oneOf('global'),
  phase,
  height: uint(),
  view: uint(),
  digest: nullable(digest),
  lockedView: nullable(uint()),
  signer: partyId,
});
export type Statement = Decoded<typeof statement>;

/** Distinct voters' signatures over the same (epoch, height, view, digest) in one phase (R6). */
export const certificate = struct({
  epoch: uint(),
  phase: oneOf('prepare', 'commit'),
  height: uint(),
  view: uint(),
  digest,
  /** Ordered by signer. */
  votes: list(struct({ signer: partyId, signature }), MAX_VOTERS),
});
export type Certificate = Decoded<typeof certificate>;

export const viewChange = struct({
  epoch: uint(),
  height: uint(),
  /** The view asked for. */
  view: uint(),
  lockedView: nullable(uint()),
  lockedDigest: nullable(digest),
  signer: partyId,
  signature,
  /** The prepare certificate of the lock. */
  certificate: nullable(certificate),
});
export type ViewChange = Decoded<typeof viewChange>;

export const vote = struct({
  epoch: uint(),
  phase: oneOf('prepare', 'commit'),
  height: uint(),
  view: uint(),
  digest,
  signer: partyId,
  signature,
});
export type Vote = Decoded<typeof vote>;

export const proposal = struct({
  epoch: uint(),
  height: uint(),
  view: uint(),
  digest,
  signer: partyId,
  signature,
  value: boundedBytes(MAX_BLOCK_BYTES),
  /** Above view 0: Q view changes for exactly this height and view, without their certificates but for the highest lock's (R5). */
  justification: nullable(struct({ viewChanges: list(viewChange, MAX_VOTERS), certificate: nullable(certificate) })),
});
export type Proposal = Decoded<typeof proposal>;

/** A final value with its proof: the answer to whoever still votes below it (R9). */
export const decided = struct({ height: uint(), certificate, value: boundedBytes(MAX_BLOCK_BYTES) });
export type Decided = Decoded<typeof decided>;

export const consensusMessage = union({ proposal, vote, 'view-change': viewChange, decided });
export type ConsensusMessage = Decoded<typeof consensusMessage>;
