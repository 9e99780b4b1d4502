// The newest checkpoints of a ledger, and what a member that is far behind may ask of them (R11). States share what they have in
// common, so that keeping some costs little. Answers to certified parties alone, as blocks are.
import { type ChannelId, isRejection, reject } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decode, encode } from '../codec/index.ts';
import { encodeStateRange, rangeAt } from '../contracts/index.ts';
import { type FinalBlock, type Ledger, type Projection, encodeFinalBlock, isCheckpoint } from '../ledger/index.ts';
import { MAX_ASKED_BYTES, askedCheckpoint, askedEpochs, askedRange, givenEpochs, withinAnswer } from './sync-messages.ts';

/** So many are kept: whoever fetches one has until the second next is made. */
const KEPT = 3;

export interface Checkpoint {
  readonly ledger: Ledger;
  readonly final: FinalBlock;
}

export class Checkpoints {
  private kept: readonly Checkpoint[] = [];

  /** The head of a ledger that has grown. */
  note(ledger: Ledger, final: FinalBlock): void {
    const newest = this.kept.at(-1)?.ledger.height ?? -1;
    if (ledger.height > newest && isCheckpoint(ledger, newest)) this.kept = [...this.kept, { ledger, final }].slice(-KEPT);
  }

  newest(): Checkpoint | null {
    return this.kept.at(-1) ?? null;
  }

  at(height: number): Checkpoint | null {
    return this.kept.find(({ ledger }) => ledger.height === height) ?? null;
  }
}

/** Answers `checkpoint`, `epochs` and `state-range`. */
export function serveCheckpoints(bulk: Bulk, channel: ChannelId, checkpoints: Checkpoints, projection: () => Projection): void {
  const stranger = reject('not-certified', 'only certified parties may read the ledger');
  const unknown = reject('unknown-channel', 'this node does not hold that ledger');
  bulk.handle('checkpoint', async (from, body) => {
    if (from.party === null) return stranger;
    const asked = decode(askedCheckpoint, body, MAX_ASKED_BYTES);
    if (isRejection(asked)) return asked;
    if (asked.channel !== channel) return unknown;
    const newest = checkpoints.newest();
    return newest !== null && newest.ledger.height > asked.above
      ? encodeFinalBlock(newest.final)
      : reject('no-checkpoint', 'this node has no checkpoint above that height');
  });
  bulk.handle('epochs', async (from, body) => {
    if (from.party === null) return stranger;
    const asked = decode(askedEpochs, body, MAX_ASKED_BYTES);
    if (isRejection(asked)) return asked;
    if (asked.channel !== channel) return unknown;
    const { epochs } = projection();
    // The first link leads to epoch 1.
    const links = Array.from({ length: asked.count }, (_, index) => epochs.at(asked.from + index - 1)).flatMap((link) => link ?? []);
    return encode(givenEpochs, { links: withinAnswer(links) });
  });
  bulk.handle('state-range', async (from, body) => {
    if (from.party === null) return stranger;
    const asked = decode(askedRange, body, MAX_ASKED_BYTES);
    if (isRejection(asked)) return asked;
    if (asked.channel !== channel) return unknown;
    const checkpoint = checkpoints.at(asked.height);
    if (checkpoint === null) return reject('no-checkpoint', 'this node keeps no state of that height');
    const range = rangeAt(checkpoint.ledger.state, asked.from);
    return isRejection(range) ? range : encodeStateRange(range);
  });
}
