// Wishes for links: told when they are new, and again after a peer was away from them.
import { expect, test } from 'vitest';
import { LinkWishes } from './links.ts';

test('a peer is wished for once, and anew after it was not wanted for a while', () => {
  const told: string[] = [];
  const wishes = new LinkWishes({ self: 'me', connect: (peer) => told.push(peer) });
  wishes.set(['me', 'a', 'b']);
  wishes.set(['a', 'b', 'c']);
  expect(told).toEqual(['a', 'b', 'c']);
  wishes.set(['a']);
  wishes.set(['a', 'b']);
  expect(told).toEqual(['a', 'b', 'c', 'b']);
});
