// The keywords of a bundle, by class (P3-12): its codes as FHIR writes them ("system|code"), each code alone, and the words of what codes and
// concepts are called. Names, addresses and notes give none; nor do labels, states and units, which say little and are everywhere. What a
// person types is read the same way, so that writer and searcher mean the same.
import type { SensitivityClass } from '../contracts/index.ts';
import { MAX_KEYWORDS, MAX_KEYWORD_CHARS } from '../crypto/index.ts';
import { type FhirBundle, type FhirObject, isObject, listOf, textOf, walkObjects } from './bundle.ts';
import { SYSTEM } from './code-systems.ts';
import { splitBundle } from './split.ts';

/** A keyword as the schemes take it: a code of a system, or a word of people. */
export interface Term {
  readonly system: string;
  readonly code: string;
}

/** The system of what a person types without naming one: codes alone, and words. */
const PLAIN_SYSTEM = 'clinicord-term';
/** HL7's own vocabularies (states, categories, labels) and units. */
const SILENT_SYSTEMS: readonly string[] = ['http://terminology.hl7.org/', SYSTEM.ucum];
/** Labels and addresses, not findings. */
const SILENT_FIELDS: readonly string[] = [
  'meta',
  'identifier',
  'telecom',
  'address',
  'name',
  'contact',
  'note',
  'dosage',
  'dosageInstruction',
];
const MIN_WORD_CHARS = 3;
/** Words that stand in every other name of a code. */
const STOP_WORDS: ReadonlySet<string> = new Set(['and', 'the', 'for', 'with', 'without', 'not', 'nos', 'other', 'unspecified']);
const MARKS = /\p{M}+/gu;
const OUTER = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const INNER = /[^\p{L}\p{N}]+/u;

/** What of a bundle can be found by, for each class that it has. At most `MAX_KEYWORDS` each: codes first, then words. */
export function termsByClass(bundle: FhirBundle): ReadonlyMap<SensitivityClass, readonly Term[]> {
  return new Map(
    splitBundle(bundle).map((part) => {
      const codes = new Map<string, Term>();
      const words = new Map<string, Term>();
      for (const [, entry] of part.entries) visit(entry.resource, codes, words);
      return [part.class, [...codes.values(), ...words.values()].slice(0, MAX_KEYWORDS)] as const;
    }),
  );
}

function visit(root: unknown, codes: Map<string, Term>, words: Map<string, Term>): void {
  const silent = new Set<unknown>();
  walkObjects(root, (object) => {
    for (const field of SILENT_FIELDS) walkObjects(object[field], (inner) => silent.add(inner));
    if (silent.has(object)) return;
    if (isCoding(object)) addCoding(object, codes, words);
    if (!Array.isArray(object.coding) && !isConceptText(object)) return;
    if (listOf(object.coding).some((coding) => isObject(coding) && isSilent(coding))) return;
    for (const word of wordsOf(textOf(object.text))) words.set(keyOf(word), word);
  });
}

/** A concept without codes: a text alone, as in a form that was filled in by hand. */
function isConceptText(object: FhirObject): boolean {
  return Object.keys(object).length === 1 && typeof object.text === 'string';
}

function isCoding(object: FhirObject): boolean {
  return (
    typeof object.code === 'string' && (typeof object.system === 'string' || typeof object.display === 'string') && !('value' in object)
  );
}

function isSilent(coding: FhirObject): boolean {
  return SILENT_SYSTEMS.some((system) => textOf(coding.system).startsWith(system));
}

function addCoding(coding: FhirObject, codes: Map<string, Term>, words: Map<string, Term>): void {
  if (isSilent(coding)) return;
  const [system, code] = [textOf(coding.system), textOf(coding.code)];
  const whole = { system, code };
  if (system !== '' && !system.includes('|') && code.trim() !== '' && fits(whole)) codes.set(keyOf(whole), whole);
  const alone = plain(code);
  if (alone !== null) codes.set(keyOf(alone), alone);
  for (const word of wordsOf(textOf(coding.display))) words.set(keyOf(word), word);
}

/** The words of a text, each whole and in its pieces: "type-2" is found by "type-2" and by "type". */
function wordsOf(text: string): readonly Term[] {
  const found: Term[] = [];
  for (const token of text.split(/\s+/u)) {
    const trimmed = token.replace(OUTER, '');
    const pieces = trimmed.split(INNER);
    for (const word of pieces.length > 1 ? [trimmed, ...pieces] : pieces) {
      const term = plain(word);
      if (term !== null && term.code.length >= MIN_WORD_CHARS && !STOP_WORDS.has(term.code)) found.push(term);
    }
  }
  return found;
}

/** Without case, width, accents and outer signs; null for nothing. */
function plain(word: string): Term | null {
  const code = word.normalize('NFKD').replace(MARKS, '').normalize('NFKC').toLowerCase().replace(OUTER, '');
  const term = { system: PLAIN_SYSTEM, code };
  return code !== '' && code.isWellFormed() && fits(term) ? term : null;
}

function fits({ system, code }: Term): boolean {
  return system.length + code.length < MAX_KEYWORD_CHARS;
}

function keyOf({ system, code }: Term): string {
  return `${system}|${code}`.toLowerCase();
}

/**
 * What a person typed as keywords, each once: words and codes between spaces, or "system|code" as FHIR writes it. Words that no record is kept
 * under, such as "and", are left out. Every record that is found has all of them.
 */
export function typedTerms(text: string): readonly Term[] {
  const found = new Map<string, Term>();
  for (const token of text.split(/\s+/u)) {
    const bar = token.indexOf('|');
    const whole = bar > 0 && bar < token.length - 1 ? { system: token.slice(0, bar), code: token.slice(bar + 1) } : plain(token);
    if (whole !== null && !STOP_WORDS.has(whole.code)) found.set(keyOf(whole), whole);
  }
  return [...found.values()];
}
