// The key of a peer: an Ed25519 seed that names one end of a link, and only that. It signs no vote and no slip.
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import type { PrivateKey } from '@libp2p/interface';
import { assert } from '../../base/index.ts';
import type { PeerId } from '../../ports/index.ts';

const SEED_BYTES = 32;

/** A fresh seed; the caller keeps it. */
export function newPeerKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SEED_BYTES));
}

/** The libp2p key of a seed. */
export async function privateKeyOf(peerKey: Uint8Array): Promise<PrivateKey> {
  assert(peerKey.length === SEED_BYTES, 'a peer key has 32 bytes');
  return generateKeyPairFromSeed('Ed25519', peerKey);
}

/** The peer id that a seed stands for. */
export async function peerIdOf(peerKey: Uint8Array): Promise<PeerId> {
  return peerIdFromPrivateKey(await privateKeyOf(peerKey)).toString();
}
