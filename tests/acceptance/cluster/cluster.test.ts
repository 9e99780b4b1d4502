// Whole nodes agree, join, leave, restart: the runtime on memory twins.
import { afterEach, expect, test } from 'vitest';
import type { RunningNode } from '../../../src/node/index.ts';
import { type Cluster, QUICK, clinics, createCluster, until } from './memory-cluster.ts';

let cluster: Cluster;
afterEach(() => cluster.stopAll());

test('a founder alone is a consortium of one that decides', async () => {
  cluster = createCluster();
  const founder = await cluster.found('North');
  await until(founder, 'voting', (view) => view.identity.seat.kind === 'voting');
  expect(founder.view.network.quorum).toBe(1);
  expect(founder.view.identity.standing.kind).toBe('certified');
});

test('a clinic that is approved becomes a voter at the next epoch, on every ledger the same (R13)', async () => {
  cluster = createCluster();
  const founder = await cluster.found('North');
  await until(founder, 'running', (view) => view.ledger.height >= 0);
  const joiner = await cluster.join('South', founder.invitation());
  await until(joiner, 'voting', (view) => view.identity.seat.kind === 'voting');
  await until(founder, 'two voters', (view) => view.network.members.filter((member) => member.voting).length === 2);
  const height = Math.min(founder.view.ledger.height, joiner.view.ledger.height);
  expect((await founder.block(height)).digest).toBe((await joiner.block(height)).digest);
});

test('with the leader gone the others choose another, again and again, and go on (R7)', async () => {
  cluster = createCluster();
  const [founder, ...others] = await clinics(cluster, {}, 'North', 'East', 'South', 'West');
  if (founder === undefined) throw new Error('nobody');
  let patients = 0;
  const another = async (): Promise<void> => {
    patients += 1;
    const patient = await cluster.join(`Patient ${patients}`, founder.invitation(), { role: 'patient', clinician: '' });
    await until(patient, 'certified', (view) => view.identity.standing.kind === 'certified', 30_000);
  };
  // Heights pass until one that another clinic leads.
  const leads = (): RunningNode | undefined => others.find((node) => node.view.identity.party === founder.view.network.leader?.party);
  while (leads() === undefined) await another();
  await leads()?.stop();
  await another();
  await another();
  await another();
}, 60_000);

test('a member that is silent stops voting at the next epoch, F stays, and it votes again once it is back (R17)', async () => {
  cluster = createCluster();
  const settings = { ...QUICK, silenceMs: 4_000 };
  const [founder, ...others] = await clinics(cluster, { settings }, 'North', 'East', 'South', 'West', 'Centre');
  const silent = others[3];
  if (founder === undefined || silent === undefined) throw new Error('nobody');
  const { party } = silent.view.identity;
  const votes = (view: RunningNode['view']): boolean => view.network.members.some((member) => member.party === party && member.voting);
  await silent.stop();
  await until(founder, 'four voters of five members', (view) => !votes(view) && view.network.members.length === 5, 30_000);
  expect(founder.view.network).toMatchObject({ tolerated: 1, quorum: 3, mayStillFail: 1 });
  await cluster.restart('Centre');
  await until(founder, 'five voters', votes, 30_000);
}, 90_000);
