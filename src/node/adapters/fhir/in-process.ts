// The validator on the calling thread, for Node.js and inside the page's worker. Definitions are loaded with the first bundle.
import type { BundleValidator } from '../../ports/index.ts';
import { type Definitions, unpackDefinitions } from './definitions.ts';
import { validateBundle } from './validate-bundle.ts';

/** `load` gives the bytes of the definitions' file; it is asked again after a failure. */
export function createInProcessBundleValidator(load: () => Promise<Uint8Array<ArrayBuffer>>): BundleValidator {
  let loading: Promise<Definitions> | null = null;

  async function definitions(): Promise<Definitions> {
    loading ??= load().then(unpackDefinitions);
    try {
      return await loading;
    } catch (error) {
      loading = null;
      throw error;
    }
  }

  return {
    prepare: async () => {
      await definitions();
    },
    validate: async (json) => validateBundle(json, await definitions()),
  };
}
