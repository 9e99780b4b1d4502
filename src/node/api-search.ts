// What the page sees of keyword search (P3-11, P3-28, P3-32): a patient's own records, and what clinics wrote or were granted. Words are in
// the command only; never in the view, a URL or a log.
import type { GrantId, PartyId, RecordId } from './base/index.ts';

export interface SearchFinding {
  /** How many different words and codes were looked for. */
  readonly words: number;
  /** Records that have all of them, newest first; `version` is the one that was searched. */
  readonly hits: readonly { readonly record: RecordId; readonly version: number }[];
  readonly searched: number;
  /** Records that this profile may read and that were not searched: without tags, or not answered. */
  readonly unsearched: number;
  /** Names of the keepers that were asked; none where all was here. */
  readonly keepers: {
    readonly answered: readonly string[];
    readonly silent: readonly string[];
    /** Whose answers do not match the ledger; what they said is left out. */
    readonly refuted: readonly string[];
    /** Who did not find what another keeper showed. */
    readonly incomplete: readonly string[];
  };
}

export interface SearchView {
  /** Whether this party has a search key on the ledger. */
  readonly ready: boolean;
  /** A patient's: which grants readers can search by, how many keepers hold a part, and how many have signed that they destroyed theirs. */
  readonly granted: readonly { readonly grant: GrantId; readonly keepers: number; readonly receipts: number }[];
}

export interface SearchCommands {
  /** Records that have all words and codes in `text`: of one patient, or of all whom this profile may search. */
  find(text: string, within?: { readonly patient: PartyId }): Promise<SearchFinding>;
}
