// From the disk to a running state: the ledger block by block, the vote row as it was. What is damaged is refused, never
// guessed: a damaged row bars its key (R14), a damaged ledger is fetched anew by removing the profile.
import { AppError, type ChannelId, isRejection } from '../base/index.ts';
import type { VoteRow } from '../consensus/index.ts';
import { scriptMachineReady } from '../contracts/index.ts';
import {
  type FinalBlock,
  type Ledger,
  type Projection,
  decodeFinalBlock,
  extend,
  foundingChecks,
  isPrunedBlock,
  ledgerAt,
  openLedger,
  openPartialProjection,
  openProjection,
  openSnapshot,
  project,
} from '../ledger/index.ts';
import type { Journal, LedgerStore, Verifier } from '../ports/index.ts';
import { Checkpoints } from './checkpoints.ts';
import { decodeVoteRow } from './vote-row.ts';

export interface LoadedLedger {
  readonly ledger: Ledger;
  readonly projection: Projection;
  /** The newest final block. */
  readonly last: FinalBlock;
  /** The newest ones on the way here, for members that are far behind. */
  readonly checkpoints: Checkpoints;
}

export interface LoadedRow {
  readonly row: VoteRow | null;
  readonly revision: number;
  /** Why this key never votes again, or null. */
  readonly barred: string | null;
}

/** Blocks read from the store at once. */
const BATCH_BLOCKS = 256;

/** The founding block of `channel` as a ledger; throws AppError `wrong-founding` for any other bytes. */
export function openFounding(bytes: Uint8Array, channel: ChannelId): LoadedLedger {
  const founding = decodeFinalBlock(bytes);
  const ledger = isRejection(founding) ? founding : openLedger(founding);
  if (isRejection(founding) || isRejection(ledger) || ledger.channel !== channel) {
    const detail = isRejection(ledger) ? ledger.detail : 'it founds another consortium';
    throw new AppError({
      code: 'wrong-founding',
      message: `The founding block is not the invitation's: ${detail}.`,
      remedy: 'Ask for a new invitation link.',
    });
  }
  return { ledger, projection: openProjection(founding, ledger), last: founding, checkpoints: new Checkpoints() };
}

/** Every signature in a founding block; throws AppError `wrong-founding`. */
export async function verifyFounding(founding: FinalBlock, verifier: Verifier): Promise<void> {
  const checks = foundingChecks(founding.block);
  const results = isRejection(checks)
    ? [false]
    : await Promise.all(checks.map((check) => verifier.verify(check.publicKey, check.bytes, check.signature)));
  if (results.every(Boolean)) return;
  throw new AppError({
    code: 'wrong-founding',
    message: 'A signature of the founding block does not hold.',
    remedy: 'Ask for a new invitation link.',
  });
}

/** Everything that the store holds, executed again, from its snapshot where blocks below are missing. Throws AppError `damaged-ledger`. */
export async function loadLedger(store: LedgerStore, channel: ChannelId): Promise<LoadedLedger | null> {
  const height = await store.height(channel);
  if (height < 0) return null;
  const isWhole = (await store.filled(channel)) === height && !(await isPruned(store, channel));
  const start = isWhole ? await loadFounding(store, channel) : await loadSnapshot(store, channel);
  return start === null ? null : loadUpTo(store, start, height);
}

/** The founding block that the store holds. */
export async function loadFounding(store: LedgerStore, channel: ChannelId): Promise<LoadedLedger | null> {
  const [first] = await store.read(channel, 0, 1);
  return first === undefined ? null : openFounding(first, channel);
}

/** The ledger up to `height` from where it starts, by the blocks of the store. */
export async function loadUpTo(store: LedgerStore, start: LoadedLedger, height: number): Promise<LoadedLedger> {
  let { ledger, projection, last } = start;
  while (ledger.height < height) {
    const blocks = await store.read(ledger.channel, ledger.height + 1, Math.min(BATCH_BLOCKS, height - ledger.height));
    if (blocks.length === 0) throw damaged(ledger.height + 1, 'it is missing');
    for (const bytes of blocks) {
      const final = decodeFinalBlock(bytes);
      if (!isRejection(final)) await scriptMachineReady(final.block.slips);
      const extended = isRejection(final) ? final : extend(ledger, final);
      if (isRejection(final) || isRejection(extended))
        throw damaged(ledger.height + 1, isRejection(extended) ? extended.detail : 'unreadable');
      ledger = extended.ledger;
      projection = project(projection, { final, outcomes: extended.outcomes, ledger });
      last = final;
      start.checkpoints.note(ledger, final);
    }
  }
  return { ledger, projection, last, checkpoints: start.checkpoints };
}

async function loadSnapshot(store: LedgerStore, channel: ChannelId): Promise<LoadedLedger> {
  const stored = await store.snapshot(channel);
  const [bytes] = stored === null ? [] : await store.read(channel, stored.height, 1);
  if (stored === null || bytes === undefined) throw damaged(0, 'blocks are missing, and there is no state to start from');
  const last = decodeFinalBlock(bytes);
  if (isRejection(last)) throw damaged(stored.height, last.detail);
  const snapshot = openSnapshot(last.block.header.stateRoot, stored.parts);
  if (isRejection(snapshot)) throw damaged(stored.height, snapshot.detail);
  const ledger = ledgerAt(channel, last, snapshot.state);
  if (isRejection(ledger)) throw damaged(stored.height, ledger.detail);
  const checkpoints = new Checkpoints();
  checkpoints.note(ledger, last);
  return { ledger, projection: openPartialProjection(last, ledger, snapshot), last, checkpoints };
}

/** Blocks are pruned from the first on. */
async function isPruned(store: LedgerStore, channel: ChannelId): Promise<boolean> {
  const [first] = await store.read(channel, 1, 1);
  return first !== undefined && isPrunedBlock(first);
}

function damaged(height: number, detail: string): AppError {
  return new AppError({
    code: 'damaged-ledger',
    message: `The stored ledger is damaged at height ${height}: ${detail}.`,
    remedy: 'Remove this profile and restore it with its 24 words; the ledger is fetched from the other members.',
  });
}

/** The vote row as the journal holds it. A missing one is safe only because the key lies beside it: both are lost together (R14). */
export async function loadRow(journal: Journal, channel: ChannelId): Promise<LoadedRow> {
  try {
    const stored = await journal.read(channel);
    if (stored === null) return { row: null, revision: 0, barred: null };
    const row = decodeVoteRow(stored.bytes);
    if (!isRejection(row)) return { row, revision: stored.revision, barred: null };
    return { row: null, revision: stored.revision, barred: `the stored votes are damaged: ${row.detail}` };
  } catch (error) {
    if (error instanceof AppError && error.code === 'damaged-journal') return { row: null, revision: 0, barred: error.message };
    throw error;
  }
}
