// What serial numbers put on the wire and on disks (P2-05, T13): the key's plan, dealings and statement, audit entries, entries at keepers,
// and the bytes that each party signs. Declares and decides nothing.
import { type ChannelId, type Digest, type PartyId, DIGEST_BYTES } from '../base/index.ts';
import { type Decoded, boundedBytes, encode, fixedBytes, hex, list, nullable, oneOf, struct, uint } from '../codec/index.ts';
import { digest, partyId, signature } from '../contracts/index.ts';
import {
  OPRF_ELEMENT_BYTES,
  PARTIAL_EVALUATION_BYTES,
  SERIAL_LOCATOR_BYTES,
  SERIAL_SHARE_BYTES,
  type SerialLocator,
  digestOf,
  serialCommitmentBytes,
  serialDealingBytes,
} from '../crypto/index.ts';
import { MAX_AUDIT_ANSWER_ENTRIES, MAX_ENTRIES_PER_LOCATOR, MAX_SERIAL_ENTRY_BYTES, MAX_SERIAL_HOLDERS } from './serial-limits.ts';

const channel = hex<ChannelId>(DIGEST_BYTES);
export const locator = hex<SerialLocator>(SERIAL_LOCATOR_BYTES);
const commitments = boundedBytes(serialCommitmentBytes(MAX_SERIAL_HOLDERS));
const dealing = boundedBytes(serialDealingBytes(MAX_SERIAL_HOLDERS));
/** HPKE adds the encapsulated key and the tag. */
const sealedShares = list(fixedBytes(32 + SERIAL_SHARE_BYTES + 16), MAX_SERIAL_HOLDERS);

/** Who shall hold the key, any `threshold` of them together. Signed by the supervision centre. */
export const serialPlan = struct({
  domain: oneOf('clinicord/serial-plan/1'),
  channel,
  authority: partyId,
  madeMs: uint(),
  threshold: uint(MAX_SERIAL_HOLDERS),
  holders: list(partyId, MAX_SERIAL_HOLDERS),
});
export type SerialPlan = Decoded<typeof serialPlan>;
export const signedPlan = struct({ plan: serialPlan, signature });
export type SignedPlan = Decoded<typeof signedPlan>;

export const planBytes = (plan: SerialPlan): Uint8Array => encode(serialPlan, plan);
/** Names a key: no two have the same. */
export const labelOf = (plan: SerialPlan): Digest => digestOf(planBytes(plan));

/** One holder's dealing, with a share for each holder, sealed to it. Signed by the dealer. */
export const dealt = struct({ dealing, shares: sealedShares, signature });
export type Dealt = Decoded<typeof dealt>;
const dealtToSign = struct({
  domain: oneOf('clinicord/serial-dealt/1'),
  label: digest,
  dealer: uint(MAX_SERIAL_HOLDERS),
  dealing,
  shares: sealedShares,
});
export const dealtBytes = (label: Digest, dealer: number, { dealing: own, shares }: Omit<Dealt, 'signature'>): Uint8Array =>
  encode(dealtToSign, { domain: 'clinicord/serial-dealt/1', label, dealer, dealing: own, shares });

const shareContext = struct({
  domain: oneOf('clinicord/serial-share/1'),
  label: digest,
  dealer: uint(MAX_SERIAL_HOLDERS),
  holder: uint(MAX_SERIAL_HOLDERS),
});
/** A sealed share opens for this key, from this dealer, for this holder. */
export const shareContextBytes = (label: Digest, dealer: number, holder: number): Uint8Array =>
  encode(shareContext, { domain: 'clinicord/serial-share/1', label, dealer, holder });

/** All dealings, in the order of the holders. */
export const dealings = struct({ signed: signedPlan, all: list(dealt, MAX_SERIAL_HOLDERS) });
export type Dealings = Decoded<typeof dealings>;
const transcript = list(dealt, MAX_SERIAL_HOLDERS);
export const transcriptOf = (all: readonly Dealt[]): Digest => digestOf(encode(transcript, all));

/** A holder has checked all dealings and keeps its share. */
export const heldAnswer = struct({ commitments, signature });
const heldToSign = struct({
  domain: oneOf('clinicord/serial-held/1'),
  label: digest,
  holder: uint(MAX_SERIAL_HOLDERS),
  transcript: digest,
  commitments,
});
export const heldBytes = (label: Digest, holder: number, of: Digest, points: Uint8Array): Uint8Array =>
  encode(heldToSign, { domain: 'clinicord/serial-held/1', label, holder, transcript: of, commitments: points });

/** The key as everybody knows it: signed by the supervision centre, and by every holder that it holds a share of it. */
export const serialKey = struct({
  plan: serialPlan,
  transcript: digest,
  commitments,
  held: list(signature, MAX_SERIAL_HOLDERS),
  signature,
});
export type SerialKey = Decoded<typeof serialKey>;
/** Above the longest statement: sixteen holders, sixteen commitments. */
export const MAX_SERIAL_KEY_BYTES = 4 * 1024;
const keyToSign = struct({ domain: oneOf('clinicord/serial-key/1'), plan: serialPlan, transcript: digest, commitments });
export const keyBytes = ({ plan, transcript: of, commitments: points }: Omit<SerialKey, 'held' | 'signature'>): Uint8Array =>
  encode(keyToSign, { domain: 'clinicord/serial-key/1', plan, transcript: of, commitments: points });

export const keyWish = struct({ domain: oneOf('clinicord/serial-key-wish/1') });
export const keyAnswer = struct({ key: nullable(serialKey) });
export const published = struct({ key: serialKey });

/** A clinic's wish for one evaluation. The element is blinded: it tells nothing of the person. */
export const evaluation = struct({ label: digest, blinded: fixedBytes(OPRF_ELEMENT_BYTES) });
export const evaluated = struct({ part: fixedBytes(PARTIAL_EVALUATION_BYTES) });

/** Who asked, when, and whether it was answered; never for what. `previous` is the digest of the entry before. */
export const auditEntry = struct({
  index: uint(),
  previous: digest,
  party: partyId,
  atMs: uint(),
  outcome: oneOf('answered', 'rate-limited'),
});
export type AuditEntry = Decoded<typeof auditEntry>;
export const auditDigest = (entry: AuditEntry): Digest => digestOf(encode(auditEntry, entry));
export const NO_ENTRY = '00'.repeat(DIGEST_BYTES) as Digest;

export const auditWish = struct({ authority: partyId, from: uint(), atMs: uint(), signature });
export const auditAnswer = struct({ entries: list(auditEntry, MAX_AUDIT_ANSWER_ENTRIES), next: uint() });
const auditToSign = struct({ domain: oneOf('clinicord/serial-audit/1'), channel, holder: partyId, from: uint(), atMs: uint() });
/** What the supervision centre signs for one holder and a short time. */
export const auditWishBytes = (of: ChannelId, holder: PartyId, from: number, atMs: number): Uint8Array =>
  encode(auditToSign, { domain: 'clinicord/serial-audit/1', channel: of, holder, from, atMs });

/** A patient agrees to be found; inside the sealed entry. Names no clinic: who finds her learns of none. */
export const agreement = struct({ untilMs: uint(), removal: digest, signature });
export type Agreement = Decoded<typeof agreement>;
const agreementToSign = struct({
  domain: oneOf('clinicord/serial-agreement/1'),
  channel,
  locator,
  patient: partyId,
  untilMs: uint(),
  removal: digest,
});
export const agreementBytes = (
  of: ChannelId,
  at: SerialLocator,
  patient: PartyId,
  { untilMs, removal }: Omit<Agreement, 'signature'>,
): Uint8Array => encode(agreementToSign, { domain: 'clinicord/serial-agreement/1', channel: of, locator: at, patient, untilMs, removal });

/** What an entry at keepers says to who can open it. */
export const entryContent = struct({ patient: partyId, agreement });
const entryContext = struct({ domain: oneOf('clinicord/serial-entry/1'), channel, locator });
export const entryContextBytes = (of: ChannelId, at: SerialLocator): Uint8Array =>
  encode(entryContext, { domain: 'clinicord/serial-entry/1', channel: of, locator: at });

const sealedEntry = boundedBytes(MAX_SERIAL_ENTRY_BYTES);
export const deposit = struct({ locator, sealed: sealedEntry, removal: digest, untilMs: uint() });
export type Deposit = Decoded<typeof deposit>;
export const entryWish = struct({ locator });
export const entryAnswer = struct({ sealed: list(sealedEntry, MAX_ENTRIES_PER_LOCATOR) });
/** Whoever knows what `removal` is the hash of may remove. */
export const removal = struct({ locator, secret: fixedBytes(32) });

export const SERIAL_REQUESTS = {
  key: 'serial-key',
  deal: 'serial-deal',
  hold: 'serial-hold',
  publish: 'serial-publish',
  evaluate: 'serial-evaluate',
  audit: 'serial-audit',
  deposit: 'serial-deposit',
  find: 'serial-find',
  remove: 'serial-remove',
} as const;
