// Setup and Enroll: keys without a trusted maker, credentials for secrets that nobody else learns, and everything that is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { BAD_G1, BAD_G2 } from '../../../../tests/vectors/bls-points.ts';
import { damaged } from '../../../../tests/vectors/damage.ts';
import { exampleGroup, exampleMember } from '../../../../tests/vectors/group.ts';
import { isRejection } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { BLS_SCALARS, G1, combinePartials, lagrangeAtZero } from '../curves/index.ts';
import {
  CREDENTIAL_BYTES,
  acceptCredential,
  decodeCredential,
  decodeEnrolmentRequest,
  encodeCredential,
  encodeEnrolmentRequest,
  issueCredential,
  refusesEnrolment,
  refusesTagShare,
  requestEnrolment,
} from './enrolment.ts';
import { decodeGroupKey, encodeGroupKey, groupOf, periodOf } from './group-key.ts';
import { issuerKey } from './issuer.ts';
import { dealOpening, decodeOpenerDealing, encodeOpenerDealing, refusesDealing, refusesOpenerShare } from './openers.ts';

const setting = exampleGroup('enrolment');
const { group, issuer, random, key, label, dealt } = setting;
const alice = exampleMember(setting, 'alice');
const bob = exampleMember(setting, 'bob');
const patched = (bytes: Uint8Array, at: number, patch: Uint8Array) => {
  const copy = bytes.slice();
  copy.set(patch, at);
  return copy;
};

describe('group signatures: Setup', () => {
  const bytes = encodeGroupKey(key);

  test("a group's key is read back, and its size does not depend on its members", () => {
    const read = groupOf(accepted(decodeGroupKey(bytes)));
    expect(read.id).toEqual(group.id);
    expect(bytes.byteLength).toBe(39 + 4 * 96 + 5 * 32 + 2 * 48);
    expect([0, 9, 10, 25].map((epoch) => periodOf(key, epoch))).toEqual([0, 0, 1, 2]);
  });

  test('an issuer that does not know its secret key is refused', () => {
    const stolen = { ...key, issuer: { ...key.issuer, proof: issuerKey(random).publicKey.proof } };
    expect(decodeGroupKey(encodeGroupKey(stolen))).toMatchObject({ reason: 'issuer-proof' });
    const swapped = { ...key, issuer: { ...key.issuer, ym: key.issuer.ys } };
    expect(decodeGroupKey(encodeGroupKey(swapped))).toMatchObject({ reason: 'issuer-proof' });
  });

  test.each([
    ['another version', 0, Uint8Array.of(2), 'unknown-version'],
    ['no slots', 33, Uint8Array.of(0, 0), 'bad-group'],
    ['more slots than the limit', 33, Uint8Array.of(255, 255), 'bad-group'],
    ['periods without an epoch', 35, Uint8Array.of(0, 0), 'bad-group'],
    ['fewer openers than open', 37, Uint8Array.of(1), 'bad-group'],
    ['more openers than the limit', 37, Uint8Array.of(65), 'bad-group'],
    ['another threshold than points', 38, Uint8Array.of(3), 'wrong-length'],
    ['a point outside the subgroup', 39, BAD_G2[1]![1], 'outside-subgroup'],
    ['the identity', 39, BAD_G2[0]![1], 'identity-point'],
    ['an opening key outside the subgroup', 39 + 4 * 96 + 5 * 32, BAD_G1[1]![1], 'outside-subgroup'],
  ])('a key with %s is refused', (_, at, patch, reason) => expect(decodeGroupKey(patched(bytes, at, patch))).toMatchObject({ reason }));

  test('a damaged key is refused or is the key of another group', () => {
    const same = (broken: Uint8Array) => {
      const read = decodeGroupKey(broken);
      return !isRejection(read) && Buffer.from(groupOf(read).id).equals(group.id);
    };
    fc.assert(
      fc.property(damaged(bytes), (broken) => !same(broken)),
      { numRuns: 25 },
    );
  });

  test('the opening key belongs to any two openers and to nobody alone', () => {
    const { openerShares } = setting;
    const partials = openerShares.map((share, index) => ({ holder: index + 1, point: G1.generator.multiply(share) }));
    for (const pair of [
      [0, 1],
      [1, 2],
      [0, 2],
    ]) {
      expect(
        accepted(
          combinePartials(
            G1,
            pair.map((index) => partials[index]!),
            2,
          ),
        ).equals(group.openingPoint),
      ).toBe(true);
    }
    expect(combinePartials(G1, partials.slice(0, 1), 2)).toMatchObject({ reason: 'below-threshold' });
  });

  test('a dealing without proof, with another threshold or with a wrong share is refused', () => {
    const [{ dealing, shares }] = [dealt[0]!];
    expect(refusesDealing(label, 2, dealing)).toBeNull();
    expect(refusesDealing(label, 3, dealing)).toMatchObject({ reason: 'dealing-threshold' });
    expect(refusesDealing(new Uint8Array(32), 2, dealing)).toMatchObject({ reason: 'dealing-proof' });
    expect(refusesDealing(label, 2, { ...dealing, dealer: 2 })).toMatchObject({ reason: 'dealing-proof' });
    // The rogue key: "mine minus all the others'", whose secret its dealer cannot know.
    const rogue = [dealing.commitments[0]!.subtract(dealt[1]!.dealing.commitments[0]!), dealing.commitments[1]!];
    expect(refusesDealing(label, 2, { ...dealing, commitments: rogue })).toMatchObject({ reason: 'dealing-proof' });
    expect(refusesOpenerShare(dealing, 1, shares[0]!)).toBeNull();
    expect(refusesOpenerShare(dealing, 2, shares[0]!)).toMatchObject({ reason: 'share-mismatch' });
  });

  test('a dealing is read back, and damaged ones are refused', () => {
    const encoded = encodeOpenerDealing(dealOpening(label, 1, 2, 3, random).dealing);
    expect(refusesDealing(label, 2, accepted(decodeOpenerDealing(encoded, 2)))).toBeNull();
    const refused = (broken: Uint8Array) => {
      const read = decodeOpenerDealing(broken, 2);
      return isRejection(read) || refusesDealing(label, 2, read) !== null;
    };
    fc.assert(fc.property(damaged(encoded), refused), { numRuns: 25 });
  });
});

describe('group signatures: Enroll', () => {
  test('an application is read back and taken', () => {
    const request = accepted(decodeEnrolmentRequest(group, encodeEnrolmentRequest(alice.request)));
    expect(refusesEnrolment(group, alice.applicant, request)).toBeNull();
  });

  test("what the issuer is sent holds no secret of the member's, nor does what it computes", () => {
    const sent = [encodeEnrolmentRequest(alice.request), encodeCredential(alice.credential)].map((bytes) =>
      Buffer.from(bytes).toString('hex'),
    );
    for (const secret of [alice.secret.identitySecret, alice.secret.tagSecret]) {
      const hex = secret.toString(16).padStart(64, '0');
      expect(sent.some((text) => text.includes(hex))).toBe(false);
    }
  });

  test('an application of somebody else, for another group or with points that are not his is refused', () => {
    expect(refusesEnrolment(group, bob.applicant, alice.request)).toMatchObject({ reason: 'enrolment-proof' });
    const other = groupOf({ ...key, slotsPerEpoch: 5 });
    expect(refusesEnrolment(other, alice.applicant, alice.request)).toMatchObject({ reason: 'enrolment-proof' });
    for (const stolen of [{ identity: bob.request.identity }, { tagCommitments: bob.request.tagCommitments }]) {
      expect(refusesEnrolment(group, alice.applicant, { ...alice.request, ...stolen })).toMatchObject({ reason: 'enrolment-proof' });
    }
    const tagCommitments = alice.request.tagCommitments.slice(0, 1);
    expect(refusesEnrolment(group, alice.applicant, { ...alice.request, tagCommitments })).toMatchObject({ reason: 'tag-threshold' });
  });

  test('a damaged application is refused', () => {
    const refused = (broken: Uint8Array) => {
      const read = decodeEnrolmentRequest(group, broken);
      return isRejection(read) || refusesEnrolment(group, alice.applicant, read) !== null;
    };
    fc.assert(fc.property(damaged(encodeEnrolmentRequest(alice.request)), refused), { numRuns: 25 });
  });

  test('each opener checks its share of the tag secret; two of them have it, one has nothing (row 45)', () => {
    alice.tagShares.forEach((share, index) => expect(refusesTagShare(alice.request, index + 1, share)).toBeNull());
    expect(refusesTagShare(alice.request, 1, bob.tagShares[0]!)).toMatchObject({ reason: 'share-mismatch' });
    const weights = accepted(lagrangeAtZero(BLS_SCALARS, [1n, 2n]));
    const found = weights.reduce((sum, weight, index) => BLS_SCALARS.add(sum, BLS_SCALARS.mul(weight, alice.tagShares[index]!)), 0n);
    expect(found).toBe(alice.secret.tagSecret);
    expect(alice.tagShares).not.toContain(alice.secret.tagSecret);
  });

  test('a credential serves one member in one period, from one issuer', () => {
    const accept = (secret = alice.secret, period = 0, credential = alice.credential) =>
      acceptCredential(group, secret, period, credential);
    expect(isRejection(accept())).toBe(false);
    expect(accept(bob.secret)).toMatchObject({ reason: 'bad-credential' });
    expect(accept(alice.secret, 1)).toMatchObject({ reason: 'bad-credential' });
    expect(accept(alice.secret, 0, bob.credential)).toMatchObject({ reason: 'bad-credential' });
    const mixed = { ...alice.secret, tagSecret: bob.secret.tagSecret };
    expect(accept(mixed)).toMatchObject({ reason: 'bad-credential' });
    expect(accept(alice.secret, 0, issueCredential(issuerKey(random), alice.request, 0, random))).toMatchObject({
      reason: 'bad-credential',
    });
    expect(isRejection(accept(alice.secret, 7, issueCredential(issuer, alice.request, 7, random)))).toBe(false);
  });

  test('a credential is read back; identity and foreign points are refused', () => {
    const bytes = encodeCredential(alice.credential);
    expect(bytes.byteLength).toBe(CREDENTIAL_BYTES);
    expect(isRejection(acceptCredential(group, alice.secret, 0, accepted(decodeCredential(bytes))))).toBe(false);
    expect(decodeCredential(patched(bytes, 0, BAD_G1[0]![1]))).toMatchObject({ reason: 'identity-point' });
    expect(decodeCredential(patched(bytes, 48, BAD_G1[1]![1]))).toMatchObject({ reason: 'outside-subgroup' });
    expect(decodeCredential(bytes.slice(1))).toMatchObject({ reason: 'wrong-length' });
  });

  test('a damaged credential is refused', () => {
    const refused = (broken: Uint8Array) => {
      const read = decodeCredential(broken);
      return isRejection(read) || isRejection(acceptCredential(group, alice.secret, 0, read));
    };
    fc.assert(fc.property(damaged(encodeCredential(alice.credential)), refused), { numRuns: 25 });
  });

  test('two applications of one person share nothing', () => {
    const again = requestEnrolment(group, textToBytes('alice'), random);
    expect(again.request.identity.equals(alice.request.identity)).toBe(false);
  });
});
