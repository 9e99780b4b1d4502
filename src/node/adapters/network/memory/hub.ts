// The in-memory network of a test: every node of one hub can link to every other, with the delay, loss and partitions the test
// asks for. Twin of the libp2p network; both pass the same acceptance suite. Time comes from the ports, so a virtual clock drives it.
import type { Clock, NetworkEvent, PeerId, Timers } from '../../../ports/index.ts';
import type { Exchange } from './exchange.ts';
import { MemoryBlobs } from './memory-blobs.ts';
import { MemoryLink } from './memory-link.ts';
import { MemoryNetwork } from './memory-network.ts';
import { createDraw, FAIR, Terrain, type Weather } from './weather.ts';

export interface MemoryHubInit {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly weather?: Partial<Weather>;
  readonly seed?: number;
}

/** What a test holds: two ports per peer, and the weather between them. */
export interface MemoryHub {
  /** The same object at every call for a peer. */
  network(peer: PeerId): MemoryNetwork;
  /** A blob store that fetches from the peers that `network(peer)` is linked to. */
  blobs(peer: PeerId, options?: { readonly capacityBytes?: number }): MemoryBlobs;
  setWeather(weather: Partial<Weather>): void;
  /** Peers in different groups lose their links and cannot make new ones until `heal`. */
  partition(groups: readonly (readonly PeerId[])[]): void;
  /** What `from` sends to `to` disappears, the link stays up; until `heal`. */
  silence(from: PeerId, to: PeerId): void;
  heal(): void;
  /** Without a relay no new links come up; those that are there stay. */
  setRelay(up: boolean): void;
}

/** The middle of a hub. */
class HubExchange implements Exchange {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly terrain = new Terrain();
  readonly draw: () => number;
  readonly networkByPeer = new Map<PeerId, MemoryNetwork>();
  readonly blobsByPeer = new Map<PeerId, MemoryBlobs>();
  readonly #linkByPair = new Map<string, MemoryLink>();
  readonly #dialling = new Set<string>();
  weather: Weather;
  relayUp = true;

  constructor(init: MemoryHubInit) {
    this.clock = init.clock;
    this.timers = init.timers;
    this.draw = createDraw(init.seed ?? 1);
    this.weather = { ...FAIR, ...init.weather };
  }

  network(peer: PeerId): MemoryNetwork | undefined {
    return this.networkByPeer.get(peer);
  }

  blobs(peer: PeerId): MemoryBlobs | undefined {
    return this.blobsByPeer.get(peer);
  }

  delayMs(): number {
    const { minDelayMs, maxDelayMs } = this.weather;
    return minDelayMs + this.draw() * (maxDelayMs - minDelayMs);
  }

  link(a: PeerId, b: PeerId): MemoryLink | null {
    return this.#linkByPair.get(pairOf(a, b)) ?? null;
  }

  linksOf(peer: PeerId): readonly MemoryLink[] {
    return [...this.#linkByPair.values()].filter((link) => link.joins(peer));
  }

  consider(a: PeerId, b: PeerId): void {
    const pair = pairOf(a, b);
    if (this.#dialling.has(pair) || !this.#mayLink(a, b)) return;
    this.#dialling.add(pair);
    this.timers.after(this.delayMs(), () => {
      this.#dialling.delete(pair);
      if (!this.#mayLink(a, b)) return;
      this.#linkByPair.set(pair, new MemoryLink(this, a, b));
      this.#tell(a, { kind: 'link-up', peer: b });
      this.#tell(b, { kind: 'link-up', peer: a });
    });
  }

  considerAll(): void {
    for (const [peer, network] of this.networkByPeer) for (const wish of network.wishes) this.consider(peer, wish);
  }

  drop(a: PeerId, b: PeerId): void {
    const link = this.link(a, b);
    if (link === null) return;
    this.#linkByPair.delete(pairOf(a, b));
    link.close();
    this.#tell(a, { kind: 'link-down', peer: b });
    this.#tell(b, { kind: 'link-down', peer: a });
    this.consider(a, b);
  }

  dropWhereParted(): void {
    for (const { ends } of [...this.#linkByPair.values()]) if (!this.terrain.canLink(...ends)) this.drop(...ends);
  }

  setRelay(up: boolean): void {
    if (this.relayUp === up) return;
    this.relayUp = up;
    const event: NetworkEvent = up ? { kind: 'relay-up' } : { kind: 'relay-down', detail: 'the test took the relay down' };
    for (const [peer, network] of this.networkByPeer) if (network.started) this.#tell(peer, event);
    if (up) this.considerAll();
  }

  blobsChanged(): void {
    for (const blobs of this.blobsByPeer.values()) blobs.lookAgain();
  }

  #mayLink(a: PeerId, b: PeerId): boolean {
    const [one, other] = [this.networkByPeer.get(a), this.networkByPeer.get(b)];
    if (one === undefined || other === undefined || a === b) return false;
    const wished = one.wishes.has(b) || other.wishes.has(a);
    const admitted = one.admits(b) && other.admits(a);
    return wished && admitted && this.relayUp && this.terrain.canLink(a, b) && this.link(a, b) === null;
  }

  #tell(peer: PeerId, event: NetworkEvent): void {
    this.networkByPeer.get(peer)?.tell(event);
    if (event.kind === 'link-up') this.blobsByPeer.get(peer)?.lookAgain();
  }
}

function pairOf(a: PeerId, b: PeerId): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

function getOrMake<Value>(map: Map<PeerId, Value>, peer: PeerId, make: () => Value): Value {
  const known = map.get(peer);
  if (known !== undefined) return known;
  const made = make();
  map.set(peer, made);
  return made;
}

export function createMemoryHub(init: MemoryHubInit): MemoryHub {
  const exchange = new HubExchange(init);
  return {
    network: (peer) => getOrMake(exchange.networkByPeer, peer, () => new MemoryNetwork(exchange, peer)),
    blobs: (peer, options) => getOrMake(exchange.blobsByPeer, peer, () => new MemoryBlobs(exchange, peer, options?.capacityBytes)),
    setWeather: (weather) => {
      exchange.weather = { ...exchange.weather, ...weather };
    },
    partition: (groups) => {
      exchange.terrain.partition(groups);
      exchange.dropWhereParted();
      exchange.considerAll();
    },
    silence: (from, to) => {
      exchange.terrain.silence(from, to);
    },
    heal: () => {
      exchange.terrain.heal();
      exchange.considerAll();
    },
    setRelay: (up) => {
      exchange.setRelay(up);
    },
  };
}
