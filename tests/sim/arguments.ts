// What can be typed after `npm run sim --`, checked: a wrong word ends with exit code 2 and the help.
import { parseArgs } from 'node:util';
import { ENGINE_NAMES, type EngineName } from './engines.ts';
import { BEHAVIOURS, type Behaviour } from './faulty.ts';
import { PLACES, type FaultPlace, sizesOf } from './layout.ts';
import type { Wish } from './plan.ts';
import { NETS, type NetName } from './regions.ts';
import type { Charge } from './world.ts';

export const HELP = `npm run sim -- --engine grouped --members 16 --groups 4 --requests 200 --seed 7 [options]
npm run sim -- swarm --seeds 2000 [--first-seed 1]
npm run sim -- twins [--seeds 400]
npm run sim -- planted [--only text]
npm run sim -- model [--views 2] [--max-states 1000000]
npm run sim -- model --groups 2 [--depth 5]

  --engine x             ${ENGINE_NAMES.join(', ')} (default pbft)
  --members n            members, all of them voters (default 4)
  --groups k             groups, as even as can be (default: near the root of the members)
  --sizes 4,5,7          groups of these sizes; their sum is the number of members
  --requests r           requests to make final (default 100)
  --outstanding r        requests under way at once (default 1)
  --batch r              requests in a block, or in a lane's batch, at most (default 64)
  --seed s               one seed and one commit reproduce a run (default 1)
  --faulty b             so many members are faulty; with dpos and dmdl so many producers or orderers (default 0)
  --faulty-observers b   with dpos so many auditors as well, with dmdl so many committers (default 0)
  --place x              ${PLACES.join(', ')}: where they sit (default random)
  --behaviour x          ${BEHAVIOURS.join(', ')},
                         random (default)
  --net ${NETS.join('|')}          delays: one site, or ten regions of the world (default lan)
  --charge               frames queue on an uplink of 25 Mbit/s, signatures take their time
  --signer x             stand-in, ed25519 (default stand-in)
  --expect-live          exit 1 where something never becomes final
  --json                 one line instead of a summary for people

  swarm --seeds n        random engines, layouts, faults and networks, then healing to exactly Q correct members
  --first-seed n         where the seeds begin (default 1)

  twins                  a member that runs twice: four members in every way to a depth, seven by seed (--seeds)

  planted                faults planted in a copy of the engine, one by one: each must be caught
  --only text            those whose name or file has it

  model                  every order of events for four voters, one of them Byzantine, in few views
  --views n              views 0 to n-1 (default 2)
  --restarts             voters may lose everything but their row at any time
  --max-states n         where to stop (default 1000000)
  --groups 2             eight voters in two groups instead, two of them Byzantine, two views
  --depth n              every order of so many events there (default 5), and then long walks by seed

Exit 1 where safety fails, or liveness where it is expected (always in a swarm).`;

const OPTIONS = {
  engine: { type: 'string', default: 'pbft' },
  members: { type: 'string', default: '4' },
  groups: { type: 'string', default: '0' },
  sizes: { type: 'string', default: '' },
  requests: { type: 'string', default: '100' },
  outstanding: { type: 'string', default: '1' },
  batch: { type: 'string', default: '64' },
  seed: { type: 'string', default: '1' },
  faulty: { type: 'string', default: '0' },
  'faulty-observers': { type: 'string', default: '0' },
  place: { type: 'string', default: 'random' },
  behaviour: { type: 'string', default: 'random' },
  net: { type: 'string', default: 'lan' },
  charge: { type: 'boolean', default: false },
  signer: { type: 'string', default: 'stand-in' },
  'expect-live': { type: 'boolean', default: false },
  seeds: { type: 'string', default: '400' },
  'first-seed': { type: 'string', default: '1' },
  only: { type: 'string', default: '' },
  views: { type: 'string', default: '2' },
  restarts: { type: 'boolean', default: false },
  'max-states': { type: 'string', default: '1000000' },
  depth: { type: 'string', default: '5' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Texts = { [Name in keyof typeof OPTIONS as (typeof OPTIONS)[Name]['type'] extends 'string' ? Name : never]: string };
type Flags = { [Name in keyof typeof OPTIONS as (typeof OPTIONS)[Name]['type'] extends 'boolean' ? Name : never]: boolean };

export interface Values extends Readonly<Texts>, Readonly<Flags> {
  integer(name: keyof Texts, least: number, most?: number): number;
}

/** What a run costs where nothing was measured: close to what machines of this kind need. */
export const USUAL_CHARGE: Charge = { uplinkMbits: 25, signUs: 40, verifyUs: 80, requestBytes: 300 };

export function readArguments(): { readonly values: Values; readonly positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
    return { values: { ...values, integer: (name, least, most) => integer(values, name, least, most) }, positionals };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

export function wishOf(values: Values): Wish {
  const engine = oneOf(values, 'engine', ENGINE_NAMES) as EngineName;
  const sizes = values.sizes === '' ? [] : values.sizes.split(',').map(Number);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 4)) refuse(`--sizes ${values.sizes}: a group has at least four members`);
  const members = sizes.length > 0 ? total : values.integer('members', 1, 200);
  const groups = values.integer('groups', 0, Math.max(1, Math.floor(members / 4)));
  return {
    engine,
    members,
    sizes: sizes.length > 0 ? sizes : sizesOf(engine, members, groups === 1 ? 0 : groups),
    requests: values.integer('requests', 1),
    outstanding: values.integer('outstanding', 1),
    batch: values.integer('batch', 1),
    seed: values.integer('seed', 0),
    faulty: values.integer('faulty', 0, members),
    faultyObservers: values.integer('faulty-observers', 0, members),
    place: oneOf(values, 'place', PLACES) as FaultPlace,
    behaviour: oneOf(values, 'behaviour', [...BEHAVIOURS, 'random']) as Behaviour | 'random',
    net: oneOf(values, 'net', NETS) as NetName,
    signer: oneOf(values, 'signer', ['stand-in', 'ed25519']) as 'stand-in' | 'ed25519',
    charge: values.charge ? USUAL_CHARGE : null,
  };
}

function integer(values: Texts, name: keyof Texts, least: number, most = 2 ** 31): number {
  const text = values[name];
  const number = Number(text);
  if (!/^\d+$/u.test(text) || number < least || number > most) refuse(`--${name} ${text}: an integer from ${least} to ${most} is needed`);
  return number;
}

function oneOf(values: Texts, name: keyof Texts, words: readonly string[]): string {
  const word = values[name];
  if (!words.includes(word)) refuse(`--${name} ${word}: one of ${words.join(', ')} is needed`);
  return word;
}

export function refuse(why: string): never {
  console.error(`${why}\n\n${HELP}`);
  process.exit(2);
}
