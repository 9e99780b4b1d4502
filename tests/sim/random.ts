// Every choice of a run comes from one seed: sfc32, split into named streams so that a change in one part of the simulator
// does not shift the draws of another.
import { createHash } from 'node:crypto';

export interface Random {
  /** From 0 to 1, 1 excluded. */
  unit(): number;
  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
}

/** A stream of its own for each name under one seed. */
export function randomOf(seed: number, name: string): Random {
  const bytes = createHash('sha256').update(`${seed} ${name}`).digest();
  let a = bytes.readUInt32LE(0);
  let b = bytes.readUInt32LE(4);
  let c = bytes.readUInt32LE(8);
  let counter = 1;
  const draw = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return (result >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(draw() * (most - least + 1));
  const shuffled = <T>(items: readonly T[]): T[] => {
    const order = [...items];
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = between(0, last);
      [order[last], order[other]] = [order[other] as T, order[last] as T];
    }
    return order;
  };
  return {
    unit: draw,
    between,
    chance: (probability) => draw() < probability,
    pick: (items) => items[between(0, items.length - 1)] as never,
    shuffled,
  };
}
