// The definitions that `npm run definitions` made, unpacked and handed to @medplum/core, which keeps them for the whole
// process. Where the bytes come from is the caller's business: a tab fetches them, Node.js reads them.
import { indexStructureDefinitionBundle } from '@medplum/core';
import { AppError } from '../../base/index.ts';

/** Codes by system. */
export type ValueSetCodes = Readonly<Record<string, readonly string[]>>;

interface DefinitionsFile {
  readonly format: 1;
  readonly structures: Parameters<typeof indexStructureDefinitionBundle>[0];
  readonly valueSets: Readonly<Record<string, ValueSetCodes>>;
  readonly patterns: Readonly<Record<string, string>>;
}

/** What a required binding allows. */
export interface ValueSetRule {
  /** Whether a code alone is in the set, whatever its system. */
  hasCode(code: string): boolean;
  has(system: string, code: string): boolean;
}

export interface Definitions {
  /** By the URL of the value set; undefined for one that cannot be listed. */
  valueSet(url: string): ValueSetRule | undefined;
}

/** Unpacks the file's bytes (gzip). Throws AppError `definitions-missing` where they are something else. */
export async function unpackDefinitions(compressed: Uint8Array<ArrayBuffer>): Promise<Definitions> {
  try {
    const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return indexDefinitions((await new Response(stream).json()) as DefinitionsFile);
  } catch (cause) {
    throw definitionsMissing(cause);
  }
}

export function definitionsMissing(cause: unknown): AppError {
  return new AppError({
    code: 'definitions-missing',
    message: 'The FHIR definitions cannot be loaded, so no record can be checked.',
    remedy: 'Reload the page. On a server run `npm run definitions`.',
    cause,
  });
}

function indexDefinitions(file: DefinitionsFile): Definitions {
  indexStructureDefinitionBundle(file.structures);
  const rules = new Map<string, ValueSetRule>();
  for (const [url, codes] of Object.entries(file.valueSets)) rules.set(url, ruleOf(codes));
  for (const [url, pattern] of Object.entries(file.patterns)) rules.set(url, patternRule(new RegExp(pattern, 'u')));
  return { valueSet: (url) => rules.get(url) };
}

function ruleOf(codes: ValueSetCodes): ValueSetRule {
  const bySystem = new Map(Object.entries(codes).map(([system, listed]) => [system, new Set(listed)]));
  const all = new Set(Object.values(codes).flat());
  return { hasCode: (code) => all.has(code), has: (system, code) => bySystem.get(system)?.has(code) === true };
}

function patternRule(pattern: RegExp): ValueSetRule {
  return { hasCode: (code) => pattern.test(code), has: (_, code) => pattern.test(code) };
}
