// Frames on their way to parties. Where the voters are grouped not everybody is linked to everybody: a frame for a party without
// a link opens one and waits for it, shortly and bounded (R18). It leaves once the other end has shown that it knows who speaks,
// for a frame of a stranger is dropped unread. What is lost here is repaired by the engine's own questions (R9).
import type { PartyId } from '../base/index.ts';
import type { Clock, Network, PeerId } from '../ports/index.ts';

/** Frames that wait for one party. */
export const MAX_WAITING_FRAMES = 32;
/** Bytes that wait for all of them. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** What waits longer says nothing new any more. */
export const MAX_WAIT_MS = 10_000;

export interface PostInit {
  readonly network: Pick<Network, 'send'>;
  readonly clock: Clock;
  readonly peersOf: (party: PartyId) => readonly PeerId[];
  readonly partyOf: (peer: PeerId) => PartyId | null;
  /** A link to this peer is of use. */
  readonly use: (peer: PeerId) => void;
}

export interface Post {
  /** `insist`: opens a link where there is none. */
  send(parties: readonly PartyId[], bytes: Uint8Array, options: { readonly insist: boolean }): void;
  /** The peer has answered a greeting: from now on it reads what is sent. */
  ready(peer: PeerId): void;
  isReady(peer: PeerId): boolean;
  gone(peer: PeerId): void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly sinceMs: number;
}

export function createPost(init: PostInit): Post {
  const readers = new Set<PeerId>();
  const waiting = new Map<PartyId, readonly Waiting[]>();

  function fresh(party: PartyId): readonly Waiting[] {
    const nowMs = init.clock.nowMs();
    return (waiting.get(party) ?? []).filter(({ sinceMs }) => nowMs - sinceMs < MAX_WAIT_MS);
  }

  function wait(party: PartyId, bytes: Uint8Array): void {
    waiting.set(party, [...fresh(party), { bytes, sinceMs: init.clock.nowMs() }].slice(-MAX_WAITING_FRAMES));
    for (const oldest of waiting.keys()) if (size() > MAX_WAITING_BYTES) waiting.delete(oldest);
  }

  function size(): number {
    let sizeBytes = 0;
    for (const frames of waiting.values()) for (const { bytes } of frames) sizeBytes += bytes.byteLength;
    return sizeBytes;
  }

  function insist(party: PartyId, bytes: Uint8Array): void {
    const peers = init.peersOf(party);
    for (const peer of peers) init.use(peer);
    const reached = peers.filter((peer) => readers.has(peer));
    for (const peer of reached) init.network.send(peer, bytes);
    if (reached.length === 0) wait(party, bytes);
  }

  return {
    send: (parties, bytes, options) => {
      for (const party of parties) {
        if (options.insist) insist(party, bytes);
        else for (const peer of init.peersOf(party)) init.network.send(peer, bytes);
      }
    },
    ready: (peer) => {
      readers.add(peer);
      const party = init.partyOf(peer);
      if (party === null) return;
      for (const { bytes } of fresh(party)) init.network.send(peer, bytes);
      waiting.delete(party);
    },
    isReady: (peer) => readers.has(peer),
    gone: (peer) => {
      readers.delete(peer);
    },
  };
}
