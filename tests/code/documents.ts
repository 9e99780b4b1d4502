// Tables of documents that make claims about the code: which rows they have, which paths and which tests they name. Reads text,
// judges nothing but what is said here: a row of `| id | … |`, paths in backticks, names of tests in “ ” after the path of their file.

const PATH = /^(?:src|relay|archive|tests|scripts|bench|docs|public)\/[\w./@-]+$/u;

export interface Row {
  readonly id: string;
  readonly cells: readonly string[];
}

/** Rows whose first cell looks like `id`, in order. */
export function rowsOf(text: string, id: RegExp): readonly Row[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('|')) return [];
    const cells = line.split('|').map((cell) => cell.trim());
    const [, first = ''] = cells;
    return id.test(first) ? [{ id: first, cells: cells.slice(2, -1) }] : [];
  });
}

/** Every path of the project that a text names in backticks. */
export function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/gu)].flatMap(([, token = '']) => (PATH.test(token) ? [token] : []));
}

/** What a cell calls a test, with the file that should hold it; null where no file was named before. */
export function testsIn(cell: string): readonly { readonly file: string | null; readonly name: string }[] {
  let file: string | null = null;
  const found: { file: string | null; name: string }[] = [];
  for (const [, token, name] of cell.matchAll(/`([^`]+)`|“([^”]+)”/gu)) {
    if (token !== undefined) file = token;
    else if (name !== undefined) found.push({ file, name });
  }
  return found;
}

/** The ids P0-01 to P0-49 and so on, in order. */
export function numbered(prefix: string, last: number): readonly string[] {
  return Array.from({ length: last }, (_, index) => `${prefix}${String(index + 1).padStart(2, '0')}`);
}
