// What the page sees of a person's keys: the ways in, the guardians, and keys that come from elsewhere. No secret is in any of
// these but the 24 words, which are given only for a passphrase or a passkey (design: Keys).
import type { PartyId } from './base/index.ts';
import type { Role } from './contracts/index.ts';

/** By what a person shows, once more, that it is her. */
export type Opener = { readonly kind: 'passphrase'; readonly passphrase: string } | { readonly kind: 'passkey' };

export interface PasskeyView {
  /** Hexadecimal. */
  readonly id: string;
  /** What the person called it. */
  readonly label: string;
  readonly addedMs: number;
}

export interface GuardianView {
  readonly party: PartyId;
  readonly name: string;
  /** `sent`: on its way; `held`: the guardian has said that it holds its share; `ended`: it does not hold it any more. */
  readonly state: 'sent' | 'held' | 'ended';
  readonly atMs: number;
}

/** Any `threshold` of the guardians together can bring the keys back; fewer learn nothing. */
export interface GuardianPlanView {
  readonly threshold: number;
  readonly madeMs: number;
  readonly guardians: readonly GuardianView[];
}

/** Somebody for whom this person holds a share. */
export interface WardView {
  readonly party: PartyId;
  /** As that person called herself when she chose this guardian. */
  readonly name: string;
  readonly threshold: number;
  readonly guardians: number;
  readonly sinceMs: number;
}

export interface KeysView {
  readonly passphraseSinceMs: number | null;
  readonly passkeys: readonly PasskeyView[];
  /** Whether this browser can keep keys under a passkey; null until it has answered. */
  readonly passkeysOffered: boolean | null;
  /** What the list of profiles shows before it is unlocked. */
  readonly label: string;
  /** Null where there are none, and while locked. */
  readonly guardians: GuardianPlanView | null;
  readonly wards: readonly WardView[];
}

/** A request for keys that another browser made, opened from its link. */
export interface KeyRequestView {
  readonly purpose: 'guardians' | 'device';
  /** Both pages show the same four words, or somebody is in between. */
  readonly words: string;
}

/** Throw AppError `wrong-passphrase`, `no-passkey`, `passkey-refused`, `locked`, and what each says. */
export interface KeyCommands {
  unlockWithPasskey(): Promise<void>;
  changePassphrase(opener: Opener, passphrase: string): Promise<void>;
  /** Throws AppError `passkeys-not-offered`. */
  addPasskey(opener: Opener, label: string): Promise<void>;
  removePasskey(id: string): Promise<void>;
  /** After a loss: a new passphrase, no passkeys, new shares for the same guardians. Whoever has the 24 words, or a copy of this
   *  browser's data and what opens it, keeps the keys: the root secret stays. */
  renew(opener: Opener, passphrase: string): Promise<void>;
  words(opener: Opener): Promise<string>;
  setLabel(label: string): Promise<void>;
  /** New shares for these parties in place of any before; every other guardian is asked to destroy its share. */
  appointGuardians(opener: Opener, guardians: readonly PartyId[], threshold: number): Promise<void>;
  /** Sends every share again; who still is a guardian answers. */
  checkGuardians(): Promise<void>;
  dismissGuardians(): Promise<void>;
  /** A guardian destroys the share that it holds for somebody, who is told. */
  stopGuarding(ward: PartyId): Promise<void>;
  /** Throws AppError `bad-request`. */
  readRequest(link: string): Promise<KeyRequestView>;
  /** Hands out the share held for `ward`. Only after the words were compared by voice. */
  answerAsGuardian(link: string, ward: PartyId): Promise<void>;
  /** Hands this person's keys to another device of hers. Only after the words were compared on both screens. */
  answerAsOwner(link: string, opener: Opener): Promise<void>;
}

/** A request that this browser made and that is not done yet. */
export interface KeyWishSummary {
  readonly slot: string;
  readonly purpose: KeyRequestView['purpose'];
  readonly channelName: string;
  readonly createdMs: number;
}

export interface KeyWishView extends KeyRequestView {
  /** The fragment of a link to be opened in the page of a guardian, or of the other device. Holds a public key, no secret. */
  readonly link: string;
  /** Members of the consortium that this browser reaches now. */
  readonly links: number;
  /** Who has answered. */
  readonly answers: readonly { readonly party: PartyId; readonly name: string }[];
  /** How many answers it takes; null before the first. */
  readonly needed: number | null;
  /** Whose keys they are, once they are complete. */
  readonly found: { readonly party: PartyId; readonly role: Role; readonly name: string } | null;
  /** Why answers that came do not make keys, or null. */
  readonly trouble: string | null;
}

/** A running request for keys. Stopping keeps it for later, sealed under its passphrase. */
export interface KeyWish {
  readonly slot: string;
  readonly view: KeyWishView;
  subscribe(listener: (view: KeyWishView) => void): () => void;
  /** Makes the profile of the keys that were found, locked by the passphrase of the request. A clinic's new device `votes` with a
   *  member key of its own in place of the old one's (R14), or only looks and signs. */
  finish(options?: { readonly votes?: boolean }): Promise<{ readonly slot: string }>;
  stop(): Promise<void>;
}
