// Photos lose what they tell beside the picture, and nothing of the picture; what cannot be walked is refused, never sealed as it is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRACES, jpeg, png, tiff, webp } from '../../../../tests/vectors/photos.ts';
import { type Rejection, isRejection } from '../../base/index.ts';
import { type FilePlan, planFile } from './index.ts';
import { orientationOf, orientationOnly } from './orientation.ts';

function planned(bytes: Uint8Array): FilePlan | Rejection {
  const walk = planFile(bytes.byteLength);
  let step = walk.next();
  for (let looks = 0; step.done !== true; looks += 1) {
    if (looks > 10_000) throw new Error('a walk that does not end');
    step = walk.next(bytes.slice(step.value.from, step.value.to));
  }
  return step.value;
}

function sealedOf(bytes: Uint8Array): Uint8Array {
  const plan = planned(bytes);
  if (isRejection(plan)) throw new Error(plan.detail);
  const parts = plan.pieces.map((piece) => ('made' in piece ? piece.made : bytes.slice(piece.from, piece.to)));
  const whole = Uint8Array.from(Buffer.concat(parts));
  expect(whole.byteLength).toBe(plan.sizeBytes);
  return whole;
}

const holds = (bytes: Uint8Array, word: string): boolean => Buffer.from(bytes).includes(Buffer.from(word, 'latin1'));

describe('photos', () => {
  test.each([
    ['JPEG', jpeg],
    ['PNG', png],
    ['WebP', webp],
  ])('of a %s exactly the picture is left, and which side is up', (_, make) => {
    for (const orientation of [1, 3, 6, 8]) {
      const { photo, clean } = make(orientation);
      expect(Buffer.from(sealedOf(photo)).equals(clean)).toBe(true);
    }
  });

  test.each([
    ['JPEG', jpeg],
    ['PNG', png],
    ['WebP', webp],
  ])('of a %s no place, device, comment, time, second picture or trailer is left', (_, make) => {
    const { photo } = make();
    expect(TRACES.filter((trace) => holds(photo, trace)).length).toBeGreaterThan(2);
    expect(TRACES.filter((trace) => holds(sealedOf(photo), trace))).toEqual([]);
  });

  test.each([
    ['JPEG', jpeg],
    ['PNG', png],
    ['WebP', webp],
  ])('what was taken out of a %s stays out: a second time nothing changes', (_, make) => {
    const once = sealedOf(make().photo);
    expect(Buffer.from(sealedOf(once)).equals(once)).toBe(true);
  });

  test('a scan longer than one look ends where it ends, also with a marker across the border', () => {
    const { photo } = jpeg();
    const at = Buffer.from(photo).indexOf(Buffer.from([0x12, 0xff, 0x00, 0x34]));
    for (const extra of [1024 * 1024 - 9, 1024 * 1024 - 8, 1024 * 1024 - 7, 2 * 1024 * 1024]) {
      const long = Buffer.concat([photo.subarray(0, at), Buffer.alloc(extra, 0x55), photo.subarray(at)]);
      const sealed = sealedOf(Uint8Array.from(long));
      expect(sealed.byteLength).toBe(jpeg().clean.byteLength + extra);
      expect(TRACES.some((trace) => holds(sealed, trace))).toBe(false);
    }
  });

  test('PDF and DICOM stay as they are; anything else is refused, whatever it is called', () => {
    const pdf = new TextEncoder().encode('%PDF-1.7 …');
    expect(sealedOf(pdf)).toEqual(pdf);
    const dicom = new Uint8Array(200);
    dicom.set(new TextEncoder().encode('DICM'), 128);
    expect(sealedOf(dicom)).toEqual(dicom);
    for (const bytes of [new TextEncoder().encode('<svg onload=alert(1)>'), new TextEncoder().encode('GIF89a'), new Uint8Array(500)]) {
      expect(planned(bytes)).toMatchObject({ reason: 'unknown-kind' });
    }
    expect(planned(new Uint8Array())).toMatchObject({ reason: 'empty-file' });
  });

  test('a picture that is cut off or damaged ends with a plan or a refusal, and its metadata never passes (fuzz)', () => {
    const photos = [jpeg().photo, png().photo, webp().photo];
    const damaged = fc.tuple(fc.constantFrom(...photos), fc.nat(), fc.nat(255), fc.nat()).map(([photo, at, value, end]) => {
      const bytes = photo.slice(0, 20 + (end % (photo.byteLength - 20)));
      bytes[16 + (at % Math.max(1, bytes.byteLength - 16))] = value;
      return bytes;
    });
    fc.assert(
      fc.property(damaged, (bytes) => {
        const plan = planned(bytes);
        if (isRejection(plan)) return ['bad-image', 'unknown-kind'].includes(plan.reason);
        return plan.pieces.every((piece) => 'made' in piece || (piece.from < piece.to && piece.to <= bytes.byteLength));
      }),
      { numRuns: 600 },
    );
  });

  test('orientation is read in both byte orders, and a structure that lies is upright', () => {
    for (const little of [true, false]) for (const side of [1, 6, 8]) expect(orientationOf(tiff(side, little))).toBe(side);
    expect(orientationOf(orientationOnly(7))).toBe(7);
    expect(orientationOf(tiff(9, true))).toBe(1);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => orientationOf(bytes) >= 1 && orientationOf(bytes) <= 8));
  });
});
