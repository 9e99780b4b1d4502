// What went wrong, as a person is told it: a sentence and what to do now. Known troubles bring both; our own bugs get a fixed
// remedy. Never holds content of records, keys or passphrases.

export interface Problem {
  readonly message: string;
  readonly remedy: string;
}

/** Reads any thrown value or returned rejection; told apart by shape, so that this page need not load the node to do it. */
export function toProblem(cause: unknown): Problem {
  if (typeof cause === 'object' && cause !== null) {
    if ('remedy' in cause && typeof cause.remedy === 'string' && 'message' in cause && typeof cause.message === 'string') {
      return { message: cause.message, remedy: cause.remedy };
    }
    if ('rejected' in cause && 'detail' in cause && typeof cause.detail === 'string') {
      return { message: cause.detail, remedy: 'Check what you entered and try again.' };
    }
    if (cause instanceof TypeError && /import|fetch|module/i.test(cause.message)) {
      return {
        message: 'A part of this page could not be loaded.',
        remedy: 'Check the connection to the address of this page, then reload it.',
      };
    }
  }
  const words = cause instanceof Error ? cause.message : String(cause);
  return { message: `This page met a fault of its own: ${words}`, remedy: 'Reload the page. What was written stays where it is.' };
}

/** Something that a form found out by asking, with what to do; reaches the person like any other problem. */
export class Refusal extends Error {
  readonly remedy: string;
  constructor({ message, remedy }: Problem) {
    super(message);
    this.name = 'Refusal';
    this.remedy = remedy;
  }
}
