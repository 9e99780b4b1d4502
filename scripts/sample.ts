// `npm run sample -- --seed 7 --visits 5 --out FILE`: an invented patient as a FHIR R4 bundle, checked before it is written.
// Without --out it goes to standard output. With --json a summary goes there instead.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createBundleValidator } from '../src/node/adapters/node.ts';
import { MAX_SAMPLE_VISITS, patientOf, resourcesOf, samplePatient } from '../src/node/records/index.ts';

function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new Error(`--${name} must be an integer from ${least} to ${most}`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      visits: { type: 'string', default: '3' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const seed = integer('seed', values.seed, 0, 2 ** 31 - 1);
  const bundle = samplePatient({ seed, visits: integer('visits', values.visits, 1, MAX_SAMPLE_VISITS) });
  const text = `${JSON.stringify(bundle, null, 2)}\n`;
  const verdict = await createBundleValidator().validate(text);
  if (!verdict.valid) throw new Error(`the sample is not valid: ${JSON.stringify(verdict.faults.slice(0, 5))}`);
  if (values.out !== undefined) writeFileSync(values.out, text);
  else if (!values.json) process.stdout.write(text);
  const summary = {
    seed,
    ...patientOf(bundle),
    resources: resourcesOf(bundle).length,
    bytes: Buffer.byteLength(text),
    file: values.out ?? null,
  };
  process.stderr.write(`${summary.name ?? ''}, born ${summary.birthDate ?? ''}: ${summary.resources} resources, ${summary.bytes} bytes\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
