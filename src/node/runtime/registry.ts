// The profiles of this browser or server: which there are, opening, creating and removing them.
import { AppError, MAX_NAME_CHARS, ID_BYTES, DIGEST_BYTES, type ChannelId, toHex } from '../base/index.ts';
import type { Joining, NewProfile, ProfileSummary } from '../api.ts';
import { type FoundingSettings, foundingSettings, provideScriptMachine } from '../contracts/index.ts';
import { secretsOf, wordsOf } from '../crypto/index.ts';
import type { NoteStore } from '../ports/index.ts';
import { foundConsortium } from './found.ts';
import { type KeyWishes, createKeyWishes } from './key-wishes.ts';
import { type CreatedProfile, makeProfile, withMemberKey, withPledge } from './new-profile.ts';
import { RunningNode } from './node.ts';
import type { Platform, ProfileStores } from './platform.ts';
import { createProfileList } from './profile-list.ts';
import { type Profile, loadProfile, storeProfile } from './profile.ts';
import { openRoot } from './ways-in.ts';

/** A consortium that tabs found: any two members keep copies, absence is declared after a minute. */
export const FOUNDED_IN_A_TAB: Omit<FoundingSettings, 'name'> = {
  copies: 2,
  archiveQuorum: false,
  silenceMs: 60_000,
  epochMinMs: 3_000,
  baseTimeoutMs: 4_000,
};

export interface NewNode extends NewProfile {
  /** A server's profile joins as an archive member instead. */
  readonly archive?: boolean;
  readonly settings?: Omit<FoundingSettings, 'name'>;
  /** A further device of a clinic: no member key, so no vote. */
  readonly follows?: boolean;
}

export interface Registry {
  list(): Promise<readonly ProfileSummary[]>;
  /** Makes keys and, for a founder, the founding block. Throws AppError `bad-words`, `invalid-name`. */
  create(profile: NewNode, joining: Joining, slot?: string): Promise<{ readonly slot: string; readonly words: string }>;
  /** `options.passphrase` opens the person's keys at once; after `create` they are open anyway, once. */
  open(
    slot: string,
    options?: { readonly passphrase?: string; readonly relays?: readonly string[]; readonly autoApprove?: boolean },
  ): Promise<RunningNode>;
  remove(slot: string): Promise<void>;
  /** The 24 words of a profile that is not running. Throws AppError `wrong-passphrase`. */
  words(slot: string, passphrase: string): Promise<string>;
  /** Keys that are asked of guardians or of another device. */
  readonly keyWishes: KeyWishes;
}

export function createRegistry(platform: Platform, notes: NoteStore): Registry {
  provideScriptMachine(platform.scripts);
  // Roots of profiles that were created a moment ago, so that their owners need not type the passphrase twice.
  const fresh = new Map<string, Uint8Array>();

  const list = createProfileList(notes);

  async function createAndList(profile: NewNode, joining: Joining, wished?: string): Promise<{ slot: string; words: string }> {
    refuseBadNames(profile, joining);
    const slot = wished ?? toHex(platform.randomness.bytes(ID_BYTES / 2));
    const made = await create(platform, profile, joining, slot);
    await list.put(made.profile);
    fresh.set(slot, made.root);
    return { slot, words: made.words };
  }

  return {
    list: () => list.all(),
    create: createAndList,
    open: async (slot, options = {}) => {
      const stores: ProfileStores = await platform.openStores(slot);
      let profile = await loadProfile(stores.notes);
      const root = fresh.get(slot) ?? (await rootOf(platform, profile, options.passphrase));
      fresh.delete(slot);
      const lostKey = profile.certificate.memberKey !== null && (await stores.memberKeys.load()) === null;
      if (lostKey && root !== null) {
        profile = await withMemberKey(platform, profile, root, await stores.memberKeys.create());
        await storeProfile(stores.notes, profile);
      }
      const { invitation } = profile;
      const relays = options.relays ?? invitation.relays;
      const store = async (next: Profile): Promise<void> => {
        // Relays that were named for this run only are not kept.
        await storeProfile(stores.notes, { ...next, invitation });
        await list.put({ ...next, invitation });
      };
      await list.put(profile);
      const running = { ...profile, invitation: { ...invitation, relays } };
      return RunningNode.open({ platform, stores, profile: running, store, root, autoApprove: options.autoApprove === true });
    },
    words: async (slot, passphrase) => {
      const stores = await platform.openStores(slot);
      try {
        return wordsOf(await openRoot(platform, await loadProfile(stores.notes), { kind: 'passphrase', passphrase }));
      } finally {
        await stores.close();
      }
    },
    remove: async (slot) => {
      await list.delete(slot);
      await platform.eraseStores(slot);
    },
    keyWishes: createKeyWishes({
      platform,
      notes,
      createProfile: (profile, invitation, slot) => createAndList(profile, { kind: 'invitation', invitation }, slot),
    }),
  };
}

/** Keys and, for a founder, the founding block; stored under `slot`. */
async function create(platform: Platform, profile: NewNode, joining: Joining, slot: string): Promise<CreatedProfile> {
  const stores = await platform.openStores(slot);
  try {
    const memberSigner = profile.role === 'clinic' && profile.follows !== true ? await stores.memberKeys.create() : null;
    const founds = joining.kind === 'found';
    const invitation = founds
      ? { channel: '0'.repeat(2 * DIGEST_BYTES) as ChannelId, name: joining.consortiumName, relays: joining.relays, peers: [] }
      : joining.invitation;
    const serverRole = profile.archive === true ? { serverRole: 'archive' as const } : {};
    const made = await makeProfile(platform, { ...profile, ...serverRole, slot }, { invitation, authority: founds, memberSigner });
    const settings = foundingSettings({ ...(profile.settings ?? FOUNDED_IN_A_TAB), name: invitation.name });
    const channel =
      founds && memberSigner !== null ? await foundConsortium(platform, stores.ledger, made, memberSigner, settings) : invitation.channel;
    // Whoever is restored is known by her own key; a new member key is a stranger's until it is certified.
    const pledger = profile.words === undefined && memberSigner !== null ? memberSigner : await personSigner(platform, made);
    const complete = { ...made, profile: await withPledge(made.profile, channel, pledger) };
    await storeProfile(stores.notes, complete.profile);
    return complete;
  } finally {
    await stores.close();
  }
}

async function rootOf(platform: Platform, profile: Profile, passphrase: string | undefined): Promise<Uint8Array | null> {
  return passphrase === undefined ? null : openRoot(platform, profile, { kind: 'passphrase', passphrase });
}

async function personSigner(platform: Platform, made: CreatedProfile): ReturnType<Platform['seedSigners']['signerOf']> {
  return platform.seedSigners.signerOf(secretsOf(made.root).signingSeed);
}

function refuseBadNames(profile: NewProfile, joining: Joining): void {
  const names = [profile.name, profile.clinician, joining.kind === 'found' ? joining.consortiumName : joining.invitation.name];
  const tooLong = names.some((name) => name.length > MAX_NAME_CHARS);
  if (!tooLong && profile.name.trim() !== '') return;
  throw new AppError({
    code: 'invalid-name',
    message: tooLong ? `A name has more than ${MAX_NAME_CHARS} characters.` : 'The name is empty.',
    remedy: 'Type a name of reasonable length.',
  });
}
