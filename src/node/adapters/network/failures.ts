// What network and blob store throw, in one place: the codes of the ports, with a sentence and what the person can do.
import { AppError } from '../../base/index.ts';

export function unreachable(): AppError {
  return new AppError({
    code: 'unreachable',
    message: 'There is no link to the other node.',
    remedy: 'Try again when it is connected; the page shows which nodes are.',
  });
}

export function timedOut(): AppError {
  return new AppError({
    code: 'timeout',
    message: 'The other node did not answer in time.',
    remedy: 'Try again; if it stays silent, ask another node.',
  });
}

export function refusedTooLarge(sizeBytes: number): AppError {
  return new AppError({
    code: 'refused',
    message: `A message of ${sizeBytes} bytes is over the limit.`,
    remedy: 'Split it into smaller parts.',
  });
}

export function refusedBusy(): AppError {
  return new AppError({ code: 'refused', message: 'Too many requests to this node are waiting.', remedy: 'Try again in a moment.' });
}

export function blobMissing(cause: unknown): AppError {
  return new AppError({
    code: 'blob-missing',
    message: 'No connected node gave us this document.',
    remedy: 'Try again when the clinic that wrote it or an archive is connected.',
    cause,
  });
}

export function blobTooLarge(): AppError {
  return new AppError({ code: 'refused', message: 'The document is over the size limit.', remedy: 'Split it into smaller documents.' });
}

export function storageFull(cause: unknown): AppError {
  return new AppError({
    code: 'storage-full',
    message: 'There is no room left to store documents here.',
    remedy: 'Free space on this device, or let the browser keep more data for this page.',
    cause,
  });
}
