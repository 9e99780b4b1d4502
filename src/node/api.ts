// What the page sees of a node: one immutable view that is replaced after every change, and commands. The page holds no
// truth of its own. Commands throw AppError with a message and a remedy; nothing is half-done when they throw.
import type { BundleFault, FileCommands, KeptDraft, OpenedRecord, PatientEntry, SealPreview, VisitForm } from './api-content.ts';
import type { ChannelCommands, ChannelView } from './api-channels.ts';
import type { ContractCommands } from './api-contracts.ts';
import type { EmergencyCommands, EmergencyView } from './api-emergency.ts';
import type { ErasureView } from './api-erasure.ts';
import type { Attested, GroupsView } from './api-groups.ts';
import type { KeyCommands, KeysView } from './api-keys.ts';
import type { BlockCheck, BlockSummary, BlockView } from './api-ledger.ts';
import type { ManagersCommands, ManagersView } from './api-managers.ts';
import type { GrantView, ProxyCandidate, ReadView, RequestView } from './api-grants.ts';
import type { SearchCommands, SearchView } from './api-search.ts';
import type { SerialCommands, SerialsView } from './api-serials.ts';
import type { ChannelId, GrantId, PartyId, RecordId } from './base/index.ts';
import type { ChannelSettings, Role, SensitivityClass } from './contracts/index.ts';

export type * from './api-channels.ts';
export type * from './api-contracts.ts';
export type * from './api-content.ts';
export type * from './api-emergency.ts';
export type * from './api-erasure.ts';
export type * from './api-groups.ts';
export type * from './api-keys.ts';
export type * from './api-ledger.ts';
export type * from './api-managers.ts';
export type * from './api-grants.ts';
export type * from './api-search.ts';
export type * from './api-serials.ts';

/** How to reach a consortium: public, fits in a link, holds no secret. */
export interface Invitation {
  readonly channel: ChannelId;
  readonly name: string;
  /** Multiaddrs of relays, without a peer behind them. */
  readonly relays: readonly string[];
  /** Peers of members to ask first. */
  readonly peers: readonly string[];
}

/** What this browser keeps: one profile is one node with its own keys and data. */
export interface ProfileSummary {
  /** Names the profile's databases and lock. */
  readonly slot: string;
  readonly role: Role;
  /** A clinic's name, or what a person chose to have shown here before it is unlocked; empty where she chose nothing. */
  readonly label: string;
  readonly party: PartyId;
  readonly channel: ChannelId;
  readonly channelName: string;
}

export interface NewProfile {
  readonly role: 'clinic' | 'patient';
  /** Clinic's name, on the ledger; a patient's own name, only in this browser and sealed records. */
  readonly name: string;
  /** Who signs for the clinic; empty for a patient. */
  readonly clinician: string;
  readonly passphrase: string;
  /** Restores keys from 24 words instead of making new ones. */
  readonly words?: string;
}

export type Joining =
  | { readonly kind: 'invitation'; readonly invitation: Invitation }
  /** Founds a consortium with this tab as its supervision centre and first clinic. */
  | { readonly kind: 'found'; readonly consortiumName: string; readonly relays: readonly string[] };

/** A stage of certification by the supervision centre (P0-02). */
export type Standing =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'applied'; readonly sinceMs: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'certified' }
  | { readonly kind: 'revoked'; readonly reason: string }
  | { readonly kind: 'expired' };

export type Seat =
  /** No member key or none asked for: patients, data users. */
  | { readonly kind: 'none' }
  /** Catches up before it may ask for a seat. */
  | { readonly kind: 'synchronising'; readonly height: number; readonly target: number }
  | { readonly kind: 'asked' }
  | { readonly kind: 'voting' }
  /** Follows without a vote; `reason` says why (R17). */
  | { readonly kind: 'observing'; readonly reason: string }
  /** Its vote row is lost, damaged or behind: this key never votes again (R14). */
  | { readonly kind: 'barred'; readonly reason: string };

export interface Identity {
  readonly party: PartyId;
  readonly role: Role;
  readonly name: string;
  readonly clinician: string;
  /** This tab also is the supervision centre. */
  readonly authority: boolean;
  readonly standing: Standing;
  readonly seat: Seat;
  /** Keys of the person are not in memory; voting goes on. */
  readonly locked: boolean;
  /** Another tab runs this node; this one only says so (R16). */
  readonly readOnly: boolean;
}

/** Of a party, what is attested now: groups look at it with their next epoch. */
export interface PartyView extends Attested {
  readonly party: PartyId;
  readonly role: Role;
  readonly name: string;
  readonly clinician: string;
  readonly certifiedAtHeight: number;
  readonly notAfterMs: number;
  readonly revoked: { readonly reason: string; readonly height: number } | null;
  /** By two of its own signatures, in the block that holds them (R15). */
  readonly convicted: { readonly height: number } | null;
}

export interface MemberView {
  readonly party: PartyId;
  readonly name: string;
  readonly kind: 'archive' | 'clinic';
  readonly voting: boolean;
  readonly self: boolean;
  /** The link to it, where this node has one. */
  readonly link: 'direct' | 'relayed' | null;
  readonly roundTripMs: number | null;
  readonly lastHeardMs: number | null;
}

/** One message that crossed this node, for the live view. */
export interface TrafficEntry {
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  /** Name of the other end, or "all voters". */
  readonly party: string;
  /** proposal, prepare, commit, view-change, decided, slip, status… */
  readonly kind: string;
  readonly height: number | null;
  readonly view: number | null;
}

export interface LaneView {
  /** The last batch that a final block ordered; null in an epoch that has ordered none. */
  readonly ordered: { readonly localView: number; readonly sequence: number } | null;
  /** Certified batches that wait for a block. */
  readonly waiting: number;
}

/** How far catching up is: the state of a checkpoint, the blocks above it, or the older blocks behind a node that votes already. */
export type CatchingUpView =
  | { readonly kind: 'state'; readonly stateBytes: number }
  | { readonly kind: 'blocks' | 'history'; readonly height: number; readonly target: number };

export interface NetworkView {
  /** Null of a node that has everything it knows of. */
  readonly catchingUp: CatchingUpView | null;
  readonly relay: { readonly address: string; readonly connected: boolean };
  readonly settings: ChannelSettings | null;
  readonly epoch: number;
  readonly members: readonly MemberView[];
  /** Certified clinics that hold no seat. */
  readonly observers: readonly { readonly party: PartyId; readonly name: string; readonly self: boolean }[];
  readonly quorum: number;
  /** F. */
  readonly tolerated: number;
  /** v - Q: voters that may still fail. */
  readonly mayStillFail: number;
  readonly height: number;
  readonly view: number;
  readonly leader: { readonly party: PartyId; readonly name: string } | null;
  /** What hinders agreement, in words, and since when; null while all is well. */
  readonly stall: { readonly missing: string; readonly sinceMs: number } | null;
  /** Members that this node saw contradict themselves, proved by their own signatures (R15). */
  readonly faults: readonly { readonly name: string; readonly fault: string; readonly atMs: number }[];
  /** By group: where its lane of batches stands, as far as this node knows. Empty where the voters agree without groups. */
  readonly lanes: readonly LaneView[];
  /** The latest, at most 100, newest first. */
  readonly traffic: readonly TrafficEntry[];
  readonly links: readonly {
    readonly name: string;
    readonly path: 'direct' | 'relayed';
    readonly roundTripMs: number | null;
    readonly bytesSent: number;
    readonly bytesReceived: number;
  }[];
}

/** The way of one record version, with the times at which this tab saw each stage. */
export interface RecordWay {
  readonly record: RecordId;
  readonly version: number;
  readonly stages: readonly {
    readonly stage: 'sealed' | 'stored' | 'awaiting' | 'signed' | 'proposed' | 'agreed' | 'final';
    /** For example "by 2 of 2 archive members", "8 of 8", "height 12". */
    readonly detail: string;
    readonly atMs: number | null;
  }[];
  /** Set while it cannot go on, in words a person can act on. */
  readonly trouble: string | null;
}

export type RecordStatus =
  'sealing' | 'awaiting-patient' | 'disputed' | 'proposed' | 'confirmed' | 'unconfirmed' | 'entered-in-error' | 'erased';

export interface RecordView {
  readonly record: RecordId;
  readonly patient: PartyId;
  /** The patient's name where this node knows it (private), else a short form of the pseudonym. */
  readonly patientName: string;
  readonly clinic: PartyId;
  readonly clinicName: string;
  readonly clinician: string;
  readonly version: number;
  readonly versions: readonly {
    readonly version: number;
    readonly height: number | null;
    readonly timestampMs: number;
    readonly status: RecordStatus;
    readonly unconfirmedReason: string | null;
  }[];
  readonly status: RecordStatus;
  readonly classes: readonly SensitivityClass[];
  readonly height: number | null;
  readonly timestampMs: number;
  /** Whether this node can open the newest version now, and by what right. */
  readonly access: 'author' | 'patient' | 'grant' | 'none';
  /** Newest version that `access` opens; null for none. */
  readonly readableVersion: number | null;
  /** The patient's words where she disputed and this node may see them. */
  readonly disputeReason: string | null;
  /** Once its patient has ordered it. */
  readonly erasure: ErasureView | null;
}

export interface ApplicationView {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly clinician: string;
  readonly receivedMs: number;
  readonly state: 'open' | 'approving' | 'certified' | 'refused';
}

export interface NodeView {
  readonly identity: Identity;
  readonly network: NetworkView;
  readonly ledger: {
    readonly height: number;
    readonly channel: ChannelId;
    readonly name: string;
    readonly newest: readonly BlockSummary[];
  };
  readonly parties: readonly PartyView[];
  /** Null where the voters agree without groups. */
  readonly groups: GroupsView | null;
  /** The consortium's, then those that this node was named in (P1-05). */
  readonly channels: readonly ChannelView[];
  /** Every record that the ledger shows, newest first; what this node cannot open it shows as existing. */
  readonly records: readonly RecordView[];
  readonly ways: readonly RecordWay[];
  /** A clinician's list; empty while locked. */
  readonly patients: readonly PatientEntry[];
  readonly grants: readonly GrantView[];
  /** For a patient: the proxies of what she grants now. */
  readonly proxies: readonly ProxyCandidate[];
  readonly requests: readonly RequestView[];
  readonly reads: readonly ReadView[];
  /** Ways in, guardians, shares held for others. */
  readonly keys: KeysView;
  /** For a supervision centre. */
  readonly applications: readonly ApplicationView[];
  readonly search: SearchView;
  /** Serial numbers: the key, and this profile's part in them. */
  readonly serials: SerialsView;
  readonly managers: ManagersView;
  /** Access without the patient: a patient's alarm, a clinic's own, a manager's, a centre's queue; newest first. */
  readonly emergencies: readonly EmergencyView[];
  readonly storage: { readonly persisted: boolean | null; readonly usedBytes: number | null; readonly quotaBytes: number | null };
  /** Newest trouble that concerns the whole node, for a banner. */
  readonly alarm: { readonly code: string; readonly message: string; readonly remedy: string } | null;
}

/** A running node. */
export interface ClinicordNode {
  readonly view: NodeView;
  subscribe(listener: (view: NodeView) => void): () => void;

  unlock(passphrase: string): Promise<void>;
  lock(): void;
  /** Ways in, recovery, guardians, other devices. */
  readonly keys: KeyCommands;
  /** Goodbye: gives the seat back, resolves when the slip is final or after 5 s. */
  leave(): Promise<void>;
  stop(): Promise<void>;

  /** Link that registers this patient with a clinic: public keys and pseudonym, and the name she chose to show. */
  contactLink(): string;
  invitation(): Invitation;

  // A clinic.
  registerPatient(contactLink: string, details: { readonly name: string; readonly birthDate: string }): Promise<PartyId>;
  /** `corrects` is the record that the visit corrects; null for a new one. */
  saveDraft(patient: PartyId, form: VisitForm, corrects?: RecordId | null): Promise<void>;
  loadDraft(patient: PartyId): Promise<KeptDraft | null>;
  discardDraft(patient: PartyId): Promise<void>;
  /** Checks and splits; returns every fault and writes nothing where there are any. */
  previewVisit(patient: PartyId, form: VisitForm): Promise<SealPreview | readonly BundleFault[]>;
  previewBundle(patient: PartyId, json: string): Promise<SealPreview | readonly BundleFault[]>;
  /** Seals, stores, sends to the patient. Resolves when it awaits her; then `ways` tells the rest. */
  writeRecord(patient: PartyId, preview: SealPreview, options?: { readonly replaces?: RecordId }): Promise<RecordId>;
  /** Without the patient's device: proposes it as unconfirmed. */
  writeUnconfirmed(record: RecordId, reason: string): Promise<void>;
  markEnteredInError(record: RecordId, reason: string): Promise<void>;
  requestAccess(record: RecordId, purpose: string, untilMs: number): Promise<void>;
  readonly files: FileCommands;
  /** Keyword search over what this profile may read. */
  readonly search: SearchCommands;
  /** Serial numbers: of clinics, patients and a supervision centre. */
  readonly serials: SerialCommands;
  /** The managers' copy (P2-08). */
  readonly managers: ManagersCommands;
  readonly emergency: EmergencyCommands;
  readonly channels: ChannelCommands;
  /** Contracts that the consortium wrote itself (P0-49). */
  readonly contracts: ContractCommands;

  // A patient.
  /** Opens what awaits her, a final version of hers, or, for a clinic, what it may read (which the ledger then shows). */
  openRecord(record: RecordId, version: number): Promise<OpenedRecord>;
  confirmRecord(record: RecordId, version: number): Promise<void>;
  disputeRecord(record: RecordId, version: number, reason: string): Promise<void>;
  grantAccess(grant: {
    readonly record: RecordId;
    readonly grantee: PartyId;
    readonly purpose: string;
    readonly untilMs: number;
  }): Promise<void>;
  approveRequest(request: GrantId): Promise<void>;
  declineRequest(request: GrantId): Promise<void>;
  revokeGrant(grant: GrantId): Promise<void>;
  /** For good. Resolves when the order is final; the record's `erasure` tells who has destroyed it. */
  eraseRecord(record: RecordId): Promise<void>;

  // A supervision centre.
  approveApplication(id: string): Promise<void>;
  refuseApplication(id: string, reason: string): Promise<void>;
  revokeParty(party: PartyId, reason: string): Promise<void>;
  /** Where a party is and how it is rated: groups and elections look at it from the next epoch on. */
  attestParty(party: PartyId, attested: Attested): Promise<void>;

  // The ledger.
  block(height: number): Promise<BlockView>;
  /** Verifies a block in this tab: parent, Merkle root, every signature of slips and certificate, configuration. */
  verifyBlock(height: number): Promise<BlockCheck>;
}

/** What a browser lacks, in words, before anything is started; empty when all is there. */
export type MissingFeatures = readonly { readonly feature: string; readonly remedy: string }[];
