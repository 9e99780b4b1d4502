// crypto/umbral/: threshold proxy re-encryption on secp256k1 (P3-10, T17 to T19). Its door.
export { CAPSULE_BYTES, type Capsule, type KeySeed, decodeCapsule, encapsulate, encodeCapsule, openOriginal } from './capsule.ts';
export {
  CAPSULE_FRAGMENT_BYTES,
  type CapsuleFragment,
  type VerifiedCapsuleFragment,
  decodeCapsuleFragment,
  encodeCapsuleFragment,
  reencrypt,
  verifyCapsuleFragment,
} from './capsule-frag.ts';
export {
  type Delegation,
  type FragmentOrder,
  KEY_FRAGMENT_BYTES,
  type KeyFragment,
  MAX_KEY_FRAGMENTS,
  type VerifiedKeyFragment,
  decodeKeyFragment,
  encodeKeyFragment,
  generateKeyFragments,
  verifyKeyFragment,
} from './key-frag.ts';
export {
  UMBRAL_PUBLIC_KEY_BYTES,
  type UmbralKeyPair,
  decodeUmbralPublicKey,
  decodeUmbralSecretKey,
  encodeUmbralPublicKey,
  encodeUmbralSecretKey,
  readingKeyPair,
  umbralKeyPair,
} from './keys.ts';
export { openReencrypted } from './opening.ts';
export { UMBRAL_PRE, type UmbralParameters, acceleratedUmbral } from './parameters.ts';
export type { FastSecp256k1, UmbralPoint } from './points.ts';
export { MAX_SEALED_BYTES, type UmbralSealed, umbralOpen, umbralSeal } from './sealing.ts';
