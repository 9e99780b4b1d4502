// Whether a block may follow the head (R4): structure, time, certificate of its parent, and both roots recomputed. Signatures
// are listed here and checked by the caller. A slip that fails against the state never makes its block invalid.
import { type Rejection, MAX_BLOCK_BYTES, MAX_CLOCK_AHEAD_MS, isRejection, reject } from '../base/index.ts';
import { type Certificate, type SignatureCheck, certificateChecks, leaderOf } from '../consensus/index.ts';
import { type Slip, checkSlip, closeBlock, encodeSlip, signaturesOf, stateRoot } from '../contracts/index.ts';
import { type Block, encodeBlock, headerDigest, slipsRootOf } from './block.ts';
import { cutRefusal } from './cut.ts';
import { type Ledger, endOf, executeSlips } from './ledger.ts';
import { PROTOCOL } from './protocol.ts';

/** A record's slip on a private chain, both signatures included (P3-15). */
const MAX_PRIVATE_SLIP_BYTES = 512;

/** The one reason of `checkBlock` that depends on the own clock: no vote, but no evidence either (R15). */
export const AHEAD_OF_CLOCK = 'ahead-of-clock';

/**
 * Why nobody should vote for this block as the next one, or null. Every reason but `ahead-of-clock` follows from the
 * bytes and final state alone. Signatures (`blockChecks`) are the caller's.
 */
export function checkBlock(ledger: Ledger, block: Block, options: { readonly nowMs: number }): Rejection | null {
  const refusal = headerRefusal(ledger, block) ?? slipsRefusal(ledger, block) ?? rootsRefusal(ledger, block);
  if (refusal !== null) return refusal;
  const aheadMs = block.header.timestampMs - options.nowMs;
  return aheadMs > MAX_CLOCK_AHEAD_MS ? reject(AHEAD_OF_CLOCK, `the block is dated ${aheadMs} ms ahead of this clock`) : null;
}

/** What the header says about its place. */
export function headerRefusal(ledger: Ledger, { header, slips }: Block): Rejection | null {
  const { configuration } = ledger;
  if (header.protocol !== PROTOCOL) return reject('wrong-protocol', `version ${header.protocol}, but ${PROTOCOL} is spoken`);
  if (header.channel !== ledger.channel) return reject('other-channel', 'the block is of another channel');
  if (header.height !== ledger.height + 1) return reject('wrong-height', `height ${header.height}, but ${ledger.height + 1} is next`);
  if (header.parent !== ledger.digest) return reject('wrong-parent', 'the block follows another one');
  if (header.epoch !== configuration.epoch || header.configuration !== configuration.digest) {
    return reject('wrong-configuration', `the block is of another epoch than ${configuration.epoch}`);
  }
  if (header.timestampMs <= ledger.head.timestampMs) return reject('not-later', 'the block is not dated after its parent');
  if (header.proposer !== leaderOf(ledger.consensus, header.height, header.view))
    return reject('wrong-proposer', 'its proposer did not lead the view it names');
  if (header.slipCount !== slips.length) return reject('wrong-count', 'the header counts other slips');
  if (header.slipsRoot !== slipsRootOf(slips)) return reject('wrong-slips-root', 'the header commits to other slips');
  return cutRefusal(ledger, header) ?? parentCertificateRefusal(ledger, header.parentCertificate);
}

/** R7: header h+1 holds the commit certificate of h; the founding block has none. */
function parentCertificateRefusal(ledger: Ledger, certificate: Certificate | null): Rejection | null {
  if (ledger.height === 0) return certificate === null ? null : reject('stray-certificate', 'nobody votes on the founding block');
  if (certificate === null) return reject('no-certificate', "the parent's certificate is missing");
  const checks = parentChecks(ledger, certificate);
  return isRejection(checks) ? checks : null;
}

function parentChecks(ledger: Ledger, certificate: Certificate): readonly SignatureCheck[] | Rejection {
  if (certificate.height !== ledger.height || certificate.digest !== ledger.digest)
    return reject('wrong-certificate', "the certificate is not the parent's");
  return certificateChecks(certificate, ledger.decidedByConsensus, 'commit');
}

function slipsRefusal(ledger: Ledger, block: Block): Rejection | null {
  for (const slip of block.slips) {
    const checks = slipChecks(ledger, slip);
    if (isRejection(checks)) return checks;
  }
  const sizeBytes = encodeBlock(block).byteLength;
  return sizeBytes > MAX_BLOCK_BYTES ? reject('oversized', `a block of ${sizeBytes} bytes, at most ${MAX_BLOCK_BYTES} are allowed`) : null;
}

function rootsRefusal(ledger: Ledger, { header, slips }: Block): Rejection | null {
  const { state } = executeSlips(ledger.state, slips, header);
  const closed = closeBlock(state, header, endOf(ledger, header));
  return stateRoot(closed) === header.stateRoot ? null : reject('wrong-state-root', 'the header commits to another state');
}

/**
 * Every signature of a slip that could stand in the next block, or why none could save it: what is static about it, its
 * channel, and an author or patient whom the state before the block does not know.
 */
export function slipChecks(ledger: Ledger, slip: Slip): readonly SignatureCheck[] | Rejection {
  if (slip.body.channel !== ledger.channel) return reject('other-channel', 'the slip is for another channel');
  if (ledger.settings.kind === 'private' && slip.body.action.kind === 'record' && encodeSlip(slip).byteLength > MAX_PRIVATE_SLIP_BYTES)
    return reject('oversized', `a record on a private chain takes at most ${MAX_PRIVATE_SLIP_BYTES} bytes (P3-15)`);
  return checkSlip(slip) ?? signaturesOf(ledger.state, slip);
}

/** Every signature in a block that would follow the head: those of its slips and of its parent's certificate. */
export function blockChecks(ledger: Ledger, block: Block): readonly SignatureCheck[] | Rejection {
  const { parentCertificate } = block.header;
  const checks: SignatureCheck[] = [];
  if (parentCertificate !== null) {
    const parent = parentChecks(ledger, parentCertificate);
    if (isRejection(parent)) return parent;
    checks.push(...parent);
  }
  for (const slip of block.slips) {
    const found = slipChecks(ledger, slip);
    if (isRejection(found)) return found;
    checks.push(...found);
  }
  return checks;
}

/** The signatures that make a block final after the head: distinct voters, at least Q, all over this header (R6). */
export function finalityChecks(ledger: Ledger, block: Block, certificate: Certificate | null): readonly SignatureCheck[] | Rejection {
  if (certificate === null) return reject('no-certificate', 'only the founding block comes without a certificate');
  if (certificate.height !== block.header.height || certificate.digest !== headerDigest(block.header)) {
    return reject('wrong-certificate', 'the certificate is about another block');
  }
  return certificateChecks(certificate, ledger.consensus, 'commit');
}
