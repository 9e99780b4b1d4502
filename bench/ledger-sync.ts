// A member of four that lost all but its key and the founding block, 10,000 blocks behind: from the first question to its first vote,
// over the product's own catching up with files as its store, everything verified. The history that fills in behind is timed as well.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock, createTimers, createVerifier, openFileStores } from '../src/node/adapters/node.ts';
import { type PartyId, isRejection } from '../src/node/base/index.ts';
import type { Bulk } from '../src/node/care/index.ts';
import { asVerified } from '../src/node/consensus/index.ts';
import { encodeFinalBlock } from '../src/node/ledger/index.ts';
import { Consortium, type Person, people } from '../src/node/ledger/consortium.ts';
import { type ParticipantEffect, type ParticipantInput, createParticipant, stepParticipant } from '../src/node/participant/index.ts';
import type { LedgerStore, Log } from '../src/node/ports/index.ts';
import { CatchingUp } from '../src/node/runtime/catching-up.ts';
import type { ChannelInit } from '../src/node/runtime/channel-init.ts';
import { Checkpoints, serveCheckpoints } from '../src/node/runtime/checkpoints.ts';
import { loadLedger } from '../src/node/runtime/load.ts';
import { serveBlocks } from '../src/node/runtime/sync.ts';
import { createVerification } from '../src/node/runtime/verify.ts';
import { slipsOf } from './ledger-rates.ts';

export interface SyncFigures {
  readonly blocks: number;
  readonly syncToVoteSeconds: number;
  /** Until the whole history is there. */
  readonly historySeconds: number;
}

interface Grown {
  readonly on: Consortium;
  readonly checkpoints: Checkpoints;
  readonly store: LedgerStore;
  readonly newcomer: Person;
}

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
/** Blocks with a slip in them; the others are empty, as those of changing leaders are. */
const SLIP_EVERY = 2;

export async function syncFigures(blocks: number, say: (line: string) => void): Promise<SyncFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'clinicord-bench-'));
  try {
    const grown = await grow(blocks, join(folder, 'member'), say);
    return { blocks, ...(await timed(grown, join(folder, 'newcomer'))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function grow(blocks: number, folder: string, say: (line: string) => void): Promise<Grown> {
  const archives = people('archive', 4);
  const clinics = people('clinic', 4);
  const [patient] = people('patient', 1);
  const [newcomer] = archives;
  if (patient === undefined || newcomer === undefined) throw new Error('nobody is there');
  const on = new Consortium({ archives, others: [...clinics, patient], settings: { archiveQuorum: false } });
  const { ledger: store } = await openFileStores(folder);
  const checkpoints = new Checkpoints();
  await store.append(on.ledger.channel, 0, encodeFinalBlock(on.founding));
  const slips = slipsOf(on, clinics, patient, Math.ceil(blocks / SLIP_EVERY));
  const signers = on.voters().slice(0, 3);
  for (let height = 1; height <= blocks; height += 1) {
    const slip = height % SLIP_EVERY === 0 ? slips[height / SLIP_EVERY - 1] : undefined;
    on.final(slip === undefined ? [] : [slip], { signers });
    const final = on.blocks.at(-1);
    if (final === undefined) throw new Error('there is no block');
    await store.append(on.ledger.channel, height, encodeFinalBlock(final));
    checkpoints.note(on.ledger, final);
    if (height % 1_000 === 0) say(`a ledger of ${height} blocks is made`);
  }
  return { on, checkpoints, store, newcomer };
}

async function timed(grown: Grown, folder: string): Promise<Pick<SyncFigures, 'syncToVoteSeconds' | 'historySeconds'>> {
  const { on } = grown;
  const { channel } = on.ledger;
  const stores = await openFileStores(folder);
  await stores.ledger.append(channel, 0, encodeFinalBlock(on.founding));
  const startMs = performance.now();
  const loaded = await loadLedger(stores.ledger, channel);
  if (loaded === null) throw new Error('there is no ledger');
  const { party } = grown.newcomer;
  const { memberKey } = grown.newcomer.certificate();
  const clock = { ...createClock(), nowMs: () => on.nowMs + 1_000 };
  let state = createParticipant({ ...loaded, self: party, memberKey, wantsSeat: true, row: null, barred: null }, clock.nowMs());
  const votedMs: number[] = [];
  const step = async (input: ParticipantInput | null): Promise<void> => {
    if (input === null) return;
    const stepped = stepParticipant(state, input, clock.nowMs());
    state = stepped.state;
    for (const effect of stepped.effects) {
      if (effect.kind === 'store') await stores.ledger.append(channel, effect.height, effect.bytes);
      if (isVote(effect)) votedMs.push(performance.now());
    }
  };
  await step({ kind: 'start' });
  await step({ kind: 'cleared' });
  const verification = createVerification(createVerifier());
  const troubles: unknown[] = [];
  const init = {
    ...loaded,
    ...{ channel, bulk: wireTo(grown, party), store: stores.ledger, verifier: createVerifier(), clock, timers: createTimers(), log: quiet },
    onChange: () => undefined,
    onTrouble: (error: unknown) => void troubles.push(error),
  } as unknown as ChannelInit;
  const catching = new CatchingUp({
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
  catching.sync.heard('member', on.ledger.height);
  catching.sync.pull();
  await until(() => state.ledger.height === on.ledger.height, troubles);
  // It leads none of the next views for certain; asking for one is a vote as good as any, and comes from the same key.
  await step({ kind: 'slips', slips: [on.slip(grown.newcomer, { kind: 'seat', height: on.ledger.height })] });
  await step({ kind: 'timer', name: 'view', height: on.ledger.height + 1, view: 0 });
  const [first] = votedMs;
  if (first === undefined) throw new Error('the newcomer does not vote');
  const syncToVoteSeconds = (first - startMs) / 1000;
  await until(() => state.projection.since === 0, troubles);
  const historySeconds = (performance.now() - startMs) / 1000;
  await catching.stop();
  await stores.close();
  return { syncToVoteSeconds, historySeconds };
}

function isVote(effect: ParticipantEffect): boolean {
  return effect.kind === 'say' && ['proposal', 'vote', 'view-change'].includes(effect.message.kind);
}

/** What the other members answer; the wire costs nothing. */
function wireTo({ on, checkpoints, store }: Grown, party: PartyId): Bulk {
  const handlers = new Map<string, Parameters<Bulk['handle']>[1]>();
  const server: Bulk = { handle: (kind, handler) => void handlers.set(kind, handler), ask: () => Promise.reject(new Error('nobody')) };
  serveBlocks(server, on.ledger.channel, store);
  serveCheckpoints(server, on.ledger.channel, checkpoints, () => on.projection);
  return {
    handle: () => undefined,
    ask: async (_peer, kind, body) => {
      const answer = await handlers.get(kind)?.({ peer: 'newcomer', party }, body);
      if (answer === undefined || isRejection(answer)) throw new Error(answer?.detail ?? 'nobody answers');
      return answer;
    },
  };
}

function until(reached: () => boolean, troubles: readonly unknown[]): Promise<void> {
  return new Promise((resolve, fail) => {
    const timer = setInterval(() => {
      if (!reached() && troubles.length === 0) return;
      clearInterval(timer);
      if (troubles.length > 0) fail(new Error(String(troubles[0])));
      else resolve();
    }, 1);
  });
}
