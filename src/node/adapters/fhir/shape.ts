// What every FHIR JSON object must keep to whatever its kind: nothing is empty, and where a resource stands it says which.
// Looked at before the definitions are, because a walk by definitions passes over what it does not expect.
// Source: https://hl7.org/fhir/R4/json.html
import type { ValidationFault } from '../../ports/index.ts';
import { isKnownResource } from './structure.ts';

/** All but tab and line ends. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/u;

export type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Shape {
  readonly faults: readonly ValidationFault[];
  /** Whether every resource inside is of a kind that the definitions know. */
  readonly known: boolean;
}

/** Faults of the shape of a resource and all that is inside it; `path` is where it stands. */
export function shapeOf(root: Plain, path: string): Shape {
  const faults: ValidationFault[] = [];
  let known = true;

  function lookAtResource(value: unknown, at: string): void {
    const type = isPlain(value) ? value.resourceType : undefined;
    if (isKnownResource(type)) return;
    known = false;
    const reason =
      typeof type === 'string' ? `"${type.slice(0, 60)}" is no kind of resource in FHIR R4` : 'a resource must say its resourceType';
    faults.push({ path: at, reason });
  }

  function look(value: unknown, at: string): void {
    if (typeof value === 'string') {
      if (value.trim() === '') faults.push({ path: at, reason: 'an empty text must be left out' });
      if (CONTROL.test(value)) faults.push({ path: at, reason: 'a text must not hold control characters' });
    } else if (Array.isArray(value)) {
      if (value.length === 0) faults.push({ path: at, reason: 'an empty list must be left out' });
      value.forEach((item, index) => look(item, `${at}[${index}]`));
    } else if (isPlain(value)) {
      const fields = Object.entries(value);
      if (fields.length === 0) faults.push({ path: at, reason: 'an empty object must be left out' });
      if ('resourceType' in value || at.endsWith('.resource')) lookAtResource(value, at);
      for (const [field, inner] of fields) {
        if (field === 'contained' && Array.isArray(inner))
          inner.forEach((item, index) => lookAtContained(item, `${at}.contained[${index}]`));
        look(inner, `${at}.${field}`);
      }
    }
  }

  function lookAtContained(item: unknown, at: string): void {
    if (!isPlain(item) || !('resourceType' in item)) lookAtResource(item, at);
  }

  look(root, path);
  return { faults, known };
}
