// What the state holds of contracts that the consortium wrote: which version counts, which one waits for votes, their sources, and what
// each keeps. What a contract keeps stays through all its versions.
import { type ItemId, MAX_NAME_CHARS, MAX_VOTERS } from '../../base/index.ts';
import { type Decoded, boundedBytes, flag, list, nullable, struct, text, uint } from '../../codec/index.ts';
import { MAX_SCRIPT_PARTS, MAX_SCRIPT_PART_BYTES } from '../deeds.ts';
import { digest, itemId, partyId } from '../fields.ts';
import type { State } from '../state.ts';
import { table } from '../table.ts';

/** Contracts of one channel. */
export const MAX_SCRIPTS = 64;
/** Keys that one contract keeps. */
export const MAX_KEPT_KEYS = 10_000;
export const MAX_KEPT_VALUE_CHARS = 1_024;
export const MAX_SOURCE_BYTES = MAX_SCRIPT_PARTS * MAX_SCRIPT_PART_BYTES;

const waiting = struct({
  version: uint(),
  runtime: digest,
  source: digest,
  parts: uint(MAX_SCRIPT_PARTS),
  /** Which parts are there, as bits. */
  here: uint(),
  votes: list(struct({ party: partyId, approve: flag }), MAX_VOTERS),
});
export type WaitingEntry = Decoded<typeof waiting>;

const script = struct({
  author: partyId,
  name: text(MAX_NAME_CHARS),
  /** The newest that was judged, approved or not. */
  judged: uint(),
  active: nullable(struct({ version: uint(), runtime: digest, source: digest })),
  waiting: nullable(waiting),
  /** How many keys it keeps. */
  kept: uint(MAX_KEPT_KEYS),
});
export type ScriptEntry = Decoded<typeof script>;

const source = struct({ bytes: boundedBytes(MAX_SOURCE_BYTES) });
/** Steps that the calls of one block have reserved. */
const load = struct({ height: uint(), steps: uint() });
const kept = struct({ json: text(MAX_KEPT_VALUE_CHARS) });

export const scriptListTable = table<'only', { readonly scripts: readonly ItemId[] }>(
  'script-list',
  struct({ scripts: list(itemId, MAX_SCRIPTS) }),
);
export const scriptTable = table<ItemId, ScriptEntry>('script', script);
/** Parts wait under `<script>/<index>`, whole sources lie under `<script>/<version>`. */
export const scriptPartTable = table<string, Decoded<typeof source>>('script-part', source);
export const scriptSourceTable = table<string, Decoded<typeof source>>('script-source', source);
export const scriptLoadTable = table<'only', Decoded<typeof load>>('script-load', load);
export const keptTable = table<string, Decoded<typeof kept>>('kept', kept);

export function partKey(id: ItemId, index: number): string {
  return `${id}/${index}`;
}

export function sourceKey(id: ItemId, version: number): string {
  return `${id}/${version}`;
}

/** The text of a version that waits for votes or is called; null of any other, and while parts are missing. */
export function scriptSourceOf(state: State, id: ItemId, version: number): Uint8Array | null {
  return scriptSourceTable.get(state, sourceKey(id, version))?.bytes ?? null;
}

/** Id of what a contract keeps under its key. */
export function keptKey(id: ItemId, key: string): string {
  return `${id}/${key}`;
}
