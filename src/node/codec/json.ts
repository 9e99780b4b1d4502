// JSON from outside, read with bounds: length, depth, number of values, and no key that could reach a prototype. What
// passes is plain data that later code may walk without counting again (fault 30).
import { type Rejection, reject } from '../base/index.ts';

/** Deeper than any FHIR resource that we know of; recursion over it stays far from the stack's end. */
export const MAX_JSON_DEPTH = 64;
/** Values in one text; a bundle of 16 MiB has fewer. */
export const MAX_JSON_VALUES = 4_000_000;

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Parses at most `maxChars` UTF-16 units. A repeated key keeps its last value, as everywhere in JavaScript. */
export function parseJson(source: string, maxChars: number): Json | Rejection {
  if (source.length > maxChars) return reject('oversized', `${source.length} characters, at most ${maxChars} are allowed`);
  let value: Json;
  try {
    value = JSON.parse(source) as Json;
  } catch (error) {
    // The engine's message quotes the text; only its position is kept.
    const position = /position (\d+)|line (\d+) column (\d+)/u.exec(error instanceof Error ? error.message : '');
    return reject('not-json', position === null ? 'the text is not JSON' : `the text is not JSON at ${position[0]}`);
  }
  return refusesShape(value) ?? value;
}

/** Walks with a stack of its own: a text nested a million deep must not end the node. */
function refusesShape(root: Json): Rejection | null {
  const open: { readonly value: Json; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let seen = 0; ; seen += 1) {
    const next = open.pop();
    if (next === undefined) return null;
    if (seen > MAX_JSON_VALUES) return reject('too-many-values', `more than ${MAX_JSON_VALUES} values`);
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_JSON_DEPTH) return reject('too-deep', `nested deeper than ${MAX_JSON_DEPTH}`);
    if (isList(value)) {
      for (const item of value) open.push({ value: item, depth: depth + 1 });
      continue;
    }
    for (const [key, item] of Object.entries(value)) {
      if (FORBIDDEN_KEYS.has(key)) return reject('forbidden-key', `a field is named ${key}`);
      open.push({ value: item, depth: depth + 1 });
    }
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
