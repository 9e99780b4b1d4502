// From an item on the consortium's chain to its slip (P3-28): members of the slip's channel hand it to the patient whom it is about, and to
// nobody else outside the channel; she checks that it is the one that was summarised, and so that it is final where the item says.
import { AppError, type ChannelId, MAX_SLIP_BYTES, isRejection, reject } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decode, encode, struct, uint } from '../codec/index.ts';
import { type Slip, channelId, encodeSlip, slip as slipCodec } from '../contracts/index.ts';
import { type ItemRow, decodeFinalBlock, itemRefusal } from '../ledger/index.ts';
import type { LedgerStore, PeerId } from '../ports/index.ts';

const place = struct({ opened: channelId, height: uint(), index: uint() });
const KIND = 'item-slip';
const ASK_TIMEOUT_MS = 10_000;

/** `holds`: channels whose slips this node may hand out. */
export function serveItemSlips(bulk: Bulk, store: LedgerStore, holds: (channel: ChannelId) => boolean): void {
  bulk.handle(KIND, async (from, body) => {
    const asked = decode(place, body, 200);
    if (isRejection(asked)) return asked;
    if (from.party === null) return reject('not-certified', 'only certified parties may ask');
    if (!holds(asked.opened)) return reject('unknown-channel', 'this node takes no part in that channel');
    const [bytes] = await store.read(asked.opened, asked.height, 1);
    const final = bytes === undefined ? null : decodeFinalBlock(bytes);
    const slip = final === null || isRejection(final) ? undefined : final.block.slips[asked.index];
    // The same answer for what is not there and for what is not hers: it tells nothing of the channel.
    const isHers = slip?.body.action.kind === 'record' && slip.body.action.patient === from.party;
    return isHers ? encodeSlip(slip) : reject('not-yours', 'no slip about you is there');
  });
}

/** The slip of an item, checked against it. Throws AppError `not-available` where none of the peers hands it out. */
export async function askItemSlip(bulk: Bulk, peers: readonly PeerId[], item: ItemRow): Promise<Slip> {
  const body = encode(place, { opened: item.channel, height: item.block, index: item.index });
  for (const peer of peers) {
    try {
      const slip = decode(slipCodec, await bulk.ask(peer, KIND, body, { timeoutMs: ASK_TIMEOUT_MS }), MAX_SLIP_BYTES);
      if (!isRejection(slip) && itemRefusal(item, slip) === null) return slip;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  throw new AppError({
    code: 'not-available',
    message: 'No member of that channel that is reached hands out this entry.',
    remedy: 'Try again when more of its members are there.',
  });
}
