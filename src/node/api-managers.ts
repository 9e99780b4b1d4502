// What the page sees of the managers' copy (P2-08, P2-09, T14): whether this consortium keeps one, who the managers are, what they open
// together, and what a patient is told of it.
import type { OpenedRecord } from './api-content.ts';
import type { PartyId, RecordId } from './base/index.ts';

export interface ManagersOptionView {
  readonly sinceMs: number;
  readonly threshold: number;
  readonly managers: readonly { readonly party: PartyId; readonly name: string; readonly self: boolean }[];
}

/** One wish to open a version without its patient. */
export interface OpeningView {
  readonly id: string;
  readonly record: RecordId;
  readonly version: number;
  readonly reason: string;
  readonly by: PartyId;
  readonly byName: string;
  /** This manager asked for it. */
  readonly own: boolean;
  readonly atMs: number;
  /** `open`: this manager has not answered; `ready`: enough shares are here. */
  readonly state: 'open' | 'given' | 'declined' | 'waiting' | 'ready';
  /** For its own: names of managers that gave their shares, itself among them. */
  readonly givenBy: readonly string[];
}

/** A patient is told who gave shares of her record, to whom, and why. */
export interface OpeningNoticeView {
  readonly id: string;
  readonly record: RecordId;
  readonly version: number;
  readonly reason: string;
  readonly byName: string;
  readonly givenBy: string;
  readonly atMs: number;
}

export interface ManagersView {
  /** Null: no copies are made. */
  readonly option: ManagersOptionView | null;
  /** A manager's, newest first; empty while locked. */
  readonly openings: readonly OpeningView[];
  /** A patient's, newest first. */
  readonly notices: readonly OpeningNoticeView[];
  /** A clinic's versions that still have to be copied. */
  readonly uncopied: number;
}

export interface ManagersCommands {
  /** A supervision centre's: clinics that open together from now on; nobody ends it. */
  choose(managers: readonly PartyId[], threshold: number): Promise<void>;
  /** A manager's: asks the others. */
  askOpening(record: RecordId, version: number, reason: string): Promise<void>;
  answerOpening(id: string, give: boolean): Promise<void>;
  readOpening(id: string): Promise<OpenedRecord>;
}
