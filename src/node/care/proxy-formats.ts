// What patient, proxies and reader tell each other about re-encryption (P3-10, T19). The plan of a delegation (one grant in one epoch) is
// signed by the patient: who the proxies are and how many are needed; so no proxy can claim another threshold, and no piece serves another
// grant. Key fragments travel in sealed letters only.
import { type ChannelId, type GrantId, DIGEST_BYTES } from '../base/index.ts';
import { type Decoded, boundedBytes, encode, fixedBytes, hex, list, oneOf, struct, uint } from '../codec/index.ts';
import { MAX_READING_EPOCHS, type SensitivityClass, grantId, partyId, recordId, sensitivityClass, signature } from '../contracts/index.ts';
import { CAPSULE_FRAGMENT_BYTES, KEY_FRAGMENT_BYTES } from '../crypto/index.ts';
import { CLASS_ORDER, MAX_ENVELOPE_BYTES, SALT_BYTES, partCapsules } from '../records/index.ts';
import { MAX_PROXIES, MAX_TOLD_PLANS } from './proxy-limits.ts';

const epoch = uint(MAX_READING_EPOCHS - 1);
const channel = hex<ChannelId>(DIGEST_BYTES);

/** By the patient. A newer plan of the same grant and epoch takes the place of an older. */
export const proxyPlan = struct({
  domain: oneOf('clinicord/proxy-plan/1'),
  channel,
  grant: grantId,
  epoch,
  madeMs: uint(),
  threshold: uint(MAX_PROXIES),
  /** Each once; none is the reader. */
  proxies: list(partyId, MAX_PROXIES),
});
export type ProxyPlan = Decoded<typeof proxyPlan>;
export const signedPlan = struct({ plan: proxyPlan, signature });
export type SignedPlan = Decoded<typeof signedPlan>;

/** The fragment of one class. Secret; the classes are those of the grant. */
export const keyPiece = struct({ class: sensitivityClass, fragment: fixedBytes(KEY_FRAGMENT_BYTES) });
export type KeyPiece = Decoded<typeof keyPiece>;
/** A letter to one proxy. */
export const proxyPieces = struct({ signed: signedPlan, pieces: list(keyPiece, CLASS_ORDER.length) });
export type ProxyPieces = Decoded<typeof proxyPieces>;

/** By a proxy, signed so that the patient can show it: it holds its pieces of a delegation, or has deleted them (none, if it never had any). */
const receipt = struct({
  domain: oneOf('clinicord/proxy-receipt/1'),
  channel,
  grant: grantId,
  epoch,
  /** Of the plan. */
  madeMs: uint(),
  proxy: partyId,
  state: oneOf('held', 'deleted'),
  pieces: uint(CLASS_ORDER.length),
  atMs: uint(),
});
export type ProxyReceipt = Decoded<typeof receipt>;
/** A letter to the patient. */
export const signedReceipt = struct({ receipt, signature });
export type SignedReceipt = Decoded<typeof signedReceipt>;

/** A reader asks which plans of its grant a proxy holds pieces of. */
export const plansWish = struct({ grant: grantId });
/** By epoch, newest first. */
export const plansAnswer = struct({ plans: list(signedPlan, MAX_TOLD_PLANS) });

/** A reader asks a proxy to turn the capsules of a version; envelope and salt show that they are those which the ledger names. */
export const reencryptWish = struct({
  grant: grantId,
  record: recordId,
  version: uint(10_000),
  envelope: boundedBytes(MAX_ENVELOPE_BYTES),
  salt: fixedBytes(SALT_BYTES),
  capsules: partCapsules,
});
export type ReencryptWish = Decoded<typeof reencryptWish>;
const turned = struct({ class: sensitivityClass, fragment: fixedBytes(CAPSULE_FRAGMENT_BYTES) });
export const reencryptAnswer = struct({ signed: signedPlan, turned: list(turned, CLASS_ORDER.length) });
export type ReencryptAnswer = Decoded<typeof reencryptAnswer>;

export const PROXY_REQUESTS = { plans: 'proxy-plans', reencrypt: 'proxy-reencrypt' } as const;

export function planBytes(plan: ProxyPlan): Uint8Array {
  return encode(proxyPlan, plan);
}

export function receiptBytes(value: ProxyReceipt): Uint8Array {
  return encode(receipt, value);
}

/** Of one grant in one epoch. */
export function delegationName(of: { readonly grant: GrantId; readonly epoch: number }): string {
  return `${of.grant}/${of.epoch}`;
}

/** More than half of the proxies; one of one. */
export function thresholdOf(proxies: number): number {
  return Math.floor(proxies / 2) + 1;
}

/** The piece of one class. */
export function pieceOf<Piece extends { readonly class: SensitivityClass }>(pieces: readonly Piece[], of: SensitivityClass): Piece | null {
  return pieces.find((piece) => piece.class === of) ?? null;
}
