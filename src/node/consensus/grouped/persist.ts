// One row for everything that this member has said (R3): agreement's part and the lane's, with the bytes of every batch that
// either refers to, in one transaction.
import type { Digest } from '../../base/index.ts';
import type { HeldBatch, VoteRow } from '../engine.ts';
import { type GroupedTurn, sameReference } from './state.ts';

/** Asks for the row to be durable as it is now; `added` are bytes that neither slot nor store holds yet. */
export function persist(turn: GroupedTurn, added?: HeldBatch): void {
  turn.effects.push({ kind: 'persist', row: wholeRow(turn, turn.open.row, added) });
}

/** Agreement's row with the lane's part and the batches of both. */
export function wholeRow(turn: GroupedTurn, row: VoteRow, added?: HeldBatch): VoteRow {
  const { lane } = turn.state;
  if (lane === null) return row;
  const references = [...row.values.flatMap((value) => value.cut), ...lane.row.said.map((entry) => entry.reference)];
  const batches: HeldBatch[] = [];
  for (const reference of references) {
    if (batches.some((batch) => sameReference(batch.reference, reference))) continue;
    const held = heldBatch(turn, reference) ?? (added !== undefined && sameReference(added.reference, reference) ? added : null);
    if (held !== null) batches.push(held);
  }
  return { ...row, lane: lane.row, batches };
}

/** The batch with its bytes, wherever this member has it. */
export function heldBatch(turn: GroupedTurn, reference: HeldBatch['reference']): HeldBatch | null {
  const { store, slots } = turn.lane;
  const stored = store.find((candidate) => sameReference(candidate.reference, reference));
  if (stored !== undefined) return { reference, bytes: stored.bytes, certificate: stored.certificate };
  const slot = slots.find(({ batch }) => batch !== null && sameReference(batch.reference, reference));
  if (slot?.batch) return { reference, bytes: slot.batch.bytes, certificate: null };
  return turn.lane.recalled.find((held) => sameReference(held.reference, reference)) ?? null;
}

/** The bytes with this digest: two lanes may hold the same requests. */
export function bytesNamed(turn: GroupedTurn, digest: Digest): Uint8Array | null {
  const { store, slots, recalled } = turn.lane;
  const proposed = slots.flatMap(({ batch }) => (batch === null ? [] : [batch]));
  return [...store, ...proposed, ...recalled].find((held) => held.reference.digest === digest)?.bytes ?? null;
}
