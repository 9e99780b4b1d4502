// What must hold of a slip whatever the state says (R4): a block that holds a slip which breaks one of these is invalid.
// Everything that depends on the state is for execute, where a failing slip has no effect and leaves a receipt.
import { type Rejection, MAX_SLIP_BYTES, isRejection, reject, toHex } from '../base/index.ts';
import { decodeSearchPublicKey, decodeUmbralPublicKey, partyIdOf, refusesCertifiedKey } from '../crypto/index.ts';
import { proofRefusal } from './accusation.ts';
import type { ActionOf } from './author.ts';
import { authorshipRefusal } from './authorship.ts';
import { MAX_PERIOD_MS, checkCopyright, checkEmergency, checkPolicy, checkScript, checkSensitiveUse, checkSet } from './deed-checks.ts';
import { openingRefusal, rulesRefusal } from './channel-rules.ts';
import { anchorRefusal, summaryRefusal } from './summary-actions.ts';
import { MAX_SUMMARY_BYTES } from './summary-fields.ts';
import type { Action, Certificate, ChannelSettings, Possession, Slip } from './slip.ts';
import { encodeSlip } from './slip-bytes.ts';

export const SLIP_PROTOCOL = 1;

/** Looking at a certificate's keys takes a millisecond, and a slip is looked at many times on its way. */
const judged = new WeakMap<Slip, { readonly refusal: Rejection | null }>();

/** Why no state could ever take this slip, or null. Signatures are listed elsewhere (`signaturesOf`) and checked by the caller. */
export function checkSlip(slip: Slip): Rejection | null {
  const known = judged.get(slip);
  if (known !== undefined) return known.refusal;
  const refusal = staticRefusal(slip);
  judged.set(slip, { refusal });
  return refusal;
}

function staticRefusal(slip: Slip): Rejection | null {
  const { body, consent } = slip;
  if (body.protocol !== SLIP_PROTOCOL) return reject('wrong-protocol', `version ${body.protocol}, but ${SLIP_PROTOCOL} is spoken`);
  const sizeBytes = encodeSlip(slip).byteLength;
  const maxBytes = body.action.kind === 'summary' ? MAX_SUMMARY_BYTES : MAX_SLIP_BYTES;
  if (sizeBytes > maxBytes) return reject('oversized', `a slip of ${sizeBytes} bytes, at most ${maxBytes} are allowed`);
  const signed = body.action.kind === 'record' && body.action.unconfirmedReason === null;
  if (signed && consent === null) return reject('no-consent', 'neither the patient signed nor is it said why not');
  if (!signed && consent !== null) return reject('stray-consent', 'a second signature where none belongs');
  return authorshipRefusal(slip) ?? checkAction(body.action);
}

function checkAction(action: Action): Rejection | null {
  switch (action.kind) {
    case 'found':
      return checkSettings(action.settings);
    case 'certify':
      return checkCertificate(action.certificate, action.possession);
    case 'record':
      return checkRecord(action);
    case 'verdict':
      if (action.version === 0) return reject('version-zero', 'versions count from 1');
      return action.verdict === 'confirmed' && action.sealedReason !== null
        ? reject('stray-reason', 'a confirmation needs no reason')
        : null;
    case 'read':
      return action.version === 0 ? reject('version-zero', 'versions count from 1') : null;
    case 'grant':
      return checkGrant(action);
    case 'open-channel':
      return checkSettings(action.settings) ?? openingRefusal(action) ?? checkSet(action.members, 'members');
    case 'anchor':
      return anchorRefusal(action);
    case 'summary':
      return summaryRefusal(action);
    case 'absent':
      return checkSet(action.parties, 'parties');
    case 'accuse':
      return proofRefusal(action.proof);
    case 'search-key': {
      const key = decodeSearchPublicKey(action.key);
      return isRejection(key) ? key : null;
    }
    case 'reading-keys':
      return checkCurveKeys([action.signer, ...Object.values(action.keys)]);
    case 'receiving-key':
      return checkCurveKeys([action.key]);
    case 'emergency':
      return checkEmergency(action);
    case 'policy':
      return checkPolicy(action);
    case 'copyright':
      return checkCopyright(action);
    case 'sensitive-use':
      return checkSensitiveUse(action);
    case 'script':
      return checkScript(action);
    case 'custody':
    case 'erasure':
    case 'institutions':
    case 'attest':
    case 'countersign':
    case 'revoke':
    case 'join-channel':
    case 'leave-channel':
    case 'seat':
    case 'leave':
    case 'withdraw':
    case 'request':
    case 'decline':
    case 'end-grant':
      return null;
  }
}

function checkSettings(settings: ChannelSettings): Rejection | null {
  if (settings.name.trim() === '') return reject('no-name', 'the channel has no name');
  if (settings.baseTimeoutMs === 0 || settings.silenceMs === 0) return reject('zero-timeout', 'time-outs are above zero');
  return rulesRefusal(settings);
}

/** Why a certificate can never be issued, or null. Also for an authority that looks at an application. */
export function checkCertificate(certificate: Certificate, possession: Possession): Rejection | null {
  const { subject, role, name, clinician, signingKey, memberKey, notBeforeMs, notAfterMs } = certificate;
  if (subject !== partyIdOf(signingKey)) return reject('wrong-subject', 'the subject is not the hash of its signing key');
  if (notAfterMs <= notBeforeMs || notAfterMs - notBeforeMs > MAX_PERIOD_MS)
    return reject('bad-period', 'the certificate ends before it begins, or lasts too long');
  if (role === 'patient' && (name !== '' || clinician !== '')) return reject('patient-named', 'a patient has no name on the ledger');
  if (role !== 'patient' && name.trim() === '') return reject('no-name', 'the certificate has no name');
  const mayVote = role === 'archive' || role === 'clinic';
  if (role === 'archive' && memberKey === null) return reject('no-member-key', 'an archive member votes');
  if (!mayVote && memberKey !== null) return reject('stray-member-key', `a ${role} never votes`);
  if ((memberKey === null) !== (possession.byMemberKey === null)) return reject('no-possession', 'every key that signs must show itself');
  return refusesCertifiedKey(signingKey) ?? (memberKey === null ? null : refusesCertifiedKey(memberKey));
}

function checkRecord(action: ActionOf<'record'>): Rejection | null {
  if (action.version === 0) return reject('version-zero', 'versions count from 1');
  if (action.unconfirmedReason?.trim() === '') return reject('no-reason', 'an unconfirmed record states why');
  if (action.sealedAddress.byteLength === 0) return reject('no-address', 'the envelope has no address');
  return checkSet(action.classes, 'classes');
}

function checkGrant(action: ActionOf<'grant'>): Rejection | null {
  const { fromMs, untilMs } = action;
  if (untilMs <= fromMs || untilMs - fromMs > MAX_PERIOD_MS)
    return reject('bad-period', 'the grant ends before it begins, or lasts too long');
  return checkSet(action.classes, 'classes') ?? checkSet(action.actions, 'actions');
}

/** Points of the curve, none twice: one key for two classes would make one class of them. */
function checkCurveKeys(keys: readonly Uint8Array[]): Rejection | null {
  for (const key of keys) {
    const point = decodeUmbralPublicKey(key);
    if (isRejection(point)) return reject('bad-key', point.detail);
  }
  return checkSet(keys.map(toHex), 'keys');
}
