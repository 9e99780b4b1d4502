// The validator of a Node.js process: definitions from the file that `npm run definitions` made.
import { readFile } from 'node:fs/promises';
import type { BundleValidator } from '../../ports/index.ts';
import { definitionsMissing } from './definitions.ts';
import { createInProcessBundleValidator } from './in-process.ts';

const FILE = new URL('../../records/definitions/r4.gzip', import.meta.url);

export function createBundleValidator(): BundleValidator {
  return createInProcessBundleValidator(() =>
    readFile(FILE).then(
      (bytes) => new Uint8Array(bytes),
      (cause: unknown) => {
        throw definitionsMissing(cause);
      },
    ),
  );
}
