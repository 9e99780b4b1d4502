// What a node did in a channel, in counts (P1-12, P1-13): each final event adds to the indicators that it is about. What is past
// fades by half with every epoch, so that the history counts but does not bury the present. One row per node and channel.
import { type PartyId, assert } from '../../base/index.ts';
import { INDICATOR_NAMES, type IndicatorName } from './indicators.ts';

/** Counts stop here, so that sums stay safe integers whatever happens (R18). */
const MAX_COUNT = 2 ** 40;

export interface Counted {
  readonly good: number;
  readonly bad: number;
}
export type TrustHistory = Readonly<Record<IndicatorName, Counted>>;

export interface TrustRow {
  readonly party: PartyId;
  readonly history: TrustHistory;
}

/** What is final on the channel and says something of one node. `bytes` are those of the request, the block or the statement. */
export type TrustEvent =
  /** It was asked to endorse, by a final request that names it: it did in time, or did not. */
  | { readonly kind: 'endorsement-asked'; readonly party: PartyId; readonly endorsed: boolean }
  /** A final request that it endorsed took effect, or failed (stale reads, another result). */
  | { readonly kind: 'endorsement-ended'; readonly party: PartyId; readonly failed: boolean }
  /** Its signature on an endorsement: honest, or proved to be on something forbidden or contradictory. */
  | { readonly kind: 'endorsement-signed'; readonly party: PartyId; readonly malicious: boolean; readonly bytes: number }
  /** A block was to be committed by it: its statement of the result is final in time, or is not. */
  | { readonly kind: 'commit-due'; readonly party: PartyId; readonly stated: boolean }
  /** Its stated result is that of the final state, or is not. A wrong one is a malicious verification of so many bytes. */
  | { readonly kind: 'commit-stated'; readonly party: PartyId; readonly correct: boolean; readonly bytes: number }
  /** Its turn to order ended with its block, or with somebody else's. */
  | { readonly kind: 'turn-ended'; readonly party: PartyId; readonly ordered: boolean }
  /** A block of its own: valid, or proved to be none that a correct orderer proposes (R15). */
  | { readonly kind: 'block-judged'; readonly party: PartyId; readonly valid: boolean };

export function emptyTrust(party: PartyId): TrustRow {
  const history = Object.fromEntries(INDICATOR_NAMES.map((name) => [name, { good: 0, bad: 0 }])) as Record<IndicatorName, Counted>;
  return { party, history };
}

type Change = readonly [name: IndicatorName, good: boolean, count: number];

function changesOf(event: TrustEvent): readonly Change[] {
  switch (event.kind) {
    case 'endorsement-asked':
      return [['endorsement-rate', event.endorsed, 1]];
    case 'endorsement-ended':
      return [['failure-frequency', !event.failed, 1]];
    case 'endorsement-signed':
      return [
        ['malicious-signatures', !event.malicious, 1],
        ['malicious-signature-bytes', !event.malicious, event.bytes],
      ];
    case 'commit-due':
      return [['committing-rate', event.stated, 1]];
    case 'commit-stated':
      return [
        ['committing-accuracy', event.correct, 1],
        ['malicious-verifications', event.correct, 1],
        ['malicious-verification-bytes', event.correct, event.bytes],
      ];
    case 'turn-ended':
      return [['ordering-rate', event.ordered, 1]];
    case 'block-judged':
      return [['ordering-validity', event.valid, 1]];
  }
}

/** After a final event. In which order events are counted changes nothing. */
export function withTrustEvent(row: TrustRow, event: TrustEvent): TrustRow {
  assert(row.party === event.party, 'an event counts for its own node');
  const history: Record<IndicatorName, Counted> = { ...row.history };
  for (const [name, isGood, count] of changesOf(event)) {
    assert(Number.isSafeInteger(count) && count >= 0, 'counts are whole numbers');
    const { good, bad } = history[name];
    history[name] = isGood ? { good: Math.min(good + count, MAX_COUNT), bad } : { good, bad: Math.min(bad + count, MAX_COUNT) };
  }
  return { ...row, history };
}

/** Half of everything: what is good rounded down, what is bad rounded up, but for the last one. */
export function endTrustEpoch(row: TrustRow): TrustRow {
  const halved = INDICATOR_NAMES.map((name) => {
    const { good, bad } = row.history[name];
    return [name, { good: (good - (good % 2)) / 2, bad: bad > 1 ? (bad + (bad % 2)) / 2 : 0 }] as const;
  });
  return { ...row, history: Object.fromEntries(halved) as Record<IndicatorName, Counted> };
}
