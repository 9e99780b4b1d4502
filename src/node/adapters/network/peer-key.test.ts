// Keys of peers.
import { expect, test } from 'vitest';
import { newPeerKey, peerIdOf } from './peer-key.ts';

test('a key stands for the same peer every time, and another for another', async () => {
  const key = newPeerKey();
  expect(await peerIdOf(key)).toBe(await peerIdOf(key.slice()));
  expect(await peerIdOf(newPeerKey())).not.toBe(await peerIdOf(key));
});

test('the seed of zeros has its well-known peer id', async () => {
  // RFC 8032 public key of the zero seed, 3b6a27bc…, in libp2p's encoding.
  expect(await peerIdOf(new Uint8Array(32))).toBe('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN');
});

test('a key of another length is our own bug', async () => {
  await expect(peerIdOf(new Uint8Array(31))).rejects.toThrow('32 bytes');
});
