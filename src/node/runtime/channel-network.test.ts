// Frames by channel: to its members alone, from its members alone (P1-05).
import { describe, expect, test } from 'vitest';
import type { ChannelId, PartyId } from '../base/index.ts';
import { createMemoryHub, createMemoryLog } from '../adapters/memory.ts';
import { createClock, createTimers } from '../adapters/index.ts';
import { SharedNetwork, channelOfFrame } from './channel-network.ts';
import { type Frame, encodeFrame } from './frames.ts';

const HOME = 'aa'.repeat(32) as ChannelId;
const WARD = 'bb'.repeat(32) as ChannelId;
const status = (channel: ChannelId): Frame => ({ kind: 'status', channel, height: 3, heard: new Uint8Array() });

async function pair() {
  const hub = createMemoryHub({ clock: createClock(), timers: createTimers() });
  const log = createMemoryLog('debug');
  const [left, right] = [hub.network('left'), hub.network('right')];
  await Promise.all([left.start(), right.start()]);
  const up = new Promise<void>((resolve) => right.onEvent(({ kind }) => kind === 'link-up' && resolve()));
  left.connect('right');
  await up;
  return { left, right, log };
}

describe('which channel a frame names', () => {
  const hello: Frame = { kind: 'hello', channel: WARD, party: 'cc'.repeat(16) as PartyId, pledge: null, height: 7, answer: true };
  test.each<Frame>([status(HOME), status(WARD), hello])('$kind', (frame) => {
    expect(channelOfFrame(encodeFrame(frame))).toBe(frame.channel);
  });

  test.each([new Uint8Array(), new Uint8Array(80), encodeFrame(status(HOME)).slice(0, 20), Uint8Array.of(0x82, 0x60)])(
    'nonsense names none',
    (bytes) => {
      expect(channelOfFrame(bytes)).toMatchObject({ reason: 'malformed' });
    },
  );
});

describe('a node in several channels', () => {
  test('hears each frame in the channel that it names, and refuses those of others with a reason', async () => {
    const { left, right, log } = await pair();
    const shared = new SharedNetwork(right, log);
    const heard: string[] = [];
    shared.of(HOME, { admits: () => true, isHome: true }).onFrame(() => heard.push('home'));
    let members: readonly string[] = [];
    shared.of(WARD, { admits: (peer) => members.includes(peer), isHome: false }).onFrame(() => heard.push('ward'));
    const arrived = (reason: string): boolean => log.lines.some((line) => JSON.stringify(line).includes(reason));
    left.send('right', encodeFrame(status(WARD)));
    await expect.poll(() => arrived('not-a-member')).toBe(true);
    members = ['left'];
    for (const channel of [HOME, WARD, 'dd'.repeat(32) as ChannelId]) left.send('right', encodeFrame(status(channel)));
    await expect.poll(() => arrived('unknown-channel')).toBe(true);
    expect(heard).toEqual(['home', 'ward']);
  });

  test('says nothing of a channel to peers that it does not admit, and tells the channel when one is admitted', async () => {
    const { left, right, log } = await pair();
    const shared = new SharedNetwork(left, log);
    let members: readonly string[] = [];
    const ward = shared.of(WARD, { admits: (peer) => members.includes(peer), isHome: false });
    const home = shared.of(HOME, { admits: () => true, isHome: true });
    const events: string[] = [];
    ward.onEvent(({ kind }) => events.push(kind));
    const received: (string | object)[] = [];
    right.onFrame((_peer, bytes) => received.push(channelOfFrame(bytes)));
    ward.send('right', encodeFrame(status(WARD)));
    home.send('right', encodeFrame(status(HOME)));
    expect([ward.links().length, home.links().length]).toEqual([0, 1]);
    await expect.poll(() => received).toEqual([HOME]);
    members = ['right'];
    shared.review();
    ward.send('right', encodeFrame(status(WARD)));
    await expect.poll(() => received).toEqual([HOME, WARD]);
    members = [];
    shared.review();
    expect(events).toEqual(['link-up', 'link-down']);
  });

  test('keeps a link as long as one of its channels wishes for it', async () => {
    const { left, log } = await pair();
    const shared = new SharedNetwork(left, log);
    const home = shared.of(HOME, { admits: () => true, isHome: true });
    const ward = shared.of(WARD, { admits: () => true, isHome: false });
    home.connect('right');
    ward.connect('right');
    ward.disconnect('right');
    expect(left.links()).toHaveLength(1);
    home.disconnect('right');
    expect(left.links()).toHaveLength(0);
  });
});
