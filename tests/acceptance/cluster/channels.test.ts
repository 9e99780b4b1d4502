// Whole nodes in several channels at once: a hospital's private chain among its node and the archive members, beside the consortium's
// (P1-05, P3-03, P3-06). One story: each step stands on the one before.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSeedSigners } from '../../../src/node/adapters/index.ts';
import { type Digest, type RecordId, isRejection, present } from '../../../src/node/base/index.ts';
import { rootFromWords, secretsOf } from '../../../src/node/crypto/index.ts';
import type { ChannelId, ChannelView, RunningNode } from '../../../src/node/index.ts';
import type { Signer } from '../../../src/node/ports/index.ts';
import { createBulk } from '../../../src/node/runtime/bulk.ts';
import { channelOfFrame } from '../../../src/node/runtime/channel-network.ts';
import { askFounding } from '../../../src/node/runtime/sync.ts';
import { type Cluster, PASSPHRASE, QUICK, createCluster, until } from './memory-cluster.ts';

const ARCHIVES = ['Archive 1', 'Archive 2', 'Archive 3'] as const;

let cluster: Cluster;
const nodes = new Map<string, RunningNode>();
/** Channels of the frames that South's network was sent. */
const heardBySouth = new Set<ReturnType<typeof channelOfFrame>>();
let ward: ChannelId;

function node(name: string): RunningNode {
  const found = nodes.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const peerOf = (name: string): string => node(name).invitation().peers[0] ?? '';
const partyOf = (name: string): RunningNode['view']['identity']['party'] => node(name).view.identity.party;
const channel = (view: RunningNode['view'], id: ChannelId): ChannelView | undefined => view.channels.find((entry) => entry.channel === id);

/** Asks others whatever it likes, over the links of that node. */
function askerOf(name: string): ReturnType<typeof createBulk> {
  const network = cluster.hub.network(peerOf(name));
  return createBulk({ request: (...asked) => network.request(...asked), onRequest: () => undefined }, cluster.log);
}

function certifyArchives(centre: RunningNode): void {
  const asked = new Set<string>();
  centre.subscribe(({ applications }) => {
    for (const { id, role, state } of applications) {
      if (role !== 'archive' || state !== 'open' || asked.has(id)) continue;
      asked.add(id);
      void centre.care().approveApplication(id);
    }
  });
}

beforeAll(async () => {
  cluster = createCluster();
  nodes.set(ARCHIVES[0], await cluster.found(ARCHIVES[0], { settings: QUICK, archive: true }));
  certifyArchives(node(ARCHIVES[0]));
  const invitation = node(ARCHIVES[0]).invitation();
  for (const name of ARCHIVES.slice(1)) nodes.set(name, await cluster.join(name, invitation, { archive: true }));
  for (const name of ['North', 'South', 'West']) nodes.set(name, await cluster.join(name, invitation));
  for (const joined of nodes.values())
    await until(joined, 'six voters', (view) => view.network.members.filter(({ voting }) => voting).length === 6, 30_000);
  cluster.hub.network(peerOf('South')).onFrame((_peer, bytes) => heardBySouth.add(channelOfFrame(bytes)));
}, 60_000);

afterAll(() => cluster.stopAll());

test('a private chain of one node survives nobody; archive members that are named fill it up to four, which survive one (R0, P3-18)', async () => {
  const members = ARCHIVES.map(partyOf);
  ward = await node('North').channels().open({ name: 'North, private', kind: 'private', engine: 'pbft', members, pace: 'interactive' });
  await until(node('North'), 'its own chain', (view) => channel(view, ward)?.state === 'running' && channel(view, ward)?.tolerated === 0);
  for (const name of ['North', ...ARCHIVES])
    await until(node(name), 'four voters', (view) => channel(view, ward)?.members.filter(({ voting }) => voting).length === 4, 20_000);
  expect(channel(node('North').view, ward)).toMatchObject({ state: 'running', tolerated: 1, mayStillFail: 1, openedBy: 'North' });
  expect(node('North').view.channels[0]).toMatchObject({ state: 'home', tolerated: 1 });
}, 40_000);

test('who is no member learns nothing of it: no frame, no block, no request is answered (P1-05)', async () => {
  const asker = askerOf('South');
  for (const name of ['North', ...ARCHIVES]) {
    const asked = askFounding(asker.of(ward, { partyOf: () => null, closed: true }), peerOf(name), ward);
    await expect(asked).rejects.toMatchObject({ code: 'not-a-member' });
  }
  const unknown = 'ab'.repeat(32) as ChannelId;
  const asked = askFounding(asker.of(unknown, { partyOf: () => null, closed: true }), peerOf('North'), unknown);
  await expect(asked).rejects.toMatchObject({ code: 'unknown-channel' });
  expect(heardBySouth).toEqual(new Set([node('South').view.ledger.channel]));
  const disk = cluster.disks.get('South');
  expect([disk?.blocks.has(ward), disk?.rows.has(ward)]).toEqual([false, false]);
  expect(cluster.disks.get('North')?.rows.has(ward)).toBe(true);
  expect(channel(node('South').view, ward)).toBeUndefined();
  await expect(node('South').channels().join(ward)).rejects.toMatchObject({ code: 'refused' });
});

test('a member that was away takes part in both channels again, by its own rows (R14)', async () => {
  const { height } = channel(node('North').view, ward) ?? { height: -1 };
  nodes.set(ARCHIVES[2], await cluster.restart(ARCHIVES[2]));
  await until(
    node(ARCHIVES[2]),
    'both',
    (view) => channel(view, ward)?.state === 'running' && (channel(view, ward)?.height ?? -1) >= height,
    20_000,
  );
  const votes = (view: RunningNode['view']): boolean =>
    channel(view, ward)?.members.some(({ party, voting }) => voting && party === partyOf(ARCHIVES[2])) === true;
  await until(node(ARCHIVES[2]), 'voting in both', (view) => view.identity.seat.kind === 'voting' && votes(view), 20_000);
});

test('who leaves is served no more, and the others go on', async () => {
  await node(ARCHIVES[2]).channels().leave(ward);
  await until(node(ARCHIVES[2]), 'gone', (view) => channel(view, ward) === undefined);
  const standing = (view: RunningNode['view']): string | undefined =>
    channel(view, ward)?.members.find(({ party }) => party === partyOf(ARCHIVES[2]))?.standing;
  await until(node('North'), 'left', (view) => standing(view) === 'left');
  await until(node('North'), 'of three', (view) => channel(view, ward)?.tolerated === 0, 20_000);
  const asker = askerOf(ARCHIVES[2]);
  const asked = askFounding(asker.of(ward, { partyOf: () => null, closed: true }), peerOf('North'), ward);
  await expect(asked).rejects.toMatchObject({ code: 'not-a-member' });
}, 30_000);

/** A person's own signing key, by her 24 words. */
async function signerOf(of: RunningNode): Promise<Signer> {
  const root = rootFromWords(await of.keys.words({ kind: 'passphrase', passphrase: PASSPHRASE }));
  if (isRejection(root)) throw new Error(root.detail);
  return createSeedSigners().signerOf(secretsOf(root).signingSeed);
}

/** A record on a clinic's private chain, signed by both; resolves when it is final there. */
async function write(clinic: RunningNode, id: ChannelId, patient: RunningNode, number: number): Promise<void> {
  const chain = present(clinic.channels().of(id), 'the chain');
  const body = chain.draft(clinic.view.identity.party, {
    kind: 'record',
    record: `${number}`.padStart(32, '0') as RecordId,
    version: 1,
    patient: patient.view.identity.party,
    unconfirmedReason: null,
    classes: ['general'],
    commitment: `${number}`.padStart(64, '0') as Digest,
    sealedAddress: new Uint8Array(107),
  });
  const bytes = chain.bytesToSign(body);
  const slip = { body, signature: await (await signerOf(clinic)).sign(bytes), consent: await (await signerOf(patient)).sign(bytes) };
  expect((await chain.submit(slip)).outcome).toBe('done');
}

test('three private chains and the consortium’s: a record of each is found by its patient’s pseudonym and followed to its slip (P3-03, P3-28)', async () => {
  const ann = await cluster.join('Ann', node('North').invitation(), { role: 'patient', clinician: '' });
  nodes.set('Ann', ann);
  await until(ann, 'certified', (view) => view.identity.standing.kind === 'certified');
  const chains = new Map([['North', ward]]);
  for (const name of ['South', 'West']) {
    const members = ARCHIVES.slice(0, 2).map(partyOf);
    chains.set(
      name,
      await node(name)
        .channels()
        .open({ name: `${name}, private`, kind: 'private', engine: 'pbft', members, pace: 'interactive' }),
    );
  }
  const { party } = ann.view.identity;
  let number = 0;
  for (const [name, id] of chains) {
    await until(node(name), 'its chain', (view) => channel(view, id)?.state === 'running', 20_000);
    await until(node(name), 'ann', (view) => view.parties.some((known) => known.party === party));
    await node(name).channels().certify(id, party);
    for (let count = 0; count < 2; count += 1) await write(node(name), id, ann, (number += 1));
  }
  // Whoever is in none of these chains sees the items and can tell that each is final where it says; the slips are for their patient.
  const found = (of: RunningNode) => of.channels().items(party);
  await until(ann, 'six items', () => found(ann).length === 6, 25_000);
  expect(new Set(found(ann).map((item) => item.channel))).toEqual(new Set(chains.values()));
  for (const item of found(ann)) {
    const slip = await ann.channels().itemSlip(item);
    expect(slip.body).toMatchObject({ channel: item.channel, action: { kind: 'record', patient: party, commitment: item.commitment } });
  }
  const asked = askFounding(askerOf('Ann').of(ward, { partyOf: () => null, closed: true }), peerOf('North'), ward);
  await expect(asked).rejects.toMatchObject({ code: 'not-a-member' });
  const [northern] = found(node('South')).filter((item) => item.channel === ward);
  await expect(node('South').channels().itemSlip(present(northern, 'an item'))).rejects.toMatchObject({ code: 'not-available' });
}, 60_000);

test('whom the consortium revokes loses its seat in every channel, and hears no more of them (P0-02)', async () => {
  const revoked = partyOf(ARCHIVES[1]);
  await node(ARCHIVES[0]).care().revokeParty(revoked, 'closed');
  const seated = (view: RunningNode['view']): boolean =>
    channel(view, ward)?.members.some(({ party, voting }) => party === revoked && voting) === true;
  await until(node('North'), 'without it', (view) => !seated(view), 20_000);
  const asked = askFounding(askerOf(ARCHIVES[1]).of(ward, { partyOf: () => null, closed: true }), peerOf('North'), ward);
  await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^(not-a-member|unreachable)$/u) as string });
}, 30_000);
