// What a channel is started with, and the faults it has seen proved.
import type { ChannelId, PartyId } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import type { Evidence, VoteRow } from '../consensus/index.ts';
import type { SchemeCalls } from '../crypto/index.ts';
import type { FinalBlock, Ledger, Projection } from '../ledger/index.ts';
import type { Clock, Journal, LedgerStore, Log, NoteStore, SchemeWorker, Signer, Timers, Verifier } from '../ports/index.ts';
import type { ChannelNetwork } from './channel-network.ts';
import type { Checkpoints } from './checkpoints.ts';

export interface ChannelInit {
  readonly channel: ChannelId;
  /** This profile's party, certified or not yet. */
  readonly self: PartyId;
  readonly wantsSeat: boolean;
  readonly ledger: Ledger;
  readonly projection: Projection;
  readonly last: FinalBlock;
  readonly checkpoints: Checkpoints;
  /** What the journal held at the start, with its revision. */
  readonly row: VoteRow | null;
  readonly revision: number;
  readonly barred: string | null;
  readonly memberSigner: Signer | null;
  readonly network: ChannelNetwork;
  readonly bulk: Bulk;
  readonly journal: Journal;
  readonly store: LedgerStore;
  readonly notes: NoteStore;
  readonly verifier: Verifier;
  readonly schemes: SchemeWorker<SchemeCalls>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly onChange: () => void;
  /** Trouble that ends taking part: a full disk, a stolen journal, our own bug. */
  readonly onTrouble: (error: unknown) => void;
}

export interface ProvedFault {
  readonly culprit: PartyId;
  readonly fault: Evidence['fault'];
  readonly atMs: number;
}
