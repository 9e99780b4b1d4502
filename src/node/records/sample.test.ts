// Invented patients: repeatable, in order, whole.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../crypto/index.ts';
import { textToBytes } from '../codec/index.ts';
import { type FhirResource, resourcesOf, textOf } from './bundle.ts';
import { dayNumber, isoDay, yearsBetween } from './calendar.ts';
import { createDice } from './sample-dice.ts';
import { samplePatient } from './sample.ts';
import { patientOf } from './summary.ts';

describe('samples', () => {
  test('are the same for a seed on every engine: this digest is part of the promise', () => {
    expect(samplePatient({ seed: 7, visits: 5 })).toEqual(samplePatient({ seed: 7, visits: 5 }));
    expect(digestOf(textToBytes(JSON.stringify(samplePatient({ seed: 7, visits: 5 }))))).toMatchInlineSnapshot(
      `"42fe506c16e3dbb030d72da5e35c42282c077625ae668f4f1716636d106e9d13"`,
    );
  });

  test('differ from seed to seed', () => {
    const people = Array.from({ length: 50 }, (_, seed) => JSON.stringify(patientOf(samplePatient({ seed, visits: 1 }))));
    expect(new Set(people).size).toBeGreaterThan(45);
  });

  test('have as many visits as asked for, in order, after birth', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 30 }), (seed, visits) => {
        const bundle = samplePatient({ seed, visits });
        const starts = resourcesOf(bundle)
          .filter((resource) => resource.resourceType === 'Encounter')
          .map((resource) => textOf((resource.period as { start?: unknown }).start));
        expect(starts).toHaveLength(visits);
        const days = starts.map((start) => start.slice(0, 10));
        expect(days).toEqual(days.toSorted());
        expect((days[0] ?? '') >= (patientOf(bundle)?.birthDate ?? '')).toBe(true);
        expect((days.at(-1) ?? '') < '2026-03-01').toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('refer only to what they hold', () => {
    const bundle = samplePatient({ seed: 11, visits: 8 });
    const names = new Set(resourcesOf(bundle).map((resource: FhirResource) => `urn:uuid:${textOf(resource.id)}`));
    const references = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/gu)].map((match) => match[1]);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) expect(names).toContain(reference);
  });
});

test('dice are fair enough and stay in their bounds', () => {
  const dice = createDice(1);
  const counts = new Array<number>(6).fill(0);
  for (let throws = 0; throws < 6_000; throws += 1) counts[dice.below(6)] = (counts[dice.below(6)] ?? 0) + 1;
  for (let throws = 0; throws < 1_000; throws += 1) expect(Math.abs(dice.around(10, 3) - 10)).toBeLessThanOrEqual(3);
  expect(new Set(Array.from({ length: 600 }, () => dice.below(6))).size).toBe(6);
});

test('days and numbers go there and back, over leap years and centuries', () => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), (day) => {
      expect(dayNumber(isoDay(day))).toBe(day);
    }),
  );
  expect(isoDay(0)).toBe('1970-01-01');
  expect(isoDay(dayNumber('2000-02-28') + 1)).toBe('2000-02-29');
  expect(isoDay(dayNumber('1900-02-28') + 1)).toBe('1900-03-01');
  expect(yearsBetween('2000-02-29', '2018-02-28')).toBe(17);
  expect(yearsBetween('2000-02-29', '2018-03-01')).toBe(18);
});
