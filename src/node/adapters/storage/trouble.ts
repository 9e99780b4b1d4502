// How a store's trouble is said: a code that callers look at, and what a person can do.
import { AppError } from '../../base/index.ts';

/** Errors of a browser and of a file system that mean "no room". */
const FULL = new Set(['QuotaExceededError', 'ENOSPC', 'EDQUOT']);

function nameOf(error: unknown): string {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : '';
}

/** What a failed write or read becomes: AppError `storage-full` or `storage-failed`; an AppError stays what it is. */
export function storageTrouble(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (FULL.has(nameOf(error))) {
    return new AppError({
      code: 'storage-full',
      message: 'There is no room left to store anything.',
      remedy: 'Free some space on this device, then reload.',
      cause: error,
    });
  }
  return new AppError({
    code: 'storage-failed',
    message: 'This device’s storage does not work.',
    remedy: 'Reload. If it happens again, check the disk; a private window may not be able to keep anything.',
    cause: error,
  });
}

/** Runs a piece of work and gives its trouble a name. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageTrouble(error);
  }
}

export function stolenJournal(): AppError {
  return new AppError({
    code: 'stolen-journal',
    message: 'Another instance of this node has written its vote journal.',
    remedy: 'Close the other one. This one takes no further part.',
  });
}

export function damagedJournal(): AppError {
  return new AppError({
    code: 'damaged-journal',
    message: 'The vote journal of this node is damaged.',
    remedy: 'This key never votes again. Apply for a new certificate to get the seat back.',
  });
}

export function damagedLedger(): AppError {
  return new AppError({
    code: 'damaged-ledger',
    message: 'A stored block is damaged.',
    remedy: 'Restore the folder from a backup, or remove the ledger so that it is fetched from the other members.',
  });
}

export function damagedNote(): AppError {
  return new AppError({
    code: 'damaged-note',
    message: 'Something that this node keeps is damaged.',
    remedy: 'Restore the folder from a backup, or restore your keys from the 24 words.',
  });
}

export function gapInLedger(height: number, last: number): AppError {
  return new AppError({
    code: 'gap',
    message: `Block ${height} does not follow block ${last}.`,
    remedy: 'Reload; the missing blocks are fetched from the other members.',
  });
}

export function damagedMemberKey(): AppError {
  return new AppError({
    code: 'damaged-key',
    message: 'The member key of this node is damaged.',
    remedy: 'Restore the folder from a backup, or apply for a certificate with a new key.',
  });
}

export function keyExists(): AppError {
  return new AppError({
    code: 'key-exists',
    message: 'This node already has a member key.',
    remedy: 'Erase the old key first; it loses its vote.',
  });
}
