// How a slip is signed where institutions are hidden (P2-11, P2-12, R12): by a group signature of a member instead of the author's own, and
// by a key made for this one record, so that only who wrote a record writes its next version. The id of the one-time tag stands where the
// author's id stands otherwise. Such are a clinic's slips about records. Nothing here looks at the state.
import { type PartyId, type Rejection, MAX_SLIP_BYTES, reject } from '../base/index.ts';
import { boundedBytes, encode, oneOf, struct, uint } from '../codec/index.ts';
import { GROUP_SIGNATURE_BYTES, type TagId, type TagSlot, refusesCertifiedKey, slotAndTagOf } from '../crypto/index.ts';
import { KEY_BYTES, SIGNATURE_BYTES, publicKey } from './fields.ts';
import { MAX_TERMS } from './institution-deeds.ts';
import { type ActionKind, type Slip, MAX_AUTHOR_SIGNATURE_BYTES } from './slip.ts';

/** Slips that show no institution where institutions are hidden. What a clinic asks or reads for itself names it: the patient answers it. */
const HIDDEN_ACTIONS: readonly ActionKind[] = ['record', 'withdraw'];

const TERM_BYTES = 2;
const RECORD_KEY_AT = TERM_BYTES + GROUP_SIGNATURE_BYTES;
const RECORD_SIGNATURE_AT = RECORD_KEY_AT + KEY_BYTES;
/** What stands in place of a hidden author's signature. */
export interface Authorship {
  /** Whose key the group signature is checked by. */
  readonly term: number;
  readonly groupSignature: Uint8Array;
  /** Ed25519, made by the author for this record alone. */
  readonly recordKey: Uint8Array;
  readonly recordSignature: Uint8Array;
}

const signedTogether = struct({
  domain: oneOf('clinicord/hidden-author/1'),
  term: uint(MAX_TERMS),
  recordKey: publicKey,
  body: boundedBytes(MAX_SLIP_BYTES),
});

/** What both the member and the record's key sign. `body` is the slip's canonical body. */
export function authorshipBytes(term: number, recordKey: Uint8Array, body: Uint8Array): Uint8Array {
  return encode(signedTogether, { domain: 'clinicord/hidden-author/1', term, recordKey, body });
}

export function encodeAuthorship({ term, groupSignature, recordKey, recordSignature }: Authorship): Uint8Array {
  const bytes = new Uint8Array(MAX_AUTHOR_SIGNATURE_BYTES);
  new DataView(bytes.buffer).setUint16(0, term);
  bytes.set(groupSignature, TERM_BYTES);
  bytes.set(recordKey, RECORD_KEY_AT);
  bytes.set(recordSignature, RECORD_SIGNATURE_AT);
  return bytes;
}

/** Null of a slip that its author signed by name. */
export function authorshipOf({ signature }: Slip): Authorship | null {
  if (signature.byteLength !== MAX_AUTHOR_SIGNATURE_BYTES) return null;
  return {
    term: new DataView(signature.buffer, signature.byteOffset, TERM_BYTES).getUint16(0),
    groupSignature: signature.subarray(TERM_BYTES, RECORD_KEY_AT),
    recordKey: signature.subarray(RECORD_KEY_AT, RECORD_SIGNATURE_AT),
    recordSignature: signature.subarray(RECORD_SIGNATURE_AT),
  };
}

/** Whether this action has no effect by name on a channel that hides institutions. A summary of another channel names who wrote its records. */
export function namesAnInstitution(kind: ActionKind): boolean {
  return isHiddenAction(kind) || kind === 'summary';
}

/** Whether this action shows no institution on a channel that hides them. */
function isHiddenAction(kind: ActionKind): boolean {
  return HIDDEN_ACTIONS.includes(kind);
}

/** The author's id of a slip with this tag: nobody's name, and used once. */
export function authorOfTag(tag: TagId): PartyId {
  return tag as string as PartyId;
}

/** Epoch, slot and tag that a hidden author uses up. */
export function slotOf({ groupSignature }: Authorship): TagSlot & { readonly tag: TagId } {
  return slotAndTagOf(groupSignature);
}

/** Why nobody can have signed like this, or null: also of slips that are signed by name. */
export function authorshipRefusal(slip: Slip): Rejection | null {
  const { body, signature } = slip;
  const authorship = authorshipOf(slip);
  if (authorship === null)
    return signature.byteLength === SIGNATURE_BYTES ? null : reject('bad-signature', `a signature of ${signature.byteLength} bytes`);
  if (!isHiddenAction(body.action.kind)) return reject('stray-group-signature', `a ${body.action.kind} names who says it`);
  if (body.counter !== 0) return reject('stray-counter', 'a tag is used once and needs no counter');
  if (body.author !== authorOfTag(slotOf(authorship).tag))
    return reject('wrong-author', 'the author is not the tag of the group signature');
  return refusesCertifiedKey(authorship.recordKey);
}
