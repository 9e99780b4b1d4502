// The ways to a person's root secret in this browser: one passphrase and any number of passkeys, each with its own sealed copy.
// They are changed here and nowhere else, and only by who has just come in by one of them, so that losing one never loses the
// data. A copy that was replaced is gone from this browser; a thief's copy of it is not (threat model).
import { AppError, MAX_NAME_CHARS, toHex } from '../base/index.ts';
import type { Opener } from '../api.ts';
import { equalBytes, textToBytes } from '../codec/index.ts';
import type { Platform } from './platform.ts';
import { MAX_PASSKEYS, type Profile } from './profile.ts';

const SALT_BYTES = 16;
const INPUT_BYTES = 32;
const USER_BYTES = 16;
const BY_PASSPHRASE = textToBytes('clinicord/root-secret/1');
const BY_PASSKEY = textToBytes('clinicord/root-secret/passkey/1');
/** Enough that trying passphrases costs more than it brings, given what Argon2id costs. */
const MIN_PASSPHRASE_CHARS = 10;

type PassphraseWay = Pick<Profile, 'salt' | 'sealedRoot' | 'passphraseSinceMs'>;

export async function sealUnderPassphrase(platform: Platform, root: Uint8Array, passphrase: string): Promise<PassphraseWay> {
  const salt = platform.randomness.bytes(SALT_BYTES);
  const key = await platform.passphraseHash.derive(passphrase, salt);
  const sealedRoot = await platform.aead.seal(key, root, BY_PASSPHRASE);
  key.fill(0);
  return { salt, sealedRoot, passphraseSinceMs: platform.clock.nowMs() };
}

/** The root secret. Throws AppError `wrong-passphrase`, `no-passkey`, `passkey-refused`, `passkeys-not-offered`. */
export function openRoot(platform: Platform, stored: Profile, opener: Opener): Promise<Uint8Array> {
  return opener.kind === 'passphrase' ? openByPassphrase(platform, stored, opener.passphrase) : openByPasskey(platform, stored);
}

async function openByPassphrase(platform: Platform, stored: Profile, passphrase: string): Promise<Uint8Array> {
  const key = await platform.passphraseHash.derive(passphrase, stored.salt);
  try {
    return await platform.aead.open(key, stored.sealedRoot, BY_PASSPHRASE);
  } catch (cause) {
    throw new AppError({
      code: 'wrong-passphrase',
      message: 'The passphrase does not open the keys of this profile.',
      remedy: 'Try again, or come in by a passkey. Without either, the 24 words, guardians or another device of yours bring the keys back.',
      cause,
    });
  } finally {
    key.fill(0);
  }
}

async function openByPasskey(platform: Platform, stored: Profile): Promise<Uint8Array> {
  if (platform.passkeys === null) throw notOffered();
  if (stored.passkeys.length === 0) {
    throw new AppError({ code: 'no-passkey', message: 'This profile has no passkey.', remedy: 'Use the passphrase.' });
  }
  const { id, key } = await platform.passkeys.use(stored.passkeys);
  const used = stored.passkeys.find((passkey) => equalBytes(passkey.id, id));
  try {
    return await platform.aead.open(key, used?.sealedRoot ?? new Uint8Array(), BY_PASSKEY);
  } finally {
    key.fill(0);
  }
}

/** A new passphrase in place of the old one, which opens nothing here any more. Throws AppError `weak-passphrase`. */
export async function withPassphrase(platform: Platform, stored: Profile, root: Uint8Array, passphrase: string): Promise<Profile> {
  refuseWeak(passphrase);
  return { ...stored, ...(await sealUnderPassphrase(platform, root, passphrase)) };
}

/** Asks the browser for a new passkey. What its owner sees there names the pseudonym, not the person. */
export async function withPasskey(platform: Platform, stored: Profile, root: Uint8Array, label: string): Promise<Profile> {
  if (platform.passkeys === null) throw notOffered();
  if (stored.passkeys.length >= MAX_PASSKEYS) {
    throw new AppError({
      code: 'too-many-passkeys',
      message: `A profile has at most ${MAX_PASSKEYS} passkeys.`,
      remedy: 'Remove one first.',
    });
  }
  const input = platform.randomness.bytes(INPUT_BYTES);
  const name = `Clinicord ${stored.role} ${stored.party.slice(0, 8)}`;
  const { id, key } = await platform.passkeys.create({ name, user: platform.randomness.bytes(USER_BYTES), input });
  const sealedRoot = await platform.aead.seal(key, root, BY_PASSKEY);
  key.fill(0);
  const called = label.trim().slice(0, MAX_NAME_CHARS);
  const passkey = { id, input, label: called === '' ? 'Passkey' : called, addedMs: platform.clock.nowMs(), sealedRoot };
  return { ...stored, passkeys: [...stored.passkeys, passkey] };
}

/** The passphrase stays, so a last way in cannot be removed. `id` in hexadecimal. */
export function withoutPasskey(stored: Profile, id: string): Profile {
  return { ...stored, passkeys: stored.passkeys.filter((passkey) => toHex(passkey.id) !== id) };
}

/** Throws AppError `weak-passphrase`. */
export function refuseWeak(passphrase: string): void {
  if (passphrase.length >= MIN_PASSPHRASE_CHARS) return;
  throw new AppError({
    code: 'weak-passphrase',
    message: `A passphrase has at least ${MIN_PASSPHRASE_CHARS} characters.`,
    remedy: 'Take several words.',
  });
}

function notOffered(): AppError {
  return new AppError({
    code: 'passkeys-not-offered',
    message: 'Passkeys that keep a key are not offered here.',
    remedy: 'Use the passphrase.',
  });
}
