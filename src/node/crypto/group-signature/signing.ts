// Signing (Gsig): a member makes its credential unrecognisable, encrypts its identity to the openers, computes the tag of a slot, and
// proves that all three belong to one credential, bound to the message. The equations are those of docs/cryptography.md.
import { assert } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { BLS_SCALARS, G1, framed, hedgedRandomness, randomScalar, scalarToBytes, spread, uint32Bytes } from '../curves/index.ts';
import type { MemberKey } from './enrolment.ts';
import { type Group, periodOf } from './group-key.ts';
import { MAX_EPOCH, type TagSlot, type VerifiedGroupSignature, challengeOf, statementOf } from './signature.ts';

/** A source for one signature: bound to the member, the slot and the message, so that no nonce serves twice. */
function sourceOf(group: Group, member: MemberKey, slot: TagSlot, message: Uint8Array, random: Randomness): Randomness {
  const secrets = [member.identitySecret, member.tagSecret].map((secret) => scalarToBytes(BLS_SCALARS, secret));
  const where = framed(group.id, uint32Bytes(slot.epoch), uint32Bytes(slot.slot));
  return hedgedRandomness(random, 'clinicord/group-signature/sign/1', ...secrets, where, message);
}

/** Signs with the tag of a slot. A slot serves once: the caller keeps account, and everybody sees when it does not. */
export function groupSign(group: Group, member: MemberKey, slot: TagSlot, message: Uint8Array, random: Randomness): VerifiedGroupSignature {
  assert(Number.isInteger(slot.slot) && slot.slot >= 0 && slot.slot < group.key.slotsPerEpoch, 'the slot is one of the epoch');
  assert(Number.isInteger(slot.epoch) && slot.epoch >= 0 && slot.epoch <= MAX_EPOCH, 'the epoch can be written down');
  assert(periodOf(group.key, slot.epoch) === member.period, 'the credential is for the period of the epoch');
  const { identitySecret, tagSecret } = member;
  const source = sourceOf(group, member, slot, message, random);
  const draw = (): bigint => randomScalar(BLS_SCALARS, source);
  const [blind, k, rm, rs, rk] = [draw(), draw(), draw(), draw(), draw()];
  const sigma1 = member.sigma1.multiply(blind);
  const base = group.tagBase(slot.epoch, slot.slot);
  const points = {
    sigma1,
    sigma2: member.sigma2.multiply(blind),
    m: sigma1.multiply(identitySecret),
    s: sigma1.multiply(tagSecret),
    c1: G1.generator.multiply(k),
    c2: G1.generator.multiply(identitySecret).add(group.openingPoint.multiply(k)),
    t: base.multiply(tagSecret),
  };
  const statement = statementOf(group, message, slot, points);
  const challenge = challengeOf(statement, [
    sigma1.multiply(BLS_SCALARS.add(rm, BLS_SCALARS.mul(statement.fold, rs))),
    base.multiply(rs),
    G1.generator.multiply(rk),
    G1.generator.multiply(rm).add(group.openingPoint.multiply(rk)),
  ]);
  const respond = (nonce: bigint, secret: bigint): bigint => BLS_SCALARS.add(nonce, BLS_SCALARS.mul(spread(challenge), secret));
  const responses = { zm: respond(rm, identitySecret), zs: respond(rs, tagSecret), zk: respond(rk, k) };
  return { epoch: slot.epoch, slot: slot.slot, ...points, challenge, ...responses } as VerifiedGroupSignature;
}
