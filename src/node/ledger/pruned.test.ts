// What is kept of an old block: everything but its slips' content, and proof enough that nothing was left out or added.
import { expect, test } from 'vitest';
import { isRejection } from '../base/index.ts';
import { encodeFinalBlock } from './block.ts';
import { Consortium, people, recordAction } from './consortium.ts';
import { decodePruned, encodePruned, isPrunedBlock, pruned, prunedRoot } from './pruned.ts';

test('keeps header, certificate and the hash of every slip, which lead to the root of the header', () => {
  const [clinic] = people('clinic', 1);
  const [patient] = people('patient', 1);
  const on = new Consortium({ archives: people('archive', 4), others: [clinic!, patient!] });
  on.final([1, 2, 3].map((number) => on.slip(clinic!, recordAction(`record ${number}`, patient!), { consent: patient! })));
  const final = on.blocks.at(-1)!;
  const kept = decodePruned(encodePruned(pruned(final)));
  if (isRejection(kept)) throw new Error(kept.detail);
  expect(prunedRoot(kept)).toBe(final.block.header.slipsRoot);
  expect([kept.header, kept.certificate]).toEqual([final.block.header, final.certificate]);
  expect(prunedRoot({ ...kept, slipHashes: kept.slipHashes.slice(1) })).not.toBe(final.block.header.slipsRoot);
  expect(encodePruned(kept).byteLength).toBeLessThan(encodeFinalBlock(final).byteLength - 800);
  expect([isPrunedBlock(encodePruned(kept)), isPrunedBlock(encodeFinalBlock(final))]).toEqual([true, false]);
});
