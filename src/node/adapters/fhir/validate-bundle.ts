// One FHIR R4 bundle, from untrusted text to a verdict: bounds of the text, shape, kinds of resources, structure and
// invariants, required value sets. Every fault is reported with its path; a bundle with faults is not handed on.
// Source: https://hl7.org/fhir/R4/validation.html
import { MAX_BUNDLE_BYTES, isRejection } from '../../base/index.ts';
import { parseJson, textToBytes } from '../../codec/index.ts';
import type { BundleVerdict, ValidationFault } from '../../ports/index.ts';
import { codeFaults } from './codes.ts';
import type { Definitions } from './definitions.ts';
import { type Plain, isPlain, shapeOf } from './shape.ts';
import { isKnownResource, structureFaults } from './structure.ts';

/** Faults that one verdict names; a person fixes these first. */
const MAX_FAULTS = 500;

export function validateBundle(json: string, definitions: Definitions): BundleVerdict {
  // Cheap first: there are never more UTF-16 units than bytes.
  if (json.length > MAX_BUNDLE_BYTES || textToBytes(json).byteLength > MAX_BUNDLE_BYTES) {
    return refused('', `a bundle has at most ${MAX_BUNDLE_BYTES / 1024 / 1024} MiB`);
  }
  // A byte order mark in front is what some editors leave.
  const value = parseJson(json.startsWith('\uFEFF') ? json.slice(1) : json, MAX_BUNDLE_BYTES);
  if (isRejection(value)) return refused('', value.detail);
  if (!isPlain(value)) return refused('', 'expected a JSON object');
  if (value.resourceType !== 'Bundle') return refused('resourceType', 'expected a FHIR R4 resource of type Bundle');
  const faults = distinct(faultsOfBundle(value, definitions));
  return faults.length > 0 ? { valid: false, faults: capped(faults) } : { valid: true, bundle: { ...value, resourceType: 'Bundle' } };
}

/** Resource by resource, so that every path says which entry it is in and nothing unreadable hides the rest. */
function faultsOfBundle(bundle: Plain, definitions: Definitions): readonly ValidationFault[] {
  const entries = Array.isArray(bundle.entry) ? (bundle.entry as readonly unknown[]) : [];
  const inside = entries.flatMap((entry, index) => {
    const resource = isPlain(entry) ? entry.resource : undefined;
    const path = `Bundle.entry[${index}].resource`;
    return isPlain(resource) && shapeOf(resource, path).known ? resourceFaults(resource, path, definitions) : [];
  });
  return [...shapeOf(bundle, 'Bundle').faults, ...frameFaults(bundle, definitions), ...repeated(bundle, entries), ...inside];
}

/** The bundle around its resources: its invariants look no further than at a resource's kind, id and version. */
function frameFaults(bundle: Plain, definitions: Definitions): readonly ValidationFault[] {
  if (!Array.isArray(bundle.entry)) return resourceFaults(bundle, 'Bundle', definitions);
  const entry = (bundle.entry as readonly unknown[]).map((each) =>
    isPlain(each) && isPlain(each.resource) ? { ...each, resource: stub(each.resource) } : each,
  );
  return resourceFaults({ ...bundle, entry }, 'Bundle', definitions).filter(
    ({ path }) => !/^Bundle\.entry(?:\[\d+\])?\.resource\b/u.test(path),
  );
}

/** Invariant bdl-7: a full URL names one version of one resource. A history may repeat it. */
function repeated(bundle: Plain, entries: readonly unknown[]): readonly ValidationFault[] {
  if (bundle.type === 'history') return [];
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    if (!isPlain(entry) || typeof entry.fullUrl !== 'string') return [];
    const meta = isPlain(entry.resource) && isPlain(entry.resource.meta) ? entry.resource.meta : {};
    const name = JSON.stringify([entry.fullUrl, meta.versionId ?? null]);
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: `Bundle.entry[${index}].fullUrl`, reason: 'Constraint bdl-7 not met: an earlier entry has this full URL' }];
  });
}

function stub({ resourceType, id, meta }: Plain): Plain {
  const kind = isKnownResource(resourceType) ? resourceType : 'Basic';
  return { resourceType: kind, ...(typeof id === 'string' ? { id } : {}), ...(isPlain(meta) ? { meta } : {}) };
}

function resourceFaults(resource: Plain, path: string, definitions: Definitions): readonly ValidationFault[] {
  const type = typeof resource.resourceType === 'string' ? resource.resourceType : '';
  const named = { ...resource, resourceType: type };
  const own = codeFaultsIfReadable(named, definitions);
  const faults = [...own, ...withoutVague(structureFaults(named), own)];
  return faults.map((fault) => ({ path: fault.path.replace(type, path).replaceAll('[x]', ''), reason: fault.reason }));
}

/** Leaves out what says the same of a path without its indexes. */
function withoutVague(faults: readonly ValidationFault[], exact: readonly ValidationFault[]): readonly ValidationFault[] {
  const said = new Set(exact.map(({ path, reason }) => `${path.replace(/\[\d+\]/gu, '')}\n${reason}`));
  return faults.filter(({ path, reason }) => !said.has(`${path}\n${reason}`));
}

/** A resource that cannot be walked has a structural fault already. */
function codeFaultsIfReadable(resource: object, definitions: Definitions): readonly ValidationFault[] {
  try {
    return codeFaults(resource, definitions);
  } catch {
    return [];
  }
}

function distinct(faults: readonly ValidationFault[]): readonly ValidationFault[] {
  return [...new Map(faults.map((fault) => [`${fault.path}\n${fault.reason}`, fault])).values()];
}

function refused(path: string, reason: string): BundleVerdict {
  return { valid: false, faults: [{ path, reason }] };
}

function capped(faults: readonly ValidationFault[]): readonly ValidationFault[] {
  if (faults.length <= MAX_FAULTS) return faults;
  return [...faults.slice(0, MAX_FAULTS), { path: '', reason: `and ${faults.length - MAX_FAULTS} more faults` }];
}
