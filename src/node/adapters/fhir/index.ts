// adapters/fhir/: checking FHIR R4 bundles. Its only door; it brings @medplum/core with it, so pages open it in a worker only.
export { definitionsMissing } from './definitions.ts';
export { createInProcessBundleValidator } from './in-process.ts';
