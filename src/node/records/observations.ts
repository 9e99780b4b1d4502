// Observations as rows: value, unit, reference range, and in words whether it is high or low. A panel gives one row per
// component; blood pressure is one value in two.
import { type FhirObject, type FhirResource, isObject, listOf, textOf } from './bundle.ts';
import { SYSTEM } from './code-systems.ts';
import { type Amount, choice, codeText, conceptText, dateText, hasCode, rangeText } from './values.ts';
import type { ReadableRow } from './readable-row.ts';

const HIGH = new Set(['H', 'HH', 'HU', '>']);
const LOW = new Set(['L', 'LL', 'LU', '<']);
const BLOOD_PRESSURE = ['85354-9', '55284-4'];

export type ObservationGroup = 'vital-signs' | 'laboratory' | 'other';

export function observationGroup(resource: FhirResource): ObservationGroup {
  const codes = listOf(resource.category).flatMap((category) => listOf(isObject(category) ? category.coding : undefined));
  const named = codes.filter(isObject).map((coding) => textOf(coding.code));
  return named.includes('vital-signs') ? 'vital-signs' : named.includes('laboratory') ? 'laboratory' : 'other';
}

export function observationDate(resource: FhirResource): string {
  const period = isObject(resource.effectivePeriod) ? resource.effectivePeriod.start : undefined;
  return textOf(resource.effectiveDateTime ?? resource.effectiveInstant ?? period ?? resource.issued);
}

/** At least one row. */
export function observationRows(resource: FhirResource): readonly ReadableRow[] {
  const date = observationDate(resource);
  const name = conceptText(resource.code) || 'Observation';
  const components = listOf(resource.component).filter(isObject);
  const pressure = hasCode(resource.code, SYSTEM.loinc, BLOOD_PRESSURE) ? pressureRow(components) : null;
  const shared = { date, code: codeText(resource.code) };
  if (pressure !== null) return [{ ...pressure, ...shared, label: labelled(name, date) }];
  const own = valueRow(resource);
  const rows = components.map((part) => ({
    ...valueRow(part),
    date,
    code: codeText(part.code),
    label: labelled(`${name}: ${conceptText(part.code)}`, date),
  }));
  return own.value === '' && rows.length > 0
    ? rows
    : [{ ...own, value: own.value || 'Not given', ...shared, label: labelled(name, date) }, ...rows];
}

export function labelled(name: string, date: unknown): string {
  const day = dateText(date);
  return day === '' ? name : `${name}, ${day}`;
}

type Valued = Omit<ReadableRow, 'label'>;

function valueRow(source: FhirObject): Valued {
  const amount = choice(source, 'value');
  const ranges = listOf(source.referenceRange).filter(isObject);
  const range = ranges.map(rangeText).find((text) => text !== '') ?? '';
  const flag = flagOf(source, ranges[0]);
  const absent = conceptText(source.dataAbsentReason);
  return {
    value: amount.value || absent,
    ...(amount.unit === '' ? {} : { unit: amount.unit }),
    ...(range === '' ? {} : { range }),
    ...(flag === null ? {} : { flag }),
  };
}

/** What the laboratory said; where it said nothing, what its own range says. */
function flagOf(source: FhirObject, range: FhirObject | undefined): 'high' | 'low' | null {
  const said = listOf(source.interpretation).flatMap((each) => listOf(isObject(each) ? each.coding : undefined));
  const codes = said.filter(isObject).map((coding) => textOf(coding.code));
  if (codes.some((code) => HIGH.has(code))) return 'high';
  if (codes.some((code) => LOW.has(code))) return 'low';
  const value = isObject(source.valueQuantity) ? source.valueQuantity.value : undefined;
  if (codes.length > 0 || typeof value !== 'number' || range === undefined) return null;
  const [low, high] = [range.low, range.high].map((bound) => (isObject(bound) ? bound.value : undefined));
  if (typeof high === 'number' && value > high) return 'high';
  return typeof low === 'number' && value < low ? 'low' : null;
}

/** Systolic over diastolic, where both are there. */
function pressureRow(components: readonly FhirObject[]): Valued | null {
  const [systolic, diastolic] = ['8480-6', '8462-4'].map((code) => components.find((part) => hasCode(part.code, SYSTEM.loinc, [code])));
  if (systolic === undefined || diastolic === undefined) return null;
  const [above, below] = [valueRow(systolic), valueRow(diastolic)];
  const flag = above.flag ?? below.flag;
  const range = above.range === undefined || below.range === undefined ? '' : `${above.range} / ${below.range}`;
  const amount: Amount = { value: `${above.value} / ${below.value}`, unit: above.unit ?? below.unit ?? '' };
  return {
    value: amount.value,
    ...(amount.unit === '' ? {} : { unit: amount.unit }),
    ...(range === '' ? {} : { range }),
    ...(flag === undefined ? {} : { flag }),
  };
}
