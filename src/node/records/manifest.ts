// The manifest: all that makes one version readable and can be destroyed (T16): the envelope's address, the salt of the
// commitment, the part keys wrapped to whoever may open them, and their capsules. Keepers hold it; nothing in it opens without a
// recipient's key. It grows with grants and shrinks with revocation, so it is never on the ledger.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import { type Decoded, boundedBytes, decode, encode, fixedBytes, list, oneOf, struct, uint } from '../codec/index.ts';
import { type SensitivityClass, partyId, recordId, sensitivityClass } from '../contracts/index.ts';
import type { PartyId } from '../base/index.ts';
import { type PartCapsules, partCapsules } from './capsules.ts';
import { cid } from './cid.ts';
import { SALT_BYTES } from './envelope.ts';

/** Recipients times classes: patient, author, and 126 grantees of all four classes. */
export const MAX_WRAPS = 512;
/** HPKE of 32 bytes takes 80; what comes later may take more. */
export const MAX_WRAPPED_KEY_BYTES = 256;
export const MAX_MANIFEST_BYTES = 256 * 1024;

export const keyWrap = struct({
  class: sensitivityClass,
  recipient: partyId,
  wrapped: boundedBytes(MAX_WRAPPED_KEY_BYTES),
});
/** A part's key, wrapped to one recipient. */
export type KeyWrapEntry = Decoded<typeof keyWrap>;

const content = {
  record: recordId,
  version: uint(10_000),
  patient: partyId,
  /** The envelope's CID. */
  envelope: cid,
  salt: fixedBytes(SALT_BYTES),
  /** At most one per class and recipient. */
  wraps: list(keyWrap, MAX_WRAPS),
};
const wrapped = struct({ format: oneOf('clinicord/manifest/1'), ...content });
const delegable = struct({ format: oneOf('clinicord/manifest/2'), ...content, capsules: partCapsules });

export interface Manifest extends Omit<Decoded<typeof wrapped>, 'format'> {
  /** Null where the patient had published no reading keys: then grants need wraps of their own. */
  readonly capsules: PartCapsules | null;
}

export function manifestBytes({ capsules, ...value }: Manifest): Uint8Array {
  return capsules === null
    ? encode(wrapped, { ...value, format: 'clinicord/manifest/1' })
    : encode(delegable, { ...value, capsules, format: 'clinicord/manifest/2' });
}

export function readManifest(bytes: Uint8Array): Manifest | Rejection {
  const value = decodeManifest(bytes);
  if (isRejection(value)) return value;
  const names = new Set(value.wraps.map(nameOf));
  return names.size === value.wraps.length ? value : reject('malformed', 'wraps: two for one class and recipient');
}

function decodeManifest(bytes: Uint8Array): Manifest | Rejection {
  const richer = decode(delegable, bytes, MAX_MANIFEST_BYTES);
  const value = isRejection(richer) ? decode(wrapped, bytes, MAX_MANIFEST_BYTES) : richer;
  if (isRejection(value)) return value;
  const { format: _format, ...rest } = value;
  return { capsules: null, ...rest };
}

/** The wraps of one recipient. */
export function wrapsFor(value: Manifest, recipient: PartyId): readonly KeyWrapEntry[] {
  return value.wraps.filter((entry) => entry.recipient === recipient);
}

/** With `added`, which replace what is there for the same class and recipient. */
export function withWraps(value: Manifest, added: readonly KeyWrapEntry[]): Manifest | Rejection {
  const replaced = new Set(added.map(nameOf));
  const wraps = [...value.wraps.filter((entry) => !replaced.has(nameOf(entry))), ...added];
  return wraps.length > MAX_WRAPS ? reject('too-many-wraps', `at most ${MAX_WRAPS} keys in a manifest`) : { ...value, wraps };
}

/** Without the wraps of one recipient, after its grant ended. */
export function withoutWrapsOf(value: Manifest, recipient: PartyId): Manifest {
  return { ...value, wraps: value.wraps.filter((entry) => entry.recipient !== recipient) };
}

function nameOf(entry: { readonly class: SensitivityClass; readonly recipient: PartyId }): string {
  return `${entry.class}/${entry.recipient}`;
}
