// FHIR data types as words for a person. Tolerant: whatever is missing or strange gives an empty text, never an error.
import { type FhirObject, isObject, listOf, textOf } from './bundle.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Beyond this, a number is noise: heights with fourteen digits. */
const SHOWN_DECIMALS = 2;

/** "14-Jul-1945", "Jul-1945", "1945"; a time only in the text that was given, never shifted by a zone. */
export function dateText(value: unknown): string {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/u.exec(textOf(value));
  if (match === null) return '';
  const [, year = '', month, day] = match;
  const name = month === undefined ? undefined : MONTHS[Number(month) - 1];
  if (name === undefined) return year;
  return day === undefined ? `${name}-${year}` : `${day}-${name}-${year}`;
}

/** What a CodeableConcept, Coding or list of them says: its text, else a display, else a code. */
export function conceptText(value: unknown): string {
  if (Array.isArray(value))
    return value
      .map(conceptText)
      .filter((text) => text !== '')
      .join(', ');
  if (!isObject(value)) return '';
  if (textOf(value.text) !== '') return textOf(value.text);
  if (textOf(value.display) !== '') return textOf(value.display);
  const codings = listOf(value.coding).filter(isObject);
  const shown = codings.find((coding) => textOf(coding.display) !== '');
  return shown === undefined ? textOf(codings[0]?.code ?? value.code) : textOf(shown.display);
}

/** "system|code" of the first coding, for comparing and for whoever looks closer. */
export function codeText(value: unknown): string {
  const coding = listOf(isObject(value) ? value.coding : undefined).find(isObject);
  return coding === undefined ? '' : `${textOf(coding.system)}|${textOf(coding.code)}`;
}

/** Whether a concept has this code in this system. */
export function hasCode(value: unknown, system: string, codes: readonly string[]): boolean {
  const codings = listOf(isObject(value) ? value.coding : undefined).filter(isObject);
  return codings.some((coding) => coding.system === system && codes.includes(textOf(coding.code)));
}

export function numberText(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toFixed(SHOWN_DECIMALS))) : '';
}

/** A name for people: the text, else prefix, given, family. The official one of several. */
export function nameText(value: unknown): string {
  const names = (Array.isArray(value) ? value : [value]).filter(isObject);
  const name = names.find((each) => each.use === 'official') ?? names[0];
  if (name === undefined) return '';
  if (textOf(name.text) !== '') return textOf(name.text);
  return [...listOf(name.prefix), ...listOf(name.given), name.family]
    .map(textOf)
    .filter((part) => part !== '')
    .join(' ');
}

export interface Amount {
  readonly value: string;
  readonly unit: string;
}

const COMPARATORS = ['<', '<=', '>=', '>'];

export function quantity(value: unknown): Amount {
  if (!isObject(value)) return { value: '', unit: '' };
  const comparator = COMPARATORS.includes(textOf(value.comparator)) ? `${textOf(value.comparator)} ` : '';
  // UCUM writes what is no unit in braces: "{score}".
  const unit = (textOf(value.unit) || textOf(value.code)).replace(/^\{(.*)\}$/u, '$1');
  return { value: `${comparator}${numberText(value.value)}`, unit };
}

/** "90–140", "≥ 60", "≤ 5", or a text, in the unit of the value beside it. */
export function rangeText(value: unknown): string {
  if (!isObject(value)) return '';
  const low = numberText(isObject(value.low) ? value.low.value : undefined);
  const high = numberText(isObject(value.high) ? value.high.value : undefined);
  if (low !== '' && high !== '') return `${low}–${high}`;
  if (low !== '') return `≥ ${low}`;
  return high === '' ? textOf(value.text) : `≤ ${high}`;
}

/** How the types of a choice, such as value[x] of an Observation, are written. */
const WRITERS: Readonly<Record<string, (value: unknown) => Amount>> = {
  Quantity: quantity,
  CodeableConcept: (value) => words(conceptText(value)),
  String: (value) => words(textOf(value)),
  Boolean: (value) => words(value === true ? 'Yes' : value === false ? 'No' : ''),
  Integer: (value) => words(numberText(value)),
  Range: (value) => ({ value: rangeText(value), unit: quantity(isObject(value) ? (value.low ?? value.high) : undefined).unit }),
  Ratio: (value) => words(ratioText(value)),
  Time: (value) => words(textOf(value)),
  DateTime: (value) => words(dateText(value)),
  Period: (value) => words(periodText(value)),
  SampledData: () => words('Recorded curve'),
};

function words(value: string): Amount {
  return { value, unit: '' };
}

function ratioText(value: unknown): string {
  if (!isObject(value)) return '';
  return [value.numerator, value.denominator]
    .map(quantity)
    .map((each) => `${each.value} ${each.unit}`.trim())
    .join(' : ');
}

export function periodText(value: unknown): string {
  if (!isObject(value)) return '';
  const [start, end] = [dateText(value.start), dateText(value.end)];
  return start === end || end === '' ? start : start === '' ? `until ${end}` : `${start} to ${end}`;
}

/** The value of a choice of types, for example `choice(observation, 'value')`; empty where there is none. */
export function choice(parent: FhirObject, stem: string): Amount {
  for (const [type, write] of Object.entries(WRITERS)) {
    const value = parent[`${stem}${type}`];
    if (value !== undefined) return write(value);
  }
  return words('');
}

/** Text of an XHTML narrative, without its tags. */
export function narrativeText(value: unknown): string {
  const div = textOf(isObject(value) ? value.div : undefined);
  const breaks = div.replace(/<\/?(?:br|p|li|ul|ol|h\d|tr|table|div)\b[^>]*>/giu, '\n').replace(/<[^>]*>/gu, '');
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };
  const decoded = breaks.replace(/&(lt|gt|amp|quot|apos|nbsp);/gu, (all, name: string) => entities[name] ?? all);
  return decoded
    .replace(/[ \t]+/gu, ' ')
    .replace(/\s*\n\s*/gu, '\n')
    .trim();
}
