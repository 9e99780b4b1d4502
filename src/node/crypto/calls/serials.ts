// Serial numbers (P2-05) as calls from plain data to plain data, for a worker. `seed` is 32 secret bytes for one call. Counting requests
// and writing them down is the authority's business, before it calls.
import { type Rejection, isRejection } from '../../base/index.ts';
import {
  RISTRETTO,
  RISTRETTO_POINT_BYTES,
  RISTRETTO_SCALARS,
  allAccepted,
  decodeCommitments,
  decodeRistretto,
  decodeScalar,
  encodeCommitments,
  scalarToBytes,
  seededRandomness,
} from '../curves/index.ts';
import {
  type BlindedInput,
  type Evaluation,
  type SerialKeyPair,
  type SerialNumber,
  blindInput,
  dealSerialKey,
  decodePartialEvaluation,
  decodeSerialDealing,
  encodePartialEvaluation,
  encodeSerialDealing,
  evaluateBlinded,
  evaluatePartially,
  finalizeSerial,
  finalizeSerialFromParts,
  joinSerialDealings,
  refusesPartialEvaluation,
  serialInput,
  serialKeyPair,
} from '../oprf/index.ts';

function commitmentsFrom(bytes: Uint8Array) {
  const count = Math.floor(bytes.byteLength / RISTRETTO_POINT_BYTES);
  return decodeCommitments(bytes, count, RISTRETTO_POINT_BYTES, decodeRistretto);
}

export const SERIAL_CALLS = {
  serialKeys: ({ seed }: { readonly seed: Uint8Array }): SerialKeyPair => serialKeyPair(seed),

  serialBlind: (input: { readonly name: string; readonly identityNumber: string; readonly seed: Uint8Array }): BlindedInput | Rejection => {
    const bytes = serialInput(input.name, input.identityNumber);
    return isRejection(bytes) ? bytes : blindInput(bytes, seededRandomness(input.seed));
  },

  serialEvaluate: (input: {
    readonly keys: SerialKeyPair;
    readonly blinded: Uint8Array;
    readonly seed: Uint8Array;
  }): Evaluation | Rejection => evaluateBlinded(input.keys, input.blinded, seededRandomness(input.seed)),

  serialFinish: (input: {
    readonly publicKey: Uint8Array;
    readonly request: BlindedInput;
    readonly answer: Evaluation;
  }): SerialNumber | Rejection => finalizeSerial(input.publicKey, input.request, input.answer),

  /** One authority of several: its share (32 bytes) is the share number `holder`. */
  serialEvaluatePart: (input: {
    readonly holder: number;
    readonly share: Uint8Array;
    readonly blinded: Uint8Array;
    readonly seed: Uint8Array;
  }): Uint8Array | Rejection => {
    const share = decodeScalar(RISTRETTO_SCALARS, input.share, 'a share');
    if (isRejection(share)) return share;
    const part = evaluatePartially(input.holder, share, input.blinded, seededRandomness(input.seed));
    return isRejection(part) ? part : encodePartialEvaluation(part);
  },

  /** Why one authority's part does not count, or null. */
  serialCheckPart: (input: {
    readonly commitments: Uint8Array;
    readonly blinded: Uint8Array;
    readonly part: Uint8Array;
  }): Rejection | null => {
    const commitments = commitmentsFrom(input.commitments);
    if (isRejection(commitments)) return commitments;
    const part = decodePartialEvaluation(input.part);
    return isRejection(part) ? part : refusesPartialEvaluation(commitments, input.blinded, part);
  },

  /** A holder's dealing when the key is made, and one secret share for each holder. */
  serialDeal: (input: {
    readonly label: Uint8Array;
    readonly dealer: number;
    readonly threshold: number;
    readonly holders: number;
    readonly seed: Uint8Array;
  }): { readonly dealing: Uint8Array; readonly shares: readonly Uint8Array[] } => {
    const { dealing, shares } = dealSerialKey(input.label, input.dealer, input.threshold, input.holders, seededRandomness(input.seed));
    return { dealing: encodeSerialDealing(dealing), shares: shares.map((share) => scalarToBytes(RISTRETTO_SCALARS, share)) };
  },

  /** All dealings, checked and added up: the key's commitments and the share of one holder, who received one share from each dealer. */
  serialJoin: (input: {
    readonly label: Uint8Array;
    readonly threshold: number;
    readonly dealings: readonly Uint8Array[];
    readonly holder: number;
    readonly received: readonly Uint8Array[];
  }): { readonly commitments: Uint8Array; readonly share: Uint8Array } | Rejection => {
    const dealings = allAccepted(input.dealings.map((bytes) => decodeSerialDealing(bytes, input.threshold)));
    if (isRejection(dealings)) return dealings;
    const received = allAccepted(input.received.map((bytes) => decodeScalar(RISTRETTO_SCALARS, bytes, 'a share')));
    if (isRejection(received)) return received;
    const joined = joinSerialDealings(input.label, input.threshold, dealings, { holder: input.holder, received });
    if (isRejection(joined)) return joined;
    return { commitments: encodeCommitments(RISTRETTO, joined.commitments), share: scalarToBytes(RISTRETTO_SCALARS, joined.share) };
  },

  /** `commitments` are the key's, one point after the other. */
  serialFinishFromParts: (input: {
    readonly commitments: Uint8Array;
    readonly request: BlindedInput;
    readonly parts: readonly Uint8Array[];
  }): SerialNumber | Rejection => {
    const commitments = commitmentsFrom(input.commitments);
    if (isRejection(commitments)) return commitments;
    const parts = allAccepted(input.parts.map(decodePartialEvaluation));
    return isRejection(parts) ? parts : finalizeSerialFromParts(commitments, input.request, parts);
  },
};
