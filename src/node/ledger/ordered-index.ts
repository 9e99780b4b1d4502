// Immutable collections that grow by sharing: a sequence, an index by id in order of arrival, and a chain, newest first. One
// change copies a few dozen slots however much there is, so replaying a long ledger stays linear and old views stay whole.
const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;
const HEX_DIGITS = 16;

type Chunk = readonly unknown[];

function chunkSet(chunk: Chunk, depth: number, index: number, value: unknown): Chunk {
  const copy = chunk.slice();
  const slot = Math.floor(index / WIDTH ** depth) & MASK;
  copy[slot] = depth === 0 ? value : chunkSet((copy[slot] as Chunk | undefined) ?? [], depth - 1, index, value);
  return copy;
}

/** Values by position from `first`, which is 0 unless what came before is not known. */
export class Sequence<T> {
  static readonly empty: Sequence<never> = Sequence.startingAt(0);

  readonly first: number;
  private readonly count: number;
  private readonly depth: number;
  private readonly top: Chunk;

  private constructor(first: number, count: number, depth: number, top: Chunk) {
    this.first = first;
    this.count = count;
    this.depth = depth;
    this.top = top;
  }

  static startingAt(first: number): Sequence<never> {
    return new Sequence<never>(first, 0, 0, []);
  }

  /** Position after the last one. */
  get length(): number {
    return this.first + this.count;
  }

  at(position: number): T | undefined {
    const index = position - this.first;
    if (index < 0 || index >= this.count) return undefined;
    let chunk = this.top;
    for (let depth = this.depth; depth > 0; depth -= 1) chunk = chunk[Math.floor(index / WIDTH ** depth) & MASK] as Chunk;
    return chunk[index & MASK] as T;
  }

  append(value: T): Sequence<T> {
    const full = this.count === WIDTH ** (this.depth + 1);
    const depth = full ? this.depth + 1 : this.depth;
    return new Sequence<T>(this.first, this.count + 1, depth, chunkSet(full ? [this.top] : this.top, depth, this.count, value));
  }

  /** `position` lies within. */
  replace(position: number, value: T): Sequence<T> {
    return new Sequence<T>(this.first, this.count, this.depth, chunkSet(this.top, this.depth, position - this.first, value));
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = this.first; index < this.length; index += 1) yield this.at(index) as T;
  }

  *newestFirst(): Generator<T> {
    for (let index = this.length - 1; index >= this.first; index -= 1) yield this.at(index) as T;
  }
}

interface Place {
  readonly id: string;
  readonly position: number;
}
type PlaceNode = Place | readonly (PlaceNode | undefined)[] | undefined;

function isPlace(node: PlaceNode): node is Place {
  return node !== undefined && !Array.isArray(node);
}

function digitAt(id: string, depth: number): number {
  return Number.parseInt(id.charAt(depth), HEX_DIGITS);
}

function placed(node: PlaceNode, place: Place, depth: number): PlaceNode {
  if (node === undefined) return place;
  const slots = isPlace(node) ? placed([], node, depth) : node;
  const copy = (slots as readonly PlaceNode[]).slice();
  const digit = digitAt(place.id, depth);
  copy[digit] = placed(copy[digit], place, depth + 1);
  return copy;
}

/** Values by id (lower-case hexadecimal, all of one length), in the order in which the ids first came. */
export class OrderedIndex<Id extends string, T> {
  static readonly empty: OrderedIndex<never, never> = new OrderedIndex<never, never>(undefined, Sequence.empty);

  private readonly places: PlaceNode;
  private readonly items: Sequence<T>;

  private constructor(places: PlaceNode, items: Sequence<T>) {
    this.places = places;
    this.items = items;
  }

  get size(): number {
    return this.items.length;
  }

  get(id: Id): T | undefined {
    const position = this.positionOf(id);
    return position === null ? undefined : this.items.at(position);
  }

  set(id: Id, value: T): OrderedIndex<Id, T> {
    const position = this.positionOf(id);
    if (position !== null) return new OrderedIndex<Id, T>(this.places, this.items.replace(position, value));
    const places = placed(this.places, { id, position: this.items.length }, 0);
    return new OrderedIndex<Id, T>(places, this.items.append(value));
  }

  values(): Iterable<T> {
    return this.items;
  }

  newestFirst(): Iterable<T> {
    return this.items.newestFirst();
  }

  private positionOf(id: string): number | null {
    let node = this.places;
    for (let depth = 0; node !== undefined; depth += 1) {
      if (isPlace(node)) return node.id === id ? node.position : null;
      node = node[digitAt(id, depth)];
    }
    return null;
  }
}

/** A list that grows at its front. Null is empty. */
export interface Chain<T> {
  readonly newest: T;
  readonly older: Chain<T> | null;
}

/** From the newest on. */
export function* chained<T>(chain: Chain<T> | null | undefined): Generator<T> {
  for (let link = chain ?? null; link !== null; link = link.older) yield link.newest;
}
