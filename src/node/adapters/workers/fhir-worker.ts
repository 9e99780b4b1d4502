// A worker's whole program: checks bundles away from the main thread. It fetches the definitions once, from where the page
// came from. Errors cross as plain objects, because structured clones of errors lose their fields.
import { expose } from 'comlink';
import { AppError } from '../../base/index.ts';
import { createInProcessBundleValidator, definitionsMissing } from '../fhir/index.ts';
import type { BundleVerdict } from '../../ports/index.ts';

const DEFINITIONS = new URL('../../records/definitions/r4.gzip', import.meta.url);

const validator = createInProcessBundleValidator(async () => {
  const response = await fetch(DEFINITIONS).catch((cause: unknown) => {
    throw definitionsMissing(cause);
  });
  if (!response.ok) throw definitionsMissing(response.status);
  return new Uint8Array(await response.arrayBuffer());
});

export type WorkerVerdict =
  { readonly verdict: BundleVerdict } | { readonly failed: { readonly code: string; readonly message: string; readonly remedy: string } };

type Failed = Extract<WorkerVerdict, { failed: unknown }>;

function failed(error: unknown): Failed {
  if (!(error instanceof AppError)) throw error;
  return { failed: { code: error.code, message: error.message, remedy: error.remedy } };
}

async function validate(json: string): Promise<WorkerVerdict> {
  try {
    return { verdict: await validator.validate(json) };
  } catch (error) {
    return failed(error);
  }
}

async function prepare(): Promise<Failed | null> {
  try {
    await validator.prepare();
    return null;
  } catch (error) {
    return failed(error);
  }
}

const fhirWorker = { prepare, validate };
export type FhirWorker = typeof fhirWorker;

expose(fhirWorker);
