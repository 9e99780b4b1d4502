// A request for keys travels as a link by whatever way people have: anything but the link is refused, and the four words tell any
// two requests apart.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryPassphraseHash } from '../adapters/memory.ts';
import { createPassphraseHash } from '../adapters/node.ts';
import { type ChannelId, isRejection, toHex } from '../base/index.ts';
import { type KeyRequest, keyRequestLink, readKeyRequest, wordsOfRequest } from './key-request.ts';
import type { Box } from './letter.ts';

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const requests: fc.Arbitrary<KeyRequest> = fc.record({
  purpose: fc.constantFrom('guardians' as const, 'device' as const),
  channel: bytes(32).map((value) => toHex(value) as ChannelId),
  key: bytes(32),
  box: bytes(16).map((value) => toHex(value) as Box),
});

describe('a request for keys', () => {
  test('comes back from its link, with or without an address before it', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const link = keyRequestLink(request);
        expect(readKeyRequest(link)).toEqual(request);
        expect(readKeyRequest(` https://example.org/app/${link}\n`)).toEqual(request);
      }),
    );
  });

  test('is not read from anything else, and reading never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (typed) => {
        expect(isRejection(readKeyRequest(typed))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(requests, fc.nat({ max: 60 }), (request, cut) => {
        expect(isRejection(readKeyRequest(keyRequestLink(request).slice(0, -1 - cut)))).toBe(true);
      }),
    );
  });

  test('has four words of the list, the same at both ends, others for another purpose, channel, key or box', async () => {
    const hash = createMemoryPassphraseHash();
    await fc.assert(
      fc.asyncProperty(requests, requests, async (request, other) => {
        const words = await wordsOfRequest(hash, request);
        expect(words.split(' ')).toHaveLength(4);
        expect(await wordsOfRequest(hash, { ...request })).toBe(words);
        for (const name of ['channel', 'key', 'box'] as const)
          expect(await wordsOfRequest(hash, { ...request, [name]: other[name] })).not.toBe(words);
        const turned = { ...request, purpose: request.purpose === 'device' ? ('guardians' as const) : ('device' as const) };
        expect(await wordsOfRequest(hash, turned)).not.toBe(words);
      }),
      { numRuns: 50 },
    );
  });

  test('has words by the slow hash: this one in particular, so that both ends agree over versions', async () => {
    const request = { purpose: 'device', channel: '11'.repeat(32), key: new Uint8Array(32).fill(2), box: '33'.repeat(16) } as KeyRequest;
    expect(await wordsOfRequest(createPassphraseHash(), request)).toMatchInlineSnapshot(`"slim acid badge cigar"`);
  });
});
