// Checks a whole ledger from its founding block, alone: every block by its bytes, parent, time, counts and roots, the quorum and every
// signature of its certificate under the epoch's own voters, every signature of its slips, and the state by executing them again.
// Trusts nothing that is not in the blocks; stops at the first fault and says at which height and why.
import { type ChannelId, type Rejection, isRejection, reject } from '../base/index.ts';
import { type FinalBlock, type Ledger, checkBlock, decodeFinalBlock, extend, foundingChecks, openLedger } from '../ledger/index.ts';
import type { Verifier } from '../ports/index.ts';
import { createVerification } from './verify.ts';

/** What holds of a ledger that was checked to its end. */
export interface LedgerReport {
  readonly ok: true;
  /** Digest of the founding header: whoever knows it from elsewhere knows that this is the ledger that he means. */
  readonly channel: ChannelId;
  readonly name: string;
  readonly height: number;
  readonly slips: number;
  readonly epochs: number;
  /** In the newest header; the same by execution. */
  readonly stateRoot: string;
  readonly headTimestampMs: number;
}

/** The first thing that is wrong. */
export interface LedgerFault {
  readonly ok: false;
  readonly height: number;
  readonly reason: string;
  readonly detail: string;
}

export interface LedgerAudit {
  /** The next stored block; null where it is good. After a fault nothing more is taken. */
  take(bytes: Uint8Array): Promise<LedgerFault | null>;
  /** Where the source of blocks itself is damaged. */
  damaged(height: number, detail: string): LedgerFault;
  end(): LedgerReport | LedgerFault;
}

/** `expected` is the channel that the ledger claims to be, where something else than its blocks claims it. */
export function createLedgerAudit(verifier: Verifier, expected: string | null): LedgerAudit {
  const verification = createVerification(verifier);
  let ledger: Ledger | null = null;
  let slips = 0;
  let fault: LedgerFault | null = null;

  async function next(final: FinalBlock): Promise<Ledger | Rejection> {
    if (ledger === null) return founded(final, expected, verifier);
    const verified = await verification.final(ledger, final);
    const extended = isRejection(verified) ? verified : extend(ledger, final);
    if (!isRejection(extended)) return extended.ledger;
    // What is wrong inside the block says more than that its certificate is about another one. No clock has a say in a copy.
    return checkBlock(ledger, final.block, { nowMs: Number.MAX_SAFE_INTEGER }) ?? extended;
  }

  return {
    take: async (bytes) => {
      if (fault !== null) return fault;
      const height = ledger === null ? 0 : ledger.height + 1;
      const final = decodeFinalBlock(bytes);
      const after = isRejection(final) ? final : await next(final);
      if (isRejection(after)) fault = { ok: false, height, reason: after.reason, detail: after.detail };
      else {
        ledger = after;
        slips += isRejection(final) ? 0 : final.block.slips.length;
      }
      return fault;
    },
    damaged: (height, detail) => (fault ??= { ok: false, height, reason: 'damaged-file', detail }),
    end: () => {
      if (fault !== null) return fault;
      if (ledger === null) return { ok: false, height: 0, reason: 'no-blocks', detail: 'there is no founding block' };
      const { channel, height, head, configuration, settings } = ledger;
      const { stateRoot, timestampMs: headTimestampMs } = head;
      return { ok: true, channel, name: settings.name, height, slips, epochs: configuration.epoch + 1, stateRoot, headTimestampMs };
    },
  };
}

async function founded(final: FinalBlock, expected: string | null, verifier: Verifier): Promise<Ledger | Rejection> {
  const ledger = openLedger(final);
  if (isRejection(ledger)) return ledger;
  if (expected !== null && ledger.channel !== expected)
    return reject('other-channel', `the founding block is that of ${ledger.channel}, not of ${expected}`);
  const checks = foundingChecks(final.block);
  if (isRejection(checks)) return checks;
  const held = await Promise.all(checks.map((check) => verifier.verify(check.publicKey, check.bytes, check.signature)));
  return held.every(Boolean) ? ledger : reject('bad-signature', 'a signature of the founding block does not hold');
}
