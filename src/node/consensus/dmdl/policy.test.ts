// Endorsement policies (P1-02): one canonical form, bounds, what satisfies them, who is missing, and that text and bytes agree.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRejection } from '../../base/index.ts';
import { decode, encode } from '../../codec/index.ts';
import { party } from '../transcript.ts';
import {
  type Policy,
  MAX_POLICY_BYTES,
  MAX_POLICY_LEAVES,
  canonicalPolicy,
  describePolicy,
  judgePolicy,
  parsePolicy,
  policy,
  policyRefusal,
} from './index.ts';

const ROLES = ['clinic', 'archive', 'authority'];
const member = (index: number): Policy => ({ kind: 'member', party: party(index) });
const role = (name: string, count = 1): Policy => ({ kind: 'role', role: name, count });
const endorser = (index: number, ...roles: readonly string[]) => ({ party: party(index), roles });

const leaf: fc.Arbitrary<Policy> = fc.oneof(
  fc.integer({ min: 0, max: 5 }).map(member),
  fc.tuple(fc.constantFrom(...ROLES), fc.integer({ min: 1, max: 3 })).map(([name, count]) => role(name, count)),
);
const { expression } = fc.letrec<{ expression: Policy }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('expression'), { minLength: 1, maxLength: 3 }))
      .map(([kind, of]): Policy => ({ kind, of })),
    fc
      .tuple(fc.nat(), fc.array(tie('expression'), { minLength: 1, maxLength: 3 }))
      .map(([k, of]): Policy => ({ kind: 'k-of', k: (k % of.length) + 1, of })),
  ),
}));
const crowd = fc
  .uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 8 })
  .chain((indexes) => fc.tuple(...indexes.map((index) => fc.subarray(ROLES).map((roles) => endorser(index, ...roles)))));

describe('judging', () => {
  const wanted = canonicalPolicy({
    kind: 'and',
    of: [role('authority'), { kind: 'k-of', k: 2, of: [member(1), member(2), role('clinic', 2)] }],
  });
  test.each([
    ['all that is asked for', [endorser(9, 'authority'), endorser(1), endorser(2)], null],
    ['one endorsement for two leaves', [endorser(9, 'authority'), endorser(1, 'clinic'), endorser(5, 'clinic')], null],
    ['the authority is missing', [endorser(1), endorser(2)], 'role authority'],
    ['one of two', [endorser(9, 'authority'), endorser(1)], `or(member ${party(2)}, 2 role clinic)`],
    ['one clinic of two', [endorser(9, 'authority'), endorser(1), endorser(5, 'clinic')], `or(member ${party(2)}, role clinic)`],
  ])('%s', (_, endorsers, missing) => {
    expect(judgePolicy(wanted, endorsers)).toEqual(missing === null ? { satisfied: true } : { satisfied: false, missing });
  });

  test('more endorsers never make it unsatisfied', () => {
    fc.assert(
      fc.property(expression, crowd, fc.integer({ min: 8, max: 9 }), (any, endorsers, other) => {
        if (!judgePolicy(any, endorsers).satisfied) return;
        expect(judgePolicy(any, [...endorsers, endorser(other, 'clinic')]).satisfied).toBe(true);
      }),
    );
  });

  test('nobody satisfies a policy with no endorsement at all', () => {
    fc.assert(fc.property(expression, (any) => !judgePolicy(any, []).satisfied));
  });
});

describe('the canonical form', () => {
  test('is one for all that mean the same, and means what it came from', () => {
    fc.assert(
      fc.property(expression, crowd, (any, endorsers) => {
        const canonical = canonicalPolicy(any);
        expect(canonicalPolicy(canonical)).toEqual(canonical);
        expect(judgePolicy(canonical, endorsers).satisfied).toBe(judgePolicy(any, endorsers).satisfied);
        const turned = 'of' in any ? { ...any, of: any.of.toReversed() } : any;
        expect(canonicalPolicy(turned)).toEqual(canonical);
      }),
    );
  });

  test('is what bytes and text give back', () => {
    fc.assert(
      fc.property(expression, (any) => {
        const canonical = canonicalPolicy(any);
        if (policyRefusal(canonical) !== null) return;
        expect(decode(policy, encode(policy, canonical), MAX_POLICY_BYTES)).toEqual(canonical);
        expect(parsePolicy(describePolicy(any))).toEqual(canonical);
      }),
    );
  });

  test.each([
    ['1-of is or', { kind: 'k-of', k: 1, of: [member(1), member(2)] }, { kind: 'or', of: [member(1), member(2)] }],
    ['n-of-n is and', { kind: 'k-of', k: 2, of: [member(2), member(1)] }, { kind: 'and', of: [member(1), member(2)] }],
    [
      'and inside and is dissolved',
      { kind: 'and', of: [member(2), { kind: 'and', of: [member(3), member(1)] }] },
      { kind: 'and', of: [member(1), member(2), member(3)] },
    ],
    ['twice the same is once', { kind: 'or', of: [member(1), member(1)] }, member(1)],
  ] as readonly (readonly [string, Policy, Policy])[])('%s', (_, any, canonical) => {
    expect(canonicalPolicy(any)).toEqual(canonical);
    const read = decode(policy, encode(policy, any), MAX_POLICY_BYTES);
    expect(isRejection(read) && read.reason).toBe('malformed');
  });
});

describe('bounds (R18)', () => {
  const nested = (depth: number): Policy =>
    depth === 0 ? member(0) : { kind: depth % 2 === 0 ? 'and' : 'or', of: [member(depth), nested(depth - 1)] };
  test.each([
    ['too deep', nested(5), 'too-deep'],
    ['too many leaves', { kind: 'or', of: Array.from({ length: MAX_POLICY_LEAVES + 1 }, (_, index) => member(index)) }, 'too-many-leaves'],
    ['nothing in it', { kind: 'and', of: [] }, 'malformed-policy'],
    ['k above its operands', { kind: 'k-of', k: 3, of: [member(1), member(2)] }, 'malformed-policy'],
    ['a role that is no word', role('Clinic!'), 'malformed-policy'],
    ['nobody of a role', role('clinic', 0), 'malformed-policy'],
  ] as readonly (readonly [string, Policy, string])[])('%s: %s', (_, any, reason) => {
    expect(policyRefusal(any)?.reason).toBe(reason);
  });

  test.each([
    '',
    'and(',
    'and()',
    'member 12',
    'role',
    '3-of(role a)',
    'role clinic role',
    'or(role a; role b)',
    '4 member',
    'and('.repeat(3_000),
  ])('text %# is refused with a reason', (text) => {
    expect(isRejection(parsePolicy(text))).toBe(true);
  });
});
