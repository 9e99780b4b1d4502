// Sizes, names and headers (style.md, rules 6 and 7 and the conventions): checkers that return each breach as a sentence.
import { type SourceFile, isCode, isComponent, isTest, lineCount, longFunctions } from './source.ts';

export const MAX_FILE_LINES = 400;
export const MAX_FUNCTION_LINES = 70;
export const MAX_COMPONENT_LINES = 200;
const MAX_HEADER_LINES = 10;

const BANNED_FOLDERS = new Set(['utils', 'util', 'helpers', 'services', 'managers', 'common', 'types', 'misc']);
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/u;
const PASCAL = /^[A-Z][A-Za-z0-9]*$/u;
/** Folders whose names are set by a tool. */
const TOOL_FOLDERS = new Set(['.ci', '.github']);

/** Files, functions and components over their limits. A test may tell a long story, but in a file of ordinary length. */
export function tooLong(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((source) => {
    const lines = lineCount(source.text);
    const breaches: string[] = [];
    if (isCode(source) && lines > MAX_FILE_LINES) breaches.push(`${source.file}: ${lines} lines, at most ${MAX_FILE_LINES}`);
    if (isComponent(source) && lines > MAX_COMPONENT_LINES) breaches.push(`${source.file}: ${lines} lines, at most ${MAX_COMPONENT_LINES}`);
    if ((isCode(source) || isComponent(source)) && !isTest(source)) {
      for (const { name, lines: length } of longFunctions(source, MAX_FUNCTION_LINES)) {
        breaches.push(`${source.file}: function ${name} has ${length} lines, at most ${MAX_FUNCTION_LINES}`);
      }
    }
    return breaches;
  });
}

/** Files and folders whose names say nothing or are spelt otherwise than the rest. */
export function badNames(files: readonly SourceFile[]): readonly string[] {
  const breaches = new Set<string>();
  for (const source of files) {
    const parts = source.file.split('/');
    const name = parts.pop() ?? '';
    for (const folder of parts) {
      if (BANNED_FOLDERS.has(folder)) breaches.add(`${source.file}: a folder named ${folder} says nothing`);
      else if (!KEBAB.test(folder) && !TOOL_FOLDERS.has(folder)) breaches.add(`${source.file}: folder ${folder} is not in kebab-case`);
    }
    const [stem = ''] = name.split('.');
    if (isCode(source) && !KEBAB.test(stem)) breaches.add(`${source.file}: not in kebab-case`);
    if (isComponent(source) && !PASCAL.test(stem)) breaches.add(`${source.file}: a component is named in PascalCase`);
  }
  return [...breaches];
}

/** Lines of the comment that opens a module; 0 where there is none. */
function headerLines(source: SourceFile): number {
  const lines = source.text.replace(/^#!.*\n/u, '').split('\n');
  if (!isComponent(source)) {
    const end = lines.findIndex((line) => !line.startsWith('//'));
    return end < 0 ? lines.length : end;
  }
  if (lines[0]?.startsWith('<!--') === true) return lines.findIndex((line) => line.includes('-->')) + 1;
  // Or as the first lines of the script.
  const begin = lines.findIndex((line) => line.startsWith('<script')) + 1;
  const length = lines.slice(begin).findIndex((line) => !line.trim().startsWith('//'));
  return begin === 0 ? 0 : Math.max(0, length);
}

/** Modules that do not open with a few lines that say what they are. */
export function badHeaders(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((source) => isCode(source) || isComponent(source))
    .flatMap((source) => {
      const lines = headerLines(source);
      if (lines === 0) return [`${source.file}: opens without a comment that says what it is`];
      return lines > MAX_HEADER_LINES ? [`${source.file}: its opening comment has ${lines} lines, at most ${MAX_HEADER_LINES}`] : [];
    });
}
