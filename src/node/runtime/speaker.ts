// What this member says: signed after the journal has it, sent to every voter, kept while the height is open so that a
// voter who was away, or whose link lost it, gets the same again (R3, R9).
import { type ChannelId, type PartyId, assert } from '../base/index.ts';
import { type Configuration, type ConsensusMessage, type Unsigned, statementBytes } from '../consensus/index.ts';
import type { Clock, Network, PeerId, Signer } from '../ports/index.ts';
import { type Frame, encodeFrame } from './frames.ts';

export interface SpeakerInit {
  readonly channel: ChannelId;
  readonly network: Network;
  readonly clock: Clock;
  readonly peersOf: (party: PartyId) => readonly PeerId[];
  readonly noteSent: (party: PartyId | null, frame: Frame) => void;
}

export interface Speaker {
  /** Signs, sends to all voters but `self`, remembers; returns the own message. */
  say(unsigned: Unsigned, configuration: Configuration, signer: Signer): Promise<ConsensusMessage>;
  send(parties: readonly PartyId[], message: ConsensusMessage): void;
  frameTo(parties: readonly PartyId[], frame: Frame): void;
  /** Everything said at the open height, to one party or to all voters. */
  repeat(parties: readonly PartyId[]): void;
  /** The same, where nothing was said or repeated for a while. */
  repeatStale(parties: readonly PartyId[]): void;
  /** The height is final: what was said about it needs no repeating. */
  forget(): void;
}

/** A height that takes more views than this many messages needs a person, not more memory (R18). */
const MAX_SPOKEN = 64;
const STALE_MS = 2_000;

export function createSpeaker(init: SpeakerInit): Speaker {
  let spoken: Uint8Array[] = [];
  let spokenMs = 0;

  function sendBytes(parties: readonly PartyId[], bytes: Uint8Array): void {
    for (const party of parties) for (const peer of init.peersOf(party)) init.network.send(peer, bytes);
  }

  function frameOf(message: ConsensusMessage): Frame {
    return { kind: 'consensus', channel: init.channel, message };
  }

  return {
    say: async (unsigned, configuration, signer) => {
      const signature = await signer.sign(statementBytes(unsigned, configuration));
      assert(signature.byteLength === 64, 'a signature has 64 bytes');
      const message = { ...unsigned, signature } as ConsensusMessage;
      const frame = frameOf(message);
      const bytes = encodeFrame(frame);
      spoken = [...spoken, bytes].slice(-MAX_SPOKEN);
      spokenMs = init.clock.nowMs();
      const others = configuration.voters.map((voter) => voter.party).filter((party) => party !== unsigned.signer);
      if (others.length > 0) init.noteSent(null, frame);
      sendBytes(others, bytes);
      return message;
    },
    send: (parties, message) => {
      const frame = frameOf(message);
      for (const party of parties) init.noteSent(party, frame);
      sendBytes(parties, encodeFrame(frame));
    },
    frameTo: (parties, frame) => {
      const bytes = encodeFrame(frame);
      sendBytes(parties, bytes);
    },
    repeat: (parties) => {
      for (const bytes of spoken) sendBytes(parties, bytes);
    },
    repeatStale: (parties) => {
      if (init.clock.nowMs() - spokenMs < STALE_MS) return;
      spokenMs = init.clock.nowMs();
      for (const bytes of spoken) sendBytes(parties, bytes);
    },
    forget: () => {
      spoken = [];
    },
  };
}
