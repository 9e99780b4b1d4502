// The class of every entry of a bundle (P0-08). Codes are looked for anywhere inside an entry, so that a claim or a
// contained resource cannot carry out what its condition hides; and what points at a protected finding is protected with
// it, one step far, because references carry its name.
import type { SensitivityClass } from '../contracts/index.ts';
import { type BundleEntry, type FhirBundle, entriesOf, resourceOf, textOf, walkObjects } from './bundle.ts';
import { stricter, strictness } from './classes.ts';
import { CODE_RULES } from './sensitive-codes.ts';

/** Resources that say who somebody is. */
const IDENTITY_TYPES: ReadonlySet<string> = new Set(['Patient', 'RelatedPerson', 'Person']);

/** Being pointed at by everything, these never pass their class on. */
const HUB_TYPES: ReadonlySet<string> = new Set([
  'Patient',
  'RelatedPerson',
  'Person',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Encounter',
  'EpisodeOfCare',
  'Device',
  'Composition',
  'Provenance',
]);

interface RulesOfSystem {
  readonly codes: Map<string, SensitivityClass>;
  readonly prefixes: { readonly prefix: string; readonly class: SensitivityClass }[];
}

const RULES: ReadonlyMap<string, RulesOfSystem> = indexRules();

function indexRules(): ReadonlyMap<string, RulesOfSystem> {
  const rules = new Map<string, RulesOfSystem>();
  for (const rule of CODE_RULES) {
    const ofSystem = rules.get(rule.system) ?? { codes: new Map<string, SensitivityClass>(), prefixes: [] };
    for (const code of rule.codes ?? []) ofSystem.codes.set(code, stricter(rule.class, ofSystem.codes.get(code) ?? 'general'));
    for (const prefix of rule.prefixes ?? []) ofSystem.prefixes.push({ prefix, class: rule.class });
    rules.set(rule.system, ofSystem);
  }
  return rules;
}

/** The class that one code asks for; `general` for what no rule names. */
export function classOfCode(system: string, code: string): SensitivityClass {
  const rules = RULES.get(system);
  let found: SensitivityClass = rules?.codes.get(code) ?? 'general';
  for (const rule of rules?.prefixes ?? []) if (code.startsWith(rule.prefix)) found = stricter(found, rule.class);
  return found;
}

/** What an entry is by itself: its kind, its labels, and the codes anywhere inside it. */
function ownClass(entry: BundleEntry): SensitivityClass {
  let found: SensitivityClass = IDENTITY_TYPES.has(resourceOf(entry)?.resourceType ?? '') ? 'identity' : 'general';
  walkObjects(entry, (object) => {
    if (typeof object.system !== 'string' || typeof object.code !== 'string') return;
    const asked = classOfCode(object.system, object.code);
    if (strictness(asked) > strictness('general')) found = stricter(found, asked);
  });
  return found;
}

/** The class of every entry, in the order of the bundle. */
export function classifyEntries(bundle: FhirBundle): readonly SensitivityClass[] {
  const entries = entriesOf(bundle);
  const own = entries.map(ownClass);
  const protectedTargets = new Map<string, SensitivityClass>();
  entries.forEach((entry, index) => {
    const resource = resourceOf(entry);
    const asked = own[index] ?? 'general';
    if (resource === null || HUB_TYPES.has(resource.resourceType) || strictness(asked) <= strictness('general')) return;
    for (const name of [textOf(entry.fullUrl), `${resource.resourceType}/${textOf(resource.id)}`]) protectedTargets.set(name, asked);
  });
  if (protectedTargets.size === 0) return own;
  return entries.map((entry, index) => {
    let found = own[index] ?? 'general';
    walkObjects(entry, (object) => {
      if (typeof object.reference === 'string') found = stricter(found, protectedTargets.get(object.reference) ?? found);
    });
    return found;
  });
}
