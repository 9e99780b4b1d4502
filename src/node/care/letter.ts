// The letter: what one party tells another past the ledger, when the other may be away. Signed by its author, sealed to its
// recipient under a fresh key, bound to channel, box and letter id, so that no keeper can read, change or move it.
// Keepers see who it is for, when it came and how long it is; nothing else.
import {
  type ChannelId,
  type PartyId,
  type Rejection,
  type Brand,
  DIGEST_BYTES,
  ID_BYTES,
  MAX_LETTER_BYTES,
  MAX_NAME_CHARS,
  MAX_REASON_CHARS,
  isRejection,
  reject,
  toHex,
} from '../base/index.ts';
import { type Decoded, boundedBytes, decode, encode, flag, hex, nullable, oneOf, struct, text, uint, union } from '../codec/index.ts';
import { certificate, digest, grantId, partyId, possession, recordId, signature, slipBody } from '../contracts/index.ts';
import { partyIdOf } from '../crypto/index.ts';
import type { Aead, KeyWrap, Randomness, Signer, Verifier } from '../ports/index.ts';
import { MAX_ESTATE_BYTES, MAX_GUARDIANS, MAX_SHARE_BYTES } from './limits.ts';
import { MAX_MANIFEST_BYTES } from '../records/index.ts';
import { emergencyShares, openingNotice, openingShare, openingWish } from './managers-formats.ts';
import { proxyPieces, signedReceipt } from './proxy-formats.ts';
import { readerParts } from './search-formats.ts';
import { agreement, locator } from './serial-formats.ts';

/** 16 random bytes. An application's id also is the box in which its answer waits: only its author knows it. */
export type LetterId = Brand<string, 'LetterId'>;
/** Where a letter waits: a party, or an application's id. 16 bytes. */
export type Box = Brand<string, 'Box'>;

/** One set of shares; 16 random bytes. */
export type PlanId = Brand<string, 'PlanId'>;

export const letterId = hex<LetterId>(ID_BYTES);
export const box = hex<Box>(ID_BYTES);
export const planId = hex<PlanId>(ID_BYTES);

/** A version that awaits the patient: the body that she may sign, the clinic's signature over it, and the manifest. */
const offer = struct({ body: slipBody, signature, manifest: boundedBytes(MAX_MANIFEST_BYTES) });
/** The patient will not sign. */
const dispute = struct({ record: recordId, version: uint(10_000), commitment: digest, reason: text(MAX_REASON_CHARS) });
/** The clinic takes back an offer that was never final. */
const takenBack = struct({ record: recordId, version: uint(10_000), reason: text(MAX_REASON_CHARS) });
/** The patient's tab has handed this grant's keys to the keepers. */
const keysDelivered = struct({ grant: grantId, record: recordId, version: uint(10_000) });
/** A stranger asks the supervision centre for a certificate (P0-02). */
const application = struct({ certificate, possession });
const refusal = struct({ application: letterId, reason: text(MAX_REASON_CHARS) });
/** One share of somebody's keys, for a guardian. `estate` is sealed under the key that the shares make. */
const guardianShare = struct({
  plan: planId,
  /** Tells a newer plan from one that somebody sends again. */
  madeMs: uint(),
  threshold: uint(MAX_GUARDIANS),
  guardians: uint(MAX_GUARDIANS),
  name: text(MAX_NAME_CHARS),
  share: boundedBytes(MAX_SHARE_BYTES),
  estate: boundedBytes(MAX_ESTATE_BYTES),
});
/** The guardian says that it holds its share, or that it does no more. */
const guardianReceipt = struct({ plan: planId, held: flag });
/** The plan has ended: its shares are to be destroyed. */
const guardianEnd = struct({ plan: planId });
/** A guardian hands out its share, to a browser that cannot look up who certified it: the certificate comes along. */
const recoveryShare = struct({
  certificate,
  ward: partyId,
  plan: planId,
  threshold: uint(MAX_GUARDIANS),
  share: boundedBytes(MAX_SHARE_BYTES),
  estate: boundedBytes(MAX_ESTATE_BYTES),
});
/** A person hands her keys to another device of hers. */
const handover = struct({ certificate, estate: boundedBytes(MAX_ESTATE_BYTES) });

/** A clinic asks a patient whether others may find her by her serial, which lies at this place. */
const serialWish = struct({ locator });
/** She agrees; null: she does not, or not any more. */
const serialAgreement = struct({ locator, agreed: nullable(agreement) });

export const letterContent = union({
  offer,
  dispute,
  'taken-back': takenBack,
  'keys-delivered': keysDelivered,
  application,
  refusal,
  'guardian-share': guardianShare,
  'guardian-receipt': guardianReceipt,
  'guardian-end': guardianEnd,
  'recovery-share': recoveryShare,
  handover,
  'serial-wish': serialWish,
  'serial-agreement': serialAgreement,
  'search-parts': readerParts,
  'opening-wish': openingWish,
  'opening-share': openingShare,
  'opening-notice': openingNotice,
  'emergency-shares': emergencyShares,
  'proxy-pieces': proxyPieces,
  'proxy-receipt': signedReceipt,
});
export type LetterContent = Decoded<typeof letterContent>;
export type Offer = Extract<LetterContent, { kind: 'offer' }>;

/** A letter as keepers hold it. */
export const letter = struct({
  id: letterId,
  to: box,
  wrappedKey: boundedBytes(160),
  sealed: boundedBytes(MAX_LETTER_BYTES),
});
export type Letter = Decoded<typeof letter>;

const signed = struct({ from: partyId, signature, content: boundedBytes(MAX_LETTER_BYTES) });
const toSign = struct({
  domain: oneOf('clinicord/letter/1'),
  channel: hex<ChannelId>(DIGEST_BYTES),
  id: letterId,
  to: box,
  from: partyId,
  content: boundedBytes(MAX_LETTER_BYTES),
});
const context = struct({ domain: oneOf('clinicord/letter-seal/1'), channel: hex<ChannelId>(DIGEST_BYTES), id: letterId, to: box });

export interface LetterTools {
  readonly channel: ChannelId;
  readonly aead: Aead;
  readonly keyWrap: KeyWrap;
  readonly randomness: Randomness;
  readonly verifier: Verifier;
}

export function newLetterId(randomness: Randomness): LetterId {
  return toHex(randomness.bytes(ID_BYTES)) as LetterId;
}

export function boxOf(owner: PartyId | LetterId): Box {
  return owner as string as Box;
}

export interface Writing {
  readonly id: LetterId;
  readonly to: Box;
  readonly recipientWrapKey: Uint8Array;
  readonly from: PartyId;
  readonly signer: Signer;
  readonly content: LetterContent;
}

/** Signs and seals. */
export async function writeLetter(tools: LetterTools, writing: Writing): Promise<Letter> {
  const { id, to, from } = writing;
  const content = encode(letterContent, writing.content);
  const bytes = encode(toSign, { domain: 'clinicord/letter/1', channel: tools.channel, id, to, from, content });
  const plaintext = encode(signed, { from, signature: await writing.signer.sign(bytes), content });
  const about = encode(context, { domain: 'clinicord/letter-seal/1', channel: tools.channel, id, to });
  const key = tools.randomness.bytes(32);
  const sealed = await tools.aead.seal(key, plaintext, about);
  const wrappedKey = await tools.keyWrap.wrap(writing.recipientWrapKey, key, about);
  key.fill(0);
  return { id, to, wrappedKey, sealed };
}

export interface OpenedLetter {
  readonly id: LetterId;
  readonly from: PartyId;
  readonly content: LetterContent;
}

/**
 * Opens a letter with the recipient's private key and checks its author's signature. `signingKeyOf` gives the key that
 * the ledger certifies for a party, null for none; an application brings its own, which its possession proves, and so does who
 * answers a request for keys: a party is the hash of its signing key.
 */
export async function openLetter(
  tools: LetterTools,
  privateKey: Uint8Array,
  sealed: Letter,
  signingKeyOf: (party: PartyId) => Uint8Array | null,
): Promise<OpenedLetter | Rejection> {
  const { id, to } = sealed;
  const plaintext = await unseal(tools, privateKey, sealed);
  if (isRejection(plaintext)) return plaintext;
  const inside = decode(signed, plaintext, MAX_LETTER_BYTES);
  if (isRejection(inside)) return inside;
  const content = decode(letterContent, inside.content, MAX_LETTER_BYTES);
  if (isRejection(content)) return content;
  const key = broughtKey(inside.from, content) ?? signingKeyOf(inside.from);
  if (key === null) return reject('unknown-author', 'the letter comes from nobody whom the ledger certifies');
  const bytes = encode(toSign, {
    domain: 'clinicord/letter/1',
    channel: tools.channel,
    id,
    to,
    from: inside.from,
    content: inside.content,
  });
  if (!(await tools.verifier.verify(key, bytes, inside.signature)))
    return reject('bad-signature', 'the letter is not signed by who it says it is from');
  return { id, from: inside.from, content };
}

/** The signing key that a letter brings itself, because its reader may not have the ledger. */
function broughtKey(from: PartyId, content: LetterContent): Uint8Array | null {
  if (content.kind === 'application') return content.certificate.signingKey;
  if (content.kind !== 'recovery-share' && content.kind !== 'handover') return null;
  const { signingKey } = content.certificate;
  return partyIdOf(signingKey) === from ? signingKey : null;
}

async function unseal(tools: LetterTools, privateKey: Uint8Array, sealed: Letter): Promise<Uint8Array | Rejection> {
  const about = encode(context, { domain: 'clinicord/letter-seal/1', channel: tools.channel, id: sealed.id, to: sealed.to });
  try {
    const key = await tools.keyWrap.unwrap(privateKey, sealed.wrappedKey, about);
    return await tools.aead.open(key, sealed.sealed, about);
  } catch {
    return reject('cannot-open', 'the letter is damaged, or was sealed for somebody else');
  }
}
