// Group signatures of slips (P2-11), many at once: what is asked for in one turn is verified as one batch, in a worker where there is one. A
// worker that is busy or gone only makes it slower: then this thread does it, because a good block is never refused for want of a worker.
import { AppError, isRejection, toHex } from '../base/index.ts';
import type { SignatureCheck } from '../consensus/index.ts';
import { type SchemeCalls, type SignedBytes, GROUP_CALLS } from '../crypto/index.ts';
import type { SchemeWorker } from '../ports/index.ts';

export interface GroupSignatures {
  /** Whether a member of the group signed. Revocation, slots and epochs are for the ledger. */
  holds(check: SignatureCheck): Promise<boolean>;
}

interface Asked {
  readonly check: SignatureCheck;
  readonly answer: (holds: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** `schemes` is null where nothing else runs on this thread. */
export function createGroupSignatures(schemes: SchemeWorker<SchemeCalls> | null): GroupSignatures {
  let asked: Asked[] = [];

  async function answersFor(groupKey: Uint8Array, items: readonly SignedBytes[]): Promise<readonly boolean[]> {
    const input = { groupKey, items, revoked: [] };
    const here = (): ReturnType<SchemeCalls['groupVerify']> => GROUP_CALLS.groupVerify(input, () => undefined);
    const answers = await (schemes?.call('groupVerify', input).done.catch((error: unknown) => {
      if (error instanceof AppError) return here();
      throw error;
    }) ?? here());
    return isRejection(answers) ? items.map(() => false) : answers.map((answer) => !isRejection(answer));
  }

  async function flush(): Promise<void> {
    const batch = asked;
    asked = [];
    const byGroup = Map.groupBy(batch, ({ check }) => toHex(check.publicKey));
    for (const ofGroup of byGroup.values()) {
      const [first] = ofGroup;
      if (first === undefined) continue;
      const items = ofGroup.map(({ check: { bytes: message, signature } }) => ({ message, signature }));
      try {
        const answers = await answersFor(first.check.publicKey, items);
        ofGroup.forEach(({ answer }, index) => answer(answers[index] === true));
      } catch (error) {
        for (const { fail } of ofGroup) fail(error);
      }
    }
  }

  return {
    holds: (check) => {
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      asked.push({ check, answer: resolve, fail: reject });
      // The slips of a block ask one after another in this turn.
      if (asked.length === 1) void Promise.resolve().then(flush);
      return promise;
    },
  };
}
