// From far behind to a proved checkpoint (R11): the certified block, the epochs that lead to its voters, the state in ranges, each
// proved against the block's state root as it comes. Nothing is believed and nothing is half-adopted: what does not prove itself is
// refused with its reason, and what was proved is kept, so that another member goes on where one failed.
import { type ChannelId, type Digest, type Rejection, AppError, isRejection, reject } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { encode } from '../codec/index.ts';
import {
  type ProvedRange,
  type StateRange,
  FIRST_RANGE,
  afterRange,
  decodeStateRange,
  joinRanges,
  proveRange,
} from '../contracts/index.ts';
import {
  type FinalBlock,
  type Ledger,
  type Projection,
  type Trust,
  certifiedHeaderOf,
  decodeFinalBlock,
  headerDigest,
  ledgerAt,
  openPartialProjection,
  openTrust,
  slipsRootOf,
  snapshotParts,
} from '../ledger/index.ts';
import type { PeerId, Verifier } from '../ports/index.ts';
import { followEpochs, headRefusal } from './sync-epochs.ts';
import { askedCheckpoint, askedEpochs, askedRange } from './sync-messages.ts';

/** Whoever is fewer blocks behind fetches and executes them. */
export const FAST_SYNC_BLOCKS = 256;
/** Ranges of one state, at most (R18): some gigabytes. */
const MAX_RANGES = 16_384;
const ASK_TIMEOUT_MS = 15_000;

export interface FoundCheckpoint {
  readonly ledger: Ledger;
  readonly projection: Projection;
  readonly last: FinalBlock;
  /** To be kept: state and epoch links. */
  readonly parts: readonly Uint8Array[];
}

export interface FastSyncInit {
  readonly bulk: Bulk;
  readonly channel: ChannelId;
  readonly verifier: Verifier;
  /** Where this node stands. */
  readonly ledger: () => Ledger;
  readonly projection: () => Projection;
  /** Bytes of state that are here and proved; the whole is known at the end. */
  readonly progress: (stateBytes: number | null) => void;
}

interface Pending {
  readonly digest: Digest;
  readonly ranges: StateRange[];
  readonly proved: ProvedRange[];
  sizeBytes: number;
}

export class FastSync {
  private readonly init: FastSyncInit;
  /** Of the checkpoint that was last asked for. */
  private pending: Pending | null = null;

  constructor(init: FastSyncInit) {
    this.init = init;
  }

  /** A checkpoint that the peer has, proved; null where it has none; a Rejection where what it says is not true. */
  async from(peer: PeerId): Promise<FoundCheckpoint | Rejection | null> {
    const above = this.init.ledger().height + FAST_SYNC_BLOCKS;
    const bytes = await this.ask(peer, 'checkpoint', encode(askedCheckpoint, { channel: this.init.channel, above })).catch(nothing);
    if (bytes === null) return null;
    const last = decodeFinalBlock(bytes);
    if (isRejection(last)) return last;
    const { header, slips } = last.block;
    if (header.height <= above) return reject('old-checkpoint', 'the checkpoint lies no further than this node');
    if (header.slipCount !== slips.length || slipsRootOf(slips) !== header.slipsRoot)
      return reject('wrong-slips-root', 'the header of the checkpoint commits to other slips');
    const followed = await this.follow(peer, last);
    if (isRejection(followed)) return followed;
    const pending = await this.fetchState(peer, last);
    if (isRejection(pending)) return pending;
    const state = joinRanges(pending.proved);
    const ledger = isRejection(state) ? state : ledgerAt(this.init.channel, last, state);
    if (isRejection(ledger)) return ledger;
    const snapshot = { ranges: pending.ranges, links: [...this.init.projection().epochs, ...followed.links] };
    this.pending = null;
    this.init.progress(null);
    return { ledger, last, parts: snapshotParts(snapshot), projection: openPartialProjection(last, ledger, snapshot) };
  }

  /** The block is final under voters that follow from those that this node knows. */
  private async follow(peer: PeerId, last: FinalBlock): ReturnType<typeof followEpochs> {
    const { channel, verifier } = this.init;
    const start: Trust = openTrust(this.init.ledger());
    const followed = await followEpochs(start, last.block.header.epoch, verifier, (from, count) =>
      this.ask(peer, 'epochs', encode(askedEpochs, { channel, from, count })),
    );
    if (isRejection(followed)) return followed;
    return (await headRefusal(followed.trust, certifiedHeaderOf(last), verifier)) ?? followed;
  }

  private async fetchState(peer: PeerId, { block }: FinalBlock): Promise<Pending | Rejection> {
    const { channel } = this.init;
    const { height, stateRoot } = block.header;
    const digest = headerDigest(block.header);
    if (this.pending?.digest !== digest) this.pending = { digest, ranges: [], proved: [], sizeBytes: 0 };
    const { pending } = this;
    for (let from = nextRange(pending); from !== null; from = nextRange(pending)) {
      const start = from;
      if (pending.ranges.length >= MAX_RANGES) return reject('oversized-state', 'the state comes in too many ranges');
      const bytes = await this.ask(peer, 'state-range', encode(askedRange, { channel, height, from }));
      const range = decodeStateRange(bytes);
      if (isRejection(range)) return range;
      if (range.path.some((byte, index) => byte !== start[index])) return reject('misplaced-range', 'another range was asked for');
      const proved = proveRange(stateRoot, range);
      if (isRejection(proved)) return proved;
      pending.ranges.push(range);
      pending.proved.push(proved);
      pending.sizeBytes += bytes.byteLength;
      this.init.progress(pending.sizeBytes);
    }
    return pending;
  }

  private ask(peer: PeerId, kind: string, body: Uint8Array): Promise<Uint8Array> {
    return this.init.bulk.ask(peer, kind, body, { timeoutMs: ASK_TIMEOUT_MS });
  }
}

function nextRange({ ranges }: Pending): Uint8Array | null {
  const last = ranges.at(-1);
  return last === undefined ? FIRST_RANGE : afterRange(last);
}

/** A member that has no checkpoint, or does not know what one is, is asked for blocks. */
function nothing(error: unknown): null {
  if (error instanceof AppError && (error.code === 'no-checkpoint' || error.code === 'unknown-request')) return null;
  throw error;
}
