// Search in the clinician's own list: every word typed must begin a part of the name, or be in the birth date as shown.
import type { PatientEntry } from '../../node.ts';
import { calendarDateText } from '../../shared/format/index.ts';

/** Lower case without accents, for comparing. */
export function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Entries that match, by name; all of them for an empty search. */
export function findPatients(entries: readonly PatientEntry[], search: string): readonly PatientEntry[] {
  const words = folded(search)
    .split(/\s+/)
    .filter((word) => word !== '');
  const matches = (entry: PatientEntry): boolean => {
    const parts = folded(entry.name).split(/[\s,.-]+/);
    const dates = [entry.birthDate, folded(calendarDateText(entry.birthDate))];
    return words.every((word) => parts.some((part) => part.startsWith(word)) || dates.some((date) => date.includes(word)));
  };
  return entries.filter(matches).toSorted((a, b) => a.name.localeCompare(b.name));
}
