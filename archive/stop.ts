// The end of a process: the first signal stops it gracefully, a second one or a stop that hangs ends it at once. What is kept on disk
// survives either way; stopping well only saves the others the wait.

/** A stop takes at most this long. */
const STOP_LIMIT_MS = 8_000;

/** Resolves when the process has been told to stop and `running` has stopped; then the process ends, whatever is still open. */
export async function stopWhenTold(running: { stop(): Promise<void> }): Promise<void> {
  await new Promise<void>((resolve) => {
    let told = false;
    const tell = (): void => {
      if (told) process.exit(1);
      told = true;
      resolve();
    };
    process.on('SIGINT', tell);
    process.on('SIGTERM', tell);
    // Whoever started this is gone; its signals will not come.
    process.once('disconnect', resolve);
  });
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
  await running.stop();
  process.exit(0);
}
