// What the managers' copy puts on the wire and on disks (P2-08, P2-09, T14): who the managers are, their keys of the day, copies of part
// keys in shares, and what managers tell each other and the patient. Declares and decides nothing.
import { type ChannelId, type Digest, type PartyId, type Brand, DIGEST_BYTES, ID_BYTES, MAX_REASON_CHARS } from '../base/index.ts';
import { type Decoded, encode, fixedBytes, hex, list, nullable, oneOf, struct, text, uint } from '../codec/index.ts';
import { type SensitivityClass, digest, itemId, partyId, recordId, sensitivityClass, signature } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { CLASS_ORDER, type RecordVersion, SALT_BYTES, cid } from '../records/index.ts';
import { MAX_MANAGERS } from './managers-limits.ts';

const channel = hex<ChannelId>(DIGEST_BYTES);
const version = uint(10_000);
const KEY_BYTES = 32;
/** A share of a part key is one byte longer than the key. */
const SHARE_BYTES = KEY_BYTES + 1;

/** Who the managers are; nobody: no copies. Signed by the supervision centre. */
export const managersOption = struct({
  domain: oneOf('clinicord/managers/1'),
  channel,
  authority: partyId,
  madeMs: uint(),
  threshold: uint(MAX_MANAGERS),
  managers: list(partyId, MAX_MANAGERS),
});
export type ManagersOption = Decoded<typeof managersOption>;
export const signedOption = struct({ option: managersOption, signature });
export type SignedOption = Decoded<typeof signedOption>;
export const optionBytes = (option: ManagersOption): Uint8Array => encode(managersOption, option);
export const MAX_OPTION_BYTES = 1_024;
export const optionWish = struct({ domain: oneOf('clinicord/managers-wish/1') });
export const optionAnswer = struct({ option: nullable(signedOption) });

/** A manager's public key for one day, counted from 1970 in UTC (P2-09). Signed by the manager. */
export const dayKey = struct({ manager: partyId, day: uint(), publicKey: fixedBytes(KEY_BYTES), signature });
export type DayKey = Decoded<typeof dayKey>;
const dayToSign = struct({
  domain: oneOf('clinicord/manager-day/1'),
  channel,
  manager: partyId,
  day: uint(),
  publicKey: fixedBytes(KEY_BYTES),
});
export const dayBytes = (of: ChannelId, { manager, day, publicKey }: Omit<DayKey, 'signature'>): Uint8Array =>
  encode(dayToSign, { domain: 'clinicord/manager-day/1', channel: of, manager, day, publicKey });
/** The paper's table goes from the hash of the public key to the private one (P2-09). */
export const dayKeyId = (publicKey: Uint8Array): Digest => digestOf(publicKey);
export const dayWish = struct({ day: uint() });
export const dayAnswer = struct({ keys: list(dayKey, MAX_MANAGERS) });

const copiedShare = struct({ manager: partyId, key: digest, wrapped: fixedBytes(32 + SHARE_BYTES + 16) });
const copiedPart = struct({ class: sensitivityClass, shares: list(copiedShare, MAX_MANAGERS) });
/** The key of each part in shares, one for each manager, sealed to its key of the day; and what leads to the parts. */
export const managersCopy = struct({
  record: recordId,
  version,
  envelope: cid,
  salt: fixedBytes(SALT_BYTES),
  threshold: uint(MAX_MANAGERS),
  parts: list(copiedPart, CLASS_ORDER.length),
});
export type ManagersCopy = Decoded<typeof managersCopy>;
export const copyWish = struct({ record: recordId, version });
const shareContext = struct({
  domain: oneOf('clinicord/manager-share/1'),
  channel,
  record: recordId,
  version,
  patient: partyId,
  class: sensitivityClass,
  manager: partyId,
});
/** A share opens for this part, this version and this manager. */
export const shareContextBytes = (
  of: ChannelId,
  { record, version: number, patient }: RecordVersion,
  partClass: SensitivityClass,
  manager: PartyId,
): Uint8Array =>
  encode(shareContext, { domain: 'clinicord/manager-share/1', channel: of, record, version: number, patient, class: partClass, manager });

/** One opening; 16 random bytes. */
export type OpeningId = Brand<string, 'OpeningId'>;
export const openingId = hex<OpeningId>(ID_BYTES);
const reason = text(MAX_REASON_CHARS);
/** A manager asks the others to open a version with it. */
export const openingWish = struct({ opening: openingId, record: recordId, version, reason });
export const openedShares = list(struct({ class: sensitivityClass, share: fixedBytes(SHARE_BYTES) }), CLASS_ORDER.length);
/** Another gives its shares; null: it does not. */
export const openingShare = struct({ opening: openingId, shares: nullable(openedShares) });
/** A manager that gives its shares tells the patient, before it does. */
export const openingNotice = struct({ opening: openingId, record: recordId, version, by: partyId, reason });

/** A manager gives its shares in an emergency that it has released on the ledger. */
export const emergencyShares = struct({ emergency: itemId, shares: openedShares });

export const MANAGERS_REQUESTS = {
  option: 'managers-option',
  publish: 'managers-publish',
  putDay: 'manager-day-put',
  days: 'manager-days',
  putCopy: 'manager-copy-put',
  copy: 'manager-copy',
} as const;
