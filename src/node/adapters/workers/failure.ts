// A worker that cannot start or that stops answers nothing; this turns its silence into an error.
import { AppError } from '../../base/index.ts';

/** Rejects when the worker cannot start or stops: without this a call would wait for ever. */
export function failure(worker: Worker): Promise<never> {
  return new Promise((_, refuse) => {
    worker.addEventListener('error', (event) => {
      refuse(
        new AppError({
          code: 'worker-failed',
          message: 'A background task of this page stopped.',
          remedy: 'Reload the page. If it happens again, close other tabs to free memory.',
          cause: event.message,
        }),
      );
    });
  });
}
