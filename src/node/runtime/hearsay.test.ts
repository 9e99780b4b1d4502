// Who was heard, at second hand (R17).
import { expect, test } from 'vitest';
import { Consortium, people } from '../ledger/consortium.ts';
import { heardBits, partiesOfBits } from './hearsay.ts';

test('a heartbeat names the voters that its sender heard, and nobody at another height', () => {
  const { ledger } = new Consortium({ archives: people('archive', 16), settings: { engine: 'grouped', groupCount: 4 } });
  const voters = ledger.consensus.voters.map((voter) => voter.party);
  const heard = voters.filter((_, index) => index % 3 === 0);
  const bits = heardBits(ledger, new Set(heard));
  expect(bits.byteLength).toBe(2);
  expect(partiesOfBits(ledger, ledger.height, bits)).toEqual(heard);
  expect(partiesOfBits(ledger, ledger.height + 1, bits)).toEqual([]);
});

test('where everybody hears everybody nothing is named', () => {
  const { ledger } = new Consortium({ archives: people('archive', 7) });
  expect(heardBits(ledger, new Set(ledger.consensus.voters.map((voter) => voter.party)))).toHaveLength(0);
});
