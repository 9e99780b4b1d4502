// The relay's log: structured lines without addresses. Who connects is told apart by a short name that is salted anew at every
// start, so that logs of two runs, or of two relays, cannot be joined.
import { createHash, randomBytes } from 'node:crypto';
import { pino, type DestinationStream, type Logger } from 'pino';

export interface RelayLog {
  readonly lines: Logger;
  /** A short name for a node that holds for this run only. */
  readonly nameOf: (peer: string) => string;
}

const NAME_CHARS = 8;

/** Lines go to standard output, or where the caller says. */
export function createLog(level: string, destination?: DestinationStream): RelayLog {
  const salt = randomBytes(16);
  const options = { level, base: null };
  return {
    lines: destination === undefined ? pino(options) : pino(options, destination),
    nameOf: (peer) => createHash('sha256').update(salt).update(peer).digest('hex').slice(0, NAME_CHARS),
  };
}
