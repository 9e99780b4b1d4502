// What a signature covers (R1): the statement of each message, and its canonical bytes. A leader's proposal is its own
// prepare, signed once: in tallies and certificates its entry stands among the prepares and carries the signature of the
// proposal, so that a leader is never counted twice and signs no second statement in its view.
import type { Digest, PartyId } from '../base/index.ts';
import { encode } from '../codec/index.ts';
import type { Configuration, Unsigned } from './engine.ts';
import { type Certificate, type Phase, type Statement, PROTOCOL_VERSION, statement } from './messages.ts';
import { leaderOf } from './roster.ts';

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
  return saidBytes(messageSaid(message, configuration), configuration);
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

function messageSaid(message: Unsigned, configuration: Configuration): Said {
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
