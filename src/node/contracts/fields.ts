// What slips are made of: identifiers, keys, and the closed lists of words. Beside slip.ts so that the families of contracts, whose
// deeds slips hold, use the same.
import {
  type ChannelId,
  type Digest,
  type GrantId,
  type ItemId,
  type PartyId,
  type RecordId,
  DIGEST_BYTES,
  ID_BYTES,
} from '../base/index.ts';
import { type Decoded, fixedBytes, hex, oneOf, struct } from '../codec/index.ts';

export const SIGNATURE_BYTES = 64;
export const KEY_BYTES = 32;
/** A compressed point of secp256k1. */
export const CURVE_KEY_BYTES = 33;
/** Epochs of one patient's reading keys: one more with every grant that she revokes. */
export const MAX_READING_EPOCHS = 4_096;

export const partyId = hex<PartyId>(ID_BYTES);
export const recordId = hex<RecordId>(ID_BYTES);
export const grantId = hex<GrantId>(ID_BYTES);
export const itemId = hex<ItemId>(ID_BYTES);
export const digest = hex<Digest>(DIGEST_BYTES);
export const channelId = hex<ChannelId>(DIGEST_BYTES);
export const signature = fixedBytes(SIGNATURE_BYTES);
export const publicKey = fixedBytes(KEY_BYTES);

/** What a certificate lets its subject be. `archive` members are always on and hold full copies. */
export const role = oneOf('authority', 'archive', 'clinic', 'patient', 'data-user');
export type Role = Decoded<typeof role>;

/** Sensitivity classes (P0-08), with HL7 confidentiality codes: identity and general N, restricted R, very restricted V. */
export const sensitivityClass = oneOf('identity', 'general', 'restricted', 'very-restricted');
export type SensitivityClass = Decoded<typeof sensitivityClass>;

export const curveKey = fixedBytes(CURVE_KEY_BYTES);
/** One reading key for each class. */
export const classKeys = struct({ identity: curveKey, general: curveKey, restricted: curveKey, 'very-restricted': curveKey });

export const grantAction = oneOf('read', 'write', 'copy');
