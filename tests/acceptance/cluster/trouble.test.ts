// Bad luck and bad input, on whole nodes: what a person is told, what goes on, what is never done again.
import { afterEach, expect, test } from 'vitest';
import type { RunningNode } from '../../../src/node/index.ts';
import { type Cluster, PASSPHRASE, clinics, createCluster, until } from './memory-cluster.ts';

let cluster: Cluster;
afterEach(() => cluster.stopAll());

async function two(): Promise<{ readonly founder: RunningNode; readonly other: RunningNode }> {
  cluster = createCluster();
  const [founder, other] = await clinics(cluster, {}, 'North', 'South');
  if (founder === undefined || other === undefined) throw new Error('nobody');
  return { founder, other };
}

test('a wrong passphrase opens nothing and says so; the right one does', async () => {
  cluster = createCluster();
  await cluster.found('North');
  const again = await cluster.restart('North');
  await until(again, 'voting while locked', (view) => view.identity.seat.kind === 'voting' && view.identity.locked);
  await expect(again.unlock('not this one')).rejects.toMatchObject({ code: 'wrong-passphrase' });
  expect(again.view.identity.locked).toBe(true);
  await again.unlock(PASSPHRASE);
  expect(again.view.identity.locked).toBe(false);
  again.lock();
  expect(again.view.identity.locked).toBe(true);
  expect(again.view.identity.seat.kind).toBe('voting');
});

test('the 24 words that were shown restore the same party, with a member key of its own (R14)', async () => {
  cluster = createCluster();
  const [founder, , , other] = await clinics(cluster, {}, 'North', 'East', 'West', 'South');
  if (founder === undefined || other === undefined) throw new Error('nobody');
  const words = await other.keys.words({ kind: 'passphrase', passphrase: PASSPHRASE });
  const { party } = other.view.identity;
  await other.stop();
  await cluster.registry.remove('South');
  const restored = await cluster.join('South', founder.invitation(), { words });
  expect(restored.view.identity.party).toBe(party);
  await until(restored, 'voting', (view) => view.identity.seat.kind === 'voting');
});

test('words with a mistake are refused before anything is made', async () => {
  cluster = createCluster();
  const founder = await cluster.found('North');
  await expect(cluster.join('South', founder.invitation(), { words: 'abandon '.repeat(24) })).rejects.toMatchObject({ code: 'bad-words' });
});

test('a second instance of a profile only looks (R16)', async () => {
  cluster = createCluster();
  const first = await cluster.found('North');
  await until(first, 'voting', (view) => view.identity.seat.kind === 'voting');
  const second = await cluster.registry.open('North');
  expect(second.view.identity.readOnly).toBe(true);
  expect(() => second.care()).toThrow(expect.objectContaining({ code: 'read-only' }));
  await second.stop();
  expect(first.view.identity.seat.kind).toBe('voting');
});

test('a damaged vote row bars its key for good, and the node follows all the same (R14)', async () => {
  const { founder, other } = await two();
  await other.stop();
  const disk = cluster.disks.get('South');
  const channel = founder.view.ledger.channel;
  disk?.rows.set(channel, 'damaged');
  const again = await cluster.restart('South');
  await until(again, 'barred', (view) => view.identity.seat.kind === 'barred');
});

test('a disk that is full halts voting with an alarm that says what to do', async () => {
  const { founder, other } = await two();
  const disk = cluster.disks.get('South');
  if (disk === undefined) throw new Error('no disk');
  disk.full = true;
  const patient = cluster.join('Patient', founder.invitation(), { role: 'patient', clinician: '' });
  await until(other, 'halted', (view) => view.alarm?.code === 'storage-full' && view.identity.seat.kind === 'barred', 20_000);
  expect(other.view.alarm?.remedy).not.toBe('');
  await patient;
});

test('an invitation whose founding block is another one is refused', async () => {
  cluster = createCluster();
  const founder = await cluster.found('North');
  const stranger = await cluster.join('South', { ...founder.invitation(), channel: 'ab'.repeat(32) as never });
  await until(stranger, 'still connecting, linked', (view) => view.network.links.length === 1);
  expect(stranger.view.identity.standing.kind).toBe('connecting');
  expect(stranger.view.ledger.height).toBe(-1);
});

test('a revoked clinic loses its links at once and its vote at the next epoch, and is told why', async () => {
  cluster = createCluster();
  const [founder, , , other] = await clinics(cluster, {}, 'North', 'East', 'West', 'South');
  if (founder === undefined || other === undefined) throw new Error('nobody');
  await founder.care().revokeParty(other.view.identity.party, 'test of revocation');
  await until(founder, 'among three', (view) => view.network.members.length === 3 && view.network.links.length === 2);
  await until(other, 'told', (view) => view.identity.standing.kind === 'revoked');
});

test('a voting row that is an older copy bars its key: the others know what it has said (R14)', async () => {
  cluster = createCluster();
  const [founder, east, west, south] = await clinics(cluster, {}, 'North', 'East', 'West', 'South');
  const disk = cluster.disks.get('South');
  if (founder === undefined || east === undefined || west === undefined || south === undefined || disk === undefined)
    throw new Error('nobody');
  const { channel } = founder.view.ledger;
  const older = disk.rows.get(channel);
  await Promise.all([east.stop(), west.stop()]);
  // Below the quorum: what South says now stays open.
  const patient = cluster.join('Patient', founder.invitation(), { role: 'patient', clinician: '' });
  const asks = (view: RunningNode['view']): boolean =>
    view.network.traffic.some((entry) => {
      return entry.direction === 'in' && entry.party === 'South' && entry.kind === 'view-change' && entry.height === view.ledger.height + 1;
    });
  await until(founder, 'hearing that South asks for another view', asks);
  await south.stop();
  if (older === undefined) disk.rows.delete(channel);
  else disk.rows.set(channel, older);
  const again = await cluster.restart('South');
  await until(again, 'barred', (view) => view.identity.seat.kind === 'barred');
  await patient;
});
