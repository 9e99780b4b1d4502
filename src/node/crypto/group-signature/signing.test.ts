// Gsig and GVerify: what a signature promises, what is refused, tags, and batches that answer as single verification does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { BAD_G1 } from '../../../../tests/vectors/bls-points.ts';
import { damaged } from '../../../../tests/vectors/damage.ts';
import { exampleGroup, exampleMember } from '../../../../tests/vectors/group.ts';
import { isRejection } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { BLS_SCALARS, G1, spread } from '../curves/index.ts';
import { acceptCredential, issueCredential } from './enrolment.ts';
import { groupOf } from './group-key.ts';
import {
  GROUP_SIGNATURE_BYTES,
  type GroupSignature,
  type TagId,
  decodeGroupSignature,
  encodeGroupSignature,
  tagIdOf,
} from './signature.ts';
import { groupSign } from './signing.ts';
import { groupVerify, groupVerifyBatch } from './verifying.ts';

const setting = exampleGroup('signing');
const { group, key, random } = setting;
const alice = exampleMember(setting, 'alice').member;
const bob = exampleMember(setting, 'bob').member;
const NOBODY: ReadonlySet<TagId> = new Set();
const MESSAGE = textToBytes('hash of a ciphertext');
const signed = groupSign(group, alice, { epoch: 3, slot: 1 }, MESSAGE, random);
const verify = (signature: GroupSignature, message = MESSAGE, revoked = NOBODY) => groupVerify(group, message, signature, revoked);
const REFUSED = { reason: 'bad-group-signature' };

describe('group signatures: Gsig and GVerify', () => {
  test('a member signs, everybody verifies, nobody learns from the size who it was', () => {
    accepted(verify(signed));
    const other = groupSign(group, bob, { epoch: 9, slot: 3 }, new Uint8Array(0), random);
    accepted(verify(other, new Uint8Array(0)));
    expect([signed, other].map((each) => encodeGroupSignature(each).byteLength)).toEqual([GROUP_SIGNATURE_BYTES, GROUP_SIGNATURE_BYTES]);
    expect(GROUP_SIGNATURE_BYTES).toBe(455);
    accepted(verify(accepted(decodeGroupSignature(encodeGroupSignature(signed)))));
  });

  test('another message, epoch, slot or group is refused', () => {
    expect(verify(signed, textToBytes('another hash'))).toMatchObject(REFUSED);
    expect(verify({ ...signed, epoch: 4 })).toMatchObject(REFUSED);
    expect(verify({ ...signed, slot: 2 })).toMatchObject(REFUSED);
    expect(verify({ ...signed, epoch: 13 })).toMatchObject(REFUSED);
    const other = groupOf({ ...key, slotsPerEpoch: 5 });
    expect(groupVerify(other, MESSAGE, signed, NOBODY)).toMatchObject(REFUSED);
    expect(verify({ ...signed, slot: 4 })).toMatchObject({ reason: 'no-such-slot' });
  });

  test('each part of a signature is needed: one replaced by another signature’s is refused', () => {
    const other = groupSign(group, bob, { epoch: 3, slot: 1 }, MESSAGE, random);
    const parts = ['sigma1', 'sigma2', 'm', 's', 'c1', 'c2', 't', 'challenge', 'zm', 'zs', 'zk'] as const;
    for (const part of parts) expect(verify({ ...signed, [part]: other[part] }), part).toMatchObject(REFUSED);
  });

  test('one bit changed anywhere, bytes cut or added: refused', () => {
    const refused = (bytes: Uint8Array) => {
      const read = decodeGroupSignature(bytes);
      return isRejection(read) || isRejection(verify(read));
    };
    fc.assert(fc.property(damaged(encodeGroupSignature(signed)), refused), { numRuns: 40 });
  });

  test('decoding refuses points that are no points of the group, scalars out of range and other versions', () => {
    const bytes = encodeGroupSignature(signed);
    const patched = (at: number, patch: Uint8Array) => {
      const copy = bytes.slice();
      copy.set(patch, at);
      return decodeGroupSignature(copy);
    };
    for (const [what, point, reason] of BAD_G1.filter(([, { byteLength }]) => byteLength === 48)) {
      expect(patched(7 + 5 * 48, point), what).toMatchObject({ reason });
    }
    expect(patched(0, Uint8Array.of(2))).toMatchObject({ reason: 'unknown-version' });
    expect(patched(7 + 7 * 48 + 16, new Uint8Array(32))).toMatchObject({ reason: 'zero-scalar' });
    expect(patched(7 + 7 * 48 + 16 + 64, new Uint8Array(32).fill(255))).toMatchObject({ reason: 'non-canonical-scalar' });
    expect(decodeGroupSignature(bytes.slice(1))).toMatchObject({ reason: 'wrong-length' });
  });

  test('who is not enrolled cannot sign, whatever secrets he takes', () => {
    const stranger = { ...alice, identitySecret: 5n, tagSecret: 7n };
    expect(verify(groupSign(group, stranger, { epoch: 0, slot: 0 }, MESSAGE, random))).toMatchObject(REFUSED);
    const withoutIssuer = { ...alice, sigma1: G1.generator, sigma2: G1.generator };
    expect(verify(groupSign(group, withoutIssuer, { epoch: 0, slot: 0 }, MESSAGE, random))).toMatchObject(REFUSED);
  });

  test('two members cannot put a third credential together', () => {
    const half = BLS_SCALARS.inv(2n);
    const mean = (a: bigint, b: bigint) => BLS_SCALARS.mul(half, BLS_SCALARS.add(a, b));
    const merged = {
      period: 0,
      identitySecret: mean(alice.identitySecret, bob.identitySecret),
      tagSecret: mean(alice.tagSecret, bob.tagSecret),
      sigma1: alice.sigma1.add(bob.sigma1),
      sigma2: alice.sigma2.add(bob.sigma2),
    };
    expect(verify(groupSign(group, merged, { epoch: 0, slot: 0 }, MESSAGE, random))).toMatchObject(REFUSED);
  });

  test('a credential of a past period signs nothing in the present one', () => {
    expect(() => groupSign(group, alice, { epoch: 10, slot: 0 }, MESSAGE, random)).toThrow('period');
    expect(verify(groupSign(group, { ...alice, period: 1 }, { epoch: 10, slot: 0 }, MESSAGE, random))).toMatchObject(REFUSED);
  });

  test('a source of randomness that repeats does not give two signatures one nonce', () => {
    const frozen = { bytes: (sizeBytes: number) => new Uint8Array(sizeBytes).fill(1) };
    const [first, second] = ['a', 'b'].map((text) => groupSign(group, alice, { epoch: 3, slot: 0 }, textToBytes(text), frozen));
    // The same nonces would show: z - z' = (c - c') s.
    const difference = (name: 'zm' | 'zs') => BLS_SCALARS.sub(first![name], second![name]);
    const challenges = BLS_SCALARS.sub(spread(first!.challenge), spread(second!.challenge));
    expect(difference('zs')).not.toBe(BLS_SCALARS.mul(challenges, alice.tagSecret));
    expect(difference('zm')).not.toBe(BLS_SCALARS.mul(challenges, alice.identitySecret));
  });
});

describe('group signatures: one-time tags (R12)', () => {
  const tagOf = (member: typeof alice, epoch: number, slot: number, message = 'm') =>
    tagIdOf(groupSign(group, member, { epoch, slot }, textToBytes(message), random).t);

  test('a member has one tag for a slot, whatever it signs: a second use is seen', () => {
    expect(tagOf(alice, 3, 1, 'another message')).toBe(tagIdOf(signed.t));
  });

  test('slots, epochs and members have different tags', () => {
    const tags = [tagOf(alice, 3, 0), tagOf(alice, 3, 1), tagOf(alice, 4, 1), tagOf(bob, 3, 1), tagOf(bob, 3, 0)];
    expect(new Set(tags).size).toBe(tags.length);
  });

  test('a member cannot take another tag: a false one is refused', () => {
    const other = groupSign(group, alice, { epoch: 3, slot: 2 }, MESSAGE, random);
    expect(verify({ ...signed, t: other.t })).toMatchObject(REFUSED);
    const shifted = { ...alice, tagSecret: BLS_SCALARS.add(alice.tagSecret, 1n) };
    expect(verify(groupSign(group, shifted, { epoch: 3, slot: 1 }, MESSAGE, random))).toMatchObject(REFUSED);
  });

  test('two signatures of one member have no part in common', () => {
    const again = groupSign(group, alice, { epoch: 3, slot: 3 }, MESSAGE, random);
    const points = (each: GroupSignature) =>
      [each.sigma1, each.sigma2, each.m, each.s, each.c1, each.c2, each.t].map((point) => point.toHex());
    expect(points(signed).filter((point) => points(again).includes(point))).toEqual([]);
  });
});

describe('group signatures: batches', () => {
  const carol = exampleMember(setting, 'carol');
  const nextPeriod = accepted(acceptCredential(group, carol.secret, 1, issueCredential(setting.issuer, carol.request, 1, random)));
  const batch = [
    { member: alice, slot: { epoch: 3, slot: 0 } },
    { member: bob, slot: { epoch: 3, slot: 0 } },
    { member: nextPeriod, slot: { epoch: 12, slot: 2 } },
    { member: alice, slot: { epoch: 4, slot: 1 } },
  ].map(({ member, slot }, index) => {
    const message = textToBytes(`message ${index}`);
    return { message, signature: groupSign(group, member, slot, message, random) };
  });
  const reasons = (items: typeof batch, revoked = NOBODY) =>
    groupVerifyBatch(group, items, revoked).map((answer) => (isRejection(answer) ? answer.reason : 'verified'));

  test('good ones pass together, also of two periods, and none is a batch too', () => {
    expect(reasons(batch)).toEqual(['verified', 'verified', 'verified', 'verified']);
    expect(reasons([])).toEqual([]);
  });

  test('false ones are found and spoil no other', () => {
    const items = batch.map((item, index) => (index === 1 || index === 3 ? { ...item, message: MESSAGE } : item));
    expect(reasons(items)).toEqual(['verified', 'bad-group-signature', 'verified', 'bad-group-signature']);
  });

  test('two false ones whose errors cancel in a plain sum are refused', () => {
    // Made with one blinding factor and opposite faults in the credential: the proofs hold, and the faults add up to nothing.
    const frozen = { bytes: (sizeBytes: number) => new Uint8Array(sizeBytes).fill(1) };
    const faulty = [G1.generator, G1.generator.negate()].map((fault) => {
      const member = { ...alice, sigma2: alice.sigma2.add(fault) };
      return { message: MESSAGE, signature: groupSign(group, member, { epoch: 3, slot: 2 }, MESSAGE, frozen) };
    });
    const good = groupSign(group, alice, { epoch: 3, slot: 2 }, MESSAGE, frozen).sigma2;
    expect(faulty[0]!.signature.sigma2.add(faulty[1]!.signature.sigma2).equals(good.double())).toBe(true);
    expect(reasons(faulty)).toEqual(['bad-group-signature', 'bad-group-signature']);
  });

  test('revoked tags and unknown slots are refused in a batch as alone', () => {
    const revoked = new Set([tagIdOf(batch[0]!.signature.t)]);
    expect(reasons(batch, revoked)).toEqual(['revoked', 'verified', 'verified', 'verified']);
    expect(verify(batch[0]!.signature, batch[0]!.message, revoked)).toMatchObject({ reason: 'revoked' });
    const items = [{ ...batch[1]!, signature: { ...batch[1]!.signature, slot: 9 } as (typeof batch)[0]['signature'] }];
    expect(reasons(items)).toEqual(['no-such-slot']);
  });
});
