// `npm run archive`: a participant on a server. Runs one command until it is done or the process is told to stop: by Ctrl-C, by
// SIGTERM, or because the process that started it is gone, so that nothing is left behind.
import { runCommand } from './cli.ts';
import { createNodeHost } from './node-host.ts';
import { createReporter, troubleOf } from './report.ts';
import { runUntilTold } from './stop.ts';

const report = createReporter();
try {
  const surroundings = { host: createNodeHost(), report, print: (text: string) => process.stdout.write(text) };
  await runUntilTold(() => runCommand(process.argv.slice(2), surroundings));
} catch (error) {
  const trouble = troubleOf(error);
  if (trouble === null) throw error;
  report({ kind: 'failed', ...trouble });
  process.exitCode = 1;
}
