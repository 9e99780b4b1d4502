// The relay as a program: starts it, says where it is, and stops it in order when asked to.
import { parseArguments, USAGE } from './arguments.ts';
import { RelayError, startRelay } from './index.ts';

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const relay = await startRelay(options);
  process.stdout.write(`The relay is at ${relay.url}\nNodes reach it at ${relay.address}\n`);
  if (relay.metricsUrl !== null) process.stdout.write(`Metrics are at ${relay.metricsUrl}\n`);
  const stop = (): void => {
    void relay.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  const readable = error instanceof RelayError;
  process.stderr.write(`${readable ? error.message : String(error instanceof Error ? (error.stack ?? error.message) : error)}\n`);
  if (readable && error.code === 'bad-option') process.stderr.write(`\n${USAGE}\n`);
  process.exit(1);
});
