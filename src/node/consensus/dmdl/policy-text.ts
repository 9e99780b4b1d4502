// A policy as people write it: `and(role authority, 2-of(member 00…, 3 role clinic, …))`. Reads what `describePolicy` writes, in any
// order and spacing, and hands back the canonical form or why it is refused. Bounded: it looks at every character once.
import { type PartyId, type Rejection, ID_BYTES, isHex, isRejection, reject } from '../../base/index.ts';
import { MAX_POLICY_BYTES, MAX_POLICY_DEPTH, type Policy, canonicalPolicy, policyRefusal } from './policy.ts';

const TOKEN = /\s*([a-z0-9-]+|[(),])/uy;

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

class Unreadable extends Error {}

export function parsePolicy(text: string): Policy | Rejection {
  if (text.length > 2 * MAX_POLICY_BYTES) return reject('oversized', `a policy has at most ${2 * MAX_POLICY_BYTES} characters`);
  const tokens = tokensOf(text);
  if (isRejection(tokens)) return tokens;
  try {
    const reader = { tokens, at: 0 };
    const read = expression(reader, 0);
    if (reader.at < tokens.length) throw new Unreadable(`“${tokens[reader.at] ?? ''}” comes after the end`);
    const canonical = canonicalPolicy(read);
    return policyRefusal(canonical) ?? canonical;
  } catch (error) {
    if (error instanceof Unreadable) return reject('malformed-policy', error.message);
    throw error;
  }
}

function tokensOf(text: string): readonly string[] | Rejection {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return reject('malformed-policy', `unexpected “${text.slice(from, from + 10).trim()}”`);
    tokens.push(token);
  }
  return tokens;
}

function expression(reader: Reader, depth: number): Policy {
  if (depth > 2 * MAX_POLICY_DEPTH) throw new Unreadable('operators lie too deep inside each other');
  const word = next(reader);
  if (word === 'member') return { kind: 'member', party: partyNamed(next(reader)) };
  if (word === 'role') return { kind: 'role', role: next(reader), count: 1 };
  if (word === 'and' || word === 'or') return { kind: word, of: operands(reader, depth) };
  const [, k] = /^(\d{1,3})-of$/u.exec(word) ?? [];
  if (k !== undefined) return thresholdOf(Number(k), operands(reader, depth));
  if (/^\d{1,3}$/u.test(word)) {
    if (next(reader) !== 'role') throw new Unreadable('a number stands before “role”');
    return { kind: 'role', role: next(reader), count: Number(word) };
  }
  throw new Unreadable(`“${word}” begins no expression`);
}

function thresholdOf(k: number, of: readonly Policy[]): Policy {
  if (k < 1 || k > of.length) throw new Unreadable('k lies between 1 and the operands');
  return { kind: 'k-of', k, of };
}

function operands(reader: Reader, depth: number): readonly Policy[] {
  if (next(reader) !== '(') throw new Unreadable('an operator is followed by “(”');
  const of = [expression(reader, depth + 1)];
  for (let token = next(reader); token !== ')'; token = next(reader)) {
    if (token !== ',') throw new Unreadable(`“,” or “)” is expected, not “${token}”`);
    of.push(expression(reader, depth + 1));
  }
  return of;
}

function partyNamed(word: string): PartyId {
  if (!isHex(word, ID_BYTES)) throw new Unreadable(`a member is ${2 * ID_BYTES} hexadecimal digits`);
  return word as PartyId;
}

function next(reader: Reader): string {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw new Unreadable('it ends too early');
  reader.at += 1;
  return token;
}
