// Chaos and healing: loss, partitions, one-way links, links cut and healed one by one, kills, freezes, while they last; then calm
// weather with exactly Q correct members awake, in which everything must become final.
import type { Cluster } from './cluster.ts';
import type { Member } from './member.ts';
import { CALM, type NetFaults } from './network.ts';
import type { Random } from './random.ts';

export interface Chaos {
  readonly untilMs: number;
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly slowMs: number;
  /** Means between two events of a kind; 0 for never. */
  readonly partitionEveryMs: number;
  readonly killEveryMs: number;
  readonly freezeEveryMs: number;
  /** One link is cut, or heals, after the other. */
  readonly swizzleEveryMs: number;
}

/** Weather and accidents, until they end. */
export function unleash(cluster: Cluster, chaos: Chaos, random: Random): void {
  const { clock, network, members } = cluster;
  network.faults = { ...CALM, loss: chaos.loss, duplicate: chaos.duplicate, reorder: chaos.reorder, slowMs: chaos.slowMs };
  const every = (meanMs: number, happen: () => void) => {
    if (meanMs === 0) return;
    clock.after(meanMs * 2 * random.unit(), () => {
      if (clock.nowMs >= chaos.untilMs) return;
      happen();
      every(meanMs, happen);
    });
  };
  const swizzled = new Set<number>();
  let partition = CALM.cut;
  const cut: NetFaults['cut'] = (from, to) => partition(from, to) || (swizzled.size > 0 && swizzled.has(from * members.length + to));
  network.faults = { ...network.faults, cut };
  every(chaos.partitionEveryMs, () => (partition = random.chance(0.3) ? CALM.cut : randomCut(random, members.length)));
  every(chaos.swizzleEveryMs, () => swizzle(swizzled, random, members.length));
  every(chaos.killEveryMs, () => {
    const member = random.pick(members);
    if (!member.up) return;
    member.kill();
    clock.after(random.unit() * 2 * chaos.killEveryMs, () => {
      if (!member.up) member.start();
    });
  });
  every(chaos.freezeEveryMs, () => {
    const member = random.pick(members);
    member.freeze();
    clock.after(random.unit() * 2 * chaos.freezeEveryMs, () => member.thaw());
  });
}

/** Cuts the links of one member one by one, or heals what is cut in another order (FoundationDB's name for it). */
function swizzle(cut: Set<number>, random: Random, members: number): void {
  if (cut.size > 0 && random.chance(0.5)) {
    cut.delete(random.pick([...cut]));
    return;
  }
  const from = random.between(0, members - 1);
  const to = random.between(0, members - 1);
  cut.add(from * members + to);
  if (random.chance(0.7)) cut.add(to * members + from);
}

/** Two sides, one way or both ways; or one member alone; or single links. */
function randomCut(random: Random, members: number): NetFaults['cut'] {
  const oneWay = random.chance(0.3);
  if (random.chance(0.3)) {
    const links = new Set<number>();
    for (let i = 0; i < members * members; i += 1) if (random.chance(0.4)) links.add(i);
    return (from, to) => links.has(from * members + to);
  }
  const alone = random.chance(0.3) ? random.between(0, members - 1) : -1;
  const side = Array.from({ length: members }, (_, index) => (alone < 0 ? random.chance(0.5) : index === alone));
  return (from, to) => side[from] !== side[to] && (!oneWay || side[from] === true);
}

/** Calm weather, exactly Q correct members awake; the faulty ones go on. Returns the instances that are up. */
export function heal(cluster: Cluster, random: Random): Member[] {
  const { network, members, isCorrect, doubles, checkers } = cluster;
  network.faults = CALM;
  const { voters, quorum } = checkers.configurationAt(checkers.finals.length);
  const voting = new Set(voters.map((voter) => Number.parseInt(voter.party, 16)));
  // A member whose row is damaged never votes again, so that it is not one of the Q.
  const able = members.filter((member) => isCorrect(member.index) && voting.has(member.index) && !member.disk.damaged);
  const awake = new Set(random.shuffled(able).slice(0, quorum));
  for (const member of members) {
    member.thaw();
    if (isCorrect(member.index) && !awake.has(member) && !member.disk.damaged) {
      if (member.up) member.kill();
    } else if (!member.up) member.start();
  }
  return [...members.filter((member) => member.up), ...doubles];
}
