// A stream as frames: order under back pressure, bounds, one end with one reason.
import type { Stream } from '@libp2p/interface';
import { streamPair } from '@libp2p/utils';
import { expect, test, vi } from 'vitest';
import { FramedStream } from './framed-stream.ts';

const LIMITS = { maxPayloadBytes: 1_000, maxQueueBytes: 50_000 };

async function pair(capacity?: number): Promise<readonly [FramedStream, FramedStream, Stream]> {
  const [one, other] = await streamPair(capacity === undefined ? {} : { capacity });
  return [new FramedStream(one, LIMITS), new FramedStream(other, LIMITS), one];
}

function reasonOf(stream: FramedStream): Promise<string> {
  return new Promise((resolve) => {
    stream.whenEnded(resolve);
  });
}

test('keeps the order of frames while the stream pushes back', async () => {
  const [one, other] = await pair(2);
  const kinds: number[] = [];
  other.listen((frame) => kinds.push(frame[0] ?? -1));
  const sent = Array.from({ length: 40 }, (_, kind) => kind);
  for (const kind of sent) one.send(kind, new Uint8Array(900));
  await vi.waitFor(() => {
    expect(kinds).toEqual(sent);
  });
  expect(one.bytesSent).toBe(40 * 905);
  expect(other.bytesReceived).toBe(40 * 905);
});

test('asks the source only when nothing is queued', async () => {
  const [one, other] = await pair();
  const kinds: number[] = [];
  other.listen((frame) => kinds.push(frame[0] ?? -1));
  const pieces = [Uint8Array.of(0, 0, 0, 1, 100), Uint8Array.of(0, 0, 0, 1, 101)];
  one.send(1);
  one.drawFrom(() => pieces.shift() ?? null);
  one.send(2);
  await vi.waitFor(() => {
    expect(kinds.toSorted((a, b) => a - b)).toEqual([1, 2, 100, 101]);
  });
});

test('ends when more waits than the limit: a slow peer is let go', async () => {
  const [one, other] = await pair(1);
  other.listen(() => undefined);
  for (let at = 0; at < 2_000 && !one.ended; at += 1) one.send(1, new Uint8Array(900));
  expect(await reasonOf(one)).toBe('send queue over its limit');
});

test('ends at a frame over the limit, with a reason, and takes nothing more', async () => {
  const [, other, raw] = await pair();
  const frames: Uint8Array[] = [];
  other.listen((frame) => frames.push(frame));
  raw.send(Uint8Array.of(0, 0, 0xff, 0xff, 1, 1, 1));
  expect(await reasonOf(other)).toBe('frame-too-large');
  expect(frames).toEqual([]);
});

test('keeps frames that come before anybody listens, one listener after the other', async () => {
  const [one, other] = await pair();
  for (const kind of [1, 2, 3]) one.send(kind);
  await vi.waitFor(() => {
    expect(other.bytesReceived).toBe(15);
  });
  const first: number[] = [];
  const rest: number[] = [];
  other.listenOnce((frame) => first.push(frame[0] ?? -1));
  other.listen((frame) => rest.push(frame[0] ?? -1));
  expect([first, rest]).toEqual([[1], [2, 3]]);
});

test('keeps no more of them than the limit', async () => {
  const [one, other] = await pair();
  for (let at = 0; at < 60; at += 1) one.send(1, new Uint8Array(900));
  expect(await reasonOf(other)).toBe('too much before it was asked for');
});

test('tells the other end that it ended', async () => {
  const [one, other] = await pair();
  one.end('enough');
  await reasonOf(other);
  expect(other.ended).toBe(true);
  one.send(1);
});
