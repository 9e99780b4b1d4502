// What the page sees of serial numbers (P2-05, P2-16, P2-20): who holds the key, patients who were registered by name and identity number,
// what a patient agreed to, and the holders' audits. Name and number are in commands only and never in the view.
import type { Digest, PartyId } from './base/index.ts';

/** Whether other clinics can find a patient by name and identity number. */
export type SerialFindable = 'not-asked' | 'asked' | 'declined' | 'agreed' | 'findable' | 'ended';

export interface SerialKeyView {
  readonly label: Digest;
  readonly madeMs: number;
  readonly threshold: number;
  readonly holders: readonly { readonly party: PartyId; readonly name: string; readonly reached: boolean; readonly self: boolean }[];
  /** Who is missing, in words; null while enough holders are reached. */
  readonly missing: string | null;
}

/** A clinic's wish that other clinics may find this patient. */
export interface SerialWishView {
  readonly id: string;
  readonly clinic: PartyId;
  readonly clinicName: string;
  readonly state: 'open' | 'agreed' | 'declined' | 'withdrawing' | 'withdrawn';
  readonly atMs: number;
  /** When the agreement ends by itself. */
  readonly untilMs: number | null;
}

export interface SerialsView {
  /** Null where the consortium has none, or this node has not heard of it. */
  readonly key: SerialKeyView | null;
  /** A clinic's patients who were registered by name and identity number; empty while locked. */
  readonly registered: readonly { readonly patient: PartyId; readonly findable: SerialFindable; readonly untilMs: number | null }[];
  /** A patient's: what clinics asked of her. */
  readonly wishes: readonly SerialWishView[];
  /** A supervision centre's: names of the members that would hold a key made now. Null for everybody else. */
  readonly candidates: readonly string[] | null;
}

export interface SerialFinding {
  /** Names the finding in `register`; not to be shown or kept. */
  readonly serial: string;
  /** Who has this serial in this clinic's own list. */
  readonly registered: PartyId | null;
  /** Patients who agreed to be found by this serial: one, or nobody; several where somebody got it wrong. */
  readonly agreed: readonly { readonly patient: PartyId; readonly untilMs: number }[];
}

export interface SerialAuditView {
  readonly holder: PartyId;
  readonly name: string;
  /** Why the newest entries could not be read, or do not follow the older ones. */
  readonly trouble: string | null;
  readonly clinics: readonly {
    readonly party: PartyId;
    readonly name: string;
    readonly answered: number;
    readonly refused: number;
    readonly newestMs: number;
  }[];
}

export interface SerialRegistration {
  readonly serial: string;
  /** A pseudonym from `agreed`, or a contact link. */
  readonly patient: { readonly party: PartyId } | { readonly contactLink: string };
  readonly name: string;
  readonly birthDate: string;
  /** Asks the patient whether other clinics may find her. */
  readonly ask: boolean;
  /** The person is in the list already, and has a new profile now. */
  readonly newProfile: boolean;
}

export interface SerialCommands {
  /** A clinic's: costs one evaluation of its allowance at each holder that is asked. */
  find(name: string, identityNumber: string): Promise<SerialFinding>;
  register(registration: SerialRegistration): Promise<PartyId>;
  /** A patient's. */
  answerWish(id: string, agree: boolean): Promise<void>;
  withdraw(id: string): Promise<void>;
  /** A supervision centre's. A new key changes every serial number. */
  setUp(): Promise<void>;
  audits(): Promise<readonly SerialAuditView[]>;
}
