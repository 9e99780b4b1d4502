// A final block becomes the head (R11). The certificate's structure and both roots are checked again, so that a lying
// source of blocks is refused; signatures were checked by the caller.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import { closeBlock, rosterOf, seatsOf, stateRoot } from '../contracts/index.ts';
import type { Configuration } from '../consensus/index.ts';
import { type FinalBlock, headerDigest } from './block.ts';
import { finalityChecks, headerRefusal } from './check.ts';
import { configurationOf, consensusConfiguration } from './configuration.ts';
import { type Ledger, type SlipOutcome, endOf, executeSlips } from './ledger.ts';

export interface Extension {
  readonly ledger: Ledger;
  /** In the order of the block. */
  readonly outcomes: readonly SlipOutcome[];
}

/**
 * The ledger after a final block, and how its slips ended. Signatures (`blockChecks`, `finalityChecks`) are the caller's.
 * A block with a good certificate that is refused all the same means a fork or a bug: never go on from there.
 */
export function extend(ledger: Ledger, { block, certificate }: FinalBlock): Extension | Rejection {
  const finality = finalityChecks(ledger, block, certificate);
  if (isRejection(finality)) return finality;
  const refusal = headerRefusal(ledger, block);
  if (refusal !== null) return refusal;
  const { header } = block;
  const executed = executeSlips(ledger.state, block.slips, header);
  const state = closeBlock(executed.state, header, endOf(ledger, header));
  if (stateRoot(state) !== header.stateRoot) return reject('wrong-state-root', 'the block leads to another state than its header says');
  const sameEpoch = rosterOf(state).epoch === header.epoch;
  const seats = seatsOf(state);
  const configuration = sameEpoch ? ledger.configuration : configurationOf(state);
  return {
    ledger: {
      ...ledger,
      height: header.height,
      head: header,
      digest: headerDigest(header),
      certificate,
      decidedBy: ledger.configuration,
      decidedByConsensus: ledger.consensus,
      configuration,
      consensus:
        sameEpoch && sameSeats(seats, ledger.consensus.seats)
          ? ledger.consensus
          : consensusConfiguration(ledger.channel, configuration, seats),
      state,
    },
    outcomes: executed.outcomes,
  };
}

function sameSeats(a: Configuration['seats'], b: Configuration['seats']): boolean {
  return a.every((seat, group) => {
    const other = b[group];
    return seat.rank === other?.rank && seat.failures === other.failures && seat.restUntilHeight === other.restUntilHeight;
  });
}
