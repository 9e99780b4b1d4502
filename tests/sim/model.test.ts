// A sample of the model check: the whole space where the Byzantine voter leads view 1, the beginning of it where it leads view 0
// and may propose two values at once. All of it: `npm run sim -- model`.
import { expect, test } from 'vitest';
import { explore } from './model.ts';
import { FORKS } from './mutations.ts';
import { plant } from './planted.ts';
import { FORK_SEARCH } from './scenarios.ts';

test('with a Byzantine leader of view 1 no order of events makes two values final (R2, R5)', () => {
  const report = explore({ views: 2, byzantineLeads: 1, restarts: false, maxStates: 20_000 });
  expect(report).toMatchObject({ violation: null, complete: true, states: 3722 });
  // Both values are within reach, so that the check has something to find.
  expect(report.decided).toHaveLength(2);
});

test('with a Byzantine leader of view 0 nothing is found in the first states', () => {
  expect(explore({ views: 2, byzantineLeads: 0, restarts: false, maxStates: 400 })).toMatchObject({ violation: null });
});

test('with restarts that leave only the row nothing is found in the first states (R3)', () => {
  expect(explore({ views: 2, byzantineLeads: 1, restarts: true, maxStates: 400 })).toMatchObject({ violation: null });
});

test('with R2, R5 or the quorum switched off it finds the fork', { timeout: 400_000 }, async () => {
  const lines: string[] = [];
  expect(await plant(FORKS, (line) => lines.push(line), FORK_SEARCH.name)).toEqual({ planted: 3, caught: 3, escaped: [] });
  for (const line of lines) expect(line).toContain('two values are final');
});
