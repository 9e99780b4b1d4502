// What the projection keeps, table by table, of what the page shows. Ids are raw: names are resolved through the parties, and whether
// this node can open a record is for the care workflow.
import type { ChannelId, Digest, GrantId, ItemId, PartyId, RecordId, SlipId } from '../base/index.ts';
import type { Action, ActionKind, Role, SensitivityClass, SummaryItem } from '../contracts/index.ts';
import type { Chain, OrderedIndex, Sequence } from './ordered-index.ts';

type ActionOf<Kind extends ActionKind> = Extract<Action, { readonly kind: Kind }>;

export interface PartyRow {
  readonly party: PartyId;
  readonly role: Role;
  readonly name: string;
  readonly clinician: string;
  /** Of the newest certificate. */
  readonly certifiedAtHeight: number;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly revoked: { readonly reason: string; readonly height: number } | null;
  /** What a supervision centre says of it now; groups look at it with their next epoch (P0-13). */
  readonly place: { readonly xMetres: number; readonly yMetres: number } | null;
  readonly rating: number | null;
  /** By two statements of its own, in the block that holds them (R15). */
  readonly convicted: { readonly height: number } | null;
}

export interface VersionRow {
  readonly version: number;
  readonly height: number;
  /** Block time. */
  readonly timestampMs: number;
  /** When the clinic says that it wrote it. */
  readonly writtenMs: number;
  readonly status: 'confirmed' | 'unconfirmed' | 'disputed';
  readonly unconfirmedReason: string | null;
  readonly classes: readonly SensitivityClass[];
  readonly commitment: Digest;
  /** The envelope's address, wrapped to the patient. */
  readonly sealedAddress: Uint8Array;
  readonly slip: SlipId;
  /** The patient's later word, with her reason wrapped to the clinic. */
  readonly verdict: { readonly height: number; readonly sealedReason: Uint8Array | null } | null;
}

export interface RecordRow {
  readonly record: RecordId;
  readonly patient: PartyId;
  readonly clinic: PartyId;
  /** From version 1 on, without gaps. */
  readonly versions: readonly VersionRow[];
  /** "Entered in error", with the reason wrapped to the patient. */
  readonly withdrawn: { readonly height: number; readonly sealedReason: Uint8Array } | null;
  /** Ordered by its patient (T16), and who has said that it has destroyed what it had. */
  readonly erased: ErasedRow | null;
}

export interface ErasedRow {
  readonly height: number;
  /** Block time of the order. */
  readonly timestampMs: number;
  readonly receipts: readonly { readonly party: PartyId; readonly height: number; readonly timestampMs: number }[];
}

export interface GrantRow extends Omit<ActionOf<'grant'>, 'kind'> {
  readonly patient: PartyId;
  readonly height: number;
  readonly timestampMs: number;
  readonly endedAtHeight: number | null;
}

export interface RequestRow extends Omit<ActionOf<'request'>, 'kind'> {
  readonly requester: PartyId;
  readonly height: number;
  readonly timestampMs: number;
  readonly answer: 'open' | 'granted' | 'declined';
  /** The grant that approved it. */
  readonly grant: GrantId | null;
}

/** A record that was opened, or was to be, without its patient (design, step 9). */
export interface EmergencyRow extends Omit<Extract<ActionOf<'emergency'>['deed'], { readonly kind: 'ask' }>, 'kind'> {
  readonly emergency: ItemId;
  readonly by: PartyId;
  readonly patient: PartyId;
  readonly height: number;
  readonly timestampMs: number;
  readonly releases: readonly PartyId[];
  readonly review: {
    readonly verdict: 'accepted' | 'contested';
    readonly words: string;
    readonly by: PartyId;
    readonly timestampMs: number;
  } | null;
}

export interface ReadRow {
  readonly record: RecordId;
  readonly version: number;
  readonly grant: GrantId;
  readonly reader: PartyId;
  /** Of the grant. */
  readonly purpose: string;
  readonly timestampMs: number;
  readonly height: number;
}

export interface BlockRow {
  readonly height: number;
  readonly digest: Digest;
  readonly timestampMs: number;
  readonly epoch: number;
  readonly proposer: PartyId;
  readonly view: number;
  readonly slips: number;
  /** In its commit certificate; 0 for the founding block. */
  readonly signatures: number;
  /** Of the epoch that decided it. */
  readonly voters: number;
}

/** A record slip of another channel, as a bridge told of it (P3-16). */
export interface ItemRow extends SummaryItem {
  readonly channel: ChannelId;
  /** Height there; `height` is here. */
  readonly block: number;
  readonly height: number;
}

/** Where a slip is and how it ended. */
export interface SlipFate {
  readonly slip: SlipId;
  readonly kind: ActionKind;
  readonly height: number;
  /** Position in its block. */
  readonly index: number;
  /** `done`, or the reason why it had no effect. */
  readonly outcome: string;
  /** The reason in a sentence; empty where it is done. */
  readonly detail: string;
}

/** Immutable; every final block makes a new one. */
export interface Projection {
  /** Of the newest block in it; -1 where there is none. */
  readonly height: number;
  /** Height of the first block in it: above 0 only where a node started from a checkpoint and older blocks are still coming. */
  readonly since: number;
  /** By epoch, from the second on: how its voters follow from those before, for clients that execute nothing (trust.ts). Encoded. */
  readonly epochs: Sequence<Uint8Array>;
  readonly parties: OrderedIndex<PartyId, PartyRow>;
  readonly records: OrderedIndex<RecordId, RecordRow>;
  readonly grants: OrderedIndex<GrantId, GrantRow>;
  readonly requests: OrderedIndex<GrantId, RequestRow>;
  readonly emergencies: OrderedIndex<ItemId, EmergencyRow>;
  readonly reads: Sequence<ReadRow>;
  /** By height. */
  readonly blocks: Sequence<BlockRow>;
  readonly slips: OrderedIndex<SlipId, SlipFate>;
  readonly recordsOfPatient: OrderedIndex<PartyId, Chain<RecordId>>;
  readonly grantsOfRecord: OrderedIndex<RecordId, Chain<GrantId>>;
  readonly requestsOfRecord: OrderedIndex<RecordId, Chain<GrantId>>;
  readonly readsOfRecord: OrderedIndex<RecordId, Chain<ReadRow>>;
  readonly itemsOfPatient: OrderedIndex<PartyId, Chain<ItemRow>>;
}
