// Passphrase to key by Argon2id with the parameters that OWASP names first among equals: 19 MiB, two passes, one lane.
// Parameters are part of the format: another value is another key. Sources: RFC 9106; OWASP Password Storage Cheat Sheet.
import { argon2id as nobleArgon2id, argon2idAsync } from '@noble/hashes/argon2.js';
import type { PassphraseHash } from '../../ports/index.ts';

const ARGON2ID = { memoryKibibytes: 19 * 1024, passes: 2, lanes: 1, keyBytes: 32 } as const;
/** How long the asynchronous form works before it lets others go on. */
const SLICE_MS = 10;

const OPTIONS = { m: ARGON2ID.memoryKibibytes, t: ARGON2ID.passes, p: ARGON2ID.lanes, dkLen: ARGON2ID.keyBytes };

/** The same passphrase typed on another keyboard gives the same bytes (NFKC). */
function normalized(passphrase: string): string {
  return passphrase.normalize('NFKC');
}

/** For a worker: blocks for a quarter of a second or more. */
export function argon2id(passphrase: string, salt: Uint8Array): Uint8Array {
  return nobleArgon2id(normalized(passphrase), salt, OPTIONS);
}

/** On the calling thread, in slices: for Node.js, whose processes unlock once. */
export function createInProcessPassphraseHash(): PassphraseHash {
  return { derive: (passphrase, salt) => argon2idAsync(normalized(passphrase), salt, { ...OPTIONS, asyncTick: SLICE_MS }) };
}
