// JSON and UTF-8 from outside, with bounds.
import { expect, test } from 'vitest';
import { isRejection } from '../base/index.ts';
import { MAX_JSON_DEPTH, parseJson } from './json.ts';
import { bytesToText, textToBytes } from './utf8.ts';

const reasonOf = (source: string, maxChars = 1_000) => {
  const value = parseJson(source, maxChars);
  return isRejection(value) ? value.reason : 'taken';
};

test.each([
  ['an object', '{"a":[1,null,"x"]}', 'taken'],
  ['a text that ends early', '{"a":', 'not-json'],
  ['a prototype key', '{"a":[{"__proto__":1}]}', 'forbidden-key'],
  ['a constructor key', '{"constructor":{"prototype":1}}', 'forbidden-key'],
  ['as deep as allowed', `${'['.repeat(MAX_JSON_DEPTH)}${']'.repeat(MAX_JSON_DEPTH)}`, 'taken'],
  ['deeper', `${'['.repeat(MAX_JSON_DEPTH + 1)}${']'.repeat(MAX_JSON_DEPTH + 1)}`, 'too-deep'],
  ['too long', `"${'x'.repeat(1_000)}"`, 'oversized'],
])('JSON from outside: %s (fault 30)', (_, source, expected) => {
  expect(reasonOf(source)).toBe(expected);
});

test('a refusal does not quote the text', () => {
  const refused = parseJson('{"name": Ana}', 100);
  expect(isRejection(refused) ? refused.detail : 'taken').toMatch(/^the text is not JSON(?: at [a-z0-9 ]+)?$/u);
});

test('UTF-8 that is malformed is refused, not repaired', () => {
  expect(bytesToText(textToBytes('Iñaki 漢字 🩺'))).toBe('Iñaki 漢字 🩺');
  for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f]])
    expect(isRejection(bytesToText(new Uint8Array(bad)))).toBe(true);
});
