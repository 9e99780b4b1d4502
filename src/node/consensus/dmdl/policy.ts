// Endorsement policies (P1-02): who must have endorsed a request, as an expression over members and roles with and, or, k-of. Each
// has one canonical form, so that its digest names it; depth, leaves and bytes are bounded (R18), and judging it takes one look at
// every leaf. A member's one endorsement counts for every leaf that it fits; "two clinics" is a role with a count, never two leaves.
import { type PartyId, type Rejection, ID_BYTES, reject } from '../../base/index.ts';
import { type Codec, MalformedError, encode, hex, list, struct, text, uint, union } from '../../codec/index.ts';

/** Operators inside each other. */
export const MAX_POLICY_DEPTH = 4;
/** Members and roles named in one policy. */
export const MAX_POLICY_LEAVES = 64;
export const MAX_POLICY_BYTES = 4 * 1024;
/** Members that one leaf may ask for. */
const MAX_COUNT = 200;
const MAX_ROLE_CHARS = 32;
const ROLE = /^[a-z][a-z-]*$/u;

export type Policy =
  | { readonly kind: 'member'; readonly party: PartyId }
  /** So many different members of that role. */
  | { readonly kind: 'role'; readonly role: string; readonly count: number }
  | { readonly kind: 'and'; readonly of: readonly Policy[] }
  | { readonly kind: 'or'; readonly of: readonly Policy[] }
  | { readonly kind: 'k-of'; readonly k: number; readonly of: readonly Policy[] };

const leaves = {
  member: struct({ party: hex<PartyId>(ID_BYTES) }),
  role: struct({ role: text(MAX_ROLE_CHARS), count: uint(MAX_COUNT) }),
};

function level(depth: number): Codec<Policy> {
  if (depth === 0) return union(leaves);
  const of = list(level(depth - 1), MAX_POLICY_LEAVES);
  return union({ ...leaves, and: struct({ of }), or: struct({ of }), 'k-of': struct({ k: uint(MAX_POLICY_LEAVES), of }) });
}

const shape = level(MAX_POLICY_DEPTH);

/** Refuses what is not canonical or over a limit, like any other encoding. */
export const policy: Codec<Policy> = {
  toValue: (value) => shape.toValue(value),
  fromValue: (value, path) => {
    const read = shape.fromValue(value, path);
    const refusal = policyRefusal(read);
    if (refusal !== null) throw new MalformedError(`${path || 'policy'}: ${refusal.detail}`);
    return read;
  },
};

/** Why this is no policy that a channel may have, or null. */
export function policyRefusal(candidate: Policy): Rejection | null {
  if (depthOf(candidate) > MAX_POLICY_DEPTH) return reject('too-deep', `operators inside each other: at most ${MAX_POLICY_DEPTH}`);
  if (leavesOf(candidate) > MAX_POLICY_LEAVES) return reject('too-many-leaves', `members and roles: at most ${MAX_POLICY_LEAVES}`);
  const malformed = malformedIn(candidate);
  if (malformed !== null) return reject('malformed-policy', malformed);
  return equal(canonicalPolicy(candidate), candidate) ? null : reject('not-canonical', 'the same policy has another, canonical form');
}

function malformedIn(candidate: Policy): string | null {
  switch (candidate.kind) {
    case 'member':
      return null;
    case 'role':
      if (!ROLE.test(candidate.role)) return 'a role is a word in lower case';
      return candidate.count >= 1 && candidate.count <= MAX_COUNT ? null : `a role is asked for 1 to ${MAX_COUNT} times`;
    default: {
      if (candidate.of.length === 0) return 'an operator without operands';
      if (candidate.kind === 'k-of' && (candidate.k < 1 || candidate.k > candidate.of.length)) return 'k lies between 1 and the operands';
      return candidate.of.map(malformedIn).find((found) => found !== null) ?? null;
    }
  }
}

function depthOf(candidate: Policy): number {
  return 'of' in candidate ? 1 + Math.max(0, ...candidate.of.map(depthOf)) : 0;
}

function leavesOf(candidate: Policy): number {
  return 'of' in candidate ? candidate.of.reduce((sum, operand) => sum + leavesOf(operand), 0) : 1;
}

/**
 * The one form of a policy: 1-of is or, n-of-n is and; an operator inside the same one is dissolved; of equal operands of and, or
 * one stays; one operand alone stands for itself; operands are ordered by their bytes.
 */
export function canonicalPolicy(candidate: Policy): Policy {
  if (!('of' in candidate)) return candidate;
  const of = inOrder(candidate.of.map(canonicalPolicy));
  const [only] = of;
  if (candidate.kind === 'k-of') {
    if (candidate.k === 1) return canonicalPolicy({ kind: 'or', of });
    if (candidate.k === of.length) return canonicalPolicy({ kind: 'and', of });
    return { kind: 'k-of', k: candidate.k, of };
  }
  const { kind } = candidate;
  const flat = inOrder(of.flatMap((operand) => (operand.kind === kind ? operand.of : [operand])));
  const distinct = flat.filter((operand, i) => i === 0 || !equal(operand, flat[i - 1]));
  return distinct.length === 1 && only !== undefined ? (distinct[0] ?? only) : { kind, of: distinct };
}

const unchecked: Codec<Policy> = { toValue: valueOf, fromValue: (value) => value as Policy };

/** Like `shape`, but of any depth: only for comparing what is not checked yet. */
function valueOf(candidate: Policy): unknown {
  switch (candidate.kind) {
    case 'member':
      return ['member', candidate.party];
    case 'role':
      return ['role', candidate.role, candidate.count];
    case 'k-of':
      return ['k-of', candidate.k, candidate.of.map(valueOf)];
    default:
      return [candidate.kind, candidate.of.map(valueOf)];
  }
}

function inOrder(operands: readonly Policy[]): readonly Policy[] {
  return operands.toSorted((a, b) => compareBytes(encode(unchecked, a), encode(unchecked, b)));
}

function equal(a: Policy, b: Policy | undefined): boolean {
  return b !== undefined && compareBytes(encode(unchecked, a), encode(unchecked, b)) === 0;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const differing = a.findIndex((byte, i) => byte !== b[i]);
  if (differing < 0) return a.length - b.length;
  return (a[differing] ?? 0) - (b[differing] ?? -1);
}

/** What is missing is in the words of the policy, so that a person sees who has to endorse still. */
export type PolicyVerdict = { readonly satisfied: true } | { readonly satisfied: false; readonly missing: string };

/** Whether these endorsers satisfy the policy. Each is listed once, with its roles in the channel. */
export function judgePolicy(
  wanted: Policy,
  endorsers: readonly { readonly party: PartyId; readonly roles: readonly string[] }[],
): PolicyVerdict {
  switch (wanted.kind) {
    case 'member':
      return endorsers.some(({ party }) => party === wanted.party) ? satisfied : { satisfied: false, missing: describePolicy(wanted) };
    case 'role': {
      const missing = wanted.count - endorsers.filter(({ roles }) => roles.includes(wanted.role)).length;
      return missing <= 0 ? satisfied : { satisfied: false, missing: describePolicy({ ...wanted, count: missing }) };
    }
    default: {
      const missing = wanted.of.flatMap((operand) => {
        const verdict = judgePolicy(operand, endorsers);
        return verdict.satisfied ? [] : [verdict.missing];
      });
      const needed = wanted.kind === 'and' ? wanted.of.length : wanted.kind === 'or' ? 1 : wanted.k;
      const short = needed - (wanted.of.length - missing.length);
      if (short <= 0) return satisfied;
      return { satisfied: false, missing: missing.length === 1 ? (missing[0] ?? '') : wordsOf(short, missing) };
    }
  }
}

const satisfied: PolicyVerdict = { satisfied: true };

/** The policy as a person reads it and `parsePolicy` reads it back. */
export function describePolicy(wanted: Policy): string {
  switch (wanted.kind) {
    case 'member':
      return `member ${wanted.party}`;
    case 'role':
      return wanted.count === 1 ? `role ${wanted.role}` : `${wanted.count} role ${wanted.role}`;
    default:
      return `${wanted.kind === 'k-of' ? `${wanted.k}-of` : wanted.kind}(${wanted.of.map(describePolicy).join(', ')})`;
  }
}

function wordsOf(needed: number, operands: readonly string[]): string {
  const operator = needed === operands.length ? 'and' : needed === 1 ? 'or' : `${needed}-of`;
  return `${operator}(${operands.join(', ')})`;
}
