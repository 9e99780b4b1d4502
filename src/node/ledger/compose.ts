// What a leader proposes (R4): the slips that wait, in an order in which they can work, executed once to know the roots. A
// slip that may still work later is left to wait; one that fails for good is taken in, so that its author gets a receipt. On a
// channel with groups only slips of certified batches are taken, in the order of the batches.
import {
  type Digest,
  type PartyId,
  type Rejection,
  type SlipId,
  MAX_BLOCK_BYTES,
  MAX_CUT_BATCHES,
  MAX_SLIPS_PER_BLOCK,
  isRejection,
  present,
} from '../base/index.ts';
import { type Moment, type Outcome, type Slip, type State, closeBlock, encodeSlip, slipIdOf, stateRoot } from '../contracts/index.ts';
import type { BatchReference } from '../consensus/index.ts';
import { type Block, type BlockHeader, encodeBlock, headerDigest, slipsRootOf } from './block.ts';
import { slipChecks } from './check.ts';
import { lanes } from './cut.ts';
import { type Ledger, endOf, executeSlip, nextMoment } from './ledger.ts';
import { PROTOCOL } from './protocol.ts';

/** Room for header and parent's certificate beside the slips. */
const HEADER_ROOM_BYTES = 64 * 1024;

/** A batch that its group certified, whose slips the caller has checked. */
export interface CertifiedSlips {
  readonly reference: BatchReference;
  readonly slips: readonly Slip[];
}

export interface Composed {
  readonly block: Block;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** In the order of the block. */
  readonly included: readonly SlipId[];
  /** What was left out, and why; for want of room where `refusal` is null. */
  readonly skipped: readonly { readonly slip: SlipId; readonly refusal: Rejection | null }[];
  /** Where the slips stand in the slips of the cut's batches, one batch after another; empty without batches. */
  readonly picks: readonly number[];
  /** Batches without room in this block: they can be ordered by a later one. */
  readonly left: readonly BatchReference[];
}

export interface ComposeOptions {
  /** Moved after the parent's time where it is not. */
  readonly timestampMs: number;
  readonly proposer: PartyId;
  /** The proposer leads it at this height. */
  readonly view: number;
  /** On a channel with groups: then `slips` is not looked at. */
  readonly batches?: readonly CertifiedSlips[];
}

/** The next block from `slips`, whose signatures the caller has checked, or from certified batches. */
export function composeBlock(ledger: Ledger, slips: readonly Slip[], options: ComposeOptions): Composed {
  const at = nextMoment(ledger, options.timestampMs);
  const taking = new Taking(ledger, at);
  if (options.batches === undefined) for (const slip of inCounterOrder(slips)) taking.take(slip);
  else taking.takeBatches(options.batches);
  const { included, skipped, cut, picks, left } = taking;
  const chosen = included.map(({ slip }) => slip);
  const parentCertificate = ledger.certificate;
  const closed = closeBlock(taking.state, at, endOf(ledger, { parentCertificate, cut }));
  const header: BlockHeader = {
    protocol: PROTOCOL,
    channel: ledger.channel,
    height: at.height,
    parent: ledger.digest,
    timestampMs: at.timestampMs,
    epoch: ledger.configuration.epoch,
    configuration: ledger.configuration.digest,
    proposer: options.proposer,
    view: options.view,
    slipCount: chosen.length,
    slipsRoot: slipsRootOf(chosen),
    cut,
    stateRoot: stateRoot(closed),
    parentCertificate,
  };
  const block = { header, slips: chosen };
  const ids = included.map(({ id }) => id);
  return { block, bytes: encodeBlock(block), digest: headerDigest(header), included: ids, skipped, picks, left };
}

/** Takes slips in turn while there is room. Nothing of it outlives one block. */
class Taking {
  state: State;
  readonly included: { readonly slip: Slip; readonly id: SlipId }[] = [];
  readonly skipped: { readonly slip: SlipId; readonly refusal: Rejection | null }[] = [];
  readonly cut: BatchReference[] = [];
  readonly picks: number[] = [];
  readonly left: BatchReference[] = [];
  private sizeBytes = HEADER_ROOM_BYTES;
  private readonly ledger: Ledger;
  private readonly at: Moment;

  constructor(ledger: Ledger, at: Moment) {
    this.state = ledger.state;
    this.ledger = ledger;
    this.at = at;
  }

  /** Whether the slip is in the block now. */
  take(slip: Slip): boolean {
    const id = slipIdOf(slip);
    const slipBytes = encodeSlip(slip).byteLength;
    const refusal = staticRefusal(this.ledger, slip);
    if (refusal !== null || !this.hasRoom(1, slipBytes)) return this.skip(id, refusal);
    const { state, outcome, spent } = executeSlip(this.state, slip, this.at);
    if (!spent) return this.skip(id, rejectionOf(outcome));
    this.state = state;
    this.sizeBytes += slipBytes;
    this.included.push({ slip, id });
    return true;
  }

  /**
   * Whole batches while they fit, in order in every lane (R4): after one without room none of its lane is taken. A batch that
   * no block has room for is taken alone, as far as it goes; the rest of it is resubmitted.
   */
  takeBatches(batches: readonly CertifiedSlips[]): void {
    const open = lanes(this.ledger);
    const full = new Set<number>();
    let offset = 0;
    for (const { reference, slips } of batches) {
      const sizeBytes = slips.reduce((sum, slip) => sum + encodeSlip(slip).byteLength, 0);
      const fits = this.cut.length === 0 || (this.cut.length < MAX_CUT_BATCHES && this.hasRoom(slips.length, sizeBytes));
      if (full.has(reference.group) || !fits) {
        full.add(reference.group);
        this.left.push(reference);
        continue;
      }
      if (open.refuses(reference) !== null) continue;
      this.cut.push(reference);
      slips.forEach((slip, index) => {
        if (this.take(slip)) this.picks.push(offset + index);
      });
      offset += slips.length;
    }
  }

  private hasRoom(count: number, sizeBytes: number): boolean {
    return this.included.length + count <= MAX_SLIPS_PER_BLOCK && this.sizeBytes + sizeBytes <= MAX_BLOCK_BYTES;
  }

  private skip(slip: SlipId, refusal: Rejection | null): false {
    this.skipped.push({ slip, refusal });
    return false;
  }
}

function staticRefusal(ledger: Ledger, slip: Slip): Rejection | null {
  const checks = slipChecks(ledger, slip);
  return isRejection(checks) ? checks : null;
}

function rejectionOf(outcome: Outcome): Rejection | null {
  return outcome === 'done' ? null : outcome;
}

/** The order of arrival, but each author's slips among themselves by counter: a later one may build on an earlier. */
function inCounterOrder(slips: readonly Slip[]): readonly Slip[] {
  const byAuthor = new Map<PartyId, Slip[]>();
  for (const slip of slips) {
    const own = byAuthor.get(slip.body.author);
    if (own === undefined) byAuthor.set(slip.body.author, [slip]);
    else own.push(slip);
  }
  for (const own of byAuthor.values()) own.sort((a, b) => b.body.counter - a.body.counter);
  return slips.map((slip) => present(byAuthor.get(slip.body.author)?.pop(), "the author's next slip"));
}
