// Who says which members are the true ones, and who has to wait for that word (R13).
import { expect, test } from 'vitest';
import type { Digest } from '../base/index.ts';
import { Consortium, Person } from '../ledger/consortium.ts';
import { COUNTERSIGNED_RECENTLY_MS, COUNTERSIGN_EVERY_MS, countersignDue, countersignedMs, isConfirmed } from './countersign.ts';

const clinic = new Person('North', 'clinic');
const consortium = (): Consortium => new Consortium({ clinics: [clinic], settings: { archiveQuorum: false } });

test('the supervision centre countersigns the open epoch once a day is over', () => {
  const on = consortium();
  expect(countersignDue(on.ledger.state, on.nowMs)).toBeNull();
  on.nowMs += COUNTERSIGN_EVERY_MS;
  const due = countersignDue(on.ledger.state, on.nowMs)!;
  expect(due).toEqual({ kind: 'countersign', epoch: on.ledger.configuration.epoch, configuration: on.ledger.configuration.digest });
  expect(on.do(on.authority, due)).toBe('done');
  expect(countersignDue(on.ledger.state, on.nowMs)).toBeNull();
  expect(countersignedMs(on.ledger.state)).toBe(on.ledger.head.timestampMs);
});

test.each([
  ['a clinic', clinic, {}, 'not-the-authority'],
  ['an epoch that never was', null, { epoch: 7 }, 'unknown-epoch'],
  ['other members', null, { configuration: 'ab'.repeat(32) as Digest }, 'other-configuration'],
] as const)('%s: refused, and nothing is countersigned', (_name, author, change, reason) => {
  const on = consortium();
  const founded = countersignedMs(on.ledger.state);
  const { epoch, digest } = on.ledger.configuration;
  on.nowMs += COUNTERSIGN_EVERY_MS;
  expect(on.do(author ?? on.authority, { kind: 'countersign', epoch, configuration: digest, ...change })).toBe(reason);
  expect(countersignedMs(on.ledger.state)).toBe(founded);
});

test('whoever was away for long believes the members only by a recent word; whoever was not needs none', () => {
  const on = consortium();
  const seenMs = on.nowMs;
  expect(isConfirmed(on.ledger.state, seenMs, seenMs + COUNTERSIGNED_RECENTLY_MS)).toBe(true);
  on.nowMs += COUNTERSIGNED_RECENTLY_MS + COUNTERSIGN_EVERY_MS;
  expect(isConfirmed(on.ledger.state, seenMs, on.nowMs)).toBe(false);
  expect(isConfirmed(on.ledger.state, on.nowMs - COUNTERSIGN_EVERY_MS, on.nowMs)).toBe(true);
  on.do(on.authority, countersignDue(on.ledger.state, on.nowMs)!);
  expect(isConfirmed(on.ledger.state, seenMs, on.nowMs)).toBe(true);
});
