// What voters say to each other (R1). A statement is what is signed; a message carries it with its signature and, where
// needed, bytes and proofs. Votes of other layers sign other statements and never pass for these.
import {
  type ChannelId,
  type Digest,
  type PartyId,
  DIGEST_BYTES,
  ID_BYTES,
  MAX_BATCH_BYTES,
  MAX_BLOCK_BYTES,
  MAX_CUT_BATCHES,
  MAX_VOTERS,
} from '../base/index.ts';
import { type Decoded, boundedBytes, fixedBytes, flag, hex, list, nullable, oneOf, struct, uint, union } from '../codec/index.ts';

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

const laneFields = {
  /** Index of the group in the configuration. */
  group: uint(MAX_VOTERS),
  /** R8: the author has rank `localView` mod m. */
  localView: uint(),
  sequence: uint(),
};
/** Where a batch stands: in the lane of a group, by its local view and its place in it. */
export const lanePosition = struct(laneFields);
export type LanePosition = Decoded<typeof lanePosition>;

export const batchReference = struct({ ...laneFields, digest });
export type BatchReference = Decoded<typeof batchReference>;

/** An auditor's judgement of proposed bytes (P3-20). */
export const auditVerdict = oneOf('sound', 'unsound');
export type AuditVerdict = Decoded<typeof auditVerdict>;

/** Signed bytes of an auditor: a layer of its own, so that a verdict never serves as a vote (R1). */
export const auditStatement = struct({
  protocol: uint(PROTOCOL_VERSION),
  channel: channelId,
  epoch: uint(),
  configuration: digest,
  layer: oneOf('audit'),
  height: uint(),
  view: uint(),
  digest,
  verdict: auditVerdict,
  signer: partyId,
});
export type AuditStatement = Decoded<typeof auditStatement>;

export const lanePhase = oneOf('batch', 'prepare', 'commit', 'move');
export type LanePhase = Decoded<typeof lanePhase>;

/** Signed bytes inside a group: another layer, so that a local vote never serves as a global one (R1). */
export const laneStatement = struct({
  protocol: uint(PROTOCOL_VERSION),
  channel: channelId,
  epoch: uint(),
  configuration: digest,
  layer: oneOf('lane'),
  phase: lanePhase,
  ...laneFields,
  /** Null in a move, which names the local view moved to. */
  digest: nullable(digest),
  signer: partyId,
});
export type LaneStatement = Decoded<typeof laneStatement>;

/** Commits of q_g distinct members of the group for one batch: it was admitted, and f_g+1 correct members hold it. */
export const laneCertificate = struct({
  epoch: uint(),
  reference: batchReference,
  /** Ordered by signer. */
  votes: list(struct({ signer: partyId, signature }), MAX_VOTERS),
});
export type LaneCertificate = Decoded<typeof laneCertificate>;

/** A request's room in a batch: one request may be larger than the room that a batch aims at. */
const batchBytes = boundedBytes(2 * MAX_BATCH_BYTES);

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
  /** The batches that the value refers to, in its order, each proved (T6); their bytes where they were not spread before. */
  carried: list(struct({ certificate: laneCertificate, bytes: nullable(batchBytes) }), MAX_CUT_BATCHES),
});
export type Proposal = Decoded<typeof proposal>;

/** A final value with its proof: the answer to whoever still votes below it (R9). */
export const decided = struct({ height: uint(), certificate, value: boundedBytes(MAX_BLOCK_BYTES) });
export type Decided = Decoded<typeof decided>;

/** Votes of one phase that a carrier gathered in its group; not signed, for every vote in it is. Bad ones are dropped (R6). */
const bundle = certificate;
export type Bundle = Certificate;

/** A certificate on its way to whoever lacks it. */
export const certified = struct({ certificate });
export type Certified = Decoded<typeof certified>;

/** R9: what its sender misses at the open height; whoever has it answers. Trusted only from the link of `asker`. */
export const inquiry = struct({
  epoch: uint(),
  height: uint(),
  view: uint(),
  asker: partyId,
  /** Whether it has no proposal of that view. */
  proposal: flag,
  batches: list(digest, MAX_CUT_BATCHES),
});
export type Inquiry = Decoded<typeof inquiry>;

/** R8: its signer follows the authors of lower local views no more. */
export const laneMove = struct({ epoch: uint(), group: uint(MAX_VOTERS), localView: uint(), signer: partyId, signature });
export type LaneMove = Decoded<typeof laneMove>;

/** The author's pre-prepare, to its group. Above local view 0 with the moves that made it author. */
export const batch = struct({
  epoch: uint(),
  reference: batchReference,
  signer: partyId,
  signature,
  bytes: batchBytes,
  moves: list(laneMove, MAX_VOTERS),
});
export type Batch = Decoded<typeof batch>;

/** `batch` stands for the author's own statement, where it is a proof of guilt (R15). */
export const laneVote = struct({
  epoch: uint(),
  phase: oneOf('batch', 'prepare', 'commit'),
  reference: batchReference,
  signer: partyId,
  signature,
});
export type LaneVote = Decoded<typeof laneVote>;

/** An admitted batch on its way to those outside its group; without bytes the news that it waits, for whoever may have missed it (R9). */
export const certifiedBatch = struct({ certificate: laneCertificate, bytes: nullable(batchBytes) });
export type CertifiedBatch = Decoded<typeof certifiedBatch>;

/** By the auditor whose turn it is, about what the producer of the view proposed (P3-20). Delays a vote, counts as none. */
export const audit = struct({ epoch: uint(), height: uint(), view: uint(), digest, verdict: auditVerdict, signer: partyId, signature });
export type Audit = Decoded<typeof audit>;

/** Whom a statement of `grouped-paper` is meant for: the group of the request (first PBFT), or the groups' primaries (second). */
export const paperRound = oneOf('group', 'primaries');
export type PaperRound = Decoded<typeof paperRound>;

export const paperPhase = oneOf('pre-prepare', 'prepare', 'commit', 'replace');
export type PaperPhase = Decoded<typeof paperPhase>;

/** Signed bytes of `grouped-paper`: a layer of its own, because there a primary's word stands for its whole group (R1). */
export const paperStatement = struct({
  protocol: uint(PROTOCOL_VERSION),
  channel: channelId,
  epoch: uint(),
  configuration: digest,
  layer: oneOf('paper'),
  round: paperRound,
  phase: paperPhase,
  height: uint(),
  view: uint(),
  /** Null where a primary is to be replaced. */
  digest: nullable(digest),
  signer: partyId,
});

/** P0-28, P0-30: the pre-prepare of a round, with the request. */
export const paperProposal = struct({
  epoch: uint(),
  round: paperRound,
  height: uint(),
  view: uint(),
  digest,
  signer: partyId,
  signature,
  value: boundedBytes(MAX_BLOCK_BYTES),
});
export type PaperProposal = Decoded<typeof paperProposal>;

/** `pre-prepare` stands for the primary's own statement, where it is a proof of guilt (R15). */
export const paperVote = struct({
  epoch: uint(),
  round: paperRound,
  phase: oneOf('pre-prepare', 'prepare', 'commit'),
  height: uint(),
  view: uint(),
  digest,
  signer: partyId,
  signature,
});
export type PaperVote = Decoded<typeof paperVote>;

/** P0-37: its signer waits for the next primary in the ranking. It states nothing of what was agreed before. */
export const paperReplace = struct({ epoch: uint(), height: uint(), view: uint(), signer: partyId, signature });
export type PaperReplace = Decoded<typeof paperReplace>;

/** P0-32: the request with the primaries' signatures. The certificate is one of primaries, and refused wherever members are counted (R6). */
export const paperPackage = struct({ certificate, value: boundedBytes(MAX_BLOCK_BYTES) });
export type PaperPackage = Decoded<typeof paperPackage>;

export const consensusMessage = union({
  proposal,
  vote,
  'view-change': viewChange,
  decided,
  bundle,
  certified,
  inquiry,
  batch,
  'lane-vote': laneVote,
  'lane-move': laneMove,
  'certified-batch': certifiedBatch,
  audit,
  'paper-proposal': paperProposal,
  'paper-vote': paperVote,
  'paper-replace': paperReplace,
  'paper-package': paperPackage,
});
export type ConsensusMessage = Decoded<typeof consensusMessage>;

/** What is said inside groups and between them about batches: of an epoch, but of no height. */
export type LaneMessage = Extract<ConsensusMessage, { kind: 'batch' | 'lane-vote' | 'lane-move' | 'certified-batch' }>;
/** What agreement itself hears; the rest is about who lacks what, or advice. */
export type AgreementMessage = Exclude<HeightMessage, PaperMessage | { kind: 'inquiry' | 'audit' }>;
/** What is said in `grouped-paper` and nowhere else. */
export type PaperMessage = Extract<ConsensusMessage, { kind: 'paper-proposal' | 'paper-vote' | 'paper-replace' | 'paper-package' }>;
/** What is about one height. */
export type HeightMessage = Exclude<ConsensusMessage, LaneMessage>;

export function isLaneMessage(message: ConsensusMessage): message is LaneMessage {
  return message.kind === 'batch' || message.kind === 'lane-vote' || message.kind === 'lane-move' || message.kind === 'certified-batch';
}

export function isPaperMessage(message: ConsensusMessage): message is PaperMessage {
  return (
    message.kind === 'paper-proposal' ||
    message.kind === 'paper-vote' ||
    message.kind === 'paper-replace' ||
    message.kind === 'paper-package'
  );
}

export function isAgreementMessage(message: ConsensusMessage): message is AgreementMessage {
  return !isLaneMessage(message) && !isPaperMessage(message) && message.kind !== 'inquiry' && message.kind !== 'audit';
}

/** The height that a message is about. */
export function heightOf(message: HeightMessage): number {
  return message.kind === 'certified' || message.kind === 'paper-package' ? message.certificate.height : message.height;
}

/** The view that a message is about. */
export function viewOf(message: HeightMessage): number {
  return message.kind === 'certified' || message.kind === 'decided' || message.kind === 'paper-package'
    ? message.certificate.view
    : message.view;
}

/** The epoch in whose configuration a message stands. */
export function epochOf(message: ConsensusMessage): number {
  return message.kind === 'decided' ||
    message.kind === 'certified' ||
    message.kind === 'certified-batch' ||
    message.kind === 'paper-package'
    ? message.certificate.epoch
    : message.epoch;
}
