// Randomness for tests: the same label gives the same bytes in every run, another label others.
import { seededRandomness, sha256 } from '../../src/node/crypto/index.ts';
import { textToBytes } from '../../src/node/codec/index.ts';
import type { Randomness } from '../../src/node/ports/index.ts';

export function testRandomness(label: string): Randomness {
  return seededRandomness(sha256(textToBytes(label)));
}
