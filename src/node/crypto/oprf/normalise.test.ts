// One person, one spelling: what clerks type differently gives the same serial input, what differs stays different.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { isRejection } from '../../base/index.ts';
import { normalisedName, normalisedNumber, serialInput } from './normalise.ts';

describe('serial input', () => {
  test.each([
    ['  Anne-Marie   O’Neil ', 'anne marie o neil'],
    ["ANNE MARIE O'NEIL", 'anne marie o neil'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['Ｊöhn　Ｓｍｉｔｈ', 'jöhn smith'],
    ['Jo\u0308hn Smith', 'jöhn smith'],
    ['Jo\u200Bhn Sm\u00ADith', 'john smith'],
    ['ﬁnn, dr.', 'finn dr'],
    ['李  小龙', '李 小龙'],
  ])('a name typed %j is %j', (typed, name) => expect(normalisedName(typed)).toBe(name));

  test.each([
    ['11010119900307 7758', '110101199003077758'],
    ['11010119900307-775X', '11010119900307775x'],
    ['AB 12.34/56', 'ab123456'],
    ['１２３４５６', '123456'],
  ])('a number typed %j is %j', (typed, number) => expect(normalisedNumber(typed)).toBe(number));

  test('accents, order and figures that differ stay different', () => {
    expect(normalisedName('José')).not.toBe(normalisedName('Jose'));
    expect(normalisedName('Ann Lee')).not.toBe(normalisedName('Lee Ann'));
    expect(serialInput('ab', '1234')).not.toEqual(serialInput('a', 'b1234'));
  });

  test.each([
    [() => normalisedName('  '), 'empty-name'],
    [() => normalisedName('--'), 'empty-name'],
    [() => normalisedName('x'.repeat(121)), 'name-length'],
    [() => normalisedName('\uD800x'), 'bad-text'],
    [() => normalisedNumber('123'), 'bad-number'],
    [() => normalisedNumber('12é4'), 'bad-number'],
    [() => normalisedNumber('١٢٣٤'), 'bad-number'],
    [() => normalisedNumber('9'.repeat(33)), 'bad-number'],
    [() => normalisedNumber('9'.repeat(65)), 'number-length'],
    [() => serialInput('Ann', ''), 'bad-number'],
    [() => serialInput('', '1234'), 'empty-name'],
  ] as readonly (readonly [() => unknown, string])[])('refuses with a reason (%#)', (read, reason) =>
    expect(read()).toMatchObject({ rejected: true, reason }),
  );

  test('normalising twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (typed) => {
        const once = normalisedName(typed);
        return isRejection(once) || once.length > 120 || normalisedName(once) === once;
      }),
    );
  });

  test('case, width and separators never matter', () => {
    const word = fc.stringMatching(/^[a-zäöüéñ]{1,12}$/u);
    const gap = fc.constantFrom(' ', '  ', '-', ' - ', '.', "'", '\u00A0', '\u2009');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), gap, (words, between) => {
        expect(accepted(normalisedName(words.join(between).toUpperCase()))).toBe(words.join(' '));
      }),
    );
  });
});
