// Nothing is written for one patient that names another, unless somebody says that they are the same.
import { describe, expect, it } from 'vitest';
import type { PatientEntry, ReadableSection } from '../../node.ts';
import { identityDifferences } from './same-person.ts';

const entry = (name: string, birthDate = ''): PatientEntry =>
  ({ patient: 'p', name, birthDate, records: 0, awaiting: 0 }) as unknown as PatientEntry;
const content = (name: string, born = ''): readonly ReadableSection[] => [
  { title: 'Patient', rows: [{ label: 'Name', value: name }, ...(born === '' ? [] : [{ label: 'Born', value: born }])] },
];

describe('the check of identity before writing', () => {
  it('finds another name and another birth date', () => {
    expect(identityDifferences(entry('Maria Keller', '1945-07-14'), content('Carla Echeverría', '03-May-2005'))).toEqual([
      'It says Carla Echeverría; your list says Maria Keller.',
      'It says born 03-May-2005; your list says 14-Jul-1945.',
    ]);
  });

  it('finds a relative of the same name', () => {
    expect(identityDifferences(entry('Maria Keller'), content('Anna Keller'))).toHaveLength(1);
  });

  it('does not mind titles, second names, accents and numbers behind names', () => {
    for (const name of ['Mrs. María Rosa Keller', 'KELLER Maria', 'Maria633 Keller902']) {
      expect(identityDifferences(entry('Maria Keller'), content(name, '14-Jul-1945'))).toEqual([]);
    }
  });

  it('says nothing where the content names nobody', () => {
    expect(identityDifferences(entry('Maria Keller', '1945-07-14'), [])).toEqual([]);
  });
});
