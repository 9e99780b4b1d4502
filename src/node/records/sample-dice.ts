// Repeatable chance for samples, in integers only, so that every engine throws the same. Not for keys.
// Source: xoshiro128** by Blackman and Vigna, seeded by splitmix32.

export interface Dice {
  /** From 0 to `count` - 1. */
  below(count: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** True `perMille` times in a thousand. */
  chance(perMille: number): boolean;
  /** Around `mean`, at most `spread` away, near values more often. Integers in, integers out. */
  around(mean: number, spread: number): number;
}

export function createDice(seed: number): Dice {
  const state = seeded(seed);

  function next(): number {
    const [a, b, c, d] = state;
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const mixed = (c ^ a) >>> 0;
    const other = (d ^ b) >>> 0;
    state[1] = (b ^ mixed) >>> 0;
    state[0] = (a ^ other) >>> 0;
    state[2] = (mixed ^ (b << 9)) >>> 0;
    state[3] = rotated(other, 11);
    return result;
  }

  const below = (count: number) => Math.floor((next() / 2 ** 32) * count);
  return {
    below,
    pick: (list) => list[below(list.length)] ?? list[0],
    chance: (perMille) => below(1000) < perMille,
    around: (mean, spread) => mean + below(spread + 1) - below(spread + 1),
  };
}

function rotated(value: number, by: number): number {
  return ((value << by) | (value >>> (32 - by))) >>> 0;
}

function seeded(seed: number): [number, number, number, number] {
  let counter = seed | 0;
  const word = () => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return [word(), word(), word(), word()];
}
