// The project's own sample as a file, for machines without the shared data.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A bundle of one invented patient with five visits. */
export function ownSample(): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'clinicord-sample-')), 'sample.json');
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/sample.ts'), '--seed', '7', '--visits', '5', '--out', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return file;
}
