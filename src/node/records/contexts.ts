// What sealed bytes are bound to (P2-06, T15): the context is authenticated with them and not stored, so that a part, a key
// or an address that was moved to another record, version, class or person does not open (fault 48).
import type { PartyId, RecordId } from '../base/index.ts';
import { encode, oneOf, struct, uint } from '../codec/index.ts';
import { type SensitivityClass, partyId, recordId, sensitivityClass } from '../contracts/index.ts';

/** One version of one record of one patient. */
export interface RecordVersion {
  readonly patient: PartyId;
  readonly record: RecordId;
  readonly version: number;
}

const MAX_VERSION = 10_000;
const ofVersion = { patient: partyId, record: recordId, version: uint(MAX_VERSION) };

const part = struct({ domain: oneOf('clinicord/part/1'), ...ofVersion, class: sensitivityClass });
const wrap = struct({ domain: oneOf('clinicord/wrap/1'), ...ofVersion, class: sensitivityClass, recipient: partyId });
const address = struct({ domain: oneOf('clinicord/address/1'), ...ofVersion });
const reason = struct({ domain: oneOf('clinicord/reason/1'), ...ofVersion, recipient: partyId });

/** For AEAD over a part's plaintext. */
export function partContext(of: RecordVersion, partClass: SensitivityClass): Uint8Array {
  return encode(part, { domain: 'clinicord/part/1', ...pick(of), class: partClass });
}

/** For the wrap of a part's key to one recipient. */
export function wrapContext(of: RecordVersion, partClass: SensitivityClass, recipient: PartyId): Uint8Array {
  return encode(wrap, { domain: 'clinicord/wrap/1', ...pick(of), class: partClass, recipient });
}

/** For the envelope's CID, wrapped to the patient (P0-10). */
export function addressContext(of: RecordVersion): Uint8Array {
  return encode(address, { domain: 'clinicord/address/1', ...pick(of) });
}

/** For the words of a dispute or a withdrawal, wrapped to who may read them. */
export function reasonContext(of: RecordVersion, recipient: PartyId): Uint8Array {
  return encode(reason, { domain: 'clinicord/reason/1', ...pick(of), recipient });
}

function pick(of: RecordVersion): RecordVersion {
  return { patient: of.patient, record: of.record, version: of.version };
}
