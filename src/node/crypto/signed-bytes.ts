// Bytes that are signed outside slips and consensus: each starts with a domain word of its own, so that a signature given
// for one thing is never good for another (R1).
import { type ChannelId, type PartyId, DIGEST_BYTES, ID_BYTES, MAX_SLIP_BYTES } from '../base/index.ts';
import { boundedBytes, encode, hex, oneOf, struct, text } from '../codec/index.ts';

/** A libp2p peer id in text form has at most 60 characters; twice that leaves room for other key types. */
const MAX_PEER_ID_CHARS = 128;

const pledge = struct({
  domain: oneOf('clinicord/pledge/1'),
  channel: hex<ChannelId>(DIGEST_BYTES),
  party: hex<PartyId>(ID_BYTES),
  peer: text(MAX_PEER_ID_CHARS),
});

const possession = struct({ domain: oneOf('clinicord/possession/1'), certificate: boundedBytes(MAX_SLIP_BYTES) });

/** "In this channel, the peer at this libp2p key speaks for this party": signed by the party, checked by whoever it talks to. */
export function pledgeBytes(channel: ChannelId, party: PartyId, peer: string): Uint8Array {
  return encode(pledge, { domain: 'clinicord/pledge/1', channel, party, peer });
}

/** "I hold the key that this certificate names": signed with every key in it that can sign. Takes the certificate's canonical bytes. */
export function possessionBytes(certificate: Uint8Array): Uint8Array {
  return encode(possession, { domain: 'clinicord/possession/1', certificate });
}
