// What the page sees of the ledger: blocks, slips, and what this tab found when it verified one itself.
import type { Digest } from './base/index.ts';
import type { ActionKind } from './contracts/index.ts';

export interface BlockSummary {
  readonly height: number;
  readonly digest: Digest;
  readonly timestampMs: number;
  readonly epoch: number;
  readonly proposer: string;
  readonly view: number;
  readonly slips: number;
  readonly signatures: number;
  readonly voters: number;
}

export interface SlipView {
  readonly id: string;
  readonly kind: ActionKind;
  readonly author: string;
  readonly timestampMs: number;
  /** Field names and values as text, without secrets: there are none on the ledger. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly coSigned: boolean;
  readonly sizeBytes: number;
  /** `done`, or why it had no effect. */
  readonly outcome: string;
}

export interface BlockView extends BlockSummary {
  readonly parent: Digest;
  readonly slipsRoot: Digest;
  readonly stateRoot: Digest;
  readonly configuration: Digest;
  readonly slipList: readonly SlipView[];
  readonly signers: readonly string[];
}

/** What this tab found when it verified a block itself. */
export interface BlockCheck {
  readonly height: number;
  readonly checks: readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[];
}
