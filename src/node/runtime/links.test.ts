// Wishes for links: told when they are new, and again after a peer was away from them.
import { beforeEach, expect, test } from 'vitest';
import { IDLE_LINK_MS, LinkWishes, MAX_DEMANDED_LINKS } from './links.ts';

let nowMs: number;
let told: string[];
let wishes: LinkWishes;

beforeEach(() => {
  [nowMs, told] = [0, []];
  wishes = new LinkWishes(
    { self: 'me', connect: (peer) => told.push(`+${peer}`), release: (peer) => told.push(`-${peer}`) },
    { nowMs: () => nowMs },
  );
});

test('a peer is wished for once, and anew after it was not wanted for a while', () => {
  wishes.set(['me', 'a', 'b'], { givesUp: false });
  wishes.set(['a', 'b', 'c'], { givesUp: false });
  expect(told).toEqual(['+a', '+b', '+c']);
  wishes.set(['a'], { givesUp: false });
  wishes.set(['a', 'b'], { givesUp: false });
  expect(told).toEqual(['+a', '+b', '+c', '+b']);
});

test('a link on demand is given up when it carried nothing for a while, one that the plan names never', () => {
  wishes.set(['a'], { givesUp: true });
  wishes.use('a');
  wishes.use('b');
  nowMs = IDLE_LINK_MS - 1;
  wishes.use('b');
  nowMs = IDLE_LINK_MS + 1;
  wishes.tick();
  expect(told).toEqual(['+a', '+b']);
  nowMs = 2 * IDLE_LINK_MS;
  wishes.tick();
  expect(told).toEqual(['+a', '+b', '-b']);
});

test('links on demand are bounded: the one that was of use longest ago makes room', () => {
  for (let peer = 0; peer <= MAX_DEMANDED_LINKS; peer += 1) wishes.use(`p${peer}`);
  expect(told.filter((event) => event.startsWith('-'))).toEqual(['-p0']);
});

test('what the plan names no more is given up after a while, where links follow groups', () => {
  wishes.set(['a', 'b'], { givesUp: true });
  wishes.set(['a'], { givesUp: true });
  nowMs = IDLE_LINK_MS;
  wishes.tick();
  expect(told).toEqual(['+a', '+b', '-b']);
});
