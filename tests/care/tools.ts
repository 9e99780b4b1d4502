// What of a platform a profile of the care tests needs beyond its own stores: real ciphers, schemes and index inline.
import { createAead, createChunkAead, createKeyWrap, createRandomness } from '../../src/node/adapters/index.ts';
import { createInlineSchemeWorker, createInlineSearchIndex } from '../../src/node/adapters/memory.ts';

export function careTools() {
  return {
    aead: createAead(),
    chunkCipher: createChunkAead(),
    schemes: createInlineSchemeWorker(),
    searchIndex: createInlineSearchIndex,
    keyWrap: createKeyWrap(),
    randomness: createRandomness(),
  };
}
