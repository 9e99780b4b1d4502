// A sample of the model check in groups (2 x 4, two Byzantine voters): a few events in every order, and some long ways through. More of
// it: `npm run sim -- model --groups 2`.
import { describe, expect, test } from 'vitest';
import { PLACEMENTS, exploreGroups, walkGroups } from './model-groups.ts';

describe('two groups of four, two Byzantine voters, two views', () => {
  test.each(PLACEMENTS)('who %s: no order of the first events makes two values final (R2, R5, R9)', (placement) => {
    const report = exploreGroups(placement, 3, 100_000);
    expect(report).toMatchObject({ violation: null, depth: 3 });
    expect(report.states).toBeGreaterThan(50);
  });

  test.each(PLACEMENTS)('who %s: nor does any of some long ways through, which decide something', (placement) => {
    const report = walkGroups(placement, 4, 1);
    expect(report.violation).toBeNull();
    expect(report.decided.length).toBeGreaterThan(0);
  });
});
