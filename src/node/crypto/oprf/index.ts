// crypto/oprf/: serial numbers that nobody can find by trying (P2-05, T13). Its door.
export { type Allowance, type AllowanceRule, spendEvaluation } from './allowance.ts';
export {
  SERIAL_SHARE_BYTES,
  type SerialDealing,
  dealSerialKey,
  decodeSerialDealing,
  encodeSerialDealing,
  joinSerialDealings,
  refusesSerialDealing,
  serialCommitmentBytes,
  serialDealingBytes,
} from './dealing.ts';
export { SERIAL_LOCATOR_BYTES, type SerialLocator, serialEntryKey, serialLocator } from './locator.ts';
export { normalisedName, normalisedNumber, serialInput } from './normalise.ts';
export {
  type BlindedInput,
  type Evaluation,
  OPRF_ELEMENT_BYTES,
  OPRF_PROOF_BYTES,
  SERIAL_KEY_SEED_BYTES,
  SERIAL_NUMBER_BYTES,
  type SerialKeyPair,
  type SerialNumber,
  blindInput,
  evaluateBlinded,
  finalizeSerial,
  serialKeyPair,
} from './serial.ts';
export {
  PARTIAL_EVALUATION_BYTES,
  type PartialEvaluation,
  decodePartialEvaluation,
  encodePartialEvaluation,
  evaluatePartially,
  finalizeSerialFromParts,
  refusesPartialEvaluation,
} from './threshold.ts';
