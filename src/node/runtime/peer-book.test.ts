// Who is believed to be behind a peer, and who is not.
import { expect, test } from 'vitest';
import { createMemorySeedSigners, createMemoryVerifier } from '../adapters/memory.ts';
import type { ChannelId, PartyId } from '../base/index.ts';
import { pledgeBytes } from '../crypto/index.ts';
import { type Pledge, createPeerBook } from './peer-book.ts';

const channel = '11'.repeat(32) as ChannelId;
const party = '22'.repeat(16) as PartyId;
const other = '33'.repeat(16) as PartyId;

async function setting() {
  const signer = await createMemorySeedSigners().signerOf(new Uint8Array(32).fill(7));
  const keys = new Map<PartyId, readonly Uint8Array[]>([[party, [signer.publicKey]]]);
  const book = createPeerBook(channel, (asked) => keys.get(asked) ?? [], createMemoryVerifier());
  const pledge = async (who: PartyId, peer: string): Promise<Pledge> => ({
    party: who,
    peer,
    signature: await signer.sign(pledgeBytes(channel, who, peer)),
  });
  return { book, keys, pledge, signer };
}

test('a pledge by a certified key tells who is behind a peer', async () => {
  const { book, pledge } = await setting();
  expect(await book.learn(await pledge(party, 'peer-a'))).toBe(true);
  expect(book.partyOf('peer-a')).toBe(party);
  expect(book.peersOf(party)).toEqual(['peer-a']);
});

test('a pledge that was made for another peer is not believed', async () => {
  const { book, pledge } = await setting();
  expect(await book.learn({ ...(await pledge(party, 'peer-a')), peer: 'peer-b' })).toBe(false);
  expect(book.partyOf('peer-b')).toBeNull();
});

test("another party's key pledges for nobody else", async () => {
  const { book, keys, pledge } = await setting();
  keys.set(other, [new Uint8Array(32).fill(9)]);
  expect(await book.learn(await pledge(other, 'peer-a'))).toBe(false);
});

test('a stranger is believed once the ledger certifies it, without asking again', async () => {
  const { book, keys, pledge, signer } = await setting();
  expect(await book.learn(await pledge(other, 'peer-o'))).toBe(false);
  keys.set(other, [signer.publicKey]);
  expect(await book.review()).toEqual({ changed: true, forgotten: [] });
  expect(book.partyOf('peer-o')).toBe(other);
});

test('a revoked party is nobody any more', async () => {
  const { book, keys, pledge } = await setting();
  await book.learn(await pledge(party, 'peer-a'));
  keys.delete(party);
  expect(await book.review()).toEqual({ changed: true, forgotten: ['peer-a'] });
  expect(book.partyOf('peer-a')).toBeNull();
  expect(book.pledges()).toEqual([]);
});

test('books that believe the same have one digest, in whatever order they learned; another belief gives another', async () => {
  const [one, two] = [await setting(), await setting()];
  const pledges = [await one.pledge(party, 'peer-a'), await one.pledge(party, 'peer-b')];
  for (const pledge of pledges) await one.book.learn(pledge);
  for (const pledge of pledges.toReversed()) await two.book.learn(pledge);
  expect(two.book.digest()).toEqual(one.book.digest());
  await two.book.learn(await one.pledge(party, 'peer-c'));
  expect(two.book.digest()).not.toEqual(one.book.digest());
});
