// A member that is far behind, with the ledger, stores and verification of the product and a wire that a test can twist: it starts from
// a proved checkpoint, is lied to in every way, is interrupted and goes on, and in the end has what everybody has.
import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryDisk, createMemoryLog, createMemoryStores } from '../adapters/memory.ts';
import { createClock, createTimers, createVerifier } from '../adapters/node.ts';
import { type PartyId, AppError, isRejection } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { asVerified } from '../consensus/index.ts';
import { type FinalBlock, encodeFinalBlock, openProjection, project } from '../ledger/index.ts';
import { Consortium, people, recordAction } from '../ledger/consortium.ts';
import { type ParticipantInput, createParticipant, stepParticipant } from '../participant/index.ts';
import type { Stores } from '../ports/index.ts';
import { CatchingUp } from './catching-up.ts';
import type { ChannelInit } from './channel-init.ts';
import { Checkpoints, serveCheckpoints } from './checkpoints.ts';
import { loadLedger } from './load.ts';
import { createVerification } from './verify.ts';
import { serveBlocks } from './sync.ts';

const BLOCKS = 330;
const SELF = 'ef'.repeat(16) as PartyId;

interface World {
  readonly consortium: Consortium;
  readonly checkpoints: Checkpoints;
  readonly store: Stores['ledger'];
}

/** Some epochs, some records, and a checkpoint at height 300. */
async function grown(): Promise<World> {
  const archives = people('archive', 6);
  const [clinic] = people('clinic', 1);
  const [patient] = people('patient', 1);
  const consortium = new Consortium({ archives, clinics: [clinic!], others: [patient!], settings: { archiveQuorum: false } });
  const checkpoints = new Checkpoints();
  const { ledger: store } = createMemoryStores();
  const keep = async (final: FinalBlock): Promise<void> => {
    await store.append(consortium.ledger.channel, final.block.header.height, encodeFinalBlock(final));
    checkpoints.note(consortium.ledger, final);
  };
  await keep(consortium.founding);
  for (let height = 1; height <= BLOCKS; height += 1) {
    const slips = [];
    if (height % 10 === 0) slips.push(consortium.slip(clinic!, recordAction(`record ${height}`, patient!), { consent: patient! }));
    if (height === 100 || height === 250) slips.push(consortium.slip(archives[height === 100 ? 5 : 4]!, { kind: 'leave' }));
    consortium.final(slips);
    await keep(consortium.blocks.at(-1)!);
  }
  return { consortium, checkpoints, store };
}

type Twist = (kind: string, answer: Uint8Array, asked: number) => Uint8Array;

/** What the only other member answers, twisted on the way. */
function wireTo({ consortium, checkpoints, store }: World, twist: Twist = (_, answer) => answer): { bulk: Bulk; asked: string[] } {
  const handlers = new Map<string, Parameters<Bulk['handle']>[1]>();
  const server: Bulk = { handle: (kind, handler) => void handlers.set(kind, handler), ask: () => Promise.reject(new Error('nobody')) };
  serveBlocks(server, consortium.ledger.channel, store);
  serveCheckpoints(server, consortium.ledger.channel, checkpoints, () => consortium.projection);
  const asked: string[] = [];
  const bulk: Bulk = {
    handle: () => undefined,
    ask: async (_peer, kind, body) => {
      asked.push(kind);
      const answer = await handlers.get(kind)?.({ peer: 'newcomer', party: SELF }, body);
      if (answer === undefined || isRejection(answer))
        throw new AppError({ code: answer?.reason ?? 'unknown-request', message: 'refused', remedy: '' });
      return twist(kind, answer, asked.filter((one) => one === kind).length);
    },
  };
  return { bulk, asked };
}

/** A node that holds what its disk holds. */
async function newcomer(world: World, bulk: Bulk, disk = createMemoryDisk()) {
  const { ledger: store } = createMemoryStores(disk);
  const { channel } = world.consortium.ledger;
  if ((await store.height(channel)) < 0) await store.append(channel, 0, encodeFinalBlock(world.consortium.founding));
  const loaded = (await loadLedger(store, channel))!;
  const clock = createClock();
  const log = createMemoryLog('debug');
  const troubles: unknown[] = [];
  let state = createParticipant({ ...loaded, self: SELF, memberKey: null, wantsSeat: false, row: null, barred: null }, clock.nowMs());
  let changed: () => void = () => undefined;
  const step = async (input: ParticipantInput | null): Promise<void> => {
    if (input === null) return;
    const stepped = stepParticipant(state, input, clock.nowMs());
    state = stepped.state;
    for (const effect of stepped.effects) if (effect.kind === 'store') await store.append(channel, effect.height, effect.bytes);
  };
  const init = {
    ...loaded,
    ...{ channel, bulk, store, verifier: createVerifier(), clock, timers: createTimers(), log },
    onChange: () => changed(),
    onTrouble: (error: unknown) => void troubles.push(error),
  } as unknown as ChannelInit;
  const verification = createVerification(createVerifier());
  const catching: CatchingUp = new CatchingUp({
    channel: init,
    ledger: () => state.ledger,
    projection: () => state.projection,
    last: () => state.last,
    isKnown: () => true,
    takeFinal: async (block) => {
      if (isRejection(await verification.final(state.ledger, block))) return false;
      await step({ kind: 'final', block: asVerified(block) });
      return state.ledger.height >= block.block.header.height;
    },
    step: async (work) => step(await work()),
  });
  return {
    store,
    disk,
    log,
    troubles,
    catching,
    state: () => state,
    /** Until `reached` holds, however long that takes. */
    until: (reached: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const timer = setInterval(look, 5);
        function look(): void {
          if (!reached()) return;
          clearInterval(timer);
          resolve();
        }
        changed = look;
        look();
      }),
    pull: () => {
      catching.sync.heard('member', world.consortium.ledger.height);
      catching.sync.pull();
    },
  };
}

let world: World;
beforeAll(async () => {
  world = await grown();
}, 60_000);

const refusals = (node: Awaited<ReturnType<typeof newcomer>>): string => JSON.stringify(node.log);

describe('far behind', () => {
  test('starts from a proved checkpoint, votes above it, and has the whole history in the end (R11)', async () => {
    const { bulk, asked } = wireTo(world);
    const node = await newcomer(world, bulk);
    node.catching.start();
    node.pull();
    await node.until(() => node.state().ledger.height === BLOCKS);
    expect(asked.slice(0, 2)).toEqual(['checkpoint', 'epochs']);
    // Above the checkpoint before anything below it.
    expect(node.state().projection.since).toBe(300);
    expect(node.state().ledger.digest).toBe(world.consortium.ledger.digest);
    expect([...node.state().projection.parties.values()].map(({ name }) => name).sort()).toEqual(
      [...world.consortium.projection.parties.values()].map(({ name }) => name).sort(),
    );
    await node.until(() => node.state().projection.since === 0);
    expect(node.troubles).toEqual([]);
    expect(node.catching.view()).toBeNull();
    const { projection } = node.state();
    expect(projection.records.size).toBe(world.consortium.projection.records.size);
    expect([...projection.epochs]).toEqual([...world.consortium.projection.epochs]);
    const [kept, held] = await Promise.all([node.store, world.store].map((store) => store.read(world.consortium.ledger.channel, 0, 999)));
    expect(kept).toEqual(held);
  });

  test('goes on with the history where it was interrupted, from its own disk, and starts again from its snapshot', async () => {
    const cut: Twist = (kind, answer, count) => {
      if (kind === 'blocks' && count > 2) throw new AppError({ code: 'link-lost', message: 'gone', remedy: '' });
      return answer;
    };
    const first = await newcomer(world, wireTo(world, cut).bulk);
    first.catching.start();
    first.pull();
    await first.until(
      () => first.catching.view()?.kind === 'history' && (first.disk.blocks.values().next().value?.indexOf(null) ?? 0) > 100,
    );
    await first.catching.stop();
    const filled = await first.store.filled(world.consortium.ledger.channel);
    const wire = wireTo(world);
    const node = await newcomer(world, wire.bulk, first.disk);
    expect(node.state().projection.since).toBe(300);
    expect(node.state().ledger.height).toBeGreaterThanOrEqual(300);
    node.catching.start();
    node.pull();
    await node.until(() => node.state().projection.since === 0 && node.state().ledger.height === BLOCKS);
    expect(wire.asked).not.toContain('state-range');
    // No block that was here was fetched again.
    expect(wire.asked.filter((kind) => kind === 'blocks').length).toBeLessThanOrEqual(Math.ceil((300 - filled) / 128) + 1);
    const again = await newcomer(world, wire.bulk, node.disk);
    expect(again.state().projection.since).toBe(0);
  });

  const flipped = (at: number) => (bytes: Uint8Array) =>
    bytes.map((byte, index) => (index === (at < 0 ? bytes.length + at : at) ? byte ^ 1 : byte));
  test.each<[string, Twist]>([
    ['a state with a value that was changed', (kind, answer) => (kind === 'state-range' ? flipped(-40)(answer) : answer)],
    ['an epoch with other voters', (kind, answer) => (kind === 'epochs' ? flipped(-40)(answer) : answer)],
    ['a checkpoint with a changed certificate', (kind, answer) => (kind === 'checkpoint' ? flipped(-10)(answer) : answer)],
    ['a checkpoint with a changed header', (kind, answer) => (kind === 'checkpoint' ? flipped(60)(answer) : answer)],
    ['an old block as checkpoint', (kind, answer) => (kind === 'checkpoint' ? encodeFinalBlock(world.consortium.blocks[200]!) : answer)],
    ['the same range again and again', (kind, answer) => (kind === 'state-range' ? new Uint8Array(0) : answer)],
  ])('refuses %s, and nothing of it is adopted', async (_, twist) => {
    const node = await newcomer(world, wireTo(world, twist).bulk);
    node.catching.start();
    node.pull();
    await node.until(() => refusals(node).includes('checkpoint is refused') || node.state().ledger.height > 0);
    expect(node.state().ledger.height).toBe(0);
    expect(await node.store.height(world.consortium.ledger.channel)).toBe(0);
    expect(await node.store.snapshot(world.consortium.ledger.channel)).toBeNull();
  });

  test('one that fails midway is followed by another, which goes on with what was proved', async () => {
    const wire = wireTo(world, (kind, answer, count) => {
      if (kind === 'state-range' && count === 1) throw new AppError({ code: 'link-lost', message: 'gone', remedy: '' });
      return answer;
    });
    const node = await newcomer(world, wire.bulk);
    node.catching.start();
    node.pull();
    await node.until(() => refusals(node).includes('sync-failed'));
    expect(node.state().ledger.height).toBe(0);
    node.pull();
    await node.until(() => node.state().ledger.height === BLOCKS);
    expect(node.state().projection.since).toBe(300);
  });

  test('a history in which a block was changed is not taken, and another member’s is', async () => {
    let lies = 0;
    const wire = wireTo(world, (kind, answer) => {
      if (kind !== 'blocks' || lies >= 2 || answer.length < 50_000) return answer;
      lies += 1;
      return flipped(9_000)(answer);
    });
    const node = await newcomer(world, wire.bulk);
    node.catching.start();
    node.pull();
    await node.until(() => node.state().projection.since === 0 && node.state().ledger.height === BLOCKS);
    expect(lies).toBe(2);
    expect(refusals(node)).toContain('history-refused');
  }, 30_000);
});

test('the projection of a checkpoint is that of a whole ledger as far as the state tells', () => {
  const { consortium } = world;
  let whole = openProjection(consortium.founding, consortium.ledger);
  expect(whole.since).toBe(0);
  whole = project(whole, { final: consortium.blocks[1]!, outcomes: [], ledger: consortium.ledger });
  expect(whole.blocks.at(1)?.height).toBe(1);
});
