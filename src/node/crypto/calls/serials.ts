// Serial numbers (P2-05) as calls from plain data to plain data, for a worker. `seed` is 32 secret bytes for one call. Counting requests
// and writing them down is the authority's business, before it calls.
import { type Rejection, isRejection } from '../../base/index.ts';
import {
  RISTRETTO_POINT_BYTES,
  RISTRETTO_SCALARS,
  allAccepted,
  decodeCommitments,
  decodeRistretto,
  decodeScalar,
  seededRandomness,
} from '../curves/index.ts';
import {
  type BlindedInput,
  type Evaluation,
  type SerialKeyPair,
  type SerialNumber,
  blindInput,
  decodePartialEvaluation,
  encodePartialEvaluation,
  evaluateBlinded,
  evaluatePartially,
  finalizeSerial,
  finalizeSerialFromParts,
  serialInput,
  serialKeyPair,
} from '../oprf/index.ts';

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

  /** `commitments` are the key's, one point after the other. */
  serialFinishFromParts: (input: {
    readonly commitments: Uint8Array;
    readonly request: BlindedInput;
    readonly parts: readonly Uint8Array[];
  }): SerialNumber | Rejection => {
    const count = Math.floor(input.commitments.byteLength / RISTRETTO_POINT_BYTES);
    const commitments = decodeCommitments(input.commitments, count, RISTRETTO_POINT_BYTES, decodeRistretto);
    if (isRejection(commitments)) return commitments;
    const parts = allAccepted(input.parts.map(decodePartialEvaluation));
    return isRejection(parts) ? parts : finalizeSerialFromParts(commitments, input.request, parts);
  },
};
