// The ledgers of a folder, each read as it lies there and checked block by block; what was found, for programs and for people.
import { createScriptMachine, createVerifier, findLedgerCopies } from '../src/node/adapters/node.ts';
import { provideScriptMachine } from '../src/node/contracts/index.ts';
import { type LedgerFault, type LedgerReport, createLedgerAudit } from '../src/node/runtime/index.ts';

export interface VerifiedLedger {
  /** What `--json` prints. */
  readonly document: (LedgerReport | LedgerFault) & { readonly folder: string };
  readonly line: string;
}

/** Blocks between two lines of progress. */
const PROGRESS_BLOCKS = 1_000;

export async function verifyLedgers(folder: string, say: (line: string) => void): Promise<readonly VerifiedLedger[]> {
  provideScriptMachine(createScriptMachine());
  const copies = await findLedgerCopies(folder);
  if (copies.length === 0) say(`There is no ledger in ${folder}.`);
  const results: VerifiedLedger[] = [];
  for (const copy of copies) {
    const audit = createLedgerAudit(createVerifier(), copy.channel);
    for await (const item of copy.blocks()) {
      const fault = item.kind === 'damaged' ? audit.damaged(item.height, item.detail) : await audit.take(item.bytes);
      if (fault !== null) break;
      if (item.height > 0 && item.height % PROGRESS_BLOCKS === 0) say(`${copy.folder}: ${item.height} blocks are good so far`);
    }
    const found = audit.end();
    results.push({ document: { folder: copy.folder, ...found }, line: lineOf(copy.folder, found) });
  }
  return results;
}

function lineOf(folder: string, found: LedgerReport | LedgerFault): string {
  if (!found.ok) return `${folder}: refused at height ${found.height}, ${found.reason}: ${found.detail}`;
  const head = new Date(found.headTimestampMs).toISOString();
  return [
    `${folder}: good from the founding block to height ${found.height} (${head}), ${found.slips} slips, ${found.epochs} epochs`,
    `  "${found.name}", channel ${found.channel}`,
    `  state root ${found.stateRoot}`,
  ].join('\n');
}
