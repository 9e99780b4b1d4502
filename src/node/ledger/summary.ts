// The double chain's summaries (P3-16, P3-17, P3-28): what a bridge member says of another channel's blocks on the consortium's chain, and
// what a reader checks who followed an item to its slip. Nothing here decides when.
import { type ChannelId, type PartyId, type Rejection, MAX_SLIP_BYTES, reject } from '../base/index.ts';
import {
  type Action,
  type Slip,
  MAX_ANCHORED_HEADERS,
  MAX_SUMMARY_BYTES,
  MAX_SUMMARY_ITEMS,
  encodeSlip,
  leafDigest,
  proveMany,
} from '../contracts/index.ts';
import { type FinalBlock, bareOf } from './block.ts';
import type { ItemRow } from './projection-rows.ts';

type Anchor = Extract<Action, { kind: 'anchor' }>;
type Summary = Extract<Action, { kind: 'summary' }>;

/** Slips of one block that are to have their items, ascending. */
export interface WantedItems {
  readonly final: FinalBlock;
  readonly indexes: readonly number[];
}

/** As many of these blocks as one slip holds, which follow each other; null where there are none. */
export function anchorOf(opened: ChannelId, finals: readonly FinalBlock[]): Anchor | null {
  for (let count = Math.min(finals.length, MAX_ANCHORED_HEADERS); count > 0; count -= 1) {
    const certificate = finals[count - 1]?.certificate ?? null;
    if (certificate === null) continue;
    const headers = finals.slice(0, count).map(({ block }) => bareOf(block.header));
    const action: Anchor = { kind: 'anchor', opened, headers, certificate };
    if (sizeOf(action) <= MAX_SLIP_BYTES) return action;
  }
  return null;
}

/** The item of a record slip; null of any other. */
export function itemOf({ block }: FinalBlock, index: number): Summary['blocks'][number]['items'][number] | null {
  const slip = block.slips[index];
  if (slip?.body.action.kind !== 'record') return null;
  const { patient, commitment } = slip.body.action;
  return { index, leaf: leafDigest(encodeSlip(slip)), patient, commitment };
}

/** As many of the wanted items as one slip holds, in order (P3-16); null where there are none. */
export function summaryOf(opened: ChannelId, wanted: readonly WantedItems[]): Summary | null {
  const places = wanted.flatMap(({ final, indexes }) => indexes.map((index) => ({ final, index })));
  for (let count = Math.min(places.length, MAX_SUMMARY_ITEMS); count > 0; count -= 1) {
    const action = summaryWith(opened, places.slice(0, count));
    if (sizeOf(action) <= MAX_SUMMARY_BYTES) return action;
  }
  return null;
}

function summaryWith(opened: ChannelId, places: readonly { readonly final: FinalBlock; readonly index: number }[]): Summary {
  const finals = [...new Set(places.map(({ final }) => final))];
  const blocks = finals.map((final) => {
    const items = places.flatMap((place) => (place.final === final ? [itemOf(final, place.index)] : [])).filter((item) => item !== null);
    const leaves = final.block.slips.map((slip) => leafDigest(encodeSlip(slip)));
    const siblings = proveMany(
      leaves,
      items.map(({ index }) => index),
    );
    return { height: final.block.header.height, items, siblings: [...siblings] };
  });
  return { kind: 'summary', opened, blocks };
}

/** Why the slip that somebody handed out is not what the item says, or null: then its place in its chain is proved as well (P3-28). */
export function itemRefusal(item: Pick<ItemRow, 'leaf' | 'patient' | 'commitment' | 'channel'>, slip: Slip): Rejection | null {
  const { action, channel } = slip.body;
  if (leafDigest(encodeSlip(slip)) !== item.leaf) return reject('other-slip', 'this is not the slip that was summarised');
  if (action.kind !== 'record' || channel !== item.channel) return reject('no-record', 'the summarised slip is no record of that channel');
  const same = action.patient === item.patient && action.commitment === item.commitment;
  return same ? null : reject('forged-item', 'the bridge summarised it as something that it is not');
}

const NOBODY = '00'.repeat(16) as PartyId;

/** As a whole slip, with a counter and a time that will do for long. */
function sizeOf(action: Action): number {
  const body = { protocol: 1, channel: '00'.repeat(32) as ChannelId, author: NOBODY, counter: 2 ** 31, timestampMs: 2 ** 42, action };
  return encodeSlip({ body, signature: new Uint8Array(64), consent: null }).byteLength;
}
