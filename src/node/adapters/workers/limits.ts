// Named limits of work in workers, with their units (R18).

/** Workers of one pool: one core is left to the page itself. */
export const MAX_WORKERS = 4;
/** Pieces of work that wait for a worker; more are refused. */
export const MAX_WAITING_JOBS = 256;
/** A worker that nobody needs is ended, which gives its memory back. */
export const WORKER_IDLE_MS = 30_000;
/** Progress is told at most so often. */
export const PROGRESS_EVERY_MS = 50;
