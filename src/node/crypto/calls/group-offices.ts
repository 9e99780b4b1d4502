// What the issuer and the openers of a group do, as calls from plain data to plain data, for a worker. Keys that are unfolded from a seed
// are given as the seed (32 secret bytes); shares are scalars of 32 bytes. Who may ask for what is decided before it is called.
import { type Rejection, isRejection } from '../../base/index.ts';
import { BLS_SCALARS, allAccepted, decodeScalar, scalarToBytes, seededRandomness } from '../curves/index.ts';
import {
  decodeEnrolmentRequest,
  decodeOpenerDealing,
  dealOpening,
  encodeCredential,
  encodeEnrolmentRequest,
  encodeGroupKey,
  encodeOpenerDealing,
  encodeOpeningPart,
  encodeRevocationPart,
  issueCredential,
  issuerKey,
  openerShare,
  openingCommitments,
  openingPart,
  refusesDealing,
  refusesEnrolment,
  refusesOpenerShare,
  refusesTagShare,
  revocationPart,
} from '../group-signature/index.ts';
import { decodeIssuerPublicKey, encodeIssuerPublicKey } from '../group-signature/issuer.ts';
import { type SignedBytes, groupFrom, verifiedSignature } from './groups.ts';

const scalar = (bytes: Uint8Array): bigint | Rejection => decodeScalar(BLS_SCALARS, bytes, 'a share');

export const GROUP_OFFICE_CALLS = {
  /** The issuer's public key. */
  groupIssuer: ({ seed }: { readonly seed: Uint8Array }): Uint8Array => encodeIssuerPublicKey(issuerKey(seededRandomness(seed)).publicKey),

  /** An opener's dealing, and one secret share for each opener. */
  groupDeal: (input: {
    readonly label: Uint8Array;
    readonly dealer: number;
    readonly threshold: number;
    readonly openers: number;
    readonly seed: Uint8Array;
  }): { readonly dealing: Uint8Array; readonly shares: readonly Uint8Array[] } => {
    const { dealing, shares } = dealOpening(input.label, input.dealer, input.threshold, input.openers, seededRandomness(input.seed));
    return { dealing: encodeOpenerDealing(dealing), shares: shares.map((share) => scalarToBytes(BLS_SCALARS, share)) };
  },

  /** Whether a dealing counts and, for who got a share of it, whether the share fits: null, or why not. */
  groupCheckDealing: (input: {
    readonly label: Uint8Array;
    readonly threshold: number;
    readonly dealing: Uint8Array;
    readonly own: { readonly holder: number; readonly share: Uint8Array } | null;
  }): Rejection | null => {
    const dealing = decodeOpenerDealing(input.dealing, input.threshold);
    if (isRejection(dealing)) return dealing;
    const refused = refusesDealing(input.label, input.threshold, dealing);
    if (refused !== null || input.own === null) return refused;
    const share = scalar(input.own.share);
    return isRejection(share) ? share : refusesOpenerShare(dealing, input.own.holder, share);
  },

  /** An opener's share of the opening key: the sum of what all dealers gave it. */
  groupOpenerShare: ({ received }: { readonly received: readonly Uint8Array[] }): Uint8Array | Rejection => {
    const shares = allAccepted(received.map(scalar));
    return isRejection(shares) ? shares : scalarToBytes(BLS_SCALARS, openerShare(shares));
  },

  /** The group's key from all dealings, which were checked, and the issuer's key. */
  groupKey: (input: {
    readonly label: Uint8Array;
    readonly slotsPerEpoch: number;
    readonly epochsPerPeriod: number;
    readonly openers: number;
    readonly threshold: number;
    readonly dealings: readonly Uint8Array[];
    readonly issuer: Uint8Array;
  }): Uint8Array | Rejection => {
    const dealings = allAccepted(input.dealings.map((bytes) => decodeOpenerDealing(bytes, input.threshold)));
    if (isRejection(dealings)) return dealings;
    const issuer = decodeIssuerPublicKey(input.issuer);
    if (isRejection(issuer)) return issuer;
    const { label, slotsPerEpoch, epochsPerPeriod, openers } = input;
    return encodeGroupKey({ label, slotsPerEpoch, epochsPerPeriod, openers, opening: openingCommitments(dealings), issuer });
  },

  /** What the issuer checks of an application: null, or why not. */
  groupCheckEnrolment: (input: {
    readonly groupKey: Uint8Array;
    readonly applicant: Uint8Array;
    readonly request: Uint8Array;
  }): Rejection | null => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const request = decodeEnrolmentRequest(group, input.request);
    return isRejection(request) ? request : refusesEnrolment(group, input.applicant, request);
  },

  /** What an opener checks of its share of a member's tag secret: null, or why not. */
  groupCheckTagShare: (input: {
    readonly groupKey: Uint8Array;
    readonly request: Uint8Array;
    readonly holder: number;
    readonly share: Uint8Array;
  }): Rejection | null => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const parts = allAccepted([decodeEnrolmentRequest(group, input.request), scalar(input.share)]);
    return isRejection(parts) ? parts : refusesTagShare(parts[0], input.holder, parts[1]);
  },

  /** A credential for a period. The request must have been checked. */
  groupIssue: (input: {
    readonly groupKey: Uint8Array;
    readonly issuerSeed: Uint8Array;
    readonly request: Uint8Array;
    readonly period: number;
    readonly seed: Uint8Array;
  }): Uint8Array | Rejection => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const request = decodeEnrolmentRequest(group, input.request);
    if (isRejection(request)) return request;
    const issuer = issuerKey(seededRandomness(input.issuerSeed));
    return encodeCredential(issueCredential(issuer, request, input.period, seededRandomness(input.seed)));
  },

  /** An opener's part in opening one signature. */
  groupOpeningPart: (
    input: SignedBytes & {
      readonly groupKey: Uint8Array;
      readonly holder: number;
      readonly share: Uint8Array;
      readonly seed: Uint8Array;
    },
  ): Uint8Array | Rejection => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const parts = allAccepted([verifiedSignature(group, input, new Set()), scalar(input.share)]);
    if (isRejection(parts)) return parts;
    return encodeOpeningPart(openingPart(group, parts[0], input.holder, parts[1], seededRandomness(input.seed)));
  },

  /** An opener's part in naming a revoked member's tags of one epoch. `share` is its share of the member's tag secret. */
  groupRevocationPart: (input: {
    readonly groupKey: Uint8Array;
    readonly request: Uint8Array;
    readonly epoch: number;
    readonly holder: number;
    readonly share: Uint8Array;
    readonly seed: Uint8Array;
  }): Uint8Array | Rejection => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const parts = allAccepted([decodeEnrolmentRequest(group, input.request), scalar(input.share)]);
    if (isRejection(parts)) return parts;
    return encodeRevocationPart(revocationPart(group, parts[0], input.epoch, input.holder, parts[1], seededRandomness(input.seed)));
  },

  /** Whether two applications are of one member: the identity that an application names, 48 bytes. */
  groupIdentity: (input: { readonly groupKey: Uint8Array; readonly request: Uint8Array }): Uint8Array | Rejection => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const request = decodeEnrolmentRequest(group, input.request);
    return isRejection(request) ? request : encodeEnrolmentRequest(request).slice(0, 48);
  },
};
