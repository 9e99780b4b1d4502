// What this program needs of a node, and no more: found or join a channel, open what is there, see how it is doing, stop. The
// real one wires src/node with its Node.js adapters (node-host.ts); tests bring one of their own.

/** How to reach a consortium: public, holds no secret. */
export interface Invitation {
  readonly channel: string;
  readonly name: string;
  /** Multiaddrs of relays. */
  readonly relays: readonly string[];
  /** Peers of members to ask first. */
  readonly peers: readonly string[];
}

/** The part of a node's view that this program looks at. */
export interface MemberView {
  readonly identity: {
    readonly party: string;
    readonly standing:
      | { readonly kind: 'connecting' | 'applied' | 'certified' | 'expired' }
      | { readonly kind: 'refused' | 'revoked'; readonly reason: string };
    readonly seat:
      { readonly kind: 'none' | 'synchronising' | 'asked' | 'voting' } | { readonly kind: 'observing' | 'barred'; readonly reason: string };
  };
  readonly network: { readonly relay: { readonly connected: boolean }; readonly members: readonly { readonly voting: boolean }[] };
  readonly ledger: { readonly height: number };
  /** What a supervision centre has on its desk. */
  readonly applications: readonly {
    readonly id: string;
    readonly role: string;
    readonly state: 'open' | 'approving' | 'certified' | 'refused';
  }[];
}

/** What a supervision centre says of a member on the ledger (P0-13, P0-24). */
export interface Attested {
  /** On a plane, in metres; whole numbers. */
  readonly place: { readonly xMetres: number; readonly yMetres: number };
  /** From 0 to 1,000,000; higher is better. */
  readonly rating: number;
}

/** A running node. Its commands throw errors with `code`, `message` and `remedy`. */
export interface Member {
  readonly view: MemberView;
  subscribe(listener: () => void): () => void;
  invitation(): Invitation;
  /** As a supervision centre. */
  approveApplication(id: string): Promise<void>;
  /** As a supervision centre: where a member is and how it is rated, for groups and elections. */
  attestParty(party: string, attested: Attested): Promise<void>;
  /** Stops without saying goodbye: a restart is no departure. */
  stop(): Promise<void>;
}

/** Fixed at the founding of a channel (R17, R13). */
export interface FoundingSettings {
  readonly name: string;
  /** Members that must hold every sealed block before a record counts as stored. */
  readonly copies: number;
  /** Archive members alone must be able to reach the quorum before a tab votes. */
  readonly archiveQuorum: boolean;
  readonly silenceMs: number;
  readonly epochMinMs: number;
  readonly baseTimeoutMs: number;
}

export interface MemberOptions {
  /** Holds all that the member keeps; made where it is missing. */
  readonly folder: string;
  /** Multiaddrs of relays, this time; those of the founding may have moved. */
  readonly relays: readonly string[];
  /** As a supervision centre it certifies whoever applies, without asking anybody: for demonstrations only. */
  readonly autoApprove?: boolean;
}

/** Keeps a folder from being opened twice (R16). */
export interface FolderLock {
  acquire(): Promise<boolean>;
  release(): Promise<void>;
}

export interface ArchiveHost {
  /** Whether the folder holds a member. */
  exists(folder: string): Promise<boolean>;
  /** Founds a channel: this member is its supervision centre and its first archive member. */
  found(options: MemberOptions & { readonly name: string; readonly settings: FoundingSettings }): Promise<Member>;
  /** A new archive member that applies to the supervision centre of a channel. */
  join(options: MemberOptions & { readonly name: string; readonly invitation: Invitation }): Promise<Member>;
  /** Opens the member of a folder. */
  open(options: MemberOptions): Promise<Member>;
  /** The 24 words of the person or authority behind a folder. The member must be stopped. */
  words(folder: string): Promise<string>;
  /** An invitation from a file's text or a link; null where it is none. */
  parseInvitation(text: string): Invitation | null;
  lock(folder: string): FolderLock;
  /** Files and folders, relative to a member's folder, that hold its voting key and vote journal (R14): a copy of them could vote twice. */
  readonly votingPaths: readonly string[];
  /** The lock, relative to a member's folder. */
  readonly lockPath: string;
}
