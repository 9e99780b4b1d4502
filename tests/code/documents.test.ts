// Documents say what the code does only as long as what they name is there: docs/papers.md has every mechanism of the four papers once,
// docs/faults.md every row, every path in any document exists, and every test that stands as proof is where it is said to be.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { numbered, pathsIn, rowsOf, testsIn } from './documents.ts';
import { projectFiles } from './source.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const PAPERS = read('docs/papers.md');
const FAULTS = read('docs/faults.md');
/** Last mechanism of each paper. */
const MECHANISMS = [...numbered('P0-', 49), ...numbered('P1-', 22), ...numbered('P2-', 24), ...numbered('P3-', 32)];
const TROUBLES = Array.from({ length: 28 }, (_, index) => `T${index + 1}`);
const FAULT_ROWS = Array.from({ length: 48 }, (_, index) => String(index + 1));
/** Of the column that names tests, from the left, after the id. */
const PROOF = { papers: 2, faults: 3 };
/** Made when something runs or is built, so that a fresh clone has none of them. */
const MADE = /^(?:src\/node\/records\/definitions|data|dist)\b/u;

const documents = projectFiles().filter(({ file }) => file.endsWith('.md'));

/** Tests that a table names and their files do not hold. */
function missingTests(rows: ReturnType<typeof rowsOf>, column: number): readonly string[] {
  return rows.flatMap(({ id, cells }) =>
    testsIn(cells[column] ?? '').flatMap(({ file, name }) => {
      if (file === null || !existsSync(path.join(ROOT, file))) return [`${id}: no file for “${name}”`];
      return read(file).replaceAll("\\'", "'").includes(name) ? [] : [`${id}: ${file} has no “${name}”`];
    }),
  );
}

describe('docs/papers.md', () => {
  const mechanisms = rowsOf(PAPERS, /^P\d-\d+$/u);

  test('has every mechanism once, in order, and every trouble', () => {
    expect(mechanisms.map(({ id }) => id)).toEqual(MECHANISMS);
    expect(rowsOf(PAPERS, /^T\d+$/u).map(({ id }) => id)).toEqual(TROUBLES);
  });

  test('gives each a status, and a place and a test where it claims to work', () => {
    for (const { id, cells } of mechanisms) {
      const [, where = '', proof = '', status = ''] = cells;
      expect(status, id).toMatch(/^(?:first form|scheme|later|noted)\./u);
      if (!/^(?:first form|scheme)\./u.test(status)) continue;
      expect(pathsIn(where), id).not.toEqual([]);
      expect(testsIn(proof), id).not.toEqual([]);
    }
  });

  test('names only tests that are there', () => {
    expect(missingTests(mechanisms, PROOF.papers)).toEqual([]);
  });
});

describe('docs/faults.md', () => {
  const rows = rowsOf(FAULTS, /^\d+$/u);

  test('has every row once, in order', () => {
    expect(rows.map(({ id }) => id)).toEqual(FAULT_ROWS);
  });

  test('shows a test for each row, or says "not yet"', () => {
    for (const { id, cells } of rows) {
      const proof = cells[PROOF.faults] ?? '';
      expect(testsIn(proof).length > 0 || proof.includes('not yet'), id).toBe(true);
    }
    expect(missingTests(rows, PROOF.faults)).toEqual([]);
  });
});

test.each(documents.map((document) => [document.file, document.text] as const))('every path that %s names exists', (_, text) => {
  expect(pathsIn(text).filter((named) => !MADE.test(named) && !existsSync(path.join(ROOT, named)))).toEqual([]);
});

describe('the checker', () => {
  test('finds rows, paths and tests', () => {
    expect(rowsOf('| id | a |\n|---|---|\n| P0-01 | x | y |', /^P/u)).toEqual([{ id: 'P0-01', cells: ['x', 'y'] }]);
    expect(pathsIn('`src/a.ts`, `npm start`, `docs/b.md`')).toEqual(['src/a.ts', 'docs/b.md']);
    expect(testsIn('`a.ts` “one”, “two”')).toEqual([
      { file: 'a.ts', name: 'one' },
      { file: 'a.ts', name: 'two' },
    ]);
    expect(numbered('P1-', 2)).toEqual(['P1-01', 'P1-02']);
  });
});
