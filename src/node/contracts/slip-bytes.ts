// What of a slip is signed and hashed: its id, the bytes under its signatures, and which key must have made each. Nothing
// here looks at what the slip wants; that is for check-slip and execute.
import { type Rejection, type SlipId, isRejection, reject } from '../base/index.ts';
import { encode } from '../codec/index.ts';
import type { SignatureCheck } from '../consensus/index.ts';
import { possessionBytes, shortIdOf } from '../crypto/index.ts';
import { proofChecks } from './accusation.ts';
import { type Authorship, authorshipBytes, authorshipOf } from './authorship.ts';
import { type PartyEntry, partyTable } from './entries.ts';
import { termTable } from './institution-entries.ts';
import {
  type Certificate,
  type Possession,
  type Slip,
  type SlipBody,
  MEMBER_ACTIONS,
  certificate,
  slip as slipCodec,
  slipBody,
} from './slip.ts';
import type { State } from './state.ts';
import { anchorChecks } from './summary-actions.ts';

// Slips never change once made, and each is asked for its bytes and id at every step from pool to head: they are remembered.
const ids = new WeakMap<SlipBody, SlipId>();
const encodings = new WeakMap<Slip, Uint8Array>();

/** What author and patient sign. */
export function slipBytes(body: SlipBody): Uint8Array {
  return encode(slipBody, body);
}

/** The first 16 bytes of the SHA-256 of what is signed: the same whoever signed it, before and after. */
export function slipIdOf(slip: Pick<Slip, 'body'>): SlipId {
  const known = ids.get(slip.body);
  if (known !== undefined) return known;
  const id = shortIdOf<SlipId>(slipBytes(slip.body));
  ids.set(slip.body, id);
  return id;
}

/** The whole slip as it is stored, with its signatures. Callers never write into it. */
export function encodeSlip(slip: Slip): Uint8Array {
  const known = encodings.get(slip);
  if (known !== undefined) return known;
  const bytes = encode(slipCodec, slip);
  encodings.set(slip, bytes);
  return bytes;
}

/** Canonical bytes; with `possessionBytes` around them, what each key in it signs (T10). */
export function certificateBytes(value: Certificate): Uint8Array {
  return encode(certificate, value);
}

/** The signatures by which a certificate's subject shows that it holds its keys. */
export function possessionChecks(value: Certificate, possession: Possession): readonly SignatureCheck[] {
  const bytes = possessionBytes(certificateBytes(value));
  const bySigningKey = { publicKey: value.signingKey, bytes, signature: possession.bySigningKey };
  if (value.memberKey === null || possession.byMemberKey === null) return [bySigningKey];
  return [bySigningKey, { publicKey: value.memberKey, bytes, signature: possession.byMemberKey }];
}

/**
 * Every signature of a slip with the key that must have made it, by the certificates in `state`. Rejections:
 * `unknown-author`, `no-member-key`, `unknown-patient`, `unknown-term`, and of an accusation `unknown-epoch`, `stranger`: nobody can tell who signed.
 */
export function signaturesOf(state: State, slip: Slip): readonly SignatureCheck[] | Rejection {
  const { body } = slip;
  const authorship = authorshipOf(slip);
  if (authorship !== null) return hiddenSignatures(state, slip, authorship);
  const author = partyTable.get(state, body.author);
  if (author === null) return reject('unknown-author', 'the author holds no certificate of this channel');
  const publicKey = authorKey(author, slip);
  if (publicKey === null) return reject('no-member-key', 'the author has no member key');
  const bytes = slipBytes(body);
  const checks: SignatureCheck[] = [{ publicKey, bytes, signature: slip.signature }];
  if (body.action.kind === 'certify') checks.push(...possessionChecks(body.action.certificate, body.action.possession));
  if (body.action.kind === 'anchor') {
    const anchored = anchorChecks(state, body.action);
    if (isRejection(anchored)) return anchored;
    checks.push(...anchored);
  }
  if (body.action.kind === 'accuse') {
    const proved = proofChecks(state, body.channel, body.action);
    if (isRejection(proved)) return proved;
    checks.push(...proved);
  }
  const consent = consentCheck(state, slip);
  if (isRejection(consent)) return consent;
  return consent === null ? checks : [...checks, consent];
}

/** Of a hidden author: by a member of the term's group, and by the key of the record; the patient's beside them. */
function hiddenSignatures(state: State, slip: Slip, authorship: Authorship): readonly SignatureCheck[] | Rejection {
  const { term, groupSignature, recordKey, recordSignature } = authorship;
  const publicKey = termTable.get(state, String(term))?.groupKey ?? null;
  if (publicKey === null) return reject('unknown-term', 'the term has no key');
  const body = slipBytes(slip.body);
  const bytes = authorshipBytes(term, recordKey, body);
  const checks: SignatureCheck[] = [
    { scheme: 'group', publicKey, bytes, signature: groupSignature },
    { publicKey: recordKey, bytes, signature: recordSignature },
  ];
  const consent = consentCheck(state, slip);
  if (isRejection(consent)) return consent;
  return consent === null ? checks : [...checks, consent];
}

/** The patient's signature over the same body; null where none is needed. */
function consentCheck(state: State, { body, consent }: Slip): SignatureCheck | Rejection | null {
  if (body.action.kind !== 'record') return null;
  const patient = partyTable.get(state, body.action.patient);
  if (patient === null) return reject('unknown-patient', 'the patient holds no certificate of this channel');
  return consent === null ? null : { publicKey: patient.certificate.signingKey, bytes: slipBytes(body), signature: consent };
}

function authorKey(author: PartyEntry, slip: Slip): Uint8Array | null {
  const { signingKey, memberKey } = author.certificate;
  return MEMBER_ACTIONS.includes(slip.body.action.kind) ? memberKey : signingKey;
}
