// Shamir's secret sharing by an audited library (Cure53, Zellic). It works byte by byte over GF(256); a share is one byte longer
// than the secret. Wrong shares give a wrong secret: callers share a key and see by what it opens whether it is right.
import { combine, split } from 'shamir-secret-sharing';
import { AppError, assert } from '../../base/index.ts';
import type { SecretSharing } from '../../ports/index.ts';

const MIN_THRESHOLD = 2;
const MAX_SHARES = 255;

export function createSecretSharing(): SecretSharing {
  return {
    split: async (secret, count, threshold) => {
      assert(threshold >= MIN_THRESHOLD && threshold <= count && count <= MAX_SHARES, 'two or more of at most 255');
      return split(secret, count, threshold);
    },
    combine: async (shares) => {
      try {
        return await combine([...shares]);
      } catch (cause) {
        throw badShares(cause);
      }
    },
  };
}

export function badShares(cause?: unknown): AppError {
  return new AppError({
    code: 'bad-shares',
    message: 'These shares do not belong together.',
    remedy: 'Ask the guardians to check for whom they answered.',
    cause,
  });
}
