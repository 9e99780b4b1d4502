// What @medplum/core leaves open: required value sets, which it would ask a terminology server for (here they were listed at
// build time), choices of types that are made twice or wrongly, and where exactly a list is missing. Source: https://hl7.org/fhir/R4/terminologies.html
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

/** Every coded value outside its required value set, every wrong choice, every list that is none and the reverse. */
export function codeFaults(resource: object, definitions: Definitions): readonly ValidationFault[] {
  const faults: ValidationFault[] = [];
  const visitProperty: VisitProperty = (parent, key, _path, values, schema) => {
    const element = schema.elements[key];
    if (element === undefined || !isFields(parent.value)) return;
    faults.push(
      ...(key.endsWith(CHOICE)
        ? choiceFaults(parent.value, parent.path, key, schema.elements)
        : listFaults(parent.value, parent.path, key, element.isArray === true)),
    );
    const url = boundValueSet(element);
    const rule = url === null ? undefined : definitions.valueSet(url);
    if (url === null || rule === undefined) return;
    for (const value of values.flatMap((each: PropertyValue) => each)) {
      const reason = value.value === undefined ? null : outside(value.type, value.value, rule);
      if (reason !== null) faults.push({ path: value.path, reason: `${reason} of the required value set ${url}` });
    }
  };
  crawlTypedValue(toTypedValue(resource), { visitProperty });
  return faults;
}

/** The value set of a required binding; the generator keeps no others. */
function boundValueSet(element: object): string | null {
  const { binding } = element as { readonly binding?: { readonly valueSet?: unknown } };
  return typeof binding?.valueSet === 'string' ? binding.valueSet : null;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listFaults(parent: Fields, path: string, key: string, isList: boolean): readonly ValidationFault[] {
  const value = Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (value === undefined || value === null || Array.isArray(value) === isList) return [];
  return [{ path: `${path}.${key}`, reason: isList ? 'Expected array of values for property' : 'Expected single value for property' }];
}

/** More than one value of a choice, for example valueString and valueInteger; and names that are no choice, such as value. */
function choiceFaults(parent: Fields, path: string, key: string, elements: Elements): readonly ValidationFault[] {
  const stem = key.slice(0, -CHOICE.length);
  const allowed = (elements[key]?.type ?? []).map(({ code }) => `${stem}${code.charAt(0).toUpperCase()}${code.slice(1)}`);
  const meant = Object.keys(parent).filter((name) => isOfChoice(name, stem) && !Object.hasOwn(elements, plain(name)));
  const chosen = new Set(meant.map(plain).filter((name) => allowed.includes(name)));
  const wrong = meant.filter((name) => !allowed.includes(plain(name)) && !ofOtherChoice(plain(name), stem, elements));
  return [
    ...wrong.map((name) => ({ path: `${path}.${name}`, reason: `Invalid additional property "${shown(name)}"` })),
    ...(chosen.size > 1 ? [{ path, reason: `only one of ${[...chosen].join(', ')} may be given` }] : []),
  ];
}

/** Extensions of a primitive stand beside it under an underscore. */
function plain(name: string): string {
  return name.startsWith('_') ? name.slice(1) : name;
}

function isOfChoice(name: string, stem: string): boolean {
  const rest = plain(name).slice(stem.length);
  return plain(name).startsWith(stem) && !/^[a-z]/u.test(rest);
}

/** `onsetAge` is of onset[x], not of a choice named on[x]: the longest stem decides. */
function ofOtherChoice(name: string, stem: string, elements: Elements): boolean {
  return Object.keys(elements).some(
    (other) => other.endsWith(CHOICE) && other.length > stem.length + CHOICE.length && isOfChoice(name, other.slice(0, -CHOICE.length)),
  );
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
