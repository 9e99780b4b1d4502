// Catching up: blocks are fetched from whoever is ahead, verified here one after another, and only then taken. Serving is
// the same the other way round. The founding block is given to anyone who asks, everything else to certified parties.
import { type ChannelId, type Rejection, isRejection, reject } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decode, encode } from '../codec/index.ts';
import { type FinalBlock, decodeFinalBlock } from '../ledger/index.ts';
import type { LedgerStore, Log, PeerId } from '../ports/index.ts';
import { FAST_SYNC_BLOCKS } from './sync-fast.ts';
import { MAX_ASKED_BYTES, MAX_GIVEN_BYTES, askedBlocks, givenBlocks, wholeChannel, withinAnswer } from './sync-messages.ts';

/** Blocks asked for at once. */
const BATCH_BLOCKS = 128;
const ASK_TIMEOUT_MS = 15_000;

/** Answers `founding` and `blocks`. */
export function serveBlocks(bulk: Bulk, channel: ChannelId, store: LedgerStore): void {
  bulk.handle('founding', async (_from, body) => {
    const asked = decode(wholeChannel, body, MAX_ASKED_BYTES);
    if (isRejection(asked)) return asked;
    const [founding] = asked.channel === channel ? await store.read(channel, 0, 1) : [];
    return founding ?? reject('unknown-channel', 'this node does not hold that ledger');
  });
  bulk.handle('blocks', async (from, body) => {
    if (from.party === null) return reject('not-certified', 'only certified parties may read the ledger');
    const asked = decode(askedBlocks, body, MAX_ASKED_BYTES);
    if (isRejection(asked)) return asked;
    if (asked.channel !== channel) return reject('unknown-channel', 'this node does not hold that ledger');
    return encode(givenBlocks, { blocks: withinAnswer(await store.read(channel, asked.from, asked.count)) });
  });
}

/** The founding block of a channel, unverified; throws AppError where the peer cannot give it. */
export async function askFounding(bulk: Bulk, peer: PeerId, channel: ChannelId): Promise<Uint8Array> {
  return bulk.ask(peer, 'founding', encode(wholeChannel, { channel }), { timeoutMs: ASK_TIMEOUT_MS });
}

/** Some blocks from `from` on, unverified; throws where the peer does not give them. */
export async function askBlocks(
  bulk: Bulk,
  peer: PeerId,
  asked: { channel: ChannelId; from: number; count: number },
): Promise<readonly FinalBlock[]> {
  const body = encode(askedBlocks, { ...asked, count: Math.min(asked.count, BATCH_BLOCKS) });
  const answer = decode(givenBlocks, await bulk.ask(peer, 'blocks', body, { timeoutMs: ASK_TIMEOUT_MS }), MAX_GIVEN_BYTES);
  if (isRejection(answer) || answer.blocks.length === 0) throw new Error('the peer does not hold the blocks that it claims');
  return answer.blocks.map((bytes) => {
    const block = decodeFinalBlock(bytes);
    if (isRejection(block)) throw new Error(`the peer sent a damaged block: ${block.detail}`);
    return block;
  });
}

export interface SyncInit {
  readonly bulk: Bulk;
  readonly channel: ChannelId;
  readonly log: Log;
  readonly height: () => number;
  readonly isKnown: (peer: PeerId) => boolean;
  /** Verifies and takes the next block; resolves to whether the ledger grew by it. */
  readonly take: (block: FinalBlock) => Promise<boolean>;
  /**
   * Takes a proved checkpoint of the peer: true where the ledger is there now, false where the peer has none or none can be taken,
   * a Rejection where what it says is not true.
   */
  readonly leap: (peer: PeerId) => Promise<boolean | Rejection>;
}

export interface Sync {
  /** A peer says that its ledger reaches `height`. */
  heard(peer: PeerId, height: number): void;
  /** The peer is gone. */
  forget(peer: PeerId): void;
  /** Fetches from a peer that is ahead, if there is one and nothing is under way. */
  pull(): void;
  /** The highest height that a peer claims; a claim that turns out empty is forgotten. */
  target(): number;
  /** Peers that claim to hold the block of this height. */
  holders(height: number): readonly PeerId[];
}

/** One fetch at a time; a peer that cannot deliver what it claims is asked last. */
export function createSync(init: SyncInit): Sync {
  const claims = new Map<PeerId, number>();
  let busy = false;

  async function pullFrom(peer: PeerId, claimed: number): Promise<void> {
    if (claimed - init.height() > FAST_SYNC_BLOCKS) {
      const leapt = await init.leap(peer);
      if (isRejection(leapt)) throw new Error(`the peer’s checkpoint is refused, ${leapt.reason}: ${leapt.detail}`);
    }
    while (init.height() < claimed) {
      const asked = { channel: init.channel, from: init.height() + 1, count: claimed - init.height() };
      for (const block of await askBlocks(init.bulk, peer, asked)) {
        if (block.block.header.height <= init.height()) continue;
        if (!(await init.take(block))) throw new Error('the peer sent a block that does not verify');
      }
    }
  }

  function best(): PeerId | null {
    // What is fetched proves itself, so a stranger may be asked too, for instance before the ledger tells who is who.
    const ahead = [...claims].filter(([, height]) => height > init.height());
    ahead.sort(([a, one], [b, other]) => Number(init.isKnown(b)) - Number(init.isKnown(a)) || other - one);
    return ahead[0]?.[0] ?? null;
  }

  function pull(): void {
    const peer = busy ? null : best();
    if (peer === null) return;
    busy = true;
    pullFrom(peer, claims.get(peer) ?? 0)
      .catch((error: unknown) => {
        claims.delete(peer);
        init.log.debug('sync-failed', { reason: error instanceof Error ? error.message : String(error) });
      })
      .finally(() => {
        busy = false;
        if (best() !== null) pull();
      });
  }

  return {
    heard: (peer, height) => {
      claims.set(peer, height);
    },
    forget: (peer) => {
      claims.delete(peer);
    },
    pull,
    target: () => Math.max(init.height(), ...claims.values()),
    holders: (height) => [...claims].filter(([, claimed]) => claimed >= height).map(([peer]) => peer),
  };
}
