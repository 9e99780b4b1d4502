// Open and Rev: several openers together, with proofs that anybody checks; revoking that everybody enforces and that leaves the past alone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { damaged } from '../../../../tests/vectors/damage.ts';
import { exampleGroup, exampleMember } from '../../../../tests/vectors/group.ts';
import { isRejection } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { G1 } from '../curves/index.ts';
import { acceptCredential, issueCredential } from './enrolment.ts';
import { OPENING_PART_BYTES, decodeOpeningPart, encodeOpeningPart, openSignature, openingPart } from './opening.ts';
import { type RevocationPart, decodeRevocationPart, encodeRevocationPart, revocationPart, revokedTags } from './revocation.ts';
import { type TagId, tagIdOf } from './signature.ts';
import { groupSign } from './signing.ts';
import { groupVerify } from './verifying.ts';

const setting = exampleGroup('opening');
const { group, random, openerShares } = setting;
const alice = exampleMember(setting, 'alice');
const bob = exampleMember(setting, 'bob');
const MESSAGE = textToBytes('hash of a ciphertext');
const signed = groupSign(group, alice.member, { epoch: 3, slot: 1 }, MESSAGE, random);
const other = groupSign(group, bob.member, { epoch: 3, slot: 1 }, MESSAGE, random);
const parts = openerShares.map((share, index) => openingPart(group, signed, index + 1, share, random));

describe('group signatures: Open', () => {
  test('any two of three openers find the signer', () => {
    for (const pair of [
      [0, 1],
      [1, 2],
      [2, 0],
    ]) {
      const identity = accepted(
        openSignature(
          group,
          signed,
          pair.map((index) => parts[index]!),
        ),
      );
      expect(identity.equals(alice.request.identity)).toBe(true);
    }
    expect(accepted(openSignature(group, signed, parts)).equals(bob.request.identity)).toBe(false);
  });

  test('one opener finds nothing, nor do two copies of one part (row 45)', () => {
    expect(openSignature(group, signed, [])).toMatchObject({ reason: 'below-threshold' });
    expect(openSignature(group, signed, parts.slice(0, 1))).toMatchObject({ reason: 'below-threshold' });
    expect(openSignature(group, signed, [parts[0]!, parts[0]!])).toMatchObject({ reason: 'repeated-share' });
  });

  test('a part of another signature, opener or share accuses nobody', () => {
    const [first, second] = [parts[0]!, parts[1]!];
    const wrong = [
      openingPart(group, other, 2, openerShares[1]!, random),
      // The same ciphertext in another signature: the proof is for one signature only.
      openingPart(group, { ...signed, slot: 2 }, 2, openerShares[1]!, random),
      { ...second, holder: 3 },
      { ...second, point: first.point },
      { ...second, point: second.point.add(G1.generator) },
      openingPart(group, signed, 2, openerShares[0]!, random),
    ];
    for (const part of wrong) expect(openSignature(group, signed, [first, part])).toMatchObject({ reason: 'opening-proof' });
    for (const holder of [0, 4])
      expect(openSignature(group, signed, [first, { ...second, holder }])).toMatchObject({ reason: 'bad-holder' });
  });

  test('a part is read back, and damaged ones are refused', () => {
    const bytes = encodeOpeningPart(parts[0]!);
    expect(bytes.byteLength).toBe(OPENING_PART_BYTES);
    accepted(openSignature(group, signed, [accepted(decodeOpeningPart(bytes)), parts[1]!]));
    const refused = (broken: Uint8Array) => {
      const read = decodeOpeningPart(broken);
      return isRejection(read) || isRejection(openSignature(group, signed, [read, parts[1]!]));
    };
    fc.assert(fc.property(damaged(bytes), refused), { numRuns: 25 });
  });

  test('issuer and openers together do not sign so that a member is accused', () => {
    // They know all but the identity secret: they can admit themselves with her tag secret, and are found themselves.
    const mallory = exampleMember(setting, 'mallory');
    const tagCommitments = alice.request.tagCommitments;
    const credential = issueCredential(setting.issuer, { ...mallory.request, tagCommitments }, 0, random);
    const secret = { ...mallory.secret, tagSecret: alice.secret.tagSecret };
    const posing = accepted(acceptCredential(group, secret, 0, credential));
    const signature = accepted(groupVerify(group, MESSAGE, groupSign(group, posing, { epoch: 3, slot: 1 }, MESSAGE, random), new Set()));
    expect(tagIdOf(signature.t)).toBe(tagIdOf(signed.t));
    const opened = openerShares.map((share, index) => openingPart(group, signature, index + 1, share, random));
    expect(accepted(openSignature(group, signature, opened)).equals(mallory.request.identity)).toBe(true);
    // Her identity in place of theirs is not what they can prove.
    const shifted = signature.c2.add(alice.request.identity).subtract(mallory.request.identity);
    expect(groupVerify(group, MESSAGE, { ...signature, c2: shifted }, new Set())).toMatchObject({ reason: 'bad-group-signature' });
  });

  test('nothing that the registry holds of a member stands in its signatures', () => {
    const known = [alice.request.identity, ...alice.request.tagCommitments, alice.credential.sigma1, alice.credential.sigma2].map((point) =>
      point.toHex(),
    );
    const shown = [signed.sigma1, signed.sigma2, signed.m, signed.s, signed.c1, signed.c2, signed.t].map((point) => point.toHex());
    expect(shown.filter((point) => known.includes(point))).toEqual([]);
  });
});

describe('group signatures: Rev', () => {
  const partsFor = (epoch: number, member = alice): readonly RevocationPart[] =>
    member.tagShares.map((share, index) => revocationPart(group, member.request, epoch, index + 1, share, random));
  const revoking = partsFor(4);
  const tags: ReadonlySet<TagId> = new Set(accepted(revokedTags(group, alice.request, 4, revoking.slice(0, 2))));

  test('every verifier refuses the revoked member in the epoch, in every slot, and nobody else', () => {
    expect(tags.size).toBe(4);
    for (const slot of [0, 1, 2, 3]) {
      const signature = groupSign(group, alice.member, { epoch: 4, slot }, MESSAGE, random);
      expect(groupVerify(group, MESSAGE, signature, tags)).toMatchObject({ reason: 'revoked' });
    }
    const innocent = groupSign(group, bob.member, { epoch: 4, slot: 1 }, MESSAGE, random);
    accepted(groupVerify(group, MESSAGE, innocent, tags));
  });

  test('what the member signed in other epochs stays unlinked', () => {
    expect(tags.has(tagIdOf(signed.t))).toBe(false);
    accepted(groupVerify(group, MESSAGE, signed, tags));
    const later = groupSign(group, alice.member, { epoch: 5, slot: 1 }, MESSAGE, random);
    accepted(groupVerify(group, MESSAGE, later, tags));
  });

  test('any two openers name the same tags; one names none (row 45)', () => {
    expect(revokedTags(group, alice.request, 4, revoking.slice(1))).toEqual([...tags]);
    expect(revokedTags(group, alice.request, 4, revoking.slice(0, 1))).toMatchObject({ reason: 'below-threshold' });
    expect(revokedTags(group, alice.request, 4, [revoking[0]!, revoking[0]!])).toMatchObject({ reason: 'repeated-share' });
  });

  test('false parts are refused: another member, epoch, opener, a point exchanged', () => {
    const [first, second] = [revoking[0]!, revoking[1]!];
    const refused = (part: RevocationPart, reason = 'revocation-proof') =>
      expect(revokedTags(group, alice.request, 4, [first, part])).toMatchObject({ reason });
    refused(partsFor(4, bob)[1]!);
    refused(partsFor(5)[1]!, 'mixed-epochs');
    refused({ ...partsFor(5)[1]!, epoch: 4 });
    refused({ ...second, holder: 3 });
    refused({ ...second, holder: 9 }, 'bad-holder');
    refused({ ...second, points: second.points.toReversed() });
    refused({ ...second, points: second.points.slice(1) });
    refused({ ...second, points: [] });
    expect(revokedTags(group, bob.request, 4, revoking)).toMatchObject({ reason: 'revocation-proof' });
  });

  test('a part is read back, and damaged ones are refused', () => {
    const bytes = encodeRevocationPart(revoking[0]!);
    expect(revokedTags(group, alice.request, 4, [accepted(decodeRevocationPart(group, bytes)), revoking[1]!])).toEqual([...tags]);
    const refused = (broken: Uint8Array) => {
      const read = decodeRevocationPart(group, broken);
      return isRejection(read) || isRejection(revokedTags(group, alice.request, 4, [read, revoking[1]!]));
    };
    fc.assert(fc.property(damaged(bytes), refused), { numRuns: 15 });
  });
});
