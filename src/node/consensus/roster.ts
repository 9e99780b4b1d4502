// Who votes in an epoch and in which order they lead (R7). Everything follows from the configuration alone, in integers, so
// that every engine of every browser finds the same leader. Looked up once per configuration and remembered beside it.
import { type Digest, type PartyId, assert, fromHex, present } from '../base/index.ts';
import type { Configuration } from './engine.ts';
import { quorum } from './quorum.ts';
import { leadingGroup, seated } from './seats.ts';

interface Roster {
  readonly indexByParty: ReadonlyMap<PartyId, number>;
  /** Voters' indexes in the order in which they lead. */
  readonly turns: readonly number[];
}

const rosters = new WeakMap<Configuration, Roster>();

function rosterOf(configuration: Configuration): Roster {
  const known = rosters.get(configuration);
  if (known !== undefined) return known;
  const parties = configuration.voters.map((voter) => voter.party);
  assert(
    parties.every((party, i) => i === 0 || present(parties[i - 1], 'a voter') < party),
    'voters are distinct and ordered by party',
  );
  assert(configuration.quorum === quorum(parties.length, configuration.tolerated), 'the quorum follows its formula (R0)');
  assert(configuration.quorum <= parties.length, 'the voters can reach their quorum');
  const indexByParty = new Map(parties.map((party, i) => [party, i]));
  const roster = { indexByParty, turns: turnsOf(configuration, indexByParty) };
  rosters.set(configuration, roster);
  return roster;
}

/**
 * By the configuration's order, which follows from ranks, or by the permutation that it seeds, without the convicted (P0-27). One
 * more than may be absent has to be left, so that somebody correct and awake is among them; else nobody is left out.
 */
function turnsOf(
  { order, voters, digest, quorum: needed, barred = [] }: Configuration,
  indexByParty: Roster['indexByParty'],
): readonly number[] {
  if (order === undefined) {
    const all = permutation(voters.length, digest);
    const left = all.filter((index) => !barred.includes(present(voters[index], 'a voter').party));
    return left.length > voters.length - needed ? left : all;
  }
  const turns = order.map((party) => present(indexByParty.get(party), 'a voter'));
  assert(turns.length === voters.length && new Set(turns).size === turns.length, 'every voter has one turn');
  return turns;
}

/** Position of a party among the voters, or -1 where it does not vote. */
export function voterIndex(configuration: Configuration, party: PartyId | null): number {
  if (party === null) return -1;
  return rosterOf(configuration).indexByParty.get(party) ?? -1;
}

/** Index of the voter that leads view `view` of height `height` (R7): with groups a seat in view 0, else the turns, which go on through heights and views. */
export function leaderIndex(configuration: Configuration, height: number, view: number): number {
  const { groups, seats } = configuration;
  if (view === 0 && groups.length > 0) return voterIndex(configuration, seated(groups, seats, leadingGroup(seats, height)));
  const { turns } = rosterOf(configuration);
  return present(turns[(height + view) % turns.length], 'a leader');
}

/** The voter that leads view `view` of height `height` (R7). */
export function leaderOf(configuration: Configuration, height: number, view: number): PartyId {
  return present(configuration.voters[leaderIndex(configuration, height, view)], 'a leader').party;
}

/**
 * The numbers 0 to size-1 in an order that depends on the seed alone: Fisher-Yates with an unbiased draw. Integers only,
 * so that it is the same in every JavaScript engine.
 */
export function permutation(size: number, seed: Digest): readonly number[] {
  const draw = generator(seed);
  const order = Array.from({ length: size }, (_, i) => i);
  for (let last = size - 1; last > 0; last -= 1) {
    const other = below(last + 1, draw);
    const moved = present(order[last], 'an element');
    order[last] = present(order[other], 'an element');
    order[other] = moved;
  }
  return order;
}

/** A draw from 0 to bound-1 without bias: draws from the incomplete last stretch are thrown away. */
function below(bound: number, draw: () => number): number {
  const whole = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const drawn = draw();
    if (drawn < whole) return drawn % bound;
  }
}

/** Draws thrown away, so that seeds with few different bits part. */
const WARM_UP_DRAWS = 32;

/** xoshiro128** over the folded seed. Source: Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c */
function generator(seed: Digest): () => number {
  const bytes = fromHex(seed);
  const words = [0, 0, 0, 0];
  bytes.forEach((byte, i) => {
    const word = Math.floor(i / 4) % 4;
    words[word] = (present(words[word], 'a word') ^ (byte << (8 * (i % 4)))) >>> 0;
  });
  let [a = 0, b = 0, c = 0, d = 0] = words;
  // The all-zero state is the only one that never leaves itself.
  if ((a | b | c | d) === 0) a = 1;
  const draw = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const carried = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= carried;
    d = rotate(d, 11);
    return result;
  };
  for (let i = 0; i < WARM_UP_DRAWS; i += 1) draw();
  return draw;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
