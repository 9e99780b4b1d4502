// The daily word of a supervision centre (R13).
import { afterEach, expect, test } from 'vitest';
import { Keyed, World, until } from '../../../tests/care/world.ts';
import { COUNTERSIGN_EVERY_MS, countersignedMs } from '../contracts/index.ts';

let world: World;

afterEach(async () => {
  await world.end();
});

test('a supervision centre countersigns the members once a day, and not before (R13)', async () => {
  const archive = new Keyed('Archive 1', 'archive');
  const centre = new Keyed('authority', 'authority');
  world = new World({ archives: [archive] });
  world.do(world.consortium.authority, centre.certify());
  const founded = countersignedMs(world.consortium.ledger.state);
  const keeper = await world.open(archive, { authority: centre });
  expect(countersignedMs(world.consortium.ledger.state)).toBe(founded);
  await world.close(keeper);
  world.time.advance(COUNTERSIGN_EVERY_MS);
  await world.open(archive, { authority: centre });
  await until('countersigned', () => countersignedMs(world.consortium.ledger.state) > founded);
});
