// Finding the peer that has a block, with time and answers in the test's hand.
import { CID } from 'multiformats/cid';
import { beforeEach, expect, test } from 'vitest';
import { createMemoryTime, type MemoryTime } from '../../memory/index.ts';
import { ASK_AGAIN_MS, ASK_NEXT_MS } from '../limits.ts';
import { askAgain, type BlockSourceInit, findBlock, GoodPeers } from './block-source.ts';

const cid = CID.parse('bafkreidkm6ax3xwg2cieepyvjfkfj62wcyo2qyxccds5hki4wehnarwn24');

interface Question {
  readonly peer: string;
  readonly signal: AbortSignal;
  give(): Promise<void>;
  refuse(error?: Error): Promise<void>;
}

let time: MemoryTime;
let linked: string[];
let asked: Question[];
let changes: Set<() => void>;
let here: boolean;
let init: BlockSourceInit;

const heard = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
};

beforeEach(() => {
  time = createMemoryTime();
  linked = ['a', 'b', 'c'];
  asked = [];
  changes = new Set();
  here = false;
  init = {
    timers: time.timers,
    linked: () => linked,
    onChange: (listener) => {
      changes.add(listener);
      return () => changes.delete(listener);
    },
    has: async () => here,
    isFatal: (error) => (error instanceof Error && error.message === 'full' ? error : null),
    fetch: (peer, _, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('ended'));
        });
        const give = (): Promise<void> => {
          resolve();
          return heard();
        };
        const refuse = (error = new Error('not here')): Promise<void> => {
          reject(error);
          return heard();
        };
        asked.push({ peer, signal, give, refuse });
      }),
  };
});

const peers = (): readonly string[] => asked.map(({ peer }) => peer);
const forever = (): AbortSignal => new AbortController().signal;

test('asks one peer, and another only when the first refuses: one copy comes', async () => {
  const found = findBlock(init, new GoodPeers(), cid, forever());
  expect(peers()).toEqual(['a']);
  await asked[0]?.refuse();
  expect(peers()).toEqual(['a', 'b']);
  await asked[1]?.give();
  expect(await found).toBe('b');
  expect(changes.size).toBe(0);
});

test('a slow peer does not hold up the next, and may still be the one', async () => {
  const found = findBlock(init, new GoodPeers(), cid, forever());
  time.advance(ASK_NEXT_MS);
  await heard();
  expect(peers()).toEqual(['a', 'b']);
  await asked[0]?.give();
  expect(await found).toBe('a');
  expect(asked[1]?.signal.aborted).toBe(true);
});

test('asks first who gave the last time', () => {
  const good = new GoodPeers();
  good.note('b');
  good.note('c');
  void findBlock(init, good, cid, forever()).catch(() => undefined);
  expect(peers()).toEqual(['c']);
});

test('begins a new round after a pause when all have refused', async () => {
  linked = ['a'];
  void findBlock(init, new GoodPeers(), cid, forever()).catch(() => undefined);
  await asked[0]?.refuse();
  expect(peers()).toEqual(['a']);
  time.advance(ASK_AGAIN_MS);
  await heard();
  expect(peers()).toEqual(['a', 'a']);
});

test('asks a peer that links meanwhile, and stops asking one whose link is gone', async () => {
  linked = [];
  const found = findBlock(init, new GoodPeers(), cid, forever());
  expect(asked).toEqual([]);
  linked = ['late'];
  for (const tell of changes) tell();
  expect(peers()).toEqual(['late']);
  linked = [];
  for (const tell of changes) tell();
  await heard();
  expect(asked[0]?.signal.aborted).toBe(true);
  linked = ['other'];
  for (const tell of changes) tell();
  await asked.at(-1)?.give();
  expect(await found).toBe('other');
});

test('notices a block that came another way', async () => {
  const found = findBlock(init, new GoodPeers(), cid, forever());
  here = true;
  time.advance(ASK_NEXT_MS);
  expect(await found).toBeNull();
});

test('stops at what asking others does not cure', async () => {
  const found = expect(findBlock(init, new GoodPeers(), cid, forever())).rejects.toThrow('full');
  await asked[0]?.refuse(new Error('full'));
  await found;
  expect(peers()).toEqual(['a']);
});

test('gives up when the signal fires, and ends what it asked', async () => {
  const controller = new AbortController();
  const found = expect(findBlock(init, new GoodPeers(), cid, controller.signal)).rejects.toThrow('enough');
  controller.abort(new Error('enough'));
  await found;
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(time.nextMs()).toBeNull();
});

test('asks the same peer again while the first question still listens', async () => {
  const signals: AbortSignal[] = [];
  const answers: (() => void)[] = [];
  const done = askAgain(time.timers, forever(), (signal) => {
    signals.push(signal);
    return new Promise((resolve) => answers.push(resolve));
  });
  time.advance(ASK_NEXT_MS);
  time.advance(ASK_AGAIN_MS);
  expect(signals).toHaveLength(3);
  expect(signals.some(({ aborted }) => aborted)).toBe(false);
  answers[0]?.();
  await done;
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
  expect(time.nextMs()).toBeNull();
});
