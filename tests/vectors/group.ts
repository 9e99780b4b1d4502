// A small group for tests: three openers of whom two open, an issuer, members who enrolled. Everything follows from the label.
import {
  type MemberKey,
  acceptCredential,
  dealOpening,
  groupOf,
  issueCredential,
  issuerKey,
  openerShare,
  openingCommitments,
  requestEnrolment,
} from '../../src/node/crypto/index.ts';
import { textToBytes } from '../../src/node/codec/index.ts';
import { accepted } from './accepted.ts';
import { testRandomness } from './randomness.ts';

const THRESHOLD = 2;
const OPENERS = [1, 2, 3] as const;

/** Slots of an epoch and epochs of a period are few, so that tests reach their ends. */
export function exampleGroup(name: string) {
  const random = testRandomness(name);
  const label = random.bytes(32);
  const issuer = issuerKey(random);
  const dealt = OPENERS.map((dealer) => dealOpening(label, dealer, THRESHOLD, OPENERS.length, random));
  const openerShares = OPENERS.map((holder) => openerShare(dealt.map(({ shares }) => shares[holder - 1] ?? 0n)));
  const opening = openingCommitments(dealt.map(({ dealing }) => dealing));
  const key = { label, slotsPerEpoch: 4, epochsPerPeriod: 10, openers: OPENERS.length, opening, issuer: issuer.publicKey };
  return { random, label, issuer, dealt, openerShares, key, group: groupOf(key) };
}

/** A member with its credential for the first period, and what issuer and openers know of it. */
export function exampleMember({ group, issuer, random }: ReturnType<typeof exampleGroup>, name: string) {
  const applicant = textToBytes(name);
  const { secret, request, tagShares } = requestEnrolment(group, applicant, random);
  const credential = issueCredential(issuer, request, 0, random);
  const member: MemberKey = accepted(acceptCredential(group, secret, 0, credential));
  return { applicant, secret, request, tagShares, credential, member };
}
