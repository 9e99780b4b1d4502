// Channels by ledger transactions, as stories over real blocks (P1-05, P3-03).
import { describe, expect, test } from 'vitest';
import type { ChannelId } from '../base/index.ts';
import { Consortium, Person, people, testSettings } from '../ledger/consortium.ts';
import { MAX_CHANNELS_OPENED, channelIn, channelsOf } from './channel-entries.ts';
import type { Action, ChannelSettings } from './slip.ts';
import { checkSlip } from './check-slip.ts';

const north = new Person('North', 'clinic');
const south = new Person('South', 'clinic');
const ann = new Person('ann', 'patient');
const archives = people('archive', 3);
const settings: ChannelSettings = { ...testSettings, name: 'North, private', kind: 'private', archiveQuorum: false };

function consortium(): Consortium {
  return new Consortium({ archives, others: [north, south, ann] });
}

function idOf(digit: string): ChannelId {
  return digit.repeat(64) as ChannelId;
}

function opening(members: readonly Person[], change: Partial<Extract<Action, { kind: 'open-channel' }>> = {}): Action {
  return { kind: 'open-channel', opened: idOf('a'), settings, members: members.map(({ party }) => party), ...change };
}

const standings = (on: Consortium): readonly string[] =>
  channelIn(on.ledger.state, idOf('a'))?.members.map(({ standing }) => standing) ?? [];

describe('a channel', () => {
  test('is opened for those it names; its opener takes part, the others when they join, until they leave', () => {
    const on = consortium();
    expect(on.do(north, opening([north, ...archives]))).toBe('done');
    expect(standings(on)).toEqual(['joined', 'named', 'named', 'named']);
    expect(channelsOf(on.ledger.state, archives[0]!.party)).toEqual([idOf('a')]);
    expect(on.do(archives[0]!, { kind: 'join-channel', opened: idOf('a') })).toBe('done');
    expect(on.do(archives[0]!, { kind: 'join-channel', opened: idOf('a') })).toBe('already-joined');
    expect(on.do(archives[1]!, { kind: 'leave-channel', opened: idOf('a') })).toBe('done');
    expect(standings(on)).toEqual(['joined', 'joined', 'left', 'named']);
    expect(on.do(archives[1]!, { kind: 'join-channel', opened: idOf('a') })).toBe('has-left');
    expect(channelsOf(on.ledger.state, archives[1]!.party)).toEqual([]);
  });

  test('takes nobody whom it does not name, and none is joined that was not opened', () => {
    const on = consortium();
    on.do(north, opening([north, ...archives]));
    expect(on.do(south, { kind: 'join-channel', opened: idOf('a') })).toBe('not-named');
    expect(on.do(south, { kind: 'join-channel', opened: idOf('b') })).toBe('unknown-channel');
    expect(on.do(south, { kind: 'leave-channel', opened: idOf('a') })).toBe('not-named');
  });

  test.each<[string, Person, Action]>([
    ['opener-not-named', north, opening(archives)],
    ['unknown-member', north, opening([north, new Person('stranger', 'archive')])],
    ['no-member-key', north, opening([north, ann])],
    ['other-institution', north, opening([north, south])],
    ['no-member-key', ann, opening([ann])],
  ])('is refused: %s', (reason, author, action) => {
    expect(consortium().do(author, action)).toBe(reason);
  });

  test('is opened once, and a party opens a bounded number (R18)', () => {
    const on = consortium();
    expect(on.do(north, opening([north]))).toBe('done');
    expect(on.do(north, opening([north]))).toBe('known-channel');
    for (let count = 1; count < MAX_CHANNELS_OPENED; count += 1)
      expect(on.do(north, opening([north], { opened: `${idOf('a').slice(2)}${String(count).padStart(2, '0')}` as ChannelId }))).toBe(
        'done',
      );
    expect(on.do(north, opening([north], { opened: idOf('b') }))).toBe('too-many-channels');
  });

  test('is opened on the consortium chain alone', () => {
    const on = new Consortium({ archives, others: [north], settings: { kind: 'shared' } });
    expect(on.do(north, opening([north]))).toBe('not-the-consortium');
  });
});

describe('rules that no channel can have', () => {
  test.each<[string, Partial<ChannelSettings>]>([
    ['second-consortium', { kind: 'consortium' }],
    ['malformed-policy', { endorsement: 'three of the best' }],
    ['no-block-rule', { blockSlips: 0 }],
    ['no-name', { name: ' ' }],
  ])('%s', (reason, change) => {
    const on = consortium();
    const slip = on.slip(north, opening([north], { settings: { ...settings, ...change } }));
    expect(checkSlip(slip)?.reason).toBe(reason);
  });

  test('an endorsement policy that reads is taken', () => {
    const endorsement = 'and(role authority, 2 role clinic)';
    expect(consortium().do(north, opening([north], { settings: { ...settings, endorsement } }))).toBe('done');
  });
});
