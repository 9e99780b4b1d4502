// Where a node starts that does not hold the blocks below (R11): a final block, whose certified header holds the state root; the state
// in ranges that are proved against it; the links by which its voters follow from the founding block. The same parts are what is sent
// and what is kept. Whether the block is final is for whoever follows the epochs (trust.ts).
import { type ChannelId, type Digest, type Rejection, isRejection, reject } from '../base/index.ts';
import { boundedBytes, decode, encode, list, struct, union } from '../codec/index.ts';
import {
  type ProvedRange,
  type State,
  type StateRange,
  MAX_RANGE_BYTES,
  ONLY,
  decodeStateRange,
  encodeStateRange,
  foundedTable,
  joinRanges,
  proveRange,
  rosterOf,
  seatsOf,
} from '../contracts/index.ts';
import { type FinalBlock, headerDigest } from './block.ts';
import { configurationOf, consensusConfiguration } from './configuration.ts';
import type { Ledger } from './ledger.ts';
import { MAX_EPOCH_LINK_BYTES } from './trust.ts';

/** Every so many blocks there is a checkpoint: the first block from there on that does not end an epoch. */
const CHECKPOINT_BLOCKS = 100;
/** Links in one part. */
const LINKS_PER_PART = 64;
const MAX_PART_BYTES = Math.max(MAX_RANGE_BYTES, LINKS_PER_PART * MAX_EPOCH_LINK_BYTES) + 1024;

const snapshotPart = union({
  range: struct({ bytes: boundedBytes(MAX_RANGE_BYTES) }),
  epochs: struct({ links: list(boundedBytes(MAX_EPOCH_LINK_BYTES), LINKS_PER_PART) }),
});

/** A state that was joined from proved ranges, and what it was joined from. */
export interface Snapshot {
  readonly state: State;
  readonly ranges: readonly StateRange[];
  /** Encoded, from the first epoch on. */
  readonly links: readonly Uint8Array[];
}

/** Whether the head of `ledger` is a checkpoint; `newest` is the height of the one before it, -1 where there is none. */
export function isCheckpoint(ledger: Ledger, newest: number): boolean {
  const due = Math.floor(ledger.height / CHECKPOINT_BLOCKS) > Math.floor(Math.max(0, newest) / CHECKPOINT_BLOCKS);
  return due && endsNoEpoch(ledger);
}

/** A block that changes the configuration is decided by other voters than the next one: it is no place to start from. */
function endsNoEpoch({ head, configuration }: Ledger): boolean {
  return head.epoch === configuration.epoch;
}

/** The ledger with this block as its head, or why it cannot start there. `state` was proved against the header. */
export function ledgerAt(channel: ChannelId, { block, certificate }: FinalBlock, state: State): Ledger | Rejection {
  const { header } = block;
  const founded = foundedTable.get(state, ONLY);
  if (founded === null || header.channel !== channel) return reject('other-channel', 'the checkpoint is of another channel');
  if (rosterOf(state).epoch !== header.epoch) return reject('ends-epoch', 'the block ends its epoch');
  const configuration = configurationOf(state);
  if (configuration.digest !== header.configuration) return reject('wrong-configuration', 'the header names other voters than its state');
  const consensus = consensusConfiguration(channel, configuration, seatsOf(state));
  return {
    channel,
    height: header.height,
    head: header,
    digest: headerDigest(header),
    certificate,
    decidedBy: configuration,
    decidedByConsensus: consensus,
    configuration,
    consensus,
    state,
    settings: founded.settings,
  };
}

/** What is kept of a checkpoint: the whole state, and the links. */
export function snapshotParts({ ranges, links }: Pick<Snapshot, 'ranges' | 'links'>): readonly Uint8Array[] {
  const parts = ranges.map((range) => encode(snapshotPart, { kind: 'range', bytes: encodeStateRange(range) }));
  for (let first = 0; first < links.length; first += LINKS_PER_PART)
    parts.push(encode(snapshotPart, { kind: 'epochs', links: links.slice(first, first + LINKS_PER_PART) }));
  return parts;
}

/** What was kept, every range proved again against the header's state root. */
export function openSnapshot(stateRoot: Digest, parts: readonly Uint8Array[]): Snapshot | Rejection {
  const ranges: StateRange[] = [];
  const proved: ProvedRange[] = [];
  const links: Uint8Array[] = [];
  for (const bytes of parts) {
    const part = decode(snapshotPart, bytes, MAX_PART_BYTES);
    if (isRejection(part)) return part;
    if (part.kind === 'epochs') {
      links.push(...part.links);
      continue;
    }
    const range = decodeStateRange(part.bytes);
    if (isRejection(range)) return range;
    const shown = proveRange(stateRoot, range);
    if (isRejection(shown)) return shown;
    ranges.push(range);
    proved.push(shown);
  }
  const state = joinRanges(proved);
  return isRejection(state) ? state : { state, ranges, links };
}
