// How a refused or failed request is told to the asker: the code and the sentence of an AppError and nothing else of it. What
// comes back is another node's word, so its form is checked before it is shown.
import { AppError, MAX_REASON_CHARS } from '../../base/index.ts';

export interface AnswerError {
  readonly code: string;
  readonly message: string;
}

const CODE = /^[a-z][a-z0-9-]{0,39}$/u;

/** What may be told of a handler's failure. Our own bugs stay here. */
export function toAnswerError(error: unknown): AnswerError {
  if (error instanceof AppError && CODE.test(error.code)) return { code: error.code, message: error.message.slice(0, MAX_REASON_CHARS) };
  return { code: 'refused', message: 'The other node could not answer.' };
}

/** The AppError for what a peer told us. */
export function toldByPeer(error: AnswerError): AppError {
  const told = CODE.test(error.code) ? error : { code: 'refused', message: 'The other node refused without a readable reason.' };
  return new AppError({
    code: told.code,
    message: told.message.slice(0, MAX_REASON_CHARS),
    remedy: 'Try again later, or ask another node.',
  });
}
