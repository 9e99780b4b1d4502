// R0: the quorum formulas, as a table and exhaustively.
import { describe, expect, test } from 'vitest';
import { mayStillFail, quorum, toleratedFaults } from './quorum.ts';

describe('quorum formulas (R0)', () => {
  // members, F, Q with all of them voting, voters that may still fail
  test.each([
    [1, 0, 1, 0],
    [2, 0, 2, 0],
    [3, 0, 2, 1],
    [4, 1, 3, 1],
    [5, 1, 4, 1],
    [6, 1, 4, 2],
    [7, 2, 5, 2],
    [8, 2, 6, 2],
    [9, 2, 6, 3],
    [10, 3, 7, 3],
    [16, 5, 11, 5],
    [100, 33, 67, 33],
    [200, 66, 134, 66],
  ])('%i members: F = %i, Q = %i, %i may still fail', (members, tolerated, needed, spare) => {
    expect(toleratedFaults(members)).toBe(tolerated);
    expect(quorum(members, tolerated)).toBe(needed);
    expect(mayStillFail(members, tolerated)).toBe(spare);
  });

  test('at 6 members 2F+1 = 3 would let two quorums miss each other; Q = 4 does not', () => {
    expect(2 * (2 * toleratedFaults(6) + 1) - 6).toBeLessThan(toleratedFaults(6) + 1);
    expect(2 * quorum(6, 1) - 6).toBeGreaterThanOrEqual(toleratedFaults(6) + 1);
  });

  test('any two quorums share F+1 voters, and with F silent members there still is one', () => {
    for (let members = 1; members <= 400; members += 1) {
      const tolerated = toleratedFaults(members);
      for (let voters = 1; voters <= members; voters += 1) {
        const needed = quorum(voters, tolerated);
        expect(2 * needed - voters).toBeGreaterThanOrEqual(tolerated + 1);
        expect(2 * (needed - 1) - voters).toBeLessThan(tolerated + 1);
      }
      expect(mayStillFail(members, tolerated)).toBeGreaterThanOrEqual(tolerated);
    }
  });

  test('F stays when members fall asleep: fewer voters, the same F, a larger share of them (R17)', () => {
    expect(quorum(10, 3)).toBe(7);
    expect(quorum(8, 3)).toBe(6);
    expect(mayStillFail(7, 3)).toBe(1);
    expect(mayStillFail(5, 3)).toBe(0);
    expect(mayStillFail(3, 3)).toBe(-1);
  });
});
