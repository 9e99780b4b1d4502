// The end of a process: the first signal stops it gracefully, a second one or a stop that hangs ends it at once. What is kept on disk
// survives either way; stopping well only saves the others the wait.

/** A stop takes at most this long. */
const STOP_LIMIT_MS = 8_000;

/** Whether `npm start` runs this process: it listens to our reports and tells us when to stop. */
export const SUPERVISED = process.env['CLINICORD_SUPERVISED'] === '1' && process.send !== undefined;

function told(): Promise<void> {
  return new Promise((resolve) => {
    let before = false;
    const tell = (): void => {
      if (before) process.exit(1);
      before = true;
      resolve();
    };
    // A terminal sends Ctrl-C to every process of the group; a supervised one waits for its supervisor.
    process.on('SIGINT', SUPERVISED ? () => undefined : tell);
    process.on('SIGTERM', tell);
    // Whoever started this is gone; its signals will not come.
    process.once('disconnect', resolve);
    // The channel alone is no reason to stay.
    process.channel?.unref();
  });
}

/** Runs `start`, waits until the process is told to stop, stops, and ends the process, whatever is still open. */
export async function runUntilTold(start: () => Promise<{ stop(): Promise<void> } | null>): Promise<void> {
  const stopping = told();
  // Told before it has started: there is nothing to lose on disk.
  let running: { stop(): Promise<void> } | null = null;
  void stopping.then(() => {
    setTimeout(() => process.exit(running === null ? 0 : 1), running === null ? 0 : STOP_LIMIT_MS);
  });
  running = await start();
  if (running === null) return;
  await stopping;
  await running.stop();
  process.exit(0);
}
