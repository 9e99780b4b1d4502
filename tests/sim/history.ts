// What final blocks mean, once for all members that hold them: a tree of blocks, so that a fork has two branches. Whether a
// request was executed, who votes next and who leads follows from a place in it (R7, R12, R13); members keep no sets of their own.
import { type Digest, assert } from '../../src/node/base/index.ts';
import { decode } from '../../src/node/codec/index.ts';
import { type Certificate, type Configuration, type LanePosition, certificate, seatsAfter } from '../../src/node/consensus/index.ts';
import { type SimBlock, blockOf } from './block.ts';
import type { Decided } from './world.ts';

/** After a block. The place before the first block has height -1. */
export interface Place {
  readonly digest: string;
  readonly height: number;
  readonly parent: Place | null;
  /** Who votes at the next height, with the seats that final state gives. */
  readonly next: Configuration;
  /** Executed by this block, each for the first time. */
  readonly requests: readonly string[];
  /** Last ordered position by group, in the next height's epoch. */
  readonly ordered: readonly LanePosition[];
}

/** A request that ends epoch n when it is ordered: its block is the last one of the epoch (R13). */
export function epochRequest(epoch: number): string {
  return `epoch:${epoch}`;
}

export class History {
  readonly genesis: Place;
  /** By epoch, without seats that moved. */
  private readonly configurations: readonly Configuration[];
  private readonly places = new Map<string, Place>();
  /** Requests of a batch, by its digest. */
  private readonly batches = new Map<string, readonly string[]>();
  private readonly executions = new Map<string, Place[]>();

  constructor(configurations: readonly Configuration[]) {
    this.configurations = configurations;
    const [first] = configurations;
    assert(first !== undefined, 'there is a first configuration');
    this.genesis = { digest: '', height: -1, parent: null, next: first, requests: [], ordered: [] };
  }

  noteBatch(digest: Digest, requests: readonly string[]): void {
    this.batches.set(digest, requests);
  }

  requestsOfBatch(digest: Digest): readonly string[] {
    return this.batches.get(digest) ?? [];
  }

  /** The place after `final`, which follows `parent`. */
  after(parent: Place, final: Decided): Place {
    const { digest } = final.certificate;
    const known = this.places.get(digest);
    if (known !== undefined) return known;
    const block = blockOf(final.value);
    const place: Place = {
      digest,
      height: parent.height + 1,
      parent,
      requests: this.fresh(parent, block),
      ...this.nextOf(parent, block),
    };
    this.places.set(digest, place);
    for (const request of place.requests) {
      const executed = this.executions.get(request);
      if (executed === undefined) this.executions.set(request, [place]);
      else executed.push(place);
    }
    return place;
  }

  /** Whether a member whose chain this is has executed the request. */
  hasExecuted(request: string, chain: readonly Place[]): boolean {
    return this.executions.get(request)?.some((place) => chain[place.height] === place) === true;
  }

  private fresh(parent: Place, block: SimBlock | null): readonly string[] {
    if (block === null) return [];
    const all = new Set([...block.cut.flatMap(({ digest }) => this.requestsOfBatch(digest)), ...block.requests]);
    return [...all].filter((request) => this.executions.get(request)?.some((place) => isAbove(parent, place)) !== true);
  }

  private nextOf(parent: Place, block: SimBlock | null): Pick<Place, 'next' | 'ordered'> {
    const { next: before } = parent;
    if (block === null) return { next: before, ordered: parent.ordered };
    const boundary = this.configurations[before.epoch] ?? null;
    if (boundary !== null && block.requests.includes(epochRequest(before.epoch))) return { next: boundary, ordered: [] };
    const ended = parentCertificate(block);
    const inEpoch = ended !== null && ended.epoch === before.epoch && before.groups.length > 0;
    const seats = inEpoch ? seatsAfter(before.groups, before.seats, { height: ended.height, view: ended.view }) : before.seats;
    const last = new Map(parent.ordered.map((position) => [position.group, position]));
    for (const { group, localView, sequence } of block.cut) last.set(group, { group, localView, sequence });
    const next = seats === before.seats ? before : { ...before, seats };
    return { next, ordered: block.cut.length === 0 ? parent.ordered : [...last.values()].toSorted((a, b) => a.group - b.group) };
  }
}

function isAbove(at: Place, other: Place): boolean {
  let place: Place | null = at;
  while (place !== null && place.height > other.height) place = place.parent;
  return place === other;
}

const MAX_CERTIFICATE_BYTES = 64 * 1024;
const certificates = new WeakMap<SimBlock, { readonly certificate: Certificate | null }>();

/** What the block says of how its parent became final; null where it says nothing that can be read. */
export function parentCertificate(block: SimBlock): Certificate | null {
  const known = certificates.get(block);
  if (known !== undefined) return known.certificate;
  const bytes = new Uint8Array(Buffer.from(block.certificate, 'base64'));
  const read = bytes.byteLength === 0 ? null : decode(certificate, bytes, MAX_CERTIFICATE_BYTES);
  const found = read === null || 'rejected' in read ? null : read;
  certificates.set(block, { certificate: found });
  return found;
}
