// A clinician finds a patient by the beginning of any name, without minding accents, or by the birth date as it is shown.
import { describe, expect, it } from 'vitest';
import type { PartyId, PatientEntry } from '../../node.ts';
import { findPatients } from './find-patients.ts';

const entry = (name: string, birthDate: string): PatientEntry => ({ patient: name as PartyId, name, birthDate, records: 0, awaiting: 0 });
const LIST = [entry('Zoe Müller', '1980-01-02'), entry('Agustín Ríos-Vega', '1945-07-14'), entry('Ann Smith', '')];
const names = (search: string) => findPatients(LIST, search).map(({ name }) => name);

describe('the search for patients', () => {
  it('shows everybody, by name, while nothing is typed', () => {
    expect(names(' ')).toEqual(['Agustín Ríos-Vega', 'Ann Smith', 'Zoe Müller']);
  });

  it('matches the beginning of each name, accents aside', () => {
    expect(names('muller')).toEqual(['Zoe Müller']);
    expect(names('vega agu')).toEqual(['Agustín Ríos-Vega']);
    expect(names('ith')).toEqual([]);
  });

  it('matches the birth date in both spellings', () => {
    expect(names('14-Jul-1945')).toEqual(['Agustín Ríos-Vega']);
    expect(names('1980-01')).toEqual(['Zoe Müller']);
  });
});
