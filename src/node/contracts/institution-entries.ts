// What the state holds of a channel that hides institutions: terms with their keys, who is enrolled, which tags are used or barred, which
// signature stands under which slip, what was opened. Names of clinics are here only where the ledger may know them.
import { type PartyId, type RecordId, type SlipId, ID_BYTES, MAX_REASON_CHARS } from '../base/index.ts';
import { type Decoded, boundedBytes, fixedBytes, flag, hex, list, nullable, struct, text, uint } from '../codec/index.ts';
import { CREDENTIAL_BYTES, GROUP_SIGNATURE_BYTES, OPENING_PART_BYTES, type TagId } from '../crypto/index.ts';
import { type ONLY } from './entries.ts';
import { digest, partyId, publicKey, recordId } from './fields.ts';
import { MAX_OPENERS } from './institution-deeds.ts';
import { table } from './table.ts';

const bytes = boundedBytes(4_096);

const terms = struct({
  /** Appointed last. */
  newest: uint(),
  /** Signatures are by this one; null until a first key is there. */
  current: nullable(uint()),
});

const term = struct({
  issuer: partyId,
  /** An opener's number is its place, from 1. */
  openers: list(partyId, MAX_OPENERS),
  threshold: uint(),
  tagsPerEpoch: uint(),
  epochMs: uint(),
  epochsPerPeriod: uint(),
  graceEpochs: uint(),
  /** Block time of the appointment: epoch 0 begins. */
  sinceMs: uint(),
  /** By the dealer's place; null where it has not dealt. */
  dealings: list(nullable(struct({ dealing: bytes, shares: list(bytes, MAX_OPENERS) })), MAX_OPENERS),
  groupKey: nullable(bytes),
});
export type TermEntry = Decoded<typeof term>;

const enrolment = struct({
  request: bytes,
  shares: list(bytes, MAX_OPENERS),
  /** Numbers of openers who hold a good share of the tag secret, and of those who say that theirs is bad. */
  holders: list(uint(), MAX_OPENERS),
  complaints: list(uint(), MAX_OPENERS),
  /** The newest two: of a period and the next. */
  credentials: list(struct({ period: uint(), credential: fixedBytes(CREDENTIAL_BYTES) }), 2),
});
export type EnrolmentEntry = Decoded<typeof enrolment>;

const owner = struct({ party: partyId });
const usedTag = struct({ slip: hex<SlipId>(ID_BYTES) });
const barredTag = struct({ term: uint(), epoch: uint() });
/** Parts until there are enough of them; then none, and `done`. */
const barring = struct({ parts: list(bytes, MAX_OPENERS), done: flag });
export type BarringEntry = Decoded<typeof barring>;

/** Who may write the record's next version or withdraw it: the holder of this key, which serves one record. */
const hiddenRecord = struct({ recordKey: publicKey });
/** What stands under a final slip. */
const hiddenSlip = struct({ term: uint(), record: recordId, signature: digest });

const opening = struct({
  term: uint(),
  record: recordId,
  signature: fixedBytes(GROUP_SIGNATURE_BYTES),
  askedBy: partyId,
  reason: text(MAX_REASON_CHARS),
  height: uint(),
  parts: list(fixedBytes(OPENING_PART_BYTES), MAX_OPENERS),
  /** Null: parts are missing. `clinic` null: nobody is enrolled with this identity, which is the issuer's guilt. */
  opened: nullable(struct({ clinic: nullable(partyId), height: uint() })),
});
export type OpeningEntry = Decoded<typeof opening>;

export const termsTable = table<typeof ONLY, Decoded<typeof terms>>('terms', terms);
export const termTable = table<string, TermEntry>('term', term);
export const enrolmentTable = table<string, EnrolmentEntry>('enrolment', enrolment);
/** Points of secrets, by term: none serves two clinics. */
export const enrolledPointTable = table<string, Decoded<typeof owner>>('enrolled-point', owner);
export const tagTable = table<TagId, Decoded<typeof usedTag>>('tag', usedTag);
export const barredTable = table<TagId, Decoded<typeof barredTag>>('barred', barredTag);
export const barringTable = table<string, BarringEntry>('barring', barring);
export const hiddenRecordTable = table<RecordId, Decoded<typeof hiddenRecord>>('hidden-record', hiddenRecord);
export const hiddenSlipTable = table<SlipId, Decoded<typeof hiddenSlip>>('hidden-slip', hiddenSlip);
export const openingTable = table<SlipId, OpeningEntry>('opening', opening);

export const enrolmentKey = (termNumber: number, clinic: PartyId): string => `${termNumber}/${clinic}`;
export const pointKey = (termNumber: number, pointHex: string): string => `${termNumber}/${pointHex}`;
export const barringKey = (termNumber: number, clinic: PartyId, epoch: number): string => `${termNumber}/${clinic}/${epoch}`;
