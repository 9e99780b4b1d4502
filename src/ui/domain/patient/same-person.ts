// Whether what is about to be written names the patient it is written for. A difference may be a maiden name or a slip; it may
// also be another person, so somebody has to say which.
import type { PatientEntry, ReadableSection } from '../../node.ts';
import { NOT_KNOWN, calendarDateText } from '../../shared/format/index.ts';
import { folded } from './find-patients.ts';

/** How the content's own patient differs from the list's, in words; empty where nothing differs or nothing is said. */
export function identityDifferences(entry: PatientEntry, content: readonly ReadableSection[]): readonly string[] {
  const said = (label: string): string =>
    content.find((section) => section.title === 'Patient')?.rows.find((row) => row.label === label)?.value ?? '';
  const differences: string[] = [];
  const name = said('Name');
  if (name !== '' && !namesAgree(entry.name, name)) differences.push(`It says ${name}; your list says ${entry.name}.`);
  const [born, known] = [said('Born'), calendarDateText(entry.birthDate)];
  if (born !== '' && known !== NOT_KNOWN && born !== known) differences.push(`It says born ${born}; your list says ${known}.`);
  return differences;
}

/** Every word of the shorter name is in the longer one: titles and second names do no harm. */
function namesAgree(one: string, other: string): boolean {
  const [a, b] = [words(one), words(other)];
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  return few.every((word) => many.includes(word));
}

function words(name: string): readonly string[] {
  return folded(name)
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}
