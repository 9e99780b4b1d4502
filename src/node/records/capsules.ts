// Part keys sealed to the patient's reading keys (P3-10, T17 to T19): a capsule and the key under it for each part, of the epoch in which
// it was sealed. They lie in the manifest, which can be destroyed; the envelope holds their digest, so that whoever signs the commitment signs
// them. Nobody opens one but the patient, and whom proxies turn it towards.
import { type Digest, type Rejection, reject } from '../base/index.ts';
import { type Decoded, encode, fixedBytes, list, oneOf, struct, uint } from '../codec/index.ts';
import { MAX_READING_EPOCHS, type SensitivityClass, partyId, recordId, sensitivityClass } from '../contracts/index.ts';
import { CAPSULE_BYTES, digestOf } from '../crypto/index.ts';
import { CLASS_ORDER } from './classes.ts';
import type { RecordVersion } from './contexts.ts';
import { type Envelope, isByClass } from './envelope.ts';

/** A key of 32 bytes, with its nonce and tag. */
export const SEALED_PART_KEY_BYTES = 32 + 24 + 16;

const partCapsule = struct({ class: sensitivityClass, capsule: fixedBytes(CAPSULE_BYTES), sealedKey: fixedBytes(SEALED_PART_KEY_BYTES) });
export type PartCapsule = Decoded<typeof partCapsule>;

export const partCapsules = struct({
  epoch: uint(MAX_READING_EPOCHS - 1),
  /** By class, in their order. */
  parts: list(partCapsule, CLASS_ORDER.length),
});
export type PartCapsules = Decoded<typeof partCapsules>;

const context = struct({
  domain: oneOf('clinicord/capsule/1'),
  patient: partyId,
  record: recordId,
  version: uint(10_000),
  class: sensitivityClass,
  epoch: uint(MAX_READING_EPOCHS - 1),
});

/** What a part key under a capsule is bound to (fault 48). */
export function capsuleContext(of: RecordVersion, partClass: SensitivityClass, epoch: number): Uint8Array {
  const { patient, record, version } = of;
  return encode(context, { domain: 'clinicord/capsule/1', patient, record, version, class: partClass, epoch });
}

/** What the envelope says of the capsules. */
export function capsulesDigest(capsules: PartCapsules): Digest {
  return digestOf(encode(partCapsules, capsules));
}

/** Why the capsules are not those of the envelope, or null. The envelope must have been checked against the ledger. */
export function refusesCapsules(capsules: PartCapsules | null, envelope: Pick<Envelope, 'capsules' | 'parts'>): Rejection | null {
  if ((capsules === null ? null : capsulesDigest(capsules)) !== envelope.capsules)
    return reject('wrong-capsules', 'the capsules are not those that the signed entry commits to');
  if (capsules === null) return null;
  const same = capsules.parts.map((part) => part.class).join() === envelope.parts.map((part) => part.class).join();
  return same && isByClass(capsules.parts) ? null : reject('missing-capsule', 'each part has one capsule');
}
