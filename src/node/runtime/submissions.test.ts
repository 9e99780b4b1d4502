// Own slips from signature to final.
import { expect, test } from 'vitest';
import { createClock } from '../adapters/index.ts';
import { createMemoryStores } from '../adapters/memory.ts';
import { slipIdOf } from '../contracts/index.ts';
import { Consortium, Person, people, recordAction } from '../ledger/consortium.ts';
import { Submissions } from './submissions.ts';

test('who hands in a slip while the node stops is told so, and the slip goes on at the next start', async () => {
  const [north, ann] = [new Person('north', 'clinic'), new Person('ann', 'patient')];
  const on = new Consortium({ archives: people('archive', 1), others: [north, ann] });
  const { notes } = createMemoryStores();
  const submissions = new Submissions({
    notes,
    clock: createClock(),
    ledger: () => on.ledger,
    projection: () => on.projection,
    check: async () => undefined,
    onStage: () => undefined,
    hand: () => undefined,
  });
  const slip = on.slip(north, recordAction('r', ann), { consent: ann });
  submissions.close();
  await expect(submissions.submit(slip)).rejects.toMatchObject({ code: 'stopped' });
  expect((await notes.entries('outbox')).map(([id]) => id)).toEqual([slipIdOf(slip)]);
});
