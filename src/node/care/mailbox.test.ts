// A keeper's mailbox: who may post, how much, for how long (R18).
import { beforeEach, expect, test } from 'vitest';
import { type MemoryDisk, type MemoryTime, createMemoryDisk, createMemoryStores, createMemoryTime } from '../adapters/memory.ts';
import { LETTER_LIFETIME_MS, MAX_LETTERS_PER_RECIPIENT, type PartyId, isRejection } from '../base/index.ts';
import type { Certificate, Role } from '../contracts/index.ts';
import type { Correspondent } from './access.ts';
import type { Box, Letter, LetterId } from './letter.ts';
import {
  APPLICATION_LIFETIME_MS,
  MAX_APPLICATIONS,
  MAX_APPLICATION_BYTES,
  MAX_COLLECTED_LETTERS,
  MAX_LETTERS_PER_POSTER,
  STRANGER_POSTS_PER_MINUTE,
} from './limits.ts';
import { Mailbox } from './mailbox.ts';
import type { Post } from './requests.ts';

const id = (count: number): string => count.toString(16).padStart(32, '0');
const [clinic, patient, centre] = [id(1), id(2), id(3)] as [PartyId, PartyId, PartyId];
const roles: ReadonlyMap<string, Role> = new Map<string, Role>([
  [clinic, 'clinic'],
  [patient, 'patient'],
  [centre, 'authority'],
]);

let disk: MemoryDisk;
let time: MemoryTime;
let mailbox: Mailbox;
let told: Box[];

function open(): Mailbox {
  return new Mailbox({
    notes: createMemoryStores(disk).notes,
    clock: time.clock,
    certificateOf: (party) => (roles.has(party) || party.startsWith('f') ? ({ role: roles.get(party) ?? 'clinic' } as Certificate) : null),
    onLetter: (box) => told.push(box),
  });
}

beforeEach(() => {
  disk = createMemoryDisk();
  time = createMemoryTime(1_000);
  told = [];
  mailbox = open();
});

const letter = (count: number, to: string = patient, sizeBytes = 100): Letter => ({
  id: id(count) as LetterId,
  to: to as Box,
  wrappedKey: new Uint8Array(80),
  sealed: new Uint8Array(sizeBytes),
});
const from = (party: PartyId | null, peer = 'a'): Correspondent => ({ peer, party });

async function post(sender: Correspondent, posted: Letter, purpose: Post['purpose'] = 'letter'): Promise<string> {
  const refused = await mailbox.post(sender, { purpose, letter: posted });
  return isRejection(refused) ? refused.reason : 'kept';
}

const waiting = async (box: string = patient): Promise<number> => (await mailbox.collect(box as Box, [])).letters.length;

test('a letter waits until it is taken, over a restart of the keeper', async () => {
  expect(await post(from(clinic), letter(10))).toBe('kept');
  expect(told).toEqual([patient]);
  mailbox = open();
  await mailbox.load();
  expect(await waiting()).toBe(1);
  await mailbox.discard(patient as string as Box, [id(10) as LetterId]);
  expect(await waiting()).toBe(0);
  expect(disk.notes.get('care-mailbox')?.size).toBe(0);
});

test('the same letter posted twice is kept once, and announced once', async () => {
  await post(from(clinic), letter(10));
  expect(await post(from(clinic), letter(10))).toBe('kept');
  expect(await waiting()).toBe(1);
  expect(told).toHaveLength(1);
});

test('only certified parties post letters, and only to parties', async () => {
  expect(await post(from(null), letter(10))).toBe('not-certified');
  expect(await post(from(id(9) as PartyId), letter(10))).toBe('not-certified');
  expect(await post(from(clinic), letter(10, id(99)))).toBe('unknown-recipient');
});

test('a stranger leaves an application for a supervision centre, small and nothing else', async () => {
  expect(await post(from(null), letter(10, patient), 'application')).toBe('not-for-strangers');
  expect(await post(from(null), letter(10, centre, MAX_APPLICATION_BYTES), 'application')).toBe('oversized');
  expect(await post(from(null), letter(10, centre), 'application')).toBe('kept');
});

test('strangers are heard at a bounded rate, each and all together', async () => {
  for (let count = 0; count < STRANGER_POSTS_PER_MINUTE; count += 1)
    expect(await post(from(null), letter(10, centre), 'application')).toBe('kept');
  expect(await post(from(null), letter(10, centre), 'application')).toBe('too-often');
  expect(await post(from(null, 'b'), letter(11, centre), 'application')).toBe('kept');
  time.advance(60_000);
  expect(await post(from(null), letter(10, centre), 'application')).toBe('kept');
  for (let count = 0; count < 300; count += 1) await post(from(null, `peer ${count}`), letter(10, centre), 'application');
  expect(await post(from(null, 'last'), letter(12, centre), 'application')).toBe('too-often');
});

test('applications fill a bounded part of the box and never displace letters', async () => {
  for (let count = 0; count < MAX_APPLICATIONS; count += 1) {
    if (count % 200 === 199) time.advance(60_000);
    expect(await post(from(null, `peer ${count}`), letter(1_000 + count, centre), 'application')).toBe('kept');
  }
  expect(await post(from(null, 'one more'), letter(5_000, centre), 'application')).toBe('mailbox-full');
  expect(await post(from(clinic), letter(6_000, centre))).toBe('kept');
});

test('letters are bounded per recipient, and per poster over all recipients', async () => {
  for (let count = 0; count < MAX_LETTERS_PER_RECIPIENT; count += 1) await post(from(clinic), letter(count));
  expect(await post(from(clinic), letter(9_999))).toBe('mailbox-full');
  for (let count = MAX_LETTERS_PER_RECIPIENT; count < MAX_LETTERS_PER_POSTER; count += 1) {
    expect(await post(from(clinic), letter(count, `f${id(count % 4).slice(1)}`))).toBe('kept');
  }
  expect(await post(from(clinic), letter(9_999, `f${id(9).slice(1)}`))).toBe('too-many-letters');
  await mailbox.discard(patient as string as Box, [id(0) as LetterId]);
  expect(await post(from(clinic), letter(9_999, `f${id(9).slice(1)}`))).toBe('kept');
});

test('one answer holds a bounded number of letters, oldest first; the rest comes with the next', async () => {
  for (let count = 0; count < MAX_COLLECTED_LETTERS + 5; count += 1) {
    time.advance(1);
    await post(from(clinic), letter(count));
  }
  const first = await mailbox.collect(patient as string as Box, []);
  expect([first.letters.length, first.more, first.letters[0]?.letter.id]).toEqual([MAX_COLLECTED_LETTERS, true, id(0)]);
  const rest = await mailbox.collect(
    patient as string as Box,
    first.letters.map((entry) => entry.letter.id),
  );
  expect([rest.letters.length, rest.more]).toEqual([5, false]);
});

test('what nobody fetches is forgotten in time; an application that is repeated is not', async () => {
  await post(from(clinic), letter(10));
  await post(from(null), letter(11, centre), 'application');
  time.advance(APPLICATION_LIFETIME_MS / 2);
  await post(from(null), letter(11, centre), 'application');
  time.advance(APPLICATION_LIFETIME_MS / 2 + 1);
  await mailbox.expire();
  expect([await waiting(), await waiting(centre)]).toEqual([1, 1]);
  time.advance(LETTER_LIFETIME_MS);
  await mailbox.expire();
  expect([await waiting(), await waiting(centre)]).toEqual([0, 0]);
});

test('a full disk refuses the letter and keeps no trace of it', async () => {
  disk.full = true;
  await expect(mailbox.post(from(clinic), { purpose: 'letter', letter: letter(10) })).rejects.toMatchObject({ code: 'storage-full' });
  disk.full = false;
  expect(await post(from(clinic), letter(10))).toBe('kept');
});
