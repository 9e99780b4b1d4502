// What a leader proposes (R4): the slips that wait, in an order in which they can work, executed once to know the roots. A
// slip that may still work later is left to wait; one that fails for good is taken in, so that its author gets a receipt.
import {
  type Digest,
  type PartyId,
  type Rejection,
  type SlipId,
  MAX_BLOCK_BYTES,
  MAX_SLIPS_PER_BLOCK,
  isRejection,
  present,
} from '../base/index.ts';
import { type Outcome, type Slip, closeBlock, encodeSlip, execute, slipIdOf, stateRoot } from '../contracts/index.ts';
import { type Block, type BlockHeader, encodeBlock, headerDigest, slipsRootOf } from './block.ts';
import { slipChecks } from './check.ts';
import { type Ledger, nextMoment, signersOf } from './ledger.ts';
import { PROTOCOL } from './protocol.ts';

/** Room for header and parent's certificate beside the slips. */
const HEADER_ROOM_BYTES = 64 * 1024;

export interface Composed {
  readonly block: Block;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** In the order of the block. */
  readonly included: readonly SlipId[];
  /** What was left out, and why; for want of room where `refusal` is null. */
  readonly skipped: readonly { readonly slip: SlipId; readonly refusal: Rejection | null }[];
}

/**
 * The next block from `slips`, whose signatures the caller has checked. `timestampMs` is moved after the parent's where it
 * is not. The proposer leads `view` of this height.
 */
export function composeBlock(
  ledger: Ledger,
  slips: readonly Slip[],
  options: { readonly timestampMs: number; readonly proposer: PartyId; readonly view: number },
): Composed {
  const at = nextMoment(ledger, options.timestampMs);
  const included: { readonly slip: Slip; readonly id: SlipId }[] = [];
  const skipped: { readonly slip: SlipId; readonly refusal: Rejection | null }[] = [];
  let state = ledger.state;
  let sizeBytes = HEADER_ROOM_BYTES;
  for (const slip of inCounterOrder(slips)) {
    const id = slipIdOf(slip);
    const slipBytes = encodeSlip(slip).byteLength;
    const refusal = staticRefusal(ledger, slip);
    if (refusal !== null || included.length >= MAX_SLIPS_PER_BLOCK || sizeBytes + slipBytes > MAX_BLOCK_BYTES) {
      skipped.push({ slip: id, refusal });
      continue;
    }
    const { state: next, outcome, spent } = execute(state, slip, at);
    if (!spent) {
      skipped.push({ slip: id, refusal: rejectionOf(outcome) });
      continue;
    }
    state = next;
    sizeBytes += slipBytes;
    included.push({ slip, id });
  }
  const chosen = included.map(({ slip }) => slip);
  const closed = closeBlock(state, at, signersOf(ledger.certificate));
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
    stateRoot: stateRoot(closed),
    parentCertificate: ledger.certificate,
  };
  const block = { header, slips: chosen };
  return { block, bytes: encodeBlock(block), digest: headerDigest(header), included: included.map(({ id }) => id), skipped };
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
