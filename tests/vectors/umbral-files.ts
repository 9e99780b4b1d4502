// The published vectors of the Python implementation of Umbral. They lie beside the project, not in it; where they are missing, the
// tests that need them are skipped and say so.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../shared/data/umbral');

/** Whether the vectors are there. Says so on the console when they are not: a silent skip would look like a pass. */
export function umbralVectorsPresent(): boolean {
  const present = existsSync(FOLDER);
  if (!present) console.warn('SKIPPED: the vectors of Umbral are not beside the project (../shared/data/umbral).');
  return present;
}

export function umbralVectors(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, `vectors_${name}.json`), 'utf8'));
}
