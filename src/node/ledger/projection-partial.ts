// The projection of a node that started from a checkpoint, until the blocks below are here: the parties as the state has them, and
// from the checkpoint on what refers to nothing older. What does is left out and comes with the whole history, never guessed.
import { type PartyId, isRejection } from '../base/index.ts';
import { type StateRange, isMarked, partyTable } from '../contracts/index.ts';
import type { FinalBlock } from './block.ts';
import type { Ledger } from './ledger.ts';
import { OrderedIndex, Sequence } from './ordered-index.ts';
import { emptyProjection, project } from './projection.ts';
import type { PartyRow, Projection } from './projection-rows.ts';

/** `ranges` are the state of `ledger`, whose head is `final`; `links` lead to its epoch. */
export function openPartialProjection(
  final: FinalBlock,
  ledger: Ledger,
  { ranges, links }: { readonly ranges: readonly StateRange[]; readonly links: readonly Uint8Array[] },
): Projection {
  const since = ledger.height;
  const parties = partiesIn(ledger, ranges);
  const epochs = links.reduce<Sequence<Uint8Array>>((all, link) => all.append(link), Sequence.empty);
  const before: Projection = { ...emptyProjection, since, height: since - 1, parties, epochs, blocks: Sequence.startingAt(since) };
  // How the slips of the checkpoint's own block ended is known once the block below is here.
  return project(before, { final, outcomes: [], ledger });
}

const PARTY_PREFIX = 'party/';

function partiesIn(ledger: Ledger, ranges: readonly StateRange[]): Projection['parties'] {
  const rows: PartyRow[] = [];
  for (const { key, value } of ranges.flatMap(({ entries }) => entries)) {
    if (!key.startsWith(PARTY_PREFIX)) continue;
    const entry = partyTable.decode(value);
    if (isRejection(entry)) continue;
    const { certificate, certifiedAtHeight, revoked, place, rating } = entry;
    const { subject: party, role, name, clinician, notBeforeMs, notAfterMs } = certificate;
    const convicted = isMarked(ledger.state, party) ? { height: ledger.height } : null;
    rows.push({ party, role, name, clinician, certifiedAtHeight, notBeforeMs, notAfterMs, revoked, place, rating, convicted });
  }
  // In the order of the ledger, as far as the state tells it.
  rows.sort((a, b) => a.certifiedAtHeight - b.certifiedAtHeight || (a.party < b.party ? -1 : 1));
  return rows.reduce<OrderedIndex<PartyId, PartyRow>>((index, row) => index.set(row.party, row), OrderedIndex.empty);
}
