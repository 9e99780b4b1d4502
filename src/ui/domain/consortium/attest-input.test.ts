// What a supervision centre types goes to the ledger as it stands, or not at all.
import { describe, expect, it } from 'vitest';
import { attestInput, readAttestInput } from './attest-input.ts';

const read = (eastMetres: string, northMetres: string, rating: string) => readAttestInput({ eastMetres, northMetres, rating });

describe('place and rating as typed', () => {
  it('are whole metres and a whole rating', () => {
    expect(read(' 12400 ', '0', '640000')).toEqual({ attested: { place: { xMetres: 12_400, yMetres: 0 }, rating: 640_000 } });
    expect(read('40000000', '40000000', '1000000')).toMatchObject({ attested: { rating: 1_000_000 } });
  });

  it('empty means not known, which is not nought', () => {
    expect(read('', '', '')).toEqual({ attested: { place: null, rating: null } });
    expect(read('', '', '0')).toEqual({ attested: { place: null, rating: 0 } });
  });

  it('half a place is refused at the field that is empty', () => {
    expect(Object.keys((read('5', '', '') as { faults: object }).faults)).toEqual(['northMetres']);
    expect(Object.keys((read('', '5', '') as { faults: object }).faults)).toEqual(['eastMetres']);
  });

  it.each(['-1', '1.5', '1,000', '1e3', 'x', '40000001'])('%s metres are refused', (typed) => {
    expect(Object.keys((read(typed, '5', '') as { faults: object }).faults)).toEqual(['eastMetres']);
  });

  it('a rating above a million is refused, with the bound in words', () => {
    expect(read('', '', '1000001')).toEqual({ faults: { rating: 'A whole number from 0 to 1,000,000, without a sign or separators.' } });
  });

  it('what the ledger says now comes back as it was typed', () => {
    const attested = { place: { xMetres: 7, yMetres: 0 }, rating: null };
    expect(readAttestInput(attestInput(attested))).toEqual({ attested });
  });
});
