// Proxy re-encryption as calls from plain data to plain data, for a worker. Everything that comes in is decoded and checked here; what is
// wrong with it is returned. `seed` is 32 secret bytes for one call.
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import type { WorkProgress } from '../../ports/index.ts';
import { allAccepted, seededRandomness } from '../curves/index.ts';
import {
  type Capsule,
  type Delegation,
  MAX_KEY_FRAGMENTS,
  type UmbralKeyPair,
  type VerifiedCapsuleFragment,
  decodeCapsule,
  decodeCapsuleFragment,
  decodeKeyFragment,
  decodeUmbralPublicKey,
  decodeUmbralSecretKey,
  encodeCapsule,
  encodeCapsuleFragment,
  encodeKeyFragment,
  encodeUmbralPublicKey,
  encodeUmbralSecretKey,
  generateKeyFragments,
  openOriginal,
  openReencrypted,
  readingKeyPair,
  reencrypt,
  umbralKeyPair,
  umbralOpen,
  umbralSeal,
  verifyCapsuleFragment,
  verifyKeyFragment,
} from '../umbral/index.ts';

export interface UmbralKeyBytes {
  /** 32 bytes. */
  readonly secretKey: Uint8Array;
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
}

/** A secret sealed to a reading key: capsule (98 bytes) and ciphertext (40 bytes more than the secret). */
export interface UmbralSealedBytes {
  readonly capsule: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** From whom to whom, and who signed: public keys of 33 bytes. */
export interface DelegationBytes {
  readonly delegatingKey: Uint8Array;
  readonly receivingKey: Uint8Array;
  readonly verifyingKey: Uint8Array;
}

export interface FragmentsInput {
  readonly delegatingSecret: Uint8Array;
  readonly signerSecret: Uint8Array;
  readonly receivingKey: Uint8Array;
  readonly threshold: number;
  readonly shares: number;
  readonly seed: Uint8Array;
}

export interface ReencryptInput {
  readonly fragment: Uint8Array;
  readonly delegation: DelegationBytes;
  readonly capsules: readonly Uint8Array[];
  readonly seed: Uint8Array;
}

export interface UmbralOpenInput extends UmbralSealedBytes {
  readonly readerSecret: Uint8Array;
  readonly delegation: DelegationBytes;
  readonly context: Uint8Array;
  /** One of each proxy that answered. */
  readonly fragments: readonly Uint8Array[];
}

/** The secret, and which of the fragments did not hold, so that their proxies can be named. */
export interface UmbralOpened {
  readonly secret: Uint8Array;
  readonly wrong: readonly number[];
}

function bytesOf(keys: UmbralKeyPair): UmbralKeyBytes {
  return { secretKey: encodeUmbralSecretKey(keys), publicKey: encodeUmbralPublicKey(keys.publicKey) };
}

function delegationOf(bytes: DelegationBytes): Delegation | Rejection {
  const keys = allAccepted([
    decodeUmbralPublicKey(bytes.delegatingKey),
    decodeUmbralPublicKey(bytes.receivingKey),
    decodeUmbralPublicKey(bytes.verifyingKey),
  ]);
  if (isRejection(keys)) return keys;
  const [delegatingKey, receivingKey, verifyingKey] = keys;
  return { delegatingKey, receivingKey, verifyingKey };
}

function verifiedFragment(bytes: Uint8Array, capsule: Capsule, delegation: Delegation): VerifiedCapsuleFragment | Rejection {
  const fragment = decodeCapsuleFragment(bytes);
  return isRejection(fragment) ? fragment : verifyCapsuleFragment(fragment, capsule, delegation);
}

export const UMBRAL_CALLS = {
  umbralKeys: ({ seed }: { readonly seed: Uint8Array }): UmbralKeyBytes => bytesOf(umbralKeyPair(seededRandomness(seed))),

  umbralReadingKey: (input: { readonly root: Uint8Array; readonly sensitivityClass: string; readonly epoch: number }): UmbralKeyBytes =>
    bytesOf(readingKeyPair(input.root, input.sensitivityClass, input.epoch)),

  umbralSeal: (input: {
    readonly delegatingKey: Uint8Array;
    readonly secret: Uint8Array;
    readonly context: Uint8Array;
    readonly seed: Uint8Array;
  }): UmbralSealedBytes | Rejection => {
    const key = decodeUmbralPublicKey(input.delegatingKey);
    if (isRejection(key)) return key;
    const { capsule, ciphertext } = umbralSeal(key, input.secret, input.context, seededRandomness(input.seed));
    return { capsule: encodeCapsule(capsule), ciphertext };
  },

  /** The owner of the reading key opens what was sealed to her. */
  umbralOpenOwn: (input: UmbralSealedBytes & { readonly secretKey: Uint8Array; readonly context: Uint8Array }): Uint8Array | Rejection => {
    const parts = allAccepted([decodeUmbralSecretKey(input.secretKey), decodeCapsule(input.capsule)]);
    if (isRejection(parts)) return parts;
    const [keys, capsule] = parts;
    return umbralOpen(openOriginal(keys, capsule), { capsule, ciphertext: input.ciphertext }, input.context);
  },

  umbralFragments: (input: FragmentsInput): readonly Uint8Array[] | Rejection => {
    const { threshold, shares } = input;
    if (!(threshold >= 1 && threshold <= shares && shares <= MAX_KEY_FRAGMENTS))
      return reject('bad-threshold', `a threshold is from 1 to the shares, at most ${MAX_KEY_FRAGMENTS}`);
    const parts = allAccepted([
      decodeUmbralSecretKey(input.delegatingSecret),
      decodeUmbralSecretKey(input.signerSecret),
      decodeUmbralPublicKey(input.receivingKey),
    ]);
    if (isRejection(parts)) return parts;
    const [delegating, signer, receivingKey] = parts;
    const order = { delegating, signer, receivingKey, threshold, shares };
    return generateKeyFragments(order, seededRandomness(input.seed)).map(encodeKeyFragment);
  },

  /** What a proxy checks before it keeps a fragment: null, or why not. */
  umbralCheckFragment: (input: { readonly fragment: Uint8Array; readonly delegation: DelegationBytes }): Rejection | null => {
    const parts = allAccepted([decodeKeyFragment(input.fragment), delegationOf(input.delegation)]);
    if (isRejection(parts)) return parts;
    const verified = verifyKeyFragment(...parts);
    return isRejection(verified) ? verified : null;
  },

  /** A proxy's work: a fragment of 359 bytes for each capsule. */
  umbralReencrypt: (input: ReencryptInput, progress: WorkProgress): readonly Uint8Array[] | Rejection => {
    const parts = allAccepted([decodeKeyFragment(input.fragment), delegationOf(input.delegation)]);
    if (isRejection(parts)) return parts;
    const fragment = verifyKeyFragment(...parts);
    if (isRejection(fragment)) return fragment;
    const random = seededRandomness(input.seed);
    const made: Uint8Array[] = [];
    for (const bytes of input.capsules) {
      const capsule = decodeCapsule(bytes);
      if (isRejection(capsule)) return capsule;
      made.push(encodeCapsuleFragment(reencrypt(capsule, fragment, random)));
      progress(made.length, input.capsules.length);
    }
    return made;
  },

  /** The reader's end: fragments that do not hold are left out and named; the others must be enough. */
  umbralOpen: (input: UmbralOpenInput): UmbralOpened | Rejection => {
    const parts = allAccepted([decodeUmbralSecretKey(input.readerSecret), delegationOf(input.delegation), decodeCapsule(input.capsule)]);
    if (isRejection(parts)) return parts;
    const [reader, delegation, capsule] = parts;
    const checked = input.fragments.map((bytes) => verifiedFragment(bytes, capsule, delegation));
    const good = checked.flatMap((fragment) => (isRejection(fragment) ? [] : [fragment]));
    const wrong = [...checked.keys()].filter((index) => isRejection(checked[index]));
    const keySeed = openReencrypted(reader, delegation.delegatingKey, capsule, good);
    if (isRejection(keySeed)) return keySeed;
    const secret = umbralOpen(keySeed, { capsule, ciphertext: input.ciphertext }, input.context);
    return isRejection(secret) ? secret : { secret, wrong };
  },
};
