// Bundles to check, small ones made here and the five of the shared data, which is not part of this project.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const SHARED = path.resolve(import.meta.dirname, '../../../../shared/data/fhir');

/** Name and text of every shared bundle; empty where the folder is missing. */
export function sharedBundles(): readonly (readonly [name: string, json: string])[] {
  if (!existsSync(SHARED)) return [];
  return readdirSync(SHARED).map((name) => [name, readFileSync(path.join(SHARED, name), 'utf8')] as const);
}

type Fields = Readonly<Record<string, unknown>>;

/** A collection of resources as JSON. */
export function bundleOf(...resources: readonly Fields[]): string {
  const entry = resources.map((resource, index) => ({
    fullUrl: `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    resource,
  }));
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
}

export const PATIENT: Fields = { resourceType: 'Patient', gender: 'female', birthDate: '1970-01-31' };
export const SUBJECT: Fields = { reference: 'Patient/1' };
