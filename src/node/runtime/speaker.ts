// What this member says: signed after the journal has it and sent to whom it is for. Where the voters agree flat it is kept while
// the height is open, so that a voter who was away, or whose link lost it, gets the same again (R3, R9). With groups nothing is
// repeated here: bundles, certificates and inquiries repair, and repeating would multiply what groups save.
import { type ChannelId, type PartyId, assert } from '../base/index.ts';
import { type Audience, type Configuration, type ConsensusMessage, type Unsigned, statementBytes } from '../consensus/index.ts';
import type { Clock, Signer } from '../ports/index.ts';
import { type Frame, encodeFrame } from './frames.ts';
import type { Post } from './post.ts';

export interface SpeakerInit {
  readonly channel: ChannelId;
  readonly post: Pick<Post, 'send'>;
  readonly clock: Clock;
  readonly noteSent: (party: PartyId | null, frame: Frame) => void;
}

export interface Speaker {
  /** Signs, sends, remembers where that is of use; returns the own message. */
  say(unsigned: Unsigned, to: Audience, configuration: Configuration, signer: Signer): Promise<ConsensusMessage>;
  send(to: Audience, message: ConsensusMessage, configuration: Configuration): void;
  /** To those of them that are linked. */
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

  function frameOf(message: ConsensusMessage): Frame {
    return { kind: 'consensus', channel: init.channel, message };
  }

  function sendTo(parties: readonly PartyId[], bytes: Uint8Array, configuration: Configuration): void {
    init.post.send(parties, bytes, { insist: configuration.groups.length > 0 });
  }

  function repeat(parties: readonly PartyId[]): void {
    for (const bytes of spoken) init.post.send(parties, bytes, { insist: false });
  }

  return {
    say: async (unsigned, to, configuration, signer) => {
      const signature = await signer.sign(statementBytes(unsigned, configuration));
      assert(signature.byteLength === 64, 'a signature has 64 bytes');
      const message = { ...unsigned, signature } as ConsensusMessage;
      const frame = frameOf(message);
      const bytes = encodeFrame(frame);
      if (configuration.groups.length === 0) {
        spoken = [...spoken, bytes].slice(-MAX_SPOKEN);
        spokenMs = init.clock.nowMs();
      }
      const parties = partiesOf(to, configuration).filter((party) => party !== unsigned.signer);
      if (to === 'voters' && parties.length > 0) init.noteSent(null, frame);
      if (to !== 'voters') for (const party of parties) init.noteSent(party, frame);
      sendTo(parties, bytes, configuration);
      return message;
    },
    send: (to, message, configuration) => {
      const frame = frameOf(message);
      const parties = partiesOf(to, configuration);
      for (const party of parties) init.noteSent(party, frame);
      sendTo(parties, encodeFrame(frame), configuration);
    },
    frameTo: (parties, frame) => init.post.send(parties, encodeFrame(frame), { insist: false }),
    repeat,
    repeatStale: (parties) => {
      if (init.clock.nowMs() - spokenMs < STALE_MS) return;
      spokenMs = init.clock.nowMs();
      repeat(parties);
    },
    forget: () => {
      spoken = [];
    },
  };
}

function partiesOf(to: Audience, configuration: Configuration): readonly PartyId[] {
  return to === 'voters' ? configuration.voters.map((voter) => voter.party) : to;
}
