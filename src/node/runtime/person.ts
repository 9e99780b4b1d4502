// The person at a node: their keys while unlocked, nothing of them otherwise. Voting does not need them.
import { AppError } from '../base/index.ts';
import type { PersonKeys } from '../care/index.ts';
import { authorityRootOf, forgetSecrets, secretsOf, wordsOf } from '../crypto/index.ts';
import type { Signer } from '../ports/index.ts';
import type { Platform } from './platform.ts';
import { type Profile, openRoot } from './profile.ts';

/** The supervision centre's keys, of the same root under another label, where this profile also is one. */
export interface AuthorityKeys {
  readonly party: PersonKeys['party'];
  readonly signer: Signer;
  readonly wrapPrivateKey: Uint8Array;
}

export interface Person {
  keys(): PersonKeys | null;
  authority(): AuthorityKeys | null;
  /** Throws AppError `wrong-passphrase`. */
  unlock(passphrase: string): Promise<void>;
  unlockWith(root: Uint8Array): Promise<void>;
  lock(): void;
  /** The 24 words, for the right passphrase only. */
  words(passphrase: string): Promise<string>;
}

export function createPerson(platform: Platform, profile: Profile): Person {
  let unlocked: { readonly person: PersonKeys; readonly authority: AuthorityKeys | null; readonly forget: () => void } | null = null;

  async function unlockWith(root: Uint8Array): Promise<void> {
    const secrets = secretsOf(root);
    if (secrets.party !== profile.party) {
      throw new AppError({
        code: 'wrong-keys',
        message: 'These keys belong to somebody else.',
        remedy: 'Restore the profile with its own 24 words.',
      });
    }
    const authority = profile.authority ? secretsOf(authorityRootOf(root)) : null;
    unlocked?.forget();
    unlocked = {
      person: {
        party: secrets.party,
        signer: await platform.seedSigners.signerOf(secrets.signingSeed),
        wrapPublicKey: secrets.wrapKey,
        wrapPrivateKey: secrets.wrapSecret,
        notesKey: secrets.privateStoreKey,
      },
      authority: authority && {
        party: authority.party,
        signer: await platform.seedSigners.signerOf(authority.signingSeed),
        wrapPrivateKey: authority.wrapSecret,
      },
      forget: () => {
        forgetSecrets(secrets);
        if (authority !== null) forgetSecrets(authority);
      },
    };
  }

  return {
    keys: () => unlocked?.person ?? null,
    authority: () => unlocked?.authority ?? null,
    unlock: async (passphrase) => {
      const root = await openRoot(platform, profile, passphrase);
      await unlockWith(root);
      root.fill(0);
    },
    unlockWith,
    lock: () => {
      unlocked?.forget();
      unlocked = null;
    },
    words: async (passphrase) => {
      const root = await openRoot(platform, profile, passphrase);
      const words = wordsOf(root);
      root.fill(0);
      return words;
    },
  };
}
