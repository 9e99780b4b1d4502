// What @medplum/core leaves open: required value sets, which it would ask a terminology server for (here they were listed at
// build time), and two values where FHIR allows one of several types. Source: https://hl7.org/fhir/R4/terminologies.html
import { crawlTypedValue, toTypedValue } from '@medplum/core';
import type { ValidationFault } from '../../ports/index.ts';
import type { Definitions, ValueSetRule } from './definitions.ts';

type VisitProperty = Parameters<typeof crawlTypedValue>[1]['visitProperty'];
type PropertyValue = Parameters<VisitProperty>[3][number];
type Elements = Parameters<VisitProperty>[4]['elements'];

interface Coding {
  readonly system?: unknown;
  readonly code?: unknown;
}

const CHOICE = '[x]';

/** Every coded value outside its required value set, and every choice made twice. */
export function codeFaults(resource: object, definitions: Definitions): readonly ValidationFault[] {
  const faults: ValidationFault[] = [];
  const visitProperty: VisitProperty = (parent, key, _path, values, schema) => {
    const element = schema.elements[key];
    if (element === undefined) return;
    const chosen = key.endsWith(CHOICE) ? choicesOf(parent.value, key, element) : [];
    if (chosen.length > 1) faults.push({ path: parent.path, reason: `only one of ${chosen.join(', ')} may be given` });
    const url: unknown = element.binding?.valueSet;
    const rule = typeof url === 'string' ? definitions.valueSet(url) : undefined;
    if (rule === undefined) return;
    for (const value of values.flatMap((each: PropertyValue) => each)) {
      const reason = value.value === undefined ? null : outside(value.type, value.value, rule);
      if (reason !== null) faults.push({ path: value.path, reason: `${reason} of the required value set ${String(url)}` });
    }
  };
  crawlTypedValue(toTypedValue(resource), { visitProperty });
  return faults;
}

/** The fields of an object that give a value for one choice, for example valueString and valueInteger. */
function choicesOf(parent: unknown, key: string, element: Elements[string]): readonly string[] {
  if (typeof parent !== 'object' || parent === null) return [];
  const stem = key.slice(0, -CHOICE.length);
  return element.type
    .map(({ code }) => `${stem}${code.charAt(0).toUpperCase()}${code.slice(1)}`)
    .filter((name) => Object.hasOwn(parent, name) || Object.hasOwn(parent, `_${name}`));
}

/** Why a value is outside the set, or null. Text without any code says nothing that could be outside. */
function outside(type: string, value: unknown, rule: ValueSetRule): string | null {
  // A primitive that carries extensions is an object around its value.
  const plain = typeof value === 'object' && value !== null ? (value.valueOf() as unknown) : value;
  if (typeof plain === 'string') return rule.hasCode(plain) ? null : `"${shown(plain)}" is no code`;
  if (typeof plain !== 'object' || plain === null) return null;
  const codings = type === 'CodeableConcept' ? (plain as { readonly coding?: unknown }).coding : [plain];
  if (!Array.isArray(codings)) return null;
  const coded = (codings as readonly (Coding | null)[]).filter((coding) => typeof coding?.code === 'string');
  if (coded.length === 0 || coded.some((coding) => inside(coding, rule))) return null;
  return `no coding (${coded.map((coding) => shown(String(coding?.code))).join(', ')}) is`;
}

function inside(coding: Coding | null, rule: ValueSetRule): boolean {
  const { system, code } = coding ?? {};
  if (typeof code !== 'string') return false;
  return typeof system === 'string' ? rule.has(system, code) : rule.hasCode(code);
}

/** A code as it may stand in a message. */
function shown(code: string): string {
  return code.length > 40 ? `${code.slice(0, 40)}…` : code;
}
