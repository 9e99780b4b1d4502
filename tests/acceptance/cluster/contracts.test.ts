// A contract of the consortium on whole nodes (P0-49, P1-08): one uploads it, voters approve it, another calls it, and every member has run it and
// stands at the same state. A hostile one stops nobody.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../src/node/base/index.ts';
import type { ClinicordNode, ItemId, RunningNode } from '../../../src/node/index.ts';
import { clinicordNode } from '../../../src/node/index.ts';
import { type Cluster, QUICK, createCluster, until } from './memory-cluster.ts';

const COUNTER = `({
  add(state, amount, { caller }) {
    if (!(amount > 0)) throw new Error('an amount is above zero');
    state.set('sum', (state.get('sum') ?? 0) + amount);
    state.set('last', caller);
  },
  sum: (state) => state.get('sum') ?? 0,
  hang() { for (;;) [].indexOf.call({ length: 2 ** 53 - 1 }, 1); },
})`;

let cluster: Cluster;
const nodes: RunningNode[] = [];
const pages: ClinicordNode[] = [];
let counter: ItemId;

function page(index: number): ClinicordNode {
  const found = pages[index];
  if (found === undefined) throw new Error(`no page ${index}`);
  return found;
}

beforeAll(async () => {
  cluster = createCluster();
  const first = await cluster.found('Centre', { settings: QUICK });
  nodes.push(first);
  for (const name of ['North', 'South', 'West']) nodes.push(await cluster.join(name, first.invitation()));
  pages.push(...nodes.map(clinicordNode));
  for (const node of nodes)
    await until(node, 'four voters', (view) => view.network.members.filter(({ voting }) => voting).length === 4, 30_000);
}, 60_000);

afterAll(async () => {
  for (const node of nodes) await node.stop();
});

test('is uploaded by one clinic and waits for the voters, who read its text', async () => {
  counter = await page(1).contracts.upload({ contract: null, name: 'Counter', source: COUNTER });
  await until(nodes[2] as RunningNode, 'the upload', () => page(2).contracts.list()[0]?.waiting?.source === COUNTER, 15_000);
  expect(page(2).contracts.list()).toMatchObject([
    { name: 'Counter', author: 'North', isOwn: false, active: null, waiting: { mayVote: true } },
  ]);
  await expect(page(2).contracts.call(counter, 'add', '1')).rejects.toSatisfy((error) => error instanceof AppError);
});

test('is called once as many approve as agree on blocks, and all come to the same state', async () => {
  const needed = page(0).contracts.list()[0]?.waiting?.needed ?? 4;
  for (const voter of pages.slice(0, needed)) await voter.contracts.vote(counter, 1, true);
  await page(2).contracts.call(counter, 'add', '40');
  await page(3).contracts.call(counter, 'add', '2');
  const height = page(3).view.ledger.height;
  for (const [index, node] of nodes.entries()) {
    await until(node, 'the calls', (view) => view.ledger.height >= height, 15_000);
    expect(await page(index).contracts.ask(counter, 'sum', 'null')).toBe('42');
  }
});

test('that refuses or hangs says why, changes nothing and stops nobody', async () => {
  await expect(page(2).contracts.call(counter, 'add', '-1')).rejects.toThrow('an amount is above zero');
  await expect(page(2).contracts.call(counter, 'hang', 'null')).rejects.toThrow('steps');
  await page(1).contracts.call(counter, 'add', '8');
  expect(await page(1).contracts.ask(counter, 'sum', 'null')).toBe('50');
});
