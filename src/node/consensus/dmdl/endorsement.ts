// Endorsements (P1-02, P1-09): a member runs a request against its own final state, and signs what it read and what it would write.
// They travel with the request to the orderers, who look at signatures alone, and to the committers, who look at the policy and at
// conflicts too. A statement is of a layer of its own (R1): it never passes for a vote, and binds channel, epoch, request and effects.
import {
  type ChannelId,
  type Digest,
  type PartyId,
  type Rejection,
  DIGEST_BYTES,
  ID_BYTES,
  isRejection,
  reject,
} from '../../base/index.ts';
import { type Decoded, boundedBytes, encode, fixedBytes, hex, list, nullable, oneOf, struct, text, uint } from '../../codec/index.ts';
import { PROTOCOL_VERSION } from '../messages.ts';
import type { SignatureCheck } from '../statement.ts';
import { MAX_KEYS, MAX_KEY_CHARS, effectsRefusal } from './conflicts.ts';
import { type Policy, type PolicyVerdict, judgePolicy } from './policy.ts';

/** One request with everything that was endorsed. */
export const MAX_ENDORSED_BYTES = 64 * 1024;
const MAX_REQUEST_BYTES = 16 * 1024;
const MAX_VALUE_BYTES = 8 * 1024;
const MAX_ENDORSEMENTS = 64;
/** Heights for which an endorsement may be good. */
export const MAX_LIFE_HEIGHTS = 10_000;

const digest = hex<Digest>(DIGEST_BYTES);
const partyId = hex<PartyId>(ID_BYTES);
const version = struct({ height: uint(), index: uint() });
const key = text(MAX_KEY_CHARS);

/** What running the request read and would write: each key once, in order. */
export const effects = struct({
  reads: list(struct({ key, version: nullable(version) }), MAX_KEYS),
  writes: list(struct({ key, value: nullable(boundedBytes(MAX_VALUE_BYTES)) }), MAX_KEYS),
});
export type Effects = Decoded<typeof effects>;

/** To an endorser: run this and sign what came of it. */
export const endorsementRequest = struct({
  /** Digest of `request`. */
  digest,
  request: boundedBytes(MAX_REQUEST_BYTES),
  /** The last height at which it may take effect. */
  untilHeight: uint(),
});
export type EndorsementRequest = Decoded<typeof endorsementRequest>;

/** Signed bytes. */
const endorsementStatement = struct({
  protocol: uint(PROTOCOL_VERSION),
  channel: hex<ChannelId>(DIGEST_BYTES),
  epoch: uint(),
  layer: oneOf('endorsement'),
  request: digest,
  untilHeight: uint(),
  effects,
  signer: partyId,
});
export type EndorsementStatement = Decoded<typeof endorsementStatement>;

/** A request on its way to the orderers. */
export const endorsed = struct({
  ...{ epoch: uint(), request: endorsementRequest, effects },
  /** Ordered by signer. */
  endorsements: list(struct({ signer: partyId, signature: fixedBytes(64) }), MAX_ENDORSEMENTS),
});
export type Endorsed = Decoded<typeof endorsed>;

/** Who may endorse in an epoch of a channel, and as what. */
export interface Endorser {
  readonly party: PartyId;
  readonly memberKey: Uint8Array;
  readonly roles: readonly string[];
}

/** Where an endorsement counts. */
export interface EndorsementPlace {
  readonly channel: ChannelId;
  readonly epoch: number;
  /** The height whose block would hold it. */
  readonly height: number;
  readonly endorsers: readonly Endorser[];
}

export function endorsementBytes(
  what: Pick<Endorsed, 'epoch' | 'effects'> & { readonly request: Pick<EndorsementRequest, 'digest' | 'untilHeight'> },
  channel: ChannelId,
  signer: PartyId,
): Uint8Array {
  const { epoch, request } = what;
  const full: EndorsementStatement = {
    protocol: PROTOCOL_VERSION,
    channel,
    epoch,
    layer: 'endorsement',
    request: request.digest,
    untilHeight: request.untilHeight,
    effects: what.effects,
    signer,
  };
  return encode(endorsementStatement, full);
}

/**
 * Every signature to check, or why none can save it: static, so that orderers judge it before they vote (R4, R6). Whether the
 * request's bytes hash to its digest is for the verify stage.
 */
export function endorsementChecks(candidate: Endorsed, place: EndorsementPlace): readonly SignatureCheck[] | Rejection {
  if (candidate.epoch !== place.epoch) return reject('wrong-epoch', `endorsed in epoch ${candidate.epoch}, but ${place.epoch} is open`);
  const { untilHeight } = candidate.request;
  if (untilHeight < place.height) return reject('too-late', `it was good until height ${untilHeight}`);
  if (untilHeight - place.height > MAX_LIFE_HEIGHTS)
    return reject('too-early', `an endorsement is good for at most ${MAX_LIFE_HEIGHTS} heights`);
  const refusal = effectsRefusal(candidate.effects);
  if (refusal !== null) return refusal;
  const { endorsements } = candidate;
  if (endorsements.some(({ signer }, i) => i > 0 && (endorsements[i - 1]?.signer ?? '') >= signer))
    return reject('unordered', 'the endorsers are not distinct and in order');
  const checks: SignatureCheck[] = [];
  for (const { signer, signature } of endorsements) {
    const endorser = place.endorsers.find(({ party }) => party === signer);
    if (endorser === undefined) return reject('no-endorser', `${signer} endorses nothing in this epoch`);
    checks.push({ publicKey: endorser.memberKey, bytes: endorsementBytes(candidate, place.channel, signer), signature });
  }
  return checks;
}

/** Whether those who endorsed satisfy the policy, and who is missing; their signatures have been checked. */
export function isSatisfied(candidate: Endorsed, wanted: Policy, place: EndorsementPlace): PolicyVerdict | Rejection {
  const checks = endorsementChecks(candidate, place);
  if (isRejection(checks)) return checks;
  return judgePolicy(
    wanted,
    place.endorsers.filter(({ party }) => candidate.endorsements.some(({ signer }) => signer === party)),
  );
}
