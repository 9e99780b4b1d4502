// Requests for keys that this browser has made and that are not done: guardians may take days, so a request outlives its tab. Its
// private key is kept sealed under the passphrase that will lock the profile, and goes with the request.
import { AppError, ID_BYTES, isRejection, toHex } from '../base/index.ts';
import type { Invitation, KeyRequestView, KeyWish, KeyWishSummary, NewProfile } from '../api.ts';
import { boundedBytes, decode, encode, fixedBytes, oneOf, struct, text, textToBytes, uint } from '../codec/index.ts';
import { type Box, type KeyRequest, box, wordsOfRequest } from '../care/index.ts';
import { wordsOf, wrapPublicKey } from '../crypto/index.ts';
import type { NoteStore } from '../ports/index.ts';
import { invitation } from './invitation.ts';
import { KeyWaiting } from './key-wish.ts';
import type { Platform } from './platform.ts';
import { refuseWeak } from './ways-in.ts';

const TABLE = 'key-wishes';
const MAX_WISH_BYTES = 8 * 1024;
const SECRET_BYTES = 32;
const SALT_BYTES = 16;
const CONTEXT = textToBytes('clinicord/key-wish/1');

const kept = struct({
  slot: text(40),
  purpose: oneOf('guardians', 'device'),
  invitation,
  createdMs: uint(),
  box,
  salt: fixedBytes(SALT_BYTES),
  sealedSecret: boundedBytes(200),
});
type Kept = ReturnType<typeof kept.fromValue>;

export interface KeyWishes {
  list(): Promise<readonly KeyWishSummary[]>;
  /** Throws AppError `weak-passphrase`. */
  make(purpose: KeyRequestView['purpose'], place: Invitation, passphrase: string): Promise<KeyWish>;
  /** Goes on with one that was made before. Throws AppError `no-request`, `wrong-passphrase`. */
  resume(slot: string, passphrase: string): Promise<KeyWish>;
  drop(slot: string): Promise<void>;
}

/** Makes the profile of keys that were found. A clinic's device that `follows` has no member key. */
export type CreateProfile = (
  profile: NewProfile & { readonly follows: boolean },
  place: Invitation,
  slot: string,
) => Promise<{ readonly slot: string }>;

interface WishesInit {
  readonly platform: Platform;
  readonly notes: NoteStore;
  readonly createProfile: CreateProfile;
}

export function createKeyWishes(init: WishesInit): KeyWishes {
  const { notes, platform } = init;
  return {
    list: async () => {
      const entries = await notes.entries(TABLE);
      return entries.flatMap(([, bytes]) => {
        const entry = decode(kept, bytes, MAX_WISH_BYTES);
        if (isRejection(entry)) return [];
        const { slot, purpose, createdMs, invitation: place } = entry;
        return [{ slot, purpose, createdMs, channelName: place.name }];
      });
    },
    make: async (purpose, place, passphrase) => {
      refuseWeak(passphrase);
      const { entry, secret } = await newEntry(platform, purpose, place, passphrase);
      await notes.put(TABLE, entry.slot, encode(kept, entry));
      return wait(init, entry, secret, passphrase);
    },
    resume: async (slot, passphrase) => {
      const entry = await load(notes, slot);
      return wait(init, entry, await openSecret(platform, entry, passphrase), passphrase);
    },
    drop: (slot) => notes.delete(TABLE, slot),
  };
}

async function newEntry(
  platform: Platform,
  purpose: Kept['purpose'],
  place: Invitation,
  passphrase: string,
): Promise<{ readonly entry: Kept; readonly secret: Uint8Array }> {
  const { randomness, clock } = platform;
  const secret = randomness.bytes(SECRET_BYTES);
  const salt = randomness.bytes(SALT_BYTES);
  const key = await platform.passphraseHash.derive(passphrase, salt);
  const entry: Kept = {
    slot: toHex(randomness.bytes(ID_BYTES / 2)),
    purpose,
    invitation: { ...place },
    createdMs: clock.nowMs(),
    box: toHex(randomness.bytes(ID_BYTES)) as Box,
    salt,
    sealedSecret: await platform.aead.seal(key, secret, CONTEXT),
  };
  key.fill(0);
  return { entry, secret };
}

/** Throws AppError `wrong-passphrase`. */
async function openSecret(platform: Platform, entry: Kept, passphrase: string): Promise<Uint8Array> {
  const key = await platform.passphraseHash.derive(passphrase, entry.salt);
  try {
    return await platform.aead.open(key, entry.sealedSecret, CONTEXT);
  } catch (cause) {
    throw new AppError({
      code: 'wrong-passphrase',
      message: 'This is not the passphrase that was chosen with the request.',
      remedy: 'Try again, or make a new request.',
      cause,
    });
  } finally {
    key.fill(0);
  }
}

async function load(notes: NoteStore, slot: string): Promise<Kept> {
  const bytes = await notes.get(TABLE, slot);
  const entry = bytes === null ? null : decode(kept, bytes, MAX_WISH_BYTES);
  if (entry !== null && !isRejection(entry)) return entry;
  throw new AppError({ code: 'no-request', message: 'This request is not in this browser.', remedy: 'Make a new one.' });
}

/** Begins to wait, as the page holds it. */
async function wait({ platform, notes, createProfile }: WishesInit, entry: Kept, secret: Uint8Array, passphrase: string): Promise<KeyWish> {
  const { slot, purpose, invitation: place } = entry;
  const request: KeyRequest = { purpose, channel: place.channel, key: wrapPublicKey(secret), box: entry.box };
  const words = await wordsOfRequest(platform.passphraseHash, request);
  const waiting = await KeyWaiting.begin({ platform, slot, invitation: place, request, words, secret });
  return {
    slot,
    get view() {
      return waiting.view;
    },
    subscribe: (listener) => waiting.subscribe(listener),
    stop: () => waiting.stop(),
    finish: async ({ votes = false } = {}) => {
      const { estate } = waiting;
      if (estate === null) throw notComplete();
      await waiting.discardAnswers();
      await waiting.stop();
      const { root, role, name, clinician } = estate;
      const made = await createProfile({ role, name, clinician, passphrase, words: wordsOf(root), follows: !votes }, place, slot);
      root.fill(0);
      await notes.delete(TABLE, slot);
      return made;
    },
  };
}

function notComplete(): AppError {
  return new AppError({ code: 'not-complete', message: 'The keys are not complete yet.', remedy: 'Wait for more answers.' });
}
