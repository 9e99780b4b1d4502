// `npm run verify`: every gate, cheapest first; all of them run, so that one look shows everything. `--json` prints one document
// last on standard output, progress goes to standard error.
import { parseArgs } from 'node:util';
import { gates } from './gates.ts';
import { ensureDefinitions } from './prepare.ts';
import { printSummary, stage, summarise } from './stages.ts';
import { runMain } from './toolchain.mjs';

await runMain(async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  await ensureDefinitions();
  const results = [];
  for (const gate of gates()) results.push(await stage(gate.name, () => gate.check()));
  const summary = summarise(results);
  printSummary(summary, values.json);
  return summary.failed === 0 ? 0 : 1;
});
