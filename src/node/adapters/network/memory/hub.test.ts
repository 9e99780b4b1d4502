// What a test can do to the in-memory network; its promises as a network are in tests/acceptance.
import { expect, test } from 'vitest';
import { createMemoryTime } from '../../memory/index.ts';
import { createMemoryHub, type MemoryHub } from './index.ts';

function hubOf(seed: number, weather = {}): { readonly hub: MemoryHub; readonly advance: (byMs: number) => void; readonly got: number[] } {
  const time = createMemoryTime();
  const hub = createMemoryHub({ ...time, seed, weather });
  const got: number[] = [];
  for (const peer of ['a', 'b', 'c']) void hub.network(peer).start();
  hub.network('b').onFrame((_, frame) => got.push(frame[0] ?? -1));
  hub.network('a').connect('b');
  time.advance(1_000);
  return { hub, advance: time.advance, got };
}

const send = (hub: MemoryHub, count: number): void => {
  for (let at = 0; at < count; at += 1) hub.network('a').send('b', Uint8Array.of(at));
};

test('delivers after the delay and not before, in order', () => {
  const { hub, advance, got } = hubOf(1, { minDelayMs: 50, maxDelayMs: 90 });
  send(hub, 100);
  advance(49);
  expect(got).toEqual([]);
  advance(41);
  expect(got).toEqual(Array.from({ length: 100 }, (_, at) => at));
});

test('loses frames by seed: the same seed loses the same', () => {
  const run = (seed: number): readonly number[] => {
    const { hub, advance, got } = hubOf(seed, { loss: 0.2 });
    send(hub, 200);
    advance(10);
    return got;
  };
  expect(run(7)).toEqual(run(7));
  expect(run(7)).not.toEqual(run(8));
  expect(run(7).length).toBeGreaterThan(130);
  expect(run(7).length).toBeLessThan(190);
});

test('a partition takes links down, healing brings the wished ones back', () => {
  const { hub, advance } = hubOf(1);
  hub.partition([['a'], ['b', 'c']]);
  expect(hub.network('a').links()).toEqual([]);
  hub.network('b').connect('c');
  advance(10);
  expect(hub.network('b').links()).toHaveLength(1);
  hub.heal();
  advance(10);
  expect(hub.network('a').links()).toHaveLength(1);
});

test('silence loses one direction and keeps the link', () => {
  const { hub, advance, got } = hubOf(1);
  const back: number[] = [];
  hub.network('a').onFrame((_, frame) => back.push(frame[0] ?? -1));
  hub.silence('a', 'b');
  send(hub, 3);
  hub.network('b').send('a', Uint8Array.of(9));
  advance(10);
  expect([got, back, hub.network('a').links().length]).toEqual([[], [9], 1]);
  hub.heal();
  send(hub, 1);
  advance(10);
  expect(got).toEqual([0]);
});

test('without a relay links stay and none comes up', () => {
  const { hub, advance, got } = hubOf(1);
  hub.setRelay(false);
  hub.network('a').connect('c');
  send(hub, 1);
  advance(60_000);
  expect(got).toEqual([0]);
  expect(hub.network('a').links()).toHaveLength(1);
  hub.setRelay(true);
  advance(10);
  expect(hub.network('a').links()).toHaveLength(2);
});
