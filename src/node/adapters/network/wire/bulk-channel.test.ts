// Requests and answers over pieces, between two channels that hand each other frames.
import { expect, test, vi } from 'vitest';
import { AppError, MAX_BULK_FRAME_BYTES } from '../../../base/index.ts';
import { createTimers } from '../../host/clock.ts';
import { unreachable } from '../failures.ts';
import { BULK_PIECE_BYTES, MAX_REQUESTS_SERVED, MAX_REQUESTS_UNDER_WAY, MAX_REQUESTS_WAITING } from '../limits.ts';
import { BulkChannel } from './bulk-channel.ts';
import { LENGTH_BYTES } from './frame-reader.ts';

type Answer = (request: Uint8Array) => Promise<Uint8Array>;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const never: Answer = () => new Promise(() => undefined);

/** Two channels; `carry` moves what waits from one to the other, a frame at a time, and says whether there was one. */
function pair(answerA: Answer, answerB: Answer) {
  const make = (answer: Answer): BulkChannel => new BulkChannel({ timers: createTimers(), answer, onReady: () => undefined });
  const [a, b] = [make(answerA), make(answerB)];
  const carryOne = (from: BulkChannel, to: BulkChannel): boolean => {
    const frame = from.nextFrame();
    if (frame !== null) expect(to.receive(frame.subarray(LENGTH_BYTES))).toBeNull();
    return frame !== null;
  };
  /** Until nothing is left and whatever is being answered is answered. */
  const settle = async (): Promise<void> => {
    for (let idle = 0; idle < 5;) {
      idle = [carryOne(a, b), carryOne(b, a)].includes(true) ? 0 : idle + 1;
      await Promise.resolve();
    }
  };
  return { a, b, settle, carryOne };
}

test('gives each request its answer, whatever order they come in', async () => {
  const waiting: (() => void)[] = [];
  const { a, settle } = pair(never, (request) => new Promise((resolve) => waiting.push(() => resolve(request))));
  const answers = ['one', 'two', 'three'].map((word) => a.request(bytes(word), 5_000));
  await settle();
  for (const answer of waiting.reverse()) answer();
  await settle();
  expect((await Promise.all(answers)).map(text)).toEqual(['one', 'two', 'three']);
});

test('carries what is larger than a piece, and what is empty', async () => {
  const { a, settle } = pair(never, async (request) => request);
  const large = new Uint8Array(3 * BULK_PIECE_BYTES + 1).map((_, at) => at % 251);
  const answers = Promise.all([a.request(large, 5_000), a.request(new Uint8Array(), 5_000)]);
  await settle();
  expect(await answers).toEqual([large, new Uint8Array()]);
});

test('sends pieces in turns: a short answer passes a long one', async () => {
  const { a, settle } = pair(never, async (request) => (text(request) === 'long' ? new Uint8Array(20 * BULK_PIECE_BYTES) : request));
  const order: string[] = [];
  const asked = ['long', 'short'].map((word) => a.request(bytes(word), 5_000).then(() => order.push(word)));
  await settle();
  await Promise.all(asked);
  expect(order).toEqual(['short', 'long']);
});

test('has so many requests under way and no more; the others wait their turn, too many are refused', async () => {
  const { a } = pair(never, never);
  const outcomes: string[] = [];
  for (let at = 0; at < MAX_REQUESTS_UNDER_WAY + MAX_REQUESTS_WAITING + 1; at += 1) {
    a.request(Uint8Array.of(1), 60_000).catch((error: unknown) => outcomes.push((error as AppError).code));
  }
  let frames = 0;
  while (a.nextFrame() !== null) frames += 1;
  expect(frames).toBe(MAX_REQUESTS_UNDER_WAY);
  await vi.waitFor(() => {
    expect(outcomes).toEqual(['refused']);
  });
  a.close(unreachable());
});

test('a request that was given up makes room, and its late answer is ignored', async () => {
  const answers: (() => void)[] = [];
  const { a, settle } = pair(never, (request) => new Promise((resolve) => answers.push(() => resolve(request))));
  const given = Array.from({ length: MAX_REQUESTS_UNDER_WAY }, () => a.request(bytes('old'), 1).catch(() => 'given up'));
  await settle();
  expect(await Promise.all(given)).toEqual(given.map(() => 'given up'));
  const fresh = a.request(bytes('new'), 5_000);
  await settle();
  for (const answer of answers) answer();
  await settle();
  expect(text(await fresh)).toBe('new');
});

test('the answer to a cancelled request is not sent', async () => {
  const answers: (() => void)[] = [];
  const { a, b, settle } = pair(never, () => new Promise((resolve) => answers.push(() => resolve(new Uint8Array(5)))));
  await Promise.all([a.request(bytes('?'), 1).catch(() => undefined), settle()]);
  await settle();
  for (const answer of answers) answer();
  await Promise.resolve();
  expect(b.nextFrame()).toBeNull();
});

test('tells that it is busy instead of running too many handlers', async () => {
  let running = 0;
  const { a, settle } = pair(never, () => {
    running += 1;
    return new Promise(() => undefined);
  });
  // Given up and asked again: an honest asker can come to this with handlers that never end.
  for (let round = 0; round * MAX_REQUESTS_UNDER_WAY < MAX_REQUESTS_SERVED; round += 1) {
    const given = Array.from({ length: MAX_REQUESTS_UNDER_WAY }, () => a.request(bytes('?'), 1).catch(() => undefined));
    await settle();
    await Promise.all(given);
    await settle();
  }
  const busy = expect(a.request(bytes('?'), 5_000)).rejects.toMatchObject({ code: 'refused' });
  await settle();
  await busy;
  expect(running).toBe(MAX_REQUESTS_SERVED);
});

test('fails what waits when it is closed, and refuses what comes after', async () => {
  const { a, settle } = pair(never, never);
  const asked = expect(a.request(bytes('?'), 5_000)).rejects.toMatchObject({ code: 'unreachable' });
  await settle();
  a.close(unreachable());
  await asked;
  await expect(a.request(bytes('?'), 5_000)).rejects.toMatchObject({ code: 'unreachable' });
});

/** A piece as a peer would send it: kind, number, size of the whole, bytes. */
function piece(kind: number, id: number, totalBytes: number, sizeBytes: number): Uint8Array {
  const frame = new Uint8Array(9 + sizeBytes);
  const view = new DataView(frame.buffer);
  view.setUint8(0, kind);
  view.setUint32(1, id);
  view.setUint32(5, totalBytes);
  return frame;
}

test.each([
  ['a kind that does not exist', [piece(99, 1, 0, 0)], 'unknown-kind'],
  ['a head cut short', [Uint8Array.of(1, 0, 0)], 'truncated'],
  ['a whole over the limit', [piece(1, 1, MAX_BULK_FRAME_BYTES + 1, 1)], 'frame-too-large'],
  ['more bytes than the whole', [piece(1, 1, 5, 6)], 'bad-piece'],
  ['a whole that changes its size', [piece(1, 1, 10, 5), piece(1, 1, 9, 4)], 'bad-piece'],
  ['pieces without bytes', [piece(1, 1, 10, 0)], 'bad-piece'],
  ['a number that is being answered', [piece(1, 1, 1, 1), piece(1, 1, 1, 1)], 'bad-piece'],
  ['too many begun and not finished', Array.from({ length: 5 }, (_, id) => piece(1, id, MAX_BULK_FRAME_BYTES, 1)), 'too-much'],
])('refuses %s', (_, frames, reason) => {
  const { b } = pair(never, never);
  const results = frames.map((frame) => b.receive(frame));
  expect(results.at(-1)).toMatchObject({ reason });
});

test('takes an answer that nobody asked for as nothing', () => {
  const { a } = pair(never, never);
  expect(a.receive(piece(2, 77, 10, 10))).toBeNull();
});

test('tells code and message of an AppError, and of other failures nothing', async () => {
  const { a, settle } = pair(never, async (request) => {
    if (text(request) === 'app') throw new AppError({ code: 'gone', message: 'it is gone', remedy: '' });
    throw new Error('inner workings');
  });
  const outcomes = Promise.allSettled([a.request(bytes('app'), 5_000), a.request(bytes('bug'), 5_000)]);
  await settle();
  expect(await outcomes).toMatchObject([
    { reason: { code: 'gone', message: 'it is gone' } },
    { reason: { code: 'refused', message: expect.not.stringContaining('inner') as string } },
  ]);
});
