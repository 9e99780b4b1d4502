// The project's own files as data for the test of the code itself: text, imports, function lengths. Reads the disk once and
// judges nothing. Files are found by walking, so that a copy without version control is checked as well.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

export interface Import {
  readonly from: string;
  /** A path relative to the root for relative imports, else the package as written. */
  readonly target: string;
  readonly relative: boolean;
}

export interface LongFunction {
  readonly name: string;
  readonly lines: number;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
/** What .gitignore names, and what is not ours. */
const IGNORED = new Set(['node_modules', 'dist', 'data', 'coverage', 'test-results', 'playwright-report', '.cache', '.git']);
const IGNORED_PATHS = new Set(['src/node/records/definitions']);
const TEXT =
  /\.(?:ts|mjs|js|svelte|json|md|html|css|yaml|yml|txt|svg|webmanifest)$|^\.(?:gitignore|npmrc|prettierrc|prettierignore)|^\.ci\//u;

function walk(folder: string, found: string[]): void {
  for (const entry of readdirSync(path.join(ROOT, folder), { withFileTypes: true })) {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !IGNORED.has(entry.name) && !IGNORED_PATHS.has(file)) walk(file, found);
    if (entry.isFile() && TEXT.test(file) && !file.endsWith('.log')) found.push(file);
  }
}

/** Every text file of the project, in order. */
export function projectFiles(): readonly SourceFile[] {
  const found: string[] = [];
  walk('', found);
  return found.sort().map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
}

export const isCode = ({ file }: SourceFile): boolean => /\.(?:ts|mjs|js)$/u.test(file);
export const isComponent = ({ file }: SourceFile): boolean => file.endsWith('.svelte');
/** A test, or an acceptance suite that several tests run. */
export const isTest = ({ file }: SourceFile): boolean => /(?:\.(?:test|spec)|\/suite)\.ts$/u.test(file);

/** The script of a component, with its markup blanked so that lines keep their numbers. */
function script({ file, text }: SourceFile): string {
  if (!file.endsWith('.svelte')) return text;
  let result = '';
  for (const match of text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/gu)) {
    const before = text.slice(0, match.index).split('\n').length - 1;
    result = result.padEnd(result.length + Math.max(0, before - result.split('\n').length + 1), '\n') + (match[1] ?? '');
  }
  return result;
}

function parse(source: SourceFile): ts.SourceFile {
  return ts.createSourceFile(source.file.replace(/\.svelte$/u, '.svelte.ts'), script(source), ts.ScriptTarget.ES2024, true);
}

/** Every import, re-export, dynamic import and `import('…')` type of a file. */
export function importsOf(source: SourceFile): readonly Import[] {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const relative = specifier.text.startsWith('.');
    const target = relative ? path.posix.join(path.posix.dirname(source.file), specifier.text.replace(/\?.*$/u, '')) : specifier.text;
    imports.push({ from: source.file, target, relative });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0]);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    ts.forEachChild(node, visit);
  };
  visit(parse(source));
  return imports;
}

/** Functions of more than `maxLines` lines, from their first to their last. */
export function longFunctions(source: SourceFile, maxLines: number): readonly LongFunction[] {
  const tree = parse(source);
  const long: LongFunction[] = [];
  const lineOf = (position: number): number => tree.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const lines = lineOf(node.getEnd()) - lineOf(node.getStart(tree)) + 1;
      const name = node.name?.getText(tree) ?? `at line ${lineOf(node.getStart(tree)) + 1}`;
      if (lines > maxLines) long.push({ name, lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return long;
}

/** Lines of a text, without the empty one after the last line break. */
export function lineCount(text: string): number {
  return text.replace(/\n$/u, '').split('\n').length;
}
