// Whether something generated is still current: a hash of everything it is made from, kept in .cache. Times of files say nothing
// after a clone, contents do.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './toolchain.mjs';

function add(hash: ReturnType<typeof createHash>, file: string, ignore: RegExp): void {
  const full = path.join(ROOT, file);
  if (ignore.test(file) || !existsSync(full)) return;
  if (statSync(full).isDirectory()) {
    for (const entry of readdirSync(full).sort()) add(hash, `${file}/${entry}`, ignore);
    return;
  }
  hash.update(`${file}\0`).update(createHash('sha256').update(readFileSync(full)).digest());
}

/** SHA-256 over names and contents of files and folders, relative to the root; what is missing counts as empty. */
export function hashOf(inputs: readonly string[], ignore = /\.(?:test|spec)\.ts$/u): string {
  const hash = createHash('sha256');
  for (const input of inputs) add(hash, input, ignore);
  return hash.digest('hex');
}

const stampFile = (name: string): string => path.join(ROOT, '.cache', `${name}.stamp`);

/** Whether `name` was last made from exactly this. */
export function isCurrent(name: string, hash: string): boolean {
  return existsSync(stampFile(name)) && readFileSync(stampFile(name), 'utf8') === hash;
}

export function setCurrent(name: string, hash: string): void {
  mkdirSync(path.join(ROOT, '.cache'), { recursive: true });
  writeFileSync(stampFile(name), hash);
}
