// What crosses the vote stream: greetings, heights, consensus messages and slips. Anything else is refused (R18).
import { MAX_VOTERS, MAX_VOTE_FRAME_BYTES, type Rejection } from '../base/index.ts';
import { type Decoded, boundedBytes, decode, encode, flag, nullable, struct, uint, union } from '../codec/index.ts';
import { consensusMessage } from '../consensus/index.ts';
import { channelId, partyId, signature, slip } from '../contracts/index.ts';

/**
 * Who speaks: `pledge` binds the party to the peer that the transport has proved; null from a stranger. A greeting is
 * answered by one that asks for no answer, so that whoever opened the channel later learns the other all the same.
 */
const hello = struct({ channel: channelId, party: nullable(partyId), pledge: nullable(signature), height: uint(), answer: flag });
/**
 * Highest final height: a heartbeat, and the news of a final block. `heard` is for those who are not linked to everybody: one bit
 * for each voter of the open height that the sender heard from itself lately (R17). Empty where the voters agree flat.
 */
const status = struct({ channel: channelId, height: uint(), heard: boundedBytes(MAX_VOTERS / 8) });
const consensus = struct({ channel: channelId, message: consensusMessage });
const slipFrame = struct({ channel: channelId, slip });

const frame = union({ hello, status, consensus, slip: slipFrame });
export type Frame = Decoded<typeof frame>;
export type Hello = Decoded<typeof hello>;

export function encodeFrame(value: Frame): Uint8Array {
  return encode(frame, value);
}

export function decodeFrame(bytes: Uint8Array): Frame | Rejection {
  return decode(frame, bytes, MAX_VOTE_FRAME_BYTES);
}
