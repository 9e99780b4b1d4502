// A sample of the planted bugs and of the twins; all of them: `npm run sim -- planted`, `npm run sim -- twins`. Every mutation has to fit the
// engine as it is, so that the long run never tests less than it says.
import { describe, expect, test } from 'vitest';
import { examine } from './exam.ts';
import { MUTATIONS } from './mutations.ts';
import { plant, textWith } from './planted.ts';
import { SCENARIOS } from './scenarios.ts';
import { runTwins, sampleTwins } from './twins.ts';

/** Those that take long even unchanged: the command runs them. */
const LONG = ['killed', 'swarm, flat', 'swarm, in groups', 'model check'];

describe('planted bugs', () => {
  test('at least 25 faults, each with a rule, and each fits the engine', () => {
    expect(MUTATIONS.length).toBeGreaterThanOrEqual(25);
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
    for (const mutation of MUTATIONS) {
      expect(mutation.rule).toMatch(/^R\d+$/u);
      expect(textWith(mutation)).not.toBe('');
    }
  });

  test('a text that is not there fails loudly', () => {
    expect(() => textWith({ name: 'x', file: 'quorum.ts', find: 'no such text', replace: '' })).toThrow('0 times in quorum.ts');
  });

  test.each(SCENARIOS.filter(({ name }) => !LONG.includes(name)).map(({ name }) => name))('the unchanged engine passes: %s', (name) => {
    expect(examine(name)).toEqual({ by: null, why: null });
  });

  test('one of them, planted in a copy, is caught', async () => {
    const one = MUTATIONS.filter(({ name }) => name === 'says before the row is durable');
    expect(await plant(one, () => {}, 'calm')).toEqual({ planted: 1, caught: 1, escaped: [] });
  });
});

describe('twins (fault 12)', () => {
  test('of four members one runs twice: no split in two rounds makes two blocks final', () => {
    for (let schedule = 0; schedule < 256; schedule += 3) expect(runTwins(4, 0, [(schedule & 15) << 1, (schedule >> 4) << 1])).toEqual([]);
  });

  test('of seven members one runs twice: splits by seed', () => {
    expect(sampleTwins(10, 6).violations).toEqual([]);
  });
});
