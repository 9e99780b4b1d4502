// Lightweight and online clients against an honest member and its lying twin: what is withheld, forged or old is caught by both, and
// what another member then says is taken.
import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryStores } from '../adapters/memory.ts';
import { createVerifier } from '../adapters/node.ts';
import { AppError, isRejection } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decodeTrust, encodeFinalBlock, encodeTrust, openLedger, openTrust } from '../ledger/index.ts';
import { Consortium, type Person, grantAction, people, recordAction } from '../ledger/consortium.ts';
import { Checkpoints, serveCheckpoints } from './checkpoints.ts';
import { type AskMember, LightClient } from './light-client.ts';
import { serveProofs } from './proofs.ts';

interface Town {
  readonly world: Consortium;
  readonly patient: Person;
  readonly clinic: Person;
  readonly other: Person;
  honest: AskMember;
}

let town: Town;

/** A channel of two epochs in which a patient has two records, a grant and a read. */
async function founded(): Promise<Town> {
  const archives = people('archive', 5);
  const [clinic, other] = people('clinic', 2);
  const [patient, stranger] = people('patient', 2);
  const world = new Consortium({ archives, clinics: [clinic!, other!], others: [patient!, stranger!], settings: { archiveQuorum: false } });
  world.do(clinic!, recordAction('first', patient!), { consent: patient! });
  world.do(clinic!, recordAction('strange', stranger!), { consent: stranger! });
  world.do(archives[4]!, { kind: 'leave' });
  world.do(clinic!, recordAction('second', patient!), { consent: patient! });
  world.do(patient!, grantAction('grant', 'first', other!));
  expect(world.ledger.configuration.epoch).toBe(1);
  return { world, patient: patient!, clinic: clinic!, other: other!, honest: await memberOf(world) };
}

async function memberOf(world: Consortium): Promise<AskMember> {
  const handlers = new Map<string, Parameters<Bulk['handle']>[1]>();
  const bulk: Bulk = { handle: (kind, handler) => void handlers.set(kind, handler), ask: () => Promise.reject(new Error('nobody')) };
  const { ledger: store } = createMemoryStores();
  const { channel } = world.ledger;
  const ledger = (): Consortium['ledger'] => world.ledger;
  serveProofs(bulk, { channel, store, ledger, last: () => world.blocks.at(-1)! });
  serveCheckpoints(bulk, channel, new Checkpoints(), () => world.projection);
  return async (kind, body) => {
    for (let height = (await store.height(channel)) + 1; height < world.blocks.length; height += 1)
      await store.append(channel, height, encodeFinalBlock(world.blocks[height]!));
    const answer = await handlers.get(kind)!({ peer: 'client', party: 'ab'.repeat(16) as never }, body);
    if (isRejection(answer)) throw new AppError({ code: answer.reason, message: answer.detail, remedy: '' });
    return answer;
  };
}

function clientOf({ world, patient }: Town): LightClient {
  const founding = openLedger(world.founding);
  if (isRejection(founding)) throw new Error(founding.detail);
  return new LightClient({
    channel: founding.channel,
    patient: patient.party,
    verifier: createVerifier(),
    trust: openTrust(founding),
    slips: [],
  });
}

const kindsOf = (client: LightClient): readonly string[] => client.slips.map(({ slip }) => slip.body.action.kind);

beforeEach(async () => {
  town = await founded();
});

describe('a client that executes nothing (P3-07)', () => {
  test('finds everything that concerns its person, and nothing else, through the epochs', async () => {
    const client = clientOf(town);
    expect(await client.update(town.honest)).toBeNull();
    expect(kindsOf(client)).toEqual(['record', 'record', 'grant']);
    expect(client.trust.head.height).toBe(town.world.ledger.height);
  });

  test('that keeps what it believes asks for what is new alone', async () => {
    const client = clientOf(town);
    await client.update(town.honest);
    const kept = decodeTrust(encodeTrust(client.trust));
    if (isRejection(kept)) throw new Error(kept.detail);
    const { channel } = town.world.ledger;
    const again = new LightClient({ channel, patient: town.patient.party, verifier: createVerifier(), trust: kept, slips: client.slips });
    const record = recordAction('first', town.patient).record;
    town.world.do(town.other, { kind: 'read', grant: grantAction('grant', 'first', town.other).grant, record, version: 1 });
    const asked: string[] = [];
    expect(await again.update(async (kind, body) => (asked.push(kind), town.honest(kind, body)))).toBeNull();
    expect(kindsOf(again).at(-1)).toBe('read');
    expect(asked).toEqual(['entries', 'entries', 'slip-proof']);
  });

  const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  type Lie = (kind: string, body: Uint8Array, honest: AskMember) => Promise<Uint8Array>;
  const lies: [string, Lie][] = [
    ['answers nothing', () => Promise.reject(new AppError({ code: 'timeout', message: '', remedy: '' }))],
    [
      'keeps slips back',
      async (kind, body, honest) =>
        kind === 'slip-proof' ? Promise.reject(new AppError({ code: 'no-block', message: '', remedy: '' })) : honest(kind, body),
    ],
    [
      'forges the state',
      async (kind, body, honest) =>
        kind === 'entries' ? flipped(await honest(kind, body), (await honest(kind, body)).length - 5) : honest(kind, body),
    ],
    ['forges its head', async (kind, body, honest) => (kind === 'entries' ? flipped(await honest(kind, body), 60) : honest(kind, body))],
    [
      'forges an epoch',
      async (kind, body, honest) =>
        kind === 'epochs' ? flipped(await honest(kind, body), (await honest(kind, body)).length - 40) : honest(kind, body),
    ],
    ['forges a slip', async (kind, body, honest) => (kind === 'slip-proof' ? flipped(await honest(kind, body), 900) : honest(kind, body))],
  ];

  test.each(lies)('catches a member that %s, online as well, and takes what another says', async (_, lie) => {
    for (const client of [clientOf(town), clientOf(town)]) {
      const refusal = await client.update((kind, body) => lie(kind, body, town.honest));
      expect(refusal).not.toBeNull();
      expect(await client.update(town.honest)).toBeNull();
      expect(kindsOf(client)).toEqual(['record', 'record', 'grant']);
    }
  });

  test('that has seen a head takes no older one, from whomever', async () => {
    const answers = new Map<string, Uint8Array>();
    const old: AskMember = async (kind, body) => answers.get(`${kind} ${String(body)}`) ?? town.honest(kind, body);
    const client = clientOf(town);
    await client.update(async (kind, body) => {
      const answer = await town.honest(kind, body);
      answers.set(`${kind} ${String(body)}`, answer);
      return answer;
    });
    town.world.do(town.clinic, recordAction('third', town.patient), { consent: town.patient });
    expect(await client.update(town.honest)).toBeNull();
    const refusal = await client.update(old);
    expect(refusal?.reason).toBe('old-head');
    expect(kindsOf(client)).toEqual(['record', 'record', 'grant', 'record']);
  });
});
