// A whole run in the making: members, network, signer and checkers, under one virtual clock.
import { type Configuration, statementBytes } from '../../src/node/consensus/index.ts';
import { Cabal } from './cabal.ts';
import { VirtualClock } from './clock.ts';
import { ENGINES, type EngineName } from './engines.ts';
import { type Behaviour, FaultyMember } from './faulty.ts';
import { History } from './history.ts';
import { type EpochPlan, configurationsOf, partyOf } from './layout.ts';
import { Member } from './member.ts';
import { SimNetwork } from './network.ts';
import { randomOf } from './random.ts';
import type { NetName } from './regions.ts';
import type { Signatures } from './signer.ts';
import { verifyStage } from './verify-stage.ts';
import { Checkers } from './watch.ts';
import type { Batching, Charge, Packet, World } from './world.ts';

export interface ClusterInit {
  readonly seed: number;
  readonly engine: EngineName;
  /** Members in all, of every epoch. */
  readonly members: number;
  readonly epochs: readonly EpochPlan[];
  /** Behaviour by member's index; the others are correct. */
  readonly faulty: ReadonlyMap<number, Behaviour>;
  /** Correct in what they say, but counted as faulty: relaxed disks. */
  readonly unreliable: ReadonlySet<number>;
  /** Members that run twice under one key. */
  readonly twins: ReadonlySet<number>;
  readonly net: NetName;
  readonly persistMs: number;
  readonly batching: Batching;
  readonly baseTimeoutMs: number;
  readonly signatures: Signatures;
  readonly charge: Charge | null;
  /** Instances hear only those of their own side: members by index, then the doubles. For twins, whose instances differ in nothing else. */
  readonly sideOf?: (instance: number) => number;
}

export interface Cluster {
  readonly clock: VirtualClock;
  readonly network: SimNetwork;
  readonly checkers: Checkers;
  readonly history: History;
  /** Of the first epoch. */
  readonly configuration: Configuration;
  /** One for each member's index. */
  readonly members: readonly Member[];
  /** Second instances of twins. */
  readonly doubles: readonly Member[];
  isCorrect(member: number): boolean;
  submit(requests: readonly string[], at: number): void;
}

export function createCluster(init: ClusterInit): Cluster {
  const { seed, signatures } = init;
  const configurations = configurationsOf(init.epochs, { seed, baseTimeoutMs: init.baseTimeoutMs, publicKey: signatures.publicKey });
  const history = new History(configurations);
  const configuration = history.genesis.next;
  const isCorrect = (member: number) => !init.faulty.has(member) && !init.unreliable.has(member) && !init.twins.has(member);
  const clock = new VirtualClock();
  const indexes = new Map(Array.from({ length: init.members }, (_, index) => [partyOf(index) as string, index]));
  const indexOf = (party: string) => indexes.get(party) ?? -1;
  const checkers = new Checkers({ isCorrect, indexOf, members: init.members, first: configuration });
  const instances: Member[][] = [];
  const sideOf = init.sideOf ?? (() => 0);
  const sides = new WeakMap<Packet, number>();
  const deliver = (from: number, to: number, packet: Packet) => {
    const side = sides.get(packet);
    const hears = (rank: number) => side === undefined || sideOf(rank === 0 ? to : init.members) === side;
    for (const [rank, instance] of (instances[to] ?? []).entries()) if (hears(rank)) instance.receive(from, packet);
  };
  const { net, members: count, charge } = init;
  const network = new SimNetwork({ clock, random: randomOf(seed, 'network'), net, members: count, charge, deliver });
  const sendFrom = (instance: number, from: number, to: number, packet: Packet) => {
    if (init.sideOf !== undefined) sides.set(packet, sideOf(instance));
    network.send(from, to, packet);
  };
  const world: World = {
    ...init,
    ...verifyStage(ENGINES[init.engine].checks, signatures),
    clock,
    history,
    watcher: checkers,
    random: randomOf(seed, 'members'),
    machine: () => ENGINES[init.engine].machine(),
    sign: (member, message, under) => ({ ...message, signature: signatures.sign(member, statementBytes(message, under)) }),
    send: (from, to, packet) => sendFrom(from, from, to, packet),
    indexOf,
    partyOf,
  };
  /** A double has a number of its own: one after the last member. */
  const doubleWorld: World = { ...world, send: (from, to, packet) => sendFrom(init.members, from, to, packet) };
  const cabal = new Cabal(new Set(init.faulty.keys()), () => world);
  const members = Array.from({ length: init.members }, (_, index) => {
    const behaviour = init.faulty.get(index);
    return behaviour === undefined ? new Member(world, index) : new FaultyMember(world, index, behaviour, cabal);
  });
  const doubles = [...init.twins].map((index) => new Member(doubleWorld, index));
  instances.push(...members.map((member) => [member, ...doubles.filter((double) => double.index === member.index)]));
  const { lanes } = ENGINES[init.engine];
  const submit = (requests: readonly string[], at: number) => hand(requests, at, { members, network, lanes });
  return { clock, network, checkers, history, configuration, members, doubles, isCorrect, submit };
}

/** To the member where a client asks, which tells everybody who may have to order it: its group where that has a lane, else all. */
function hand(
  requests: readonly string[],
  at: number,
  { members, network, lanes }: Pick<Cluster, 'members' | 'network'> & { readonly lanes: boolean },
): void {
  const member = members[at];
  if (member === undefined) return;
  member.receive(at, { kind: 'requests', requests });
  const { groups, voters } = member.configuration;
  const group = groups.find((candidate) => candidate.includes(partyOf(at)));
  const toAll = !lanes || group === undefined || requests.some((request) => request.startsWith('epoch:'));
  const hearers = toAll ? voters.map((voter) => voter.party) : group;
  for (const party of hearers) {
    const to = Number.parseInt(party, 16);
    if (to !== at) network.send(at, to, { kind: 'requests', requests });
  }
}
