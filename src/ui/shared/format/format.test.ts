// Dates, ages, sizes and advice as people read them. Months are written out, so that no locale can swap day and month.
import { describe, expect, it } from 'vitest';
import { ageText, birthText, calendarDateText, dateText, dateTimeText, endOfDayMs, isoDay, isoMinute } from './dates.ts';
import { countText, durationText, roundTripText, sizeText, spacedId } from './amounts.ts';
import { passphraseAdvice } from './passphrase.ts';

const local = (year: number, month: number, day: number, hour = 12, minute = 0): number =>
  new Date(year, month - 1, day, hour, minute).getTime();

describe('dates', () => {
  it('write the month out and never swap it with the day', () => {
    expect(dateText(local(1945, 7, 14))).toBe('14-Jul-1945');
    expect(dateTimeText(local(2026, 1, 2, 9, 5))).toBe('02-Jan-2026 09:05');
  });

  it('of the calendar are never shifted by a time zone', () => {
    expect(calendarDateText('1945-07-14')).toBe('14-Jul-1945');
    expect(calendarDateText('1945-07')).toBe('Jul-1945');
    expect(calendarDateText('1945')).toBe('1945');
  });

  it('that say nothing are "Not known"', () => {
    for (const nothing of ['', '?', '1945-13-01', '2025-02-30', '14.07.1945']) expect(calendarDateText(nothing)).toBe('Not known');
    expect(birthText('', local(2006, 7, 14))).toBe('Not known');
  });

  it('give what a form field wants and the end of a chosen day', () => {
    expect(isoDay(local(2026, 3, 9))).toBe('2026-03-09');
    expect(isoMinute(local(2026, 3, 9, 8, 7))).toBe('2026-03-09T08:07');
    expect(endOfDayMs('2026-03-09')).toBe(new Date(2026, 2, 9, 23, 59, 59, 999).getTime());
    expect(endOfDayMs('')).toBeNull();
  });
});

describe('ages', () => {
  it('count completed years', () => {
    expect(birthText('1945-07-14', local(2006, 7, 13))).toBe('14-Jul-1945 (60y)');
    expect(birthText('1945-07-14', local(2006, 7, 14))).toBe('14-Jul-1945 (61y)');
  });

  it('are in days, weeks and months for the very young', () => {
    expect(ageText('2026-03-01', local(2026, 3, 13))).toBe('12d');
    expect(ageText('2026-01-01', local(2026, 3, 13))).toBe('10w');
    expect(ageText('2025-01-20', local(2026, 3, 13))).toBe('13m');
    expect(ageText('2024-03-14', local(2026, 3, 13))).toBe('23m');
    expect(ageText('2024-03-13', local(2026, 3, 13))).toBe('2y');
  });

  it('are left out where the birth date is incomplete or ahead', () => {
    expect(birthText('1945', local(2006, 1, 1))).toBe('1945');
    expect(ageText('2027-01-01', local(2026, 1, 1))).toBeNull();
  });
});

describe('amounts', () => {
  it('carry their unit', () => {
    expect(['0', 999, 1000, 20_400, 1_340_000, 16_000_000].map((size) => sizeText(Number(size)))).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '20 kB',
      '1.3 MB',
      '16 MB',
    ]);
    expect([-50, 12_000, 180_000, 7_500_000, 3_600_000, 400_000_000].map(durationText)).toEqual([
      '0 s',
      '12 s',
      '3 min',
      '2 h 5 min',
      '1 h',
      '4 days',
    ]);
    expect([null, 1.31, 45.4].map(roundTripText)).toEqual(['—', '1.3 ms', '45 ms']);
  });

  it('count in singular and plural', () => {
    expect(countText(1, 'block')).toBe('1 block');
    expect(countText(0, 'entry', 'entries')).toBe('0 entries');
    expect(spacedId('0123456789abcdef01')).toBe('01234567 89abcdef 01');
  });
});

describe('advice on a passphrase', () => {
  it('refuses fewer than ten characters and says how many are missing', () => {
    expect(passphraseAdvice('')).toMatchObject({ strength: 'none' });
    expect(passphraseAdvice('abcdefgh')).toEqual({ strength: 'too-short', text: 'Too short: 2 more characters.' });
  });

  it('tells repetition from length', () => {
    expect(passphraseAdvice('aaaaaaaaaaaaaaaaaaaa').strength).toBe('weak');
    expect(passphraseAdvice('blue hammer').strength).toBe('fair');
    expect(passphraseAdvice('blue hammer seven lakes').strength).toBe('good');
  });
});
