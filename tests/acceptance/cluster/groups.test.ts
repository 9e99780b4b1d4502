// Sixteen members in four groups, whole nodes on memory twins with real signatures: links follow the groups, and nothing is lost
// while a leader, a whole group or a single member is away. One story: each trouble is healed before the next.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningNode } from '../../../src/node/index.ts';
import { type Cluster, QUICK, createCluster, until } from './memory-cluster.ts';

const MEMBERS = 16;
const GROUPED = { ...QUICK, engine: 'grouped', baseTimeoutMs: 2_000, epochMinMs: 1_500, groupCount: 4, epochLengthMs: 0 } as const;
/** Archive members to which all who write records link, beside what their group needs: the channel's copies and one to spare. */
const COMMON_KEEPERS = QUICK.copies + 1;
const MOST_LINKS = 11;
const MEAN_LINKS = 10;
/** After joining one by one: links of earlier groups are given up when they were idle. */
const CALM_LIMIT_MS = 90_000;

type View = RunningNode['view'];

let cluster: Cluster;
let nodes: readonly RunningNode[] = [];
let patients = 0;

const founder = (): RunningNode => {
  const [first] = nodes;
  if (first === undefined) throw new Error('nobody');
  return first;
};
const peerOf = (node: RunningNode): string => node.invitation().peers[0] ?? '';
const isOf = (node: RunningNode) => (party: string) => node.view.identity.party === party;

/** Parties of the groups, as the founder's page shows them. */
function groups(): readonly (readonly string[])[] {
  return founder().view.groups?.groups.map(({ members }) => members.map(({ party }) => party)) ?? [];
}

/** In the order of the roster. */
function archives(): readonly string[] {
  return founder().view.network.members.flatMap(({ kind, party }) => (kind === 'archive' ? [party] : []));
}

/** Somebody new is certified: a slip through lanes, cuts and blocks. */
async function another(limitMs = 30_000): Promise<void> {
  patients += 1;
  const patient = await cluster.join(`Patient ${patients}`, founder().invitation(), { role: 'patient', clinician: '' });
  await until(patient, `patient ${patients} certified`, (view) => view.identity.standing.kind === 'certified', limitMs);
}

/** Heights pass until one that a member leads which is not the founder, whose supervision centre everybody here needs. */
async function otherLeads(): Promise<RunningNode> {
  for (;;) {
    const { leader } = founder().view.network;
    const leads = nodes.find((node) => node !== founder() && isOf(node)(leader?.party ?? ''));
    if (leads !== undefined) return leads;
    await another();
  }
}

/** All of them at one height, with one head. */
async function sameHeads(among: readonly RunningNode[] = nodes): Promise<void> {
  const { height } = founder().view.ledger;
  for (const node of among) await until(node, `height ${height}`, (view) => view.ledger.height >= height, 40_000);
  const digests = await Promise.all(among.map(async (node) => (await node.block(height)).digest));
  expect(new Set(digests).size).toBe(1);
}

/** Nobody becomes an archive member without a person; here the supervision centre takes all. */
function certifyArchives(centre: RunningNode): () => void {
  const asked = new Set<string>();
  return centre.subscribe(({ applications }) => {
    for (const { id, role, state } of applications) {
      if (role !== 'archive' || state !== 'open' || asked.has(id)) continue;
      asked.add(id);
      void centre.care().approveApplication(id);
    }
  });
}

beforeAll(async () => {
  cluster = createCluster();
  const first = await cluster.found('Archive 1', { settings: GROUPED, archive: true });
  nodes = [first];
  await until(first, 'voting', (view) => view.identity.seat.kind === 'voting');
  const unsubscribe = certifyArchives(first);
  for (let number = 2; number <= MEMBERS; number += 1) {
    const archive = number <= MEMBERS / 2;
    nodes = [...nodes, await cluster.join(`${archive ? 'Archive' : 'Clinic'} ${number}`, first.invitation(), { archive })];
  }
  const all = (view: View): boolean => view.network.members.filter((member) => member.voting).length === MEMBERS;
  for (const node of nodes) await until(node, 'sixteen voters', all, 60_000);
  unsubscribe();
}, 120_000);

afterAll(() => cluster.stopAll());

test(
  'links follow the groups: in calm every member has far fewer than fifteen',
  async () => {
    expect(groups().map((members) => members.length)).toEqual([4, 4, 4, 4]);
    const keepers = new Set(archives().slice(0, COMMON_KEEPERS));
    for (const node of nodes) {
      if (keepers.has(node.view.identity.party)) continue;
      await until(node, 'few links', (view) => view.network.links.length <= MOST_LINKS, CALM_LIMIT_MS);
    }
    const counts = nodes.map((node) => node.view.network.links.length);
    console.info(`links per member: ${counts.join(' ')}`);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(MEAN_LINKS * MEMBERS);
    await another();
    await sameHeads();
  },
  CALM_LIMIT_MS + 60_000,
);

test('with the leader killed the others go on, and it goes on with them when it is back (R7, R14)', async () => {
  const leader = await otherLeads();
  const { name } = leader.view.identity;
  await leader.stop();
  await another(40_000);
  await another(40_000);
  const back = await cluster.restart(name);
  nodes = nodes.map((node) => (node === leader ? back : node));
  await until(back, 'voting', (view) => view.identity.seat.kind === 'voting', 30_000);
  await another();
  await sameHeads();
}, 180_000);

test('with a whole group cut off the others go on; healed, it has what it missed (R9)', async () => {
  const lost = groups().find((members) => !members.some(isOf(founder()))) ?? [];
  const inside = nodes.filter((node) => lost.includes(node.view.identity.party));
  const outside = nodes.filter((node) => !inside.includes(node));
  expect(inside).toHaveLength(4);
  cluster.hub.partition([inside.map(peerOf), outside.map(peerOf)]);
  await another(60_000);
  await another(60_000);
  cluster.hub.heal();
  await another();
  await sameHeads();
}, 240_000);

test('with a member that neither hears nor speaks the others go on; healed, it votes with them again', async () => {
  const frozen = await otherLeads();
  for (const other of nodes) {
    cluster.hub.silence(peerOf(frozen), peerOf(other));
    cluster.hub.silence(peerOf(other), peerOf(frozen));
  }
  await another(40_000);
  await another(40_000);
  cluster.hub.heal();
  await another();
  await sameHeads();
}, 180_000);
