// `npm run ledger -- verify DIR [--json]`: checks a copied ledger from its founding block, alone and without the network. DIR is a
// member's folder, a folder of several members, or one that holds a ledger's files. Reads only. Exit 1 with the height and the
// reason at the first fault.
import { parseArgs } from 'node:util';
import { verifyLedgers } from './ledger-verify.ts';

const HELP = `npm run ledger -- verify DIR [--json]

Checks every ledger in DIR from its founding block: signatures, the quorum of each epoch, parents, times, counts, roots, and the
state by executing every entry again. DIR may be an archive member's folder, a copy of it, or the folder of one ledger alone.
Nothing is written and nothing is asked over the network.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  const [command, folder, ...rest] = positionals;
  if (values.help || command !== 'verify' || folder === undefined || rest.length > 0) {
    process.stdout.write(HELP);
    return values.help ? 0 : 1;
  }
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const results = await verifyLedgers(folder, say);
  if (values.json) process.stdout.write(`${JSON.stringify({ ledgers: results.map(({ document }) => document) })}\n`);
  else process.stdout.write(results.map(({ line }) => `${line}\n`).join(''));
  return results.length > 0 && results.every(({ document }) => document.ok) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
