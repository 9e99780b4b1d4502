// Who is behind which peer. A party is believed only by its pledge: a signature, by a key that the ledger certifies for it,
// over (channel, party, peer). The book also is the directory from which links are chosen.
import { type ChannelId, MAX_MEMBERS, type PartyId, isRejection } from '../base/index.ts';
import { type Decoded, decode, encode, list, struct, text, textToBytes } from '../codec/index.ts';
import { partyId, signature } from '../contracts/index.ts';
import { pledgeBytes, sha256 } from '../crypto/index.ts';
import type { NoteStore, PeerId, Verifier } from '../ports/index.ts';

export const pledge = struct({ party: partyId, peer: text(120), signature });
export type Pledge = Decoded<typeof pledge>;

/** Answer to a `directory` request. */
export const directory = struct({ pledges: list(pledge, MAX_MEMBERS) });

/** A directory of all members fits. */
export const MAX_DIRECTORY_BYTES = 128 * 1024;

/** Keys that the ledger certifies for a live party; empty for a stranger. */
export type KeysOf = (party: PartyId) => readonly Uint8Array[];

export interface PeerBook {
  /** Remembers a pledge; returns whether the ledger certifies it now. One that it does not certify yet is kept and tried again. */
  learn(pledge: Pledge): Promise<boolean>;
  /** After a final block: tries what was not certified before, forgets parties that are certified no longer. */
  review(): Promise<{ readonly changed: boolean; readonly forgotten: readonly PeerId[] }>;
  partyOf(peer: PeerId): PartyId | null;
  peersOf(party: PartyId): readonly PeerId[];
  /** Believed pledges, for the directory. */
  pledges(): readonly Pledge[];
  /** SHA-256 over who is believed behind which peer: two books with the same digest have nothing to tell each other. */
  digest(): Uint8Array;
}

/** Pledges of parties that the ledger does not know (yet). */
const MAX_UNKNOWN = 256;
/** Peers remembered for one party: devices and restarts. */
const MAX_PEERS_PER_PARTY = 4;

export function createPeerBook(channel: ChannelId, keysOf: KeysOf, verifier: Verifier): PeerBook {
  const believed = new Map<PeerId, Pledge>();
  const unknown = new Map<PeerId, Pledge>();

  async function certified(candidate: Pledge): Promise<boolean> {
    const bytes = pledgeBytes(channel, candidate.party, candidate.peer);
    for (const key of keysOf(candidate.party)) if (await verifier.verify(key, bytes, candidate.signature)) return true;
    return false;
  }

  function keep(candidate: Pledge): void {
    believed.delete(candidate.peer);
    believed.set(candidate.peer, candidate);
    const same = [...believed.values()].filter((entry) => entry.party === candidate.party);
    for (const old of same.slice(0, Math.max(0, same.length - MAX_PEERS_PER_PARTY))) believed.delete(old.peer);
  }

  return {
    learn: async (candidate) => {
      const known = believed.get(candidate.peer);
      if (known !== undefined && known.party === candidate.party) return true;
      if (await certified(candidate)) {
        keep(candidate);
        unknown.delete(candidate.peer);
        return true;
      }
      if (unknown.size < MAX_UNKNOWN) unknown.set(candidate.peer, candidate);
      return false;
    },
    review: async () => {
      const forgotten = [...believed.values()].filter((entry) => keysOf(entry.party).length === 0).map((entry) => entry.peer);
      for (const peer of forgotten) believed.delete(peer);
      let changed = forgotten.length > 0;
      for (const [peer, entry] of unknown) {
        if (keysOf(entry.party).length === 0 || !(await certified(entry))) continue;
        unknown.delete(peer);
        keep(entry);
        changed = true;
      }
      return { changed, forgotten };
    },
    partyOf: (peer) => believed.get(peer)?.party ?? null,
    peersOf: (party) => [...believed.values()].filter((entry) => entry.party === party).map((entry) => entry.peer),
    pledges: () => [...believed.values()].slice(-MAX_MEMBERS),
    digest: () => {
      const lines = [...believed.values()].map((entry) => `${entry.party} ${entry.peer}`).sort();
      return sha256(textToBytes(lines.join('\n')));
    },
  };
}

const TABLE = 'directory';
const KEY = 'pledges';

/** What was believed at the last visit, so that a node finds the others again without whoever invited it. */
export async function loadPledges(notes: NoteStore): Promise<readonly Pledge[]> {
  const bytes = await notes.get(TABLE, KEY);
  const kept = bytes === null ? null : decode(directory, bytes, MAX_DIRECTORY_BYTES);
  return kept === null || isRejection(kept) ? [] : kept.pledges;
}

export async function storePledges(notes: NoteStore, pledges: readonly Pledge[]): Promise<void> {
  await notes.put(TABLE, KEY, encode(directory, { pledges }));
}
