// What a member that executes answers to clients that do not (P3-07): its head with its certificate and what the state under it holds,
// with proofs; a final slip with the way to its header. The client checks all of it; a certified party may ask.
import { type ChannelId, type SlipId, ID_BYTES, MAX_BLOCK_BYTES, isRejection, reject } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decode, encode, hex, list, struct, text, uint } from '../codec/index.ts';
import { channelId, entryProof, proveEntry, slipIdOf } from '../contracts/index.ts';
import {
  type FinalBlock,
  type Ledger,
  certifiedHeader,
  certifiedHeaderOf,
  decodeFinalBlock,
  encodeSlipProof,
  proveFinalSlip,
} from '../ledger/index.ts';
import type { LedgerStore } from '../ports/index.ts';

/** Entries of one answer. */
export const MAX_ASKED_ENTRIES = 64;
const MAX_KEY_CHARS = 200;
export const MAX_ASKED_PROOF_BYTES = MAX_ASKED_ENTRIES * (MAX_KEY_CHARS + 8) + 200;
export const MAX_GIVEN_ENTRIES_BYTES = 4 * MAX_BLOCK_BYTES;

export const askedEntries = struct({ channel: channelId, keys: list(text(MAX_KEY_CHARS), MAX_ASKED_ENTRIES) });
/** Under one head, in the order of the keys. */
export const givenEntries = struct({ head: certifiedHeader, entries: list(entryProof, MAX_ASKED_ENTRIES) });
export const askedSlip = struct({ channel: channelId, height: uint(), slip: hex<SlipId>(ID_BYTES) });

export interface Proving {
  readonly channel: ChannelId;
  readonly store: LedgerStore;
  readonly ledger: () => Ledger;
  /** The block of its head. */
  readonly last: () => FinalBlock;
}

/** Answers `entries` and `slip-proof`. */
export function serveProofs(bulk: Bulk, { channel, store, ledger, last }: Proving): void {
  const stranger = reject('not-certified', 'only certified parties may read the ledger');
  const unknown = reject('unknown-channel', 'this node does not hold that ledger');
  bulk.handle('entries', async (from, body) => {
    if (from.party === null) return stranger;
    const asked = decode(askedEntries, body, MAX_ASKED_PROOF_BYTES);
    if (isRejection(asked)) return asked;
    if (asked.channel !== channel) return unknown;
    const { state } = ledger();
    return encode(givenEntries, { head: certifiedHeaderOf(last()), entries: asked.keys.map((key) => proveEntry(state, key)) });
  });
  bulk.handle('slip-proof', async (from, body) => {
    if (from.party === null) return stranger;
    const asked = decode(askedSlip, body, 200);
    if (isRejection(asked)) return asked;
    if (asked.channel !== channel) return unknown;
    const [bytes] = await store.read(channel, asked.height, 1);
    const final = bytes === undefined ? reject('no-block', 'that block is not here') : decodeFinalBlock(bytes);
    if (isRejection(final)) return final;
    const proof = proveFinalSlip(
      final,
      final.block.slips.findIndex((slip) => slipIdOf(slip) === asked.slip),
    );
    return isRejection(proof) ? proof : encodeSlipProof(proof);
  });
}
