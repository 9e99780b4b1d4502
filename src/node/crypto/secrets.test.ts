// Keys of a person, the 24 words, and bytes that are signed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChannelId, type PartyId, isRejection, toHex } from '../base/index.ts';
import { digestOf, partyIdOf, sha256 } from './hash.ts';
import { type PersonSecrets, forgetSecrets, secretsOf, wrapPublicKey } from './secrets.ts';
import { pledgeBytes, possessionBytes } from './signed-bytes.ts';
import { rootFromWords, wordsOf } from './words.ts';

const root = new Uint8Array(32).fill(7);
const rootBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const secretBytes = ({ signingSeed, wrapSecret, privateStoreKey, searchSecret, readingSecret }: PersonSecrets) => [
  signingSeed,
  wrapSecret,
  privateStoreKey,
  searchSecret,
  readingSecret,
];

describe('the secrets of a person', () => {
  test('stay the same for ever: these values are the format', () => {
    const secrets = secretsOf(root);
    expect(secrets.party).toBe('3865c42b71489efd0535aaa608421ed8');
    expect({ signing: toHex(secrets.signingKey), wrapping: toHex(secrets.wrapKey) }).toMatchInlineSnapshot(`
      {
        "signing": "5ae6b73916b5f23c8b8df596bdddc56a2ec45940238368f0ebca614410d68e74",
        "wrapping": "34afc8423a7db2799e2ec07b641771323d0165e70d439ce5ca8664bd2d3ebf21",
      }
    `);
  });

  test('are all different, and different for every root', () => {
    fc.assert(
      fc.property(rootBytes, rootBytes, (a, b) => {
        const keys = [a, b].map(secretsOf).flatMap(secretBytes);
        const distinct = new Set([...keys, a, b].map(toHex)).size;
        expect(distinct).toBe(toHex(a) === toHex(b) ? 6 : 12);
      }),
      { numRuns: 20 },
    );
  });

  test('name a party by its signing key', () => {
    const secrets = secretsOf(root);
    expect(secrets.party).toBe(partyIdOf(secrets.signingKey));
    expect(secrets.party).toBe(digestOf(secrets.signingKey).slice(0, 32));
    expect(secrets.wrapKey).toEqual(wrapPublicKey(secrets.wrapSecret));
  });

  test('are zeros once forgotten', () => {
    const secrets = secretsOf(root);
    forgetSecrets(secrets);
    for (const bytes of secretBytes(secrets)) expect(bytes.every((byte) => byte === 0)).toBe(true);
  });
});

describe('the 24 words', () => {
  test('give the root back, in any case and spacing', () => {
    fc.assert(
      fc.property(rootBytes, (bytes) => {
        const words = wordsOf(bytes);
        expect(words.split(' ')).toHaveLength(24);
        expect(rootFromWords(`  ${words.toUpperCase().replaceAll(' ', '\n  ')} `)).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  test('match the vector of BIP-39 for 32 zero bytes', () => {
    expect(wordsOf(new Uint8Array(32))).toBe(`${'abandon '.repeat(23)}art`);
  });

  const refusal = (typed: string) => {
    const result = rootFromWords(typed);
    return isRejection(result) ? result : null;
  };

  test('that are too few are refused', () => {
    expect(refusal(wordsOf(root).split(' ').slice(1).join(' '))?.reason).toBe('word-count');
    expect(refusal('')?.reason).toBe('word-count');
    expect(refusal('x'.repeat(5_000))?.reason).toBe('word-count');
  });

  test('with a word that is not in the list are refused, with its place and without the word', () => {
    const words = wordsOf(root).split(' ');
    words[4] = 'idealogic';
    expect(refusal(words.join(' '))).toEqual({ rejected: true, reason: 'unknown-word', detail: 'word 5 is not in the list' });
    expect(refusal(words.join(' '))?.detail).not.toContain('idealogic');
  });

  test('with two words exchanged are refused by their checksum', () => {
    const words = wordsOf(sha256(root)).split(' ');
    [words[0], words[1]] = [words[1] ?? '', words[0] ?? ''];
    expect(refusal(words.join(' '))?.reason).toBe('bad-checksum');
  });
});

describe('bytes that are signed', () => {
  const channel = 'ab'.repeat(32) as ChannelId;
  const party = 'cd'.repeat(16) as PartyId;

  test('differ when channel, party or peer differ (R1)', () => {
    const all = [
      pledgeBytes(channel, party, 'a'),
      pledgeBytes(channel, party, 'b'),
      pledgeBytes('ba'.repeat(32) as ChannelId, party, 'a'),
      pledgeBytes(channel, 'dc'.repeat(16) as PartyId, 'a'),
    ];
    expect(new Set(all.map(toHex)).size).toBe(4);
  });

  test('of a pledge are never those of a possession', () => {
    expect(toHex(possessionBytes(pledgeBytes(channel, party, 'a')))).not.toBe(toHex(pledgeBytes(channel, party, 'a')));
  });
});
