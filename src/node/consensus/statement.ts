// What a signature covers (R1): the statement of each message, and its canonical bytes. A leader's proposal is its own
// prepare, signed once: in tallies and certificates its entry stands among the prepares and carries the signature of the
// proposal, so that a leader is never counted twice and signs no second statement in its view.
import type { Digest, PartyId } from '../base/index.ts';
import { encode } from '../codec/index.ts';
import type { Configuration, Unsigned, UnsignedAudit, UnsignedGlobal, UnsignedPaper } from './engine.ts';
import {
  type AuditStatement,
  type BatchReference,
  type Certificate,
  type LanePhase,
  type LaneStatement,
  type PaperPhase,
  type PaperRound,
  type Phase,
  type Statement,
  PROTOCOL_VERSION,
  auditStatement,
  laneStatement,
  paperStatement,
  statement,
} from './messages.ts';
import { leaderOf } from './roster.ts';

/** One signature to check: Ed25519 (32 bytes of key, the signed bytes, 64 bytes of signature) where nothing else is said. */
export interface SignatureCheck {
  /** `group`: the key is a group's, the signature one of its members' (docs/cryptography.md); whoever checks Ed25519 alone refuses it. */
  readonly scheme?: 'group';
  readonly publicKey: Uint8Array;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** What is said about one (height, view): the part of a statement that does not come from the configuration. */
export interface Said {
  readonly phase: Phase;
  readonly height: number;
  readonly view: number;
  readonly digest: Digest | null;
  readonly lockedView: number | null;
  readonly signer: PartyId;
}

/** The bytes that are signed for a message in this epoch, whether it has its signature yet or not. */
export function statementBytes(message: Unsigned, configuration: Configuration): Uint8Array {
  switch (message.kind) {
    case 'batch':
      return laneBytes('batch', message.reference, message.signer, configuration);
    case 'lane-vote':
      return laneBytes(message.phase, message.reference, message.signer, configuration);
    case 'lane-move':
      return moveBytes(message, configuration);
    case 'audit':
      return auditBytes(message, configuration);
    case 'paper-proposal':
    case 'paper-vote':
    case 'paper-replace':
      return paperBytes(paperSaid(message), configuration);
    default:
      return saidBytes(messageSaid(message, configuration), configuration);
  }
}

/** What a signer says about a batch in its lane. */
export function laneBytes(
  phase: Exclude<LanePhase, 'move'>,
  reference: BatchReference,
  signer: PartyId,
  configuration: Configuration,
): Uint8Array {
  return encode(laneStatement, { ...laneCommon(configuration), phase, ...reference, signer });
}

/** What a signer says when it moves on to a local view (R8). */
export function moveBytes(
  { group, localView, signer }: { readonly group: number; readonly localView: number; readonly signer: PartyId },
  configuration: Configuration,
): Uint8Array {
  return encode(laneStatement, { ...laneCommon(configuration), phase: 'move', group, localView, sequence: 0, digest: null, signer });
}

/** What an auditor says of a block (P3-20). */
export function auditBytes(message: Omit<UnsignedAudit, 'kind'>, configuration: Configuration): Uint8Array {
  const { channel, epoch, digest: of } = configuration;
  const { height, view, digest, verdict, signer } = message;
  const full: AuditStatement = {
    protocol: PROTOCOL_VERSION,
    channel,
    epoch,
    configuration: of,
    layer: 'audit',
    height,
    view,
    digest,
    verdict,
    signer,
  };
  return encode(auditStatement, full);
}

function laneCommon(configuration: Configuration): Pick<LaneStatement, 'protocol' | 'channel' | 'epoch' | 'configuration' | 'layer'> {
  const { channel, epoch, digest } = configuration;
  return { protocol: PROTOCOL_VERSION, channel, epoch, configuration: digest, layer: 'lane' };
}

/** What is said in `grouped-paper` about one (height, view). */
export interface PaperWords {
  readonly round: PaperRound;
  readonly phase: PaperPhase;
  readonly height: number;
  readonly view: number;
  readonly digest: Digest | null;
  readonly signer: PartyId;
}

export function paperBytes(words: PaperWords, configuration: Configuration): Uint8Array {
  const { channel, epoch, digest } = configuration;
  return encode(paperStatement, { protocol: PROTOCOL_VERSION, channel, epoch, configuration: digest, layer: 'paper', ...words });
}

function paperSaid(message: UnsignedPaper): PaperWords {
  const { height, view, signer } = message;
  if (message.kind === 'paper-replace') return { round: 'group', phase: 'replace', height, view, digest: null, signer };
  const phase = message.kind === 'paper-vote' ? message.phase : 'pre-prepare';
  return { round: message.round, phase, height, view, digest: message.digest, signer };
}

export function saidBytes(said: Said, configuration: Configuration): Uint8Array {
  const full: Statement = {
    protocol: PROTOCOL_VERSION,
    channel: configuration.channel,
    epoch: configuration.epoch,
    configuration: configuration.digest,
    layer: 'global',
    phase: said.phase,
    height: said.height,
    view: said.view,
    digest: said.digest,
    lockedView: said.lockedView,
    signer: said.signer,
  };
  return encode(statement, full);
}

/** What a signer says with its entry in a certificate, or with a vote on its own. */
export function voteSaid(vote: Omit<Certificate, 'votes' | 'epoch'>, signer: PartyId, configuration: Configuration): Said {
  const { height, view, digest } = vote;
  const leads = vote.phase === 'prepare' && signer === leaderOf(configuration, height, view);
  return { phase: leads ? 'propose' : vote.phase, height, view, digest, lockedView: null, signer };
}

function messageSaid(message: UnsignedGlobal, configuration: Configuration): Said {
  const { height, view, signer } = message;
  switch (message.kind) {
    case 'proposal':
      return { phase: 'propose', height, view, digest: message.digest, lockedView: null, signer };
    case 'vote':
      return voteSaid(message, signer, configuration);
    case 'view-change':
      return { phase: 'view-change', height, view, digest: message.lockedDigest, lockedView: message.lockedView, signer };
  }
}
