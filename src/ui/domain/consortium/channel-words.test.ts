// Words about channels.
import { describe, expect, test } from 'vitest';
import type { ChannelView } from '../../node.ts';
import { kindWords, memberWords, paceWords, survivedBy, survivesWords } from './channel-words.ts';

const settings = { kind: 'private', blockMs: 600_000, blockSlips: 128 };

function channel(change: object): ChannelView {
  return { state: 'running', tolerated: 1, mayStillFail: 1, settings, ...change } as ChannelView;
}

describe('a channel', () => {
  test('of fewer than four members survives 0, and says so (P3-18)', () => {
    expect([1, 3, 4, 7].map(survivedBy)).toEqual([0, 0, 1, 2]);
    expect(survivesWords(channel({ tolerated: 0, mayStillFail: 0 }))).toBe('survives 0; no voter may be away now');
    expect(survivesWords(channel({}))).toBe('survives 1; 1 voter may be away now');
    expect(survivesWords(channel({ state: 'invited' }))).toBe('not running here');
  });

  test('says what it is and when its blocks are made (P3-17)', () => {
    expect([kindWords(channel({})), paceWords(channel({}))]).toEqual(['private chain', 'a block at 128 entries or 10 min']);
    expect(paceWords(channel({ settings: { ...settings, blockMs: 0 } }))).toBe('a block at once');
  });

  test('names who has left as gone, also while its seat is not given back', () => {
    expect([memberWords('left', true), memberWords('joined', true), memberWords('joined', false)]).toEqual(['left', 'votes', 'no vote']);
  });
});
