// Structure and invariants of resources, by @medplum/core.
import { isDataTypeLoaded, isResourceType, validateResource } from '@medplum/core';
import type { ValidationFault } from '../../ports/index.ts';

/** What is read of an issue of an OperationOutcome; the package's own types of FHIR are not installed. */
interface Issue {
  readonly severity?: string;
  readonly code?: string;
  readonly details?: { readonly text?: string };
  readonly diagnostics?: string;
  readonly expression?: readonly string[];
}

/** Whether FHIR R4 has this kind of resource. */
export function isKnownResource(type: unknown): type is string {
  return typeof type === 'string' && /^[A-Za-z]+$/u.test(type) && isDataTypeLoaded(type) && isResourceType(type);
}

/** Every fault of one resource and what is inside it; paths begin with the resource's type. */
export function structureFaults(resource: { readonly resourceType: string }): readonly ValidationFault[] {
  try {
    validateResource(resource as Parameters<typeof validateResource>[0]);
    return [];
  } catch (error) {
    const issues = (error as { readonly outcome?: { readonly issue?: readonly Issue[] } }).outcome?.issue;
    return issues === undefined ? [{ path: resource.resourceType, reason: 'the resource cannot be read' }] : issues.flatMap(faultOf);
  }
}

/** Its warnings are not faults by FHIR R4, but for one that codes.ts finds with a better path. */
function faultOf(issue: Issue): readonly ValidationFault[] {
  if (issue.severity !== 'error') return [];
  const reason = issue.details?.text ?? issue.diagnostics ?? issue.code ?? 'not valid';
  return [{ path: issue.expression?.join(', ') ?? '', reason }];
}
