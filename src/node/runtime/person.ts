// The person at a node: their keys while unlocked, nothing of them otherwise, and the profile that the ways in belong to. Voting
// does not need them. The root secret is in memory only while one of its uses runs.
import { AppError } from '../base/index.ts';
import type { Opener } from '../api.ts';
import type { PersonKeys } from '../care/index.ts';
import { type PersonSecrets, authorityRootOf, forgetSecrets, secretsOf } from '../crypto/index.ts';
import type { Signer } from '../ports/index.ts';
import { openName, sealName } from './own-name.ts';
import type { Platform } from './platform.ts';
import type { Profile } from './profile.ts';
import { openRoot } from './ways-in.ts';

/** The keys that a supervision centre of the same root has, whether or not the ledger knows one (`isAuthority`). */
export interface AuthorityKeys {
  readonly party: PersonKeys['party'];
  readonly signer: Signer;
  readonly wrapPrivateKey: Uint8Array;
}

export interface Person {
  profile(): Profile;
  /** Stores a changed profile, then goes by it. */
  save(next: Profile): Promise<void>;
  keys(): PersonKeys | null;
  authority(): AuthorityKeys | null;
  /** The own name while unlocked; otherwise what everybody at this browser may see. */
  name(): string;
  /** Throws AppError as `openRoot` and `wrong-keys`. */
  unlock(opener: Opener): Promise<void>;
  unlockWith(root: Uint8Array): Promise<void>;
  lock(): void;
  /** Runs `use` with the root secret, which is overwritten afterwards. Throws AppError as `openRoot`. */
  withRoot<T>(opener: Opener, use: (root: Uint8Array) => Promise<T>): Promise<T>;
}

interface Unlocked {
  readonly person: PersonKeys;
  readonly authority: AuthorityKeys;
  readonly name: string;
  readonly forget: () => void;
}

export function createPerson(platform: Platform, loaded: Profile, store: (next: Profile) => Promise<void>): Person {
  let stored = loaded;
  let unlocked: Unlocked | null = null;

  async function save(next: Profile): Promise<void> {
    await store(next);
    stored = next;
  }

  async function unlockWith(root: Uint8Array): Promise<void> {
    const secrets = secretsOf(root);
    if (secrets.party !== stored.party) throw foreignKeys();
    const authority = secretsOf(authorityRootOf(root));
    const name = await openName(platform, secrets, stored);
    await sealOldName(secrets, name);
    const next: Unlocked = {
      person: {
        party: secrets.party,
        signer: await platform.seedSigners.signerOf(secrets.signingSeed),
        wrapPublicKey: secrets.wrapKey,
        wrapPrivateKey: secrets.wrapSecret,
        notesKey: secrets.privateStoreKey,
        searchSecret: secrets.searchSecret,
        readingSecret: secrets.readingSecret,
      },
      authority: {
        party: authority.party,
        signer: await platform.seedSigners.signerOf(authority.signingSeed),
        wrapPrivateKey: authority.wrapSecret,
      },
      name,
      forget: () => {
        forgetSecrets(secrets);
        forgetSecrets(authority);
      },
    };
    unlocked?.forget();
    unlocked = next;
  }

  /** A profile of the first format has a patient's name in clear: sealed now, and gone from the list of profiles. */
  async function sealOldName(secrets: PersonSecrets, name: string): Promise<void> {
    if (stored.role !== 'patient' || stored.sealedName !== null) return;
    await save({ ...stored, sealedName: await sealName(platform, secrets, name), label: '' });
  }

  async function withRoot<T>(opener: Opener, use: (root: Uint8Array) => Promise<T>): Promise<T> {
    const root = await openRoot(platform, stored, opener);
    try {
      return await use(root);
    } finally {
      root.fill(0);
    }
  }

  return {
    profile: () => stored,
    save,
    keys: () => unlocked?.person ?? null,
    authority: () => unlocked?.authority ?? null,
    name: () => unlocked?.name ?? (stored.certificate.name === '' ? stored.label : stored.certificate.name),
    unlock: (opener) => withRoot(opener, unlockWith),
    unlockWith,
    lock: () => {
      unlocked?.forget();
      unlocked = null;
    },
    withRoot,
  };
}

function foreignKeys(): AppError {
  return new AppError({
    code: 'wrong-keys',
    message: 'These keys belong to somebody else.',
    remedy: 'Restore the profile with its own 24 words.',
  });
}
