// Whom a slip of somebody else is passed on to, and when (R7, R8, R10).
import { beforeEach, expect, test } from 'vitest';
import type { ChannelId, PartyId } from '../base/index.ts';
import type { Slip } from '../contracts/index.ts';
import { SlipRelay, type SlipRoute } from './slip-relay.ts';

const party = (byte: string): PartyId => byte.repeat(16) as PartyId;
const [self, first, second, author] = [party('11'), party('22'), party('33'), party('44')];
const slip: Slip = {
  body: { protocol: 1, channel: '55'.repeat(32) as ChannelId, author, counter: 0, timestampMs: 1, action: { kind: 'leave' } },
  signature: new Uint8Array(64),
  consent: null,
};

let leader: PartyId;
let waits: boolean;
let rests: boolean;
let later: SlipRoute['later'];
let sent: string[];
let relay: SlipRelay;

beforeEach(() => {
  [leader, waits, sent] = [first, true, []];
  rests = false;
  later = [{ ticks: 2, parties: [author] }];
  relay = new SlipRelay({
    self,
    route: () => ({ first: leader, later }),
    waits: () => waits,
    rests: () => rests,
    sendTo: (to) => sent.push(...to),
  });
});

test('a new slip goes to the leader alone', () => {
  relay.came(slip);
  expect(sent).toEqual([first]);
});

test('a height that ends without it makes it known to the next leader', () => {
  relay.came(slip);
  leader = second;
  relay.grew();
  expect(sent).toEqual([first, second]);
});

test('one that has waited for a whole tick is told to everybody, once', () => {
  relay.came(slip);
  for (let tick = 0; tick < 5; tick += 1) relay.tick();
  relay.grew();
  expect(sent).toEqual([first, author]);
});

test('one that is final is told to nobody any more', () => {
  relay.came(slip);
  waits = false;
  relay.grew();
  for (let tick = 0; tick < 5; tick += 1) relay.tick();
  expect(sent).toEqual([first]);
});

test('a leader proposes it and tells nobody, unless its height ends without it', () => {
  leader = self;
  relay.came(slip);
  expect(sent).toEqual([]);
  leader = second;
  relay.grew();
  expect(sent).toEqual([second]);
});

test('stage after stage: the own group, then the author of another one (R8, R10)', () => {
  later = [
    { ticks: 2, parties: [author, self] },
    { ticks: 4, parties: [second] },
  ];
  relay.came(slip);
  for (let tick = 0; tick < 3; tick += 1) relay.tick();
  expect(sent).toEqual([first, author]);
  relay.tick();
  expect(sent).toEqual([first, author, second]);
});

test('one that is on its way in a batch is left alone while it is', () => {
  relay.came(slip);
  rests = true;
  for (let tick = 0; tick < 9; tick += 1) relay.tick();
  expect(sent).toEqual([first]);
  rests = false;
  for (let tick = 0; tick < 2; tick += 1) relay.tick();
  expect(sent).toEqual([first, author]);
});

test('handed out again by its author it goes on where it was', () => {
  relay.came(slip);
  relay.tick();
  relay.came(slip);
  relay.tick();
  expect(sent).toEqual([first, author]);
});
