// How many bytes a packet has on the wire: the real codec's, once per message object, because everybody gets the same one. What is
// not a message of the consensus (requests, blocks that are pulled) is counted by what it holds.
import { encode } from '../../src/node/codec/index.ts';
import { type ConsensusMessage, consensusMessage } from '../../src/node/consensus/index.ts';
import type { Packet } from './world.ts';

/** A pull, and what a list of anything needs besides its items. */
const SMALL_BYTES = 64;

const sizes = new WeakMap<ConsensusMessage, number>();

export function sizeOfMessage(message: ConsensusMessage): number {
  const known = sizes.get(message);
  if (known !== undefined) return known;
  let size = SMALL_BYTES;
  try {
    size = encode(consensusMessage, message).byteLength;
  } catch {
    // A hostile member made what has no encoding; nobody correct will read it either.
  }
  sizes.set(message, size);
  return size;
}

export function sizeOf(packet: Packet, requestBytes: number): number {
  switch (packet.kind) {
    case 'consensus':
      return sizeOfMessage(packet.message);
    case 'requests':
      return SMALL_BYTES + packet.requests.length * requestBytes;
    case 'finals':
      return packet.finals.reduce((sum, final) => sum + sizeOfMessage(final), SMALL_BYTES);
    case 'pull':
      return SMALL_BYTES;
  }
}
