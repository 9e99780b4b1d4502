// The state of the engine `dpos`: the agreement of the flat one, unchanged, and around it what safety never trusts: who was told
// what, what the auditors said, and proposals that wait for them. Plain data; every change makes a new object.
import { type PartyId, present } from '../../base/index.ts';
import type { Configuration, EngineEffect, Verified } from '../engine.ts';
import type { Audit, ConsensusMessage } from '../messages.ts';
import { type PbftState, pbft } from '../pbft.ts';
import type { Open } from '../state.ts';

export type ProposalMessage = Verified<ConsensusMessage & { readonly kind: 'proposal' }>;

/** Around one open height. None of it is durable: it is a service (R9). */
export interface Hall {
  /** `phase view`: votes that the producer in turn was given. Said again, they go to everybody. */
  readonly told: readonly string[];
  /** The view in which this member went past the producer in turn. */
  readonly bypassedView: number | null;
  readonly inquiries: number;
  /** `phase view`: certificates that were handed on. */
  readonly delivered: readonly string[];
  /** Valid proposals that wait for a verdict. */
  readonly held: readonly ProposalMessage[];
  /** Views in which nobody is waited for any more. */
  readonly impatientView: number | null;
  /** By the auditors in charge. */
  readonly verdicts: readonly Audit[];
  /** `view digest`: what this auditor has judged. */
  readonly judged: readonly string[];
  /** Answers given, by asker. */
  readonly answers: ReadonlyMap<PartyId, number>;
}

export interface DposState {
  readonly core: PbftState;
  readonly hall: Hall;
  /** Of the height below the open one. */
  readonly lastVerdicts: readonly Audit[];
}

export const emptyHall: Hall = {
  told: [],
  bypassedView: null,
  inquiries: 0,
  delivered: [],
  held: [],
  impatientView: null,
  verdicts: [],
  judged: [],
  answers: new Map(),
};

export const initialDpos: DposState = { core: pbft.initial, hall: emptyHall, lastVerdicts: [] };

/** One step in the making. */
export class DposTurn {
  state: DposState;
  readonly effects: EngineEffect[] = [];

  constructor(state: DposState) {
    this.state = state;
  }

  get open(): Open {
    return present(this.state.core.open, 'an open height');
  }

  get configuration(): Configuration {
    return this.open.configuration;
  }

  get hall(): Hall {
    return this.state.hall;
  }

  setHall(change: Partial<Hall>): void {
    this.state = { ...this.state, hall: { ...this.hall, ...change } };
  }
}

/** What auditors said of the last final block: the next producer puts it into its block, so that it counts (P3-21). */
export function verdictsOnLast(state: DposState): readonly Audit[] {
  const { last } = state.core;
  return [...state.lastVerdicts, ...state.hall.verdicts].filter(
    (verdict) => verdict.height === last?.height && verdict.digest === last.certificate.digest,
  );
}
