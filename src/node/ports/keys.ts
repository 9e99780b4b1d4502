// Keys and the primitives that engines do better than scripts: signing, verifying, sealing.

/** Signs with one Ed25519 key that it does not show. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Makes signers of seeds that a person's root secret gave (32 bytes each), for as long as the profile is unlocked. */
export interface SeedSigners {
  signerOf(seed: Uint8Array): Promise<Signer>;
}

/** Ed25519, one rule everywhere: non-canonical or small-order encodings are refused before verifying. Never throws. */
export interface Verifier {
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** AES-256-GCM with a 96-bit nonce; `context` is authenticated and not stored. `open` throws AppError `cannot-open`. */
export interface Aead {
  /** Returns nonce || ciphertext || tag. */
  seal(key: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  open(key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
}

/** Delivery of small secrets to a public key: today HPKE (RFC 9180, X25519, HKDF-SHA256, AES-256-GCM). */
export interface KeyWrap {
  /** `publicKey` 32 bytes; returns enc || ciphertext. */
  wrap(publicKey: Uint8Array, secret: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  /** Throws AppError `cannot-open`. */
  unwrap(privateKey: Uint8Array, wrapped: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
}

export interface Randomness {
  bytes(sizeBytes: number): Uint8Array;
}

/** Passphrase to a key: Argon2id, off the main thread where there is one. Returns 32 bytes. */
export interface PassphraseHash {
  derive(passphrase: string, salt: Uint8Array): Promise<Uint8Array>;
}

/** What a passkey answers: which one it was, and 32 bytes that only it can make for its input. */
export interface PasskeyAnswer {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
}

/**
 * Keys that an authenticator makes from an input, after its owner has shown herself (WebAuthn, extension `prf`). Throws AppError
 * `passkeys-not-offered`, `passkey-refused` (also: none of those named is there).
 */
export interface Passkeys {
  /** Whether this browser knows the extension; whether an authenticator does shows when one is made. */
  offered(): Promise<boolean>;
  /** A new passkey under a name that its owner will see in her list of passkeys. `input` has 32 bytes. */
  create(init: { readonly name: string; readonly user: Uint8Array; readonly input: Uint8Array }): Promise<PasskeyAnswer>;
  /** The key of one of these, whichever its owner takes. */
  use(known: readonly { readonly id: Uint8Array; readonly input: Uint8Array }[]): Promise<PasskeyAnswer>;
}

/** Shamir's sharing, byte by byte over GF(256). Whether the shares belong together is for the caller to find out. */
export interface SecretSharing {
  /** Any `threshold` of the `count` shares give the secret; 2 <= threshold <= count <= 255. */
  split(secret: Uint8Array, count: number, threshold: number): Promise<readonly Uint8Array[]>;
  /** Throws AppError `bad-shares` for shares of different lengths, twice the same one, or fewer than two. */
  combine(shares: readonly Uint8Array[]): Promise<Uint8Array>;
}

/**
 * The member key of this profile: made here, not extractable, kept beside the vote journal so that losing one loses
 * both (R14). `erase` destroys it.
 */
export interface MemberKeyStore {
  load(): Promise<Signer | null>;
  create(): Promise<Signer>;
  erase(): Promise<void>;
}
