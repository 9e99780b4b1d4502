// Who is dialled when, with time and dials in the test's hand.
import { beforeEach, expect, test } from 'vitest';
import { createMemoryTime, type MemoryTime } from '../../memory/index.ts';
import { DIALS_AT_ONCE, FIRST_RETRY_MS, GREETING_TIMEOUT_MS, INCOMING_DIAL_MS, LAST_RETRY_MS, UPGRADE_RETRY_MS } from '../limits.ts';
import { Dialler } from './dialler.ts';

interface Dial {
  readonly peer: string;
  readonly tries: number;
  readonly signal: AbortSignal;
  succeed(): Promise<void>;
  fail(): Promise<void>;
}

let time: MemoryTime;
let dials: Dial[];
let relayUp: boolean;
let paths: Map<string, 'direct' | 'relayed'>;
let dialler: Dialler;

/** Lets the dialler hear of what has been settled. */
const heard = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

beforeEach(() => {
  time = createMemoryTime();
  dials = [];
  relayUp = true;
  paths = new Map();
  dialler = new Dialler({
    clock: time.clock,
    timers: time.timers,
    draw: () => 0.5,
    canDial: () => relayUp,
    pathTo: (peer) => paths.get(peer) ?? null,
    dial: (peer, tries, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('ended'));
        });
        const succeed = (): Promise<void> => {
          resolve();
          return heard();
        };
        const fail = (): Promise<void> => {
          reject(new Error('nobody there'));
          return heard();
        };
        dials.push({ peer, tries, signal, succeed, fail });
      }),
  });
});

function link(peer: string, path: 'direct' | 'relayed' = 'direct'): void {
  paths.set(peer, path);
  dialler.noteLinkUp(peer);
}

const dialled = (): readonly string[] => dials.map(({ peer }) => peer);

test('dials a few at once, the others in turn', async () => {
  const peers = Array.from({ length: DIALS_AT_ONCE + 2 }, (_, at) => `peer-${at}`);
  for (const peer of peers) dialler.wish(peer);
  expect(dialled()).toEqual(peers.slice(0, DIALS_AT_ONCE));
  link('peer-0');
  await dials[0]?.succeed();
  expect(dialled()).toEqual(peers.slice(0, DIALS_AT_ONCE + 1));
});

test('tries again with pauses that double up to a limit', async () => {
  dialler.wish('peer');
  const pauses: number[] = [];
  for (let failure = 0; failure < 8; failure += 1) {
    const beganMs = time.clock.nowMs();
    await dials.at(-1)?.fail();
    while (dials.length === failure + 1) time.advance(time.nextMs() === null ? 1 : (time.nextMs() ?? 0) - time.clock.nowMs());
    pauses.push(time.clock.nowMs() - beganMs);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((factor) => Math.min(LAST_RETRY_MS, factor * FIRST_RETRY_MS)));
  expect(dials.map(({ tries }) => tries)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('wishing twice is wishing once', () => {
  dialler.wish('peer');
  dialler.wish('peer');
  expect(dialled()).toEqual(['peer']);
});

test('tries nothing while there is no relay, and at once when there is one', () => {
  relayUp = false;
  dialler.wish('peer');
  time.advance(60_000);
  expect(dials).toEqual([]);
  relayUp = true;
  dialler.noteRelayUp();
  time.advance(0);
  expect(dialled()).toEqual(['peer']);
});

test('after an outage of the relay not everybody dials in the same moment', async () => {
  dialler.noteRelayUp();
  relayUp = false;
  dialler.wish('peer');
  relayUp = true;
  dialler.noteRelayUp();
  time.advance(0);
  expect(dials).toEqual([]);
  time.advance(FIRST_RETRY_MS);
  expect(dialled()).toEqual(['peer']);
});

test('leaves a linked peer alone, and dials again when the link is lost', async () => {
  dialler.wish('peer');
  link('peer');
  await dials[0]?.succeed();
  time.advance(3_600_000);
  expect(dials).toHaveLength(1);
  paths.delete('peer');
  dialler.noteLinkDown('peer');
  time.advance(FIRST_RETRY_MS);
  expect(dials).toHaveLength(2);
});

test('a peer that ends every link at once is dialled ever more rarely', async () => {
  dialler.wish('peer');
  let links = 0;
  for (let atMs = 0; atMs < 60_000; atMs += 100) {
    const dial = dials[links];
    if (dial !== undefined) {
      links += 1;
      link('peer');
      await dial.succeed();
      paths.delete('peer');
      dialler.noteLinkDown('peer');
    }
    time.advance(100);
  }
  expect(links).toBeLessThan(8);
});

test('begins again where no link follows a dial', async () => {
  dialler.wish('peer');
  await dials[0]?.succeed();
  time.advance(GREETING_TIMEOUT_MS - 1);
  expect(dials).toHaveLength(1);
  time.advance(1);
  expect(dials).toHaveLength(2);
});

test('gives a peer that dials us the first turn', () => {
  relayUp = false;
  dialler.wish('peer');
  relayUp = true;
  dialler.noteIncoming('peer');
  time.advance(INCOMING_DIAL_MS - 1);
  expect(dials).toEqual([]);
  time.advance(1);
  expect(dialled()).toEqual(['peer']);
});

test('goes on trying for a direct link while there is a relayed one, rarely', async () => {
  dialler.wish('peer');
  link('peer', 'relayed');
  await dials[0]?.fail();
  time.advance(UPGRADE_RETRY_MS - 1);
  expect(dials).toHaveLength(1);
  time.advance(1);
  expect(dials).toHaveLength(2);
});

test('ends a dial whose wish is gone, and does not try again', async () => {
  dialler.wish('peer');
  dialler.unwish('peer');
  await heard();
  expect(dials[0]?.signal.aborted).toBe(true);
  time.advance(3_600_000);
  expect(dials).toHaveLength(1);
});

test('a dial whose ground is gone is tried again almost at once', async () => {
  dialler.wish('peer');
  dialler.noteDialLost('peer');
  await heard();
  time.advance(FIRST_RETRY_MS / 2);
  expect(dials).toHaveLength(2);
});

test('knows whom it wishes for and whom it dials', async () => {
  dialler.wish('peer');
  expect([dialler.isWished('peer'), dialler.isDialling('peer'), dialler.isDialling('other')]).toEqual([true, true, false]);
  link('peer');
  await dials[0]?.succeed();
  expect(dialler.isDialling('peer')).toBe(false);
});
