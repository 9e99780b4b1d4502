// Cutting a stream of bytes into frames.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRejection } from '../../../base/index.ts';
import { FrameReader, frameOf } from './frame-reader.ts';

const MAX = 100;

function readAll(chunks: readonly Uint8Array[]): Uint8Array[] {
  const reader = new FrameReader(MAX);
  return chunks.flatMap((chunk) => {
    const frames = reader.push(chunk);
    if (isRejection(frames)) throw new Error(frames.reason);
    return [...frames];
  });
}

test('gives the frames that were written, however the bytes are cut', () => {
  const payload = fc.uint8Array({ maxLength: MAX });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(255), payload), { maxLength: 20 }), fc.array(fc.nat(50), { maxLength: 100 }), (written, cuts) => {
      const bytes = Uint8Array.from(written.flatMap(([kind, body]) => [...frameOf(kind, body)]));
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const cut of cuts) {
        chunks.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      chunks.push(bytes.subarray(at));
      expect(readAll(chunks)).toEqual(written.map(([kind, body]) => Uint8Array.of(kind, ...body)));
    }),
  );
});

test('refuses a frame of no bytes: it has no kind', () => {
  expect(new FrameReader(MAX).push(new Uint8Array(4))).toMatchObject({ reason: 'malformed-length' });
});

test('refuses a length over the limit before any of the frame came', () => {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, MAX + 2);
  expect(new FrameReader(MAX).push(head)).toMatchObject({ reason: 'frame-too-large' });
  new DataView(head.buffer).setUint32(0, 0xff_ff_ff_ff);
  expect(new FrameReader(MAX).push(head)).toMatchObject({ reason: 'frame-too-large' });
});

test('copies what is written: the writer may change it afterwards', () => {
  const body = Uint8Array.of(1, 2, 3);
  const frame = frameOf(9, body);
  body.fill(0);
  expect([...frame]).toEqual([0, 0, 0, 4, 9, 1, 2, 3]);
});
