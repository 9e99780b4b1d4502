// What the page sees of emergency access (design, step 9): what was stated, who released, what the supervision centre said of it.
import type { OpenedRecord } from './api-content.ts';
import type { RecordId } from './base/index.ts';

export interface EmergencyView {
  readonly id: string;
  readonly record: RecordId;
  readonly version: number;
  readonly cause: 'unconscious' | 'life-threatening' | 'cannot-decide';
  readonly words: string;
  readonly byName: string;
  /** This clinic stated it. */
  readonly own: boolean;
  /** The record is this patient's. */
  readonly aboutSelf: boolean;
  readonly atMs: number;
  readonly untilMs: number;
  readonly height: number;
  readonly releasedBy: readonly string[];
  /** Managers that have to release it; null where there are none any more. */
  readonly needed: number | null;
  /** `ready`: this clinic can open it now. */
  readonly state: 'open' | 'ready' | 'over';
  readonly mayRelease: boolean;
  readonly review: {
    readonly verdict: 'accepted' | 'contested';
    readonly words: string;
    readonly byName: string;
    readonly timestampMs: number;
  } | null;
}

export interface EmergencyCommands {
  /** A clinic's: the newest version of a record. Resolves when it stands on the ledger. */
  ask(record: RecordId, cause: EmergencyView['cause'], words: string): Promise<void>;
  /** A manager's. */
  release(id: string): Promise<void>;
  read(id: string): Promise<OpenedRecord>;
  /** A supervision centre's, once. */
  review(id: string, verdict: 'accepted' | 'contested', words: string): Promise<void>;
}
