// What the page sees of contracts that the consortium wrote itself (P0-49), and what a person may do about them.
import type { ItemId } from './base/index.ts';

export interface ContractVersionView {
  readonly version: number;
  /** Its text; null while parts of it are missing. */
  readonly source: string | null;
}

export interface WaitingContractView extends ContractVersionView {
  readonly approvals: number;
  readonly refusals: number;
  /** Voters who must approve: as many as agree on blocks. */
  readonly needed: number;
  /** Whether this node's voice counts and has not been given. */
  readonly mayVote: boolean;
}

export interface ContractView {
  readonly contract: ItemId;
  readonly name: string;
  /** Who uploads its versions. */
  readonly author: string;
  readonly isOwn: boolean;
  /** The version that is called; null before one was approved. */
  readonly active: ContractVersionView | null;
  /** The version that voters judge. */
  readonly waiting: WaitingContractView | null;
  /** Keys that it keeps. */
  readonly keys: number;
}

export interface ContractUpload {
  /** Null for a new contract. */
  readonly contract: ItemId | null;
  readonly name: string;
  readonly source: string;
}

/** Throw AppError `locked` and `contract-refused`, with the reason that stands on the ledger. */
export interface ContractCommands {
  list(): readonly ContractView[];
  /** Uploads the next version in parts; resolves when all of it is final. Throws AppError `contract-too-large`. */
  upload(upload: ContractUpload): Promise<ItemId>;
  vote(contract: ItemId, version: number, approve: boolean): Promise<void>;
  /** `argument` is JSON. Resolves when the call is final and did something. */
  call(contract: ItemId, method: string, argument: string): Promise<void>;
  /** What a method answers now, as JSON; writes nothing and leaves no trace. */
  ask(contract: ItemId, method: string, argument: string): Promise<string>;
}
