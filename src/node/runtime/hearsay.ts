// Who was heard by whom (R17). A member that is not linked to everybody would take for silent whom it cannot hear; so heartbeats name
// those whom their sender heard itself, and nothing is passed on a second time. A liar can make a silent member seem awake, which
// costs one of the F failures that both of them are; it cannot make anybody seem silent.
import { type PartyId, MAX_VOTERS } from '../base/index.ts';
import { type Ledger, toConsensusConfiguration } from '../ledger/index.ts';

/** One bit for each voter of the open height that is in `heard`; empty without groups, where everybody hears everybody. */
export function heardBits(ledger: Ledger, heard: ReadonlySet<PartyId>): Uint8Array {
  const { voters, groups } = toConsensusConfiguration(ledger);
  if (groups.length === 0) return new Uint8Array();
  const bits = new Uint8Array(Math.ceil(Math.min(voters.length, MAX_VOTERS) / 8));
  voters.forEach(({ party }, index) => {
    if (heard.has(party)) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  });
  return bits;
}

/** Whom these bits name; nobody where the sender is at another height, whose voters may be others. */
export function partiesOfBits(ledger: Ledger, height: number, bits: Uint8Array): readonly PartyId[] {
  if (height !== ledger.height) return [];
  const { voters } = toConsensusConfiguration(ledger);
  return voters.flatMap(({ party }, index) => (((bits[index >> 3] ?? 0) >> (index & 7)) & 1 ? [party] : []));
}
