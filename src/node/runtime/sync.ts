// Catching up: blocks are fetched from whoever is ahead, verified here one after another, and only then taken. Serving is
// the same the other way round. The founding block is given to anyone who asks, everything else to certified parties.
import { type ChannelId, MAX_BULK_FRAME_BYTES, isRejection, reject } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { boundedBytes, decode, encode, list, struct, uint } from '../codec/index.ts';
import { channelId } from '../contracts/index.ts';
import { type FinalBlock, MAX_FINAL_BLOCK_BYTES, decodeFinalBlock } from '../ledger/index.ts';
import type { LedgerStore, Log, PeerId } from '../ports/index.ts';

const range = struct({ channel: channelId, from: uint(), count: uint(256) });
const blocks = struct({ blocks: list(boundedBytes(MAX_FINAL_BLOCK_BYTES), 256) });
const wholeChannel = struct({ channel: channelId });

/** Blocks asked for at once. */
const BATCH_BLOCKS = 128;
/** An answer is cut when it grows beyond this; at least one block is in it. */
const ANSWER_BYTES = MAX_BULK_FRAME_BYTES / 2;
const ASK_TIMEOUT_MS = 15_000;

/** Answers `founding` and `blocks`. */
export function serveBlocks(bulk: Bulk, channel: ChannelId, store: LedgerStore): void {
  bulk.handle('founding', async (_from, body) => {
    const asked = decode(wholeChannel, body, 200);
    if (isRejection(asked)) return asked;
    const [founding] = asked.channel === channel ? await store.read(channel, 0, 1) : [];
    return founding ?? reject('unknown-channel', 'this node does not hold that ledger');
  });
  bulk.handle('blocks', async (from, body) => {
    if (from.party === null) return reject('not-certified', 'only certified parties may read the ledger');
    const asked = decode(range, body, 200);
    if (isRejection(asked)) return asked;
    if (asked.channel !== channel) return reject('unknown-channel', 'this node does not hold that ledger');
    return encode(blocks, { blocks: withinAnswer(await store.read(channel, asked.from, asked.count)) });
  });
}

function withinAnswer(all: readonly Uint8Array[]): readonly Uint8Array[] {
  let sizeBytes = 0;
  return all.filter((bytes, index) => {
    sizeBytes += bytes.byteLength;
    return index === 0 || sizeBytes <= ANSWER_BYTES;
  });
}

/** The founding block of a channel, unverified; throws AppError where the peer cannot give it. */
export async function askFounding(bulk: Bulk, peer: PeerId, channel: ChannelId): Promise<Uint8Array> {
  return bulk.ask(peer, 'founding', encode(wholeChannel, { channel }), { timeoutMs: ASK_TIMEOUT_MS });
}

export interface SyncInit {
  readonly bulk: Bulk;
  readonly channel: ChannelId;
  readonly log: Log;
  readonly height: () => number;
  readonly isKnown: (peer: PeerId) => boolean;
  /** Verifies and takes the next block; resolves to whether the ledger grew by it. */
  readonly take: (block: FinalBlock) => Promise<boolean>;
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
}

/** One fetch at a time; a peer that cannot deliver what it claims is asked last. */
export function createSync(init: SyncInit): Sync {
  const claims = new Map<PeerId, number>();
  let busy = false;

  async function pullFrom(peer: PeerId, claimed: number): Promise<void> {
    while (init.height() < claimed) {
      const from = init.height() + 1;
      const body = encode(range, { channel: init.channel, from, count: BATCH_BLOCKS });
      const answer = decode(blocks, await init.bulk.ask(peer, 'blocks', body, { timeoutMs: ASK_TIMEOUT_MS }), MAX_BULK_FRAME_BYTES);
      if (isRejection(answer) || answer.blocks.length === 0) throw new Error('the peer does not hold the blocks that it claims');
      for (const bytes of answer.blocks) {
        const block = decodeFinalBlock(bytes);
        if (isRejection(block)) throw new Error(`the peer sent a damaged block: ${block.detail}`);
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
  };
}
