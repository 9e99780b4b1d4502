// What a browser must fetch before the page appears: index.html, its styles, and its scripts with everything that they import
// statically, each compressed as a server would. What is imported dynamically (the node among it) comes later and does not count.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import { ToolchainError } from './toolchain.mjs';

/** The budget: below this before the node starts. Kilobytes of 1,000 bytes, compressed. */
export const FIRST_LOAD_KILOBYTES = 350;

export interface FirstLoad {
  readonly kilobytes: number;
  /** Largest first. */
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
}

const REFERENCE = /<(script|link)\b([^>]*)>/gu;
const attribute = (text: string, name: string): string | null =>
  new RegExp(`\\b${name}\\s*=\\s*["']?([^"'\\s>]+)`, 'u').exec(text)?.[1] ?? null;

/** Scripts, styles and preloads that the page itself names. */
function named(html: string): readonly string[] {
  const found: string[] = [];
  for (const [, tag, attributes = ''] of html.matchAll(REFERENCE)) {
    const rel = attribute(attributes, 'rel') ?? '';
    const target = attribute(attributes, tag === 'script' ? 'src' : 'href');
    if (target !== null && (tag === 'script' || ['stylesheet', 'modulepreload', 'preload'].includes(rel))) found.push(target);
  }
  return found.filter((target) => !/^[a-z]+:/u.test(target));
}

function staticImports(script: string): readonly string[] {
  const tree = ts.createSourceFile('chunk.js', script, ts.ScriptTarget.ES2024);
  return tree.statements.flatMap((node) => {
    const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
    return from !== undefined && ts.isStringLiteral(from) && /^\.{0,2}\//u.test(from.text) ? [from.text] : [];
  });
}

/** Weighs the first load of a built page. Throws ToolchainError where `folder` holds none. */
export function firstLoad(folder: string): FirstLoad {
  const index = path.join(folder, 'index.html');
  if (!existsSync(index)) throw new ToolchainError('There is no built page.', 'Run `npm run build`.');
  const bytes = new Map<string, number>();
  const visit = (file: string): void => {
    if (bytes.has(file) || !existsSync(path.join(folder, file))) return;
    const content = readFileSync(path.join(folder, file));
    bytes.set(file, gzipSync(content).byteLength);
    const next = file.endsWith('.html') ? named(content.toString()) : file.endsWith('.js') ? staticImports(content.toString()) : [];
    for (const target of next) {
      const clean = target.replace(/[?#].*$/u, '');
      visit(clean.startsWith('/') ? clean.slice(1) : path.posix.join(path.posix.dirname(file), clean));
    }
  };
  visit('index.html');
  const files = [...bytes].map(([file, size]) => ({ file, bytes: size })).sort((a, b) => b.bytes - a.bytes);
  const total = files.reduce((sum, entry) => sum + entry.bytes, 0);
  return { kilobytes: Math.round(total / 100) / 10, files };
}
