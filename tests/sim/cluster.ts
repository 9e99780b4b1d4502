// A whole run in the making: members, network, signer and checkers of one configuration, under one virtual clock.
import type { ChannelId, Digest, PartyId } from '../../src/node/base/index.ts';
import { isRejection } from '../../src/node/base/index.ts';
import {
  type Configuration,
  type ConsensusMessage,
  quorum,
  signatureChecks,
  statementBytes,
  toleratedFaults,
} from '../../src/node/consensus/index.ts';
import { digestOfBytes } from './block.ts';
import { VirtualClock } from './clock.ts';
import { type Behaviour, FaultyMember } from './faulty.ts';
import { Member } from './member.ts';
import { type NetName, SimNetwork } from './network.ts';
import { randomOf } from './random.ts';
import type { Signatures } from './signer.ts';
import { Checkers } from './watch.ts';
import type { World } from './world.ts';

export interface ClusterInit {
  readonly seed: number;
  readonly members: number;
  /** Behaviour by member's index; the others are correct. */
  readonly faulty: ReadonlyMap<number, Behaviour>;
  /** Correct in what they say, but counted as faulty: relaxed disks, twins. */
  readonly unreliable: ReadonlySet<number>;
  /** Members that run twice under one key. */
  readonly twins: ReadonlySet<number>;
  readonly net: NetName;
  readonly persistMs: number;
  readonly batch: number;
  readonly baseTimeoutMs: number;
  readonly signatures: Signatures;
}

export interface Cluster {
  readonly clock: VirtualClock;
  readonly network: SimNetwork;
  readonly checkers: Checkers;
  readonly configuration: Configuration;
  /** One for each member's index. */
  readonly members: readonly Member[];
  /** Second instances of twins. */
  readonly doubles: readonly Member[];
  isCorrect(member: number): boolean;
  submit(request: string, at: number): void;
}

export function createCluster(init: ClusterInit): Cluster {
  const configuration = configurationOf(init);
  const indexes = new Map(configuration.voters.map((voter, index) => [voter.party, index]));
  const indexOf = (party: string) => indexes.get(party as PartyId) ?? -1;
  const isCorrect = (member: number) => !init.faulty.has(member) && !init.unreliable.has(member) && !init.twins.has(member);
  const clock = new VirtualClock();
  const checkers = new Checkers(configuration, isCorrect, indexOf);
  const instances: Member[][] = [];
  const network = new SimNetwork(clock, randomOf(init.seed, 'network'), init.net, (from, to, packet) => {
    for (const instance of instances[to] ?? []) instance.receive(from, packet);
  });
  const world: World = {
    clock,
    configuration,
    watcher: checkers,
    random: randomOf(init.seed, 'members'),
    persistMs: init.persistMs,
    batch: init.batch,
    verified: verifier(configuration, init.signatures),
    sign: (member, message) => ({ ...message, signature: init.signatures.sign(member, statementBytes(message, configuration)) }),
    send: (from, to, packet) => network.send(from, to, packet),
    indexOf,
  };
  const allies = new Set(init.faulty.keys());
  const members = configuration.voters.map((_, index) => {
    const behaviour = init.faulty.get(index);
    return behaviour === undefined ? new Member(world, index) : new FaultyMember(world, index, behaviour, allies);
  });
  const doubles = [...init.twins].map((index) => new Member(world, index));
  instances.push(...members.map((member) => [member, ...doubles.filter((double) => double.index === member.index)]));
  return {
    clock,
    network,
    checkers,
    configuration,
    members,
    doubles,
    isCorrect,
    submit: (request, at) => {
      for (let to = 0; to < members.length; to += 1) {
        if (to === at) members[to]?.receive(at, { kind: 'request', request });
        else network.send(at, to, { kind: 'request', request });
      }
    },
  };
}

function configurationOf(init: ClusterInit): Configuration {
  const tolerated = toleratedFaults(init.members);
  return {
    channel: 'c0'.repeat(32) as ChannelId,
    epoch: 1,
    digest: digestOfBytes(new Uint8Array(Buffer.from(`configuration ${init.seed}`))) satisfies Digest,
    voters: Array.from({ length: init.members }, (_, index) => ({
      party: index.toString(16).padStart(32, '0') as PartyId,
      memberKey: init.signatures.publicKey(index),
    })),
    tolerated,
    quorum: quorum(init.members, tolerated),
    baseTimeoutMs: init.baseTimeoutMs,
  };
}

/** The verify stage: every signature, and that the bytes are the digest's. One verdict per message object serves everybody. */
function verifier(configuration: Configuration, signatures: Signatures): (message: ConsensusMessage) => string | null {
  const verdicts = new WeakMap<ConsensusMessage, { readonly refusal: string | null }>();
  const judge = (message: ConsensusMessage): string | null => {
    const checks = signatureChecks(message, configuration);
    if (isRejection(checks)) return checks.reason;
    if (!checks.every((check) => signatures.verify(check.publicKey, check.bytes, check.signature))) return 'bad-signature';
    if (message.kind === 'vote' || message.kind === 'view-change') return null;
    const digest = message.kind === 'proposal' ? message.digest : message.certificate.digest;
    return digestOfBytes(message.value) === digest ? null : 'wrong-digest';
  };
  return (message) => {
    const known = verdicts.get(message);
    if (known !== undefined) return known.refusal;
    const refusal = judge(message);
    verdicts.set(message, { refusal });
    return refusal;
  };
}
