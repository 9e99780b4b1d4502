// crypto/group-signature/: signing as a member of a group without saying which (P2-11, P2-12, P2-20, P2-24, T14, R12). Its door.
export {
  CREDENTIAL_BYTES,
  type Credential,
  type EnrolmentRequest,
  type MemberKey,
  type MemberSecret,
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
export {
  GROUP_LABEL_BYTES,
  type Group,
  type GroupKey,
  MAX_SLOTS_PER_EPOCH,
  decodeGroupKey,
  encodeGroupKey,
  groupOf,
  periodOf,
} from './group-key.ts';
export { type IssuerKey, type IssuerPublicKey, issuerKey } from './issuer.ts';
export {
  type OpenerDealing,
  dealOpening,
  decodeOpenerDealing,
  encodeOpenerDealing,
  openerShare,
  openingCommitments,
  refusesDealing,
  refusesOpenerShare,
} from './openers.ts';
export {
  OPENING_PART_BYTES,
  type OpeningPart,
  decodeOpeningPart,
  encodeOpeningPart,
  openSignature,
  openingPart,
  refusesOpeningPart,
} from './opening.ts';
export {
  type RevocationPart,
  decodeRevocationPart,
  encodeRevocationPart,
  refusesRevocationPart,
  revocationPart,
  revokedTags,
  tagsFromParts,
} from './revocation.ts';
export {
  GROUP_SIGNATURE_BYTES,
  type GroupSignature,
  type TagId,
  type TagSlot,
  type VerifiedGroupSignature,
  decodeGroupSignature,
  encodeGroupSignature,
  slotAndTagOf,
  tagIdOf,
} from './signature.ts';
export { groupSign } from './signing.ts';
export { type RevokedTags, type SignedMessage, groupVerify, groupVerifyBatch } from './verifying.ts';
