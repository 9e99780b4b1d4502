// The bundle validator: what is FHIR R4 passes whole, what is not gets the path and the reason of every fault, and nothing
// that anybody sends makes it fall over (fault 30).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBundleValidator } from '../../../src/node/adapters/node.ts';
import { MAX_BUNDLE_BYTES } from '../../../src/node/base/index.ts';
import { joinParts, readableRecord, resourcesOf, samplePatient, sealPreview, splitBundle } from '../../../src/node/records/index.ts';
import { PATIENT, SUBJECT, bundleOf, sharedBundles } from './places.ts';

const validator = createBundleValidator();

async function faultsOf(json: string) {
  const verdict = await validator.validate(json);
  return verdict.valid ? [] : verdict.faults;
}

const shared = sharedBundles();

describe.skipIf(shared.length === 0)('the shared synthetic patients', () => {
  test.each(shared)('%s imports whole', async (_, json) => {
    const verdict = await validator.validate(json);
    expect(verdict).toMatchObject({ valid: true });
    if (!verdict.valid) return;
    expect(verdict.bundle).toEqual(JSON.parse(json));
    expect(joinParts(splitBundle(verdict.bundle))).toEqual(JSON.parse(json));
    const sections = readableRecord(verdict.bundle);
    expect(sections.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Patient', 'Visits', 'Problems and diagnoses', 'Vital signs', 'Medication']),
    );
    const listed = sealPreview(verdict.bundle).parts.flatMap((part) => part.resources);
    expect(listed).toHaveLength(resourcesOf(verdict.bundle).length);
    expect(listed.every(({ summary }) => summary !== '')).toBe(true);
  });
});

test.runIf(shared.length === 0)('the shared data is missing: five synthetic patients were NOT tried', ({ skip }) => {
  process.stderr.write('\n*** ../shared/data/fhir is missing: the import of five Synthea bundles was not tried. ***\n');
  skip('../shared/data/fhir is missing');
});

describe('what is valid', () => {
  test('every sample of the seeded generator', async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      expect(await faultsOf(JSON.stringify(samplePatient({ seed, visits: 1 + (seed % 7) }))), `seed ${seed}`).toEqual([]);
    }
  });

  test('codes without a system of their own, extensions on primitives, contained resources, a byte order mark', async () => {
    const extended = { ...PATIENT, _gender: { extension: [{ url: 'http://example.org/x', valueString: 'y' }] } };
    expect(await faultsOf(bundleOf(extended))).toEqual([]);
    expect(
      await faultsOf(
        bundleOf({
          ...PATIENT,
          contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
          managingOrganization: { reference: '#o' },
        }),
      ),
    ).toEqual([]);
    expect(await faultsOf(`\uFEFF${bundleOf(PATIENT)}`)).toEqual([]);
  });

  test('a text without a code, where the value set is required', async () => {
    const condition = {
      resourceType: 'Condition',
      subject: SUBJECT,
      verificationStatus: { text: 'confirmed' },
      clinicalStatus: { text: 'active' },
      code: { text: 'x' },
    };
    expect(await faultsOf(bundleOf(condition))).toEqual([]);
  });
});

const OBSERVATION = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
const FAULTY: readonly (readonly [what: string, json: string, path: string, reason: RegExp])[] = [
  [
    'a code outside a required value set',
    bundleOf({ ...PATIENT, gender: 'f' }),
    'Bundle.entry[0].resource.gender',
    /"f" is no code of the required value set .*administrative-gender/u,
  ],
  [
    'such a code with an extension',
    bundleOf({ ...PATIENT, gender: 'f', _gender: { extension: [{ url: 'http://x.y', valueString: 'z' }] } }),
    'Bundle.entry[0].resource.gender',
    /administrative-gender/u,
  ],
  [
    'the right code of a wrong system',
    bundleOf({ resourceType: 'Condition', subject: SUBJECT, clinicalStatus: { coding: [{ system: 'http://x.y', code: 'active' }] } }),
    'Bundle.entry[0].resource.clinicalStatus',
    /condition-clinical/u,
  ],
  [
    'a unit-less media type',
    bundleOf({ resourceType: 'DocumentReference', status: 'current', content: [{ attachment: { contentType: 'text' } }] }),
    'Bundle.entry[0].resource.content[0].attachment.contentType',
    /mimetypes/u,
  ],
  [
    'a currency that is none',
    bundleOf({
      resourceType: 'ChargeItem',
      status: 'billable',
      code: { text: 'x' },
      subject: SUBJECT,
      priceOverride: { value: 1, currency: 'QQQ' },
    }),
    'Bundle.entry[0].resource.priceOverride.currency',
    /currencies/u,
  ],
  ['a missing field', bundleOf({ resourceType: 'Observation', status: 'final' }), 'Bundle.entry[0].resource.code', /[Mm]issing/u],
  ['a field that R4 does not have', bundleOf({ ...PATIENT, nickname: 'x' }), 'Bundle.entry[0].resource.nickname', /additional/u],
  [
    'a field of another version',
    bundleOf({
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      subject: SUBJECT,
      medicationCodeableConcept: { text: 'x' },
      medication: { concept: { text: 'R5' } },
    }),
    'Bundle.entry[0].resource.medication',
    /additional/u,
  ],
  ['a date that is none', bundleOf({ ...PATIENT, birthDate: '1970-13-01' }), 'Bundle.entry[0].resource.birthDate', /date/u],
  [
    'a number as text',
    bundleOf({ ...OBSERVATION, valueQuantity: { value: '5' } }),
    'Bundle.entry[0].resource.value.value',
    /expected number/u,
  ],
  ['two values of one choice', bundleOf({ ...OBSERVATION, valueString: 'a', valueInteger: 1 }), 'Bundle.entry[0].resource', /only one of/u],
  ['one where many are expected', bundleOf({ ...PATIENT, name: { text: 'x' } }), 'Bundle.entry[0].resource.name', /array/u],
  ['an empty list', bundleOf({ ...PATIENT, name: [] }), 'Bundle.entry[0].resource.name', /empty/u],
  ['an empty object', bundleOf({ ...PATIENT, maritalStatus: {} }), 'Bundle.entry[0].resource.maritalStatus', /empty/u],
  ['a null', bundleOf({ ...PATIENT, birthDate: null }), 'Bundle.entry[0].resource.birthDate', /null/u],
  [
    'a broken invariant',
    bundleOf({ resourceType: 'Patient', contact: [{ gender: 'male' }] }),
    'Bundle.entry[0].resource.contact[0]',
    /pat-1/u,
  ],
  [
    'a fault in a contained resource',
    bundleOf({ ...PATIENT, contained: [{ resourceType: 'Organization', active: 'yes', name: 'x' }] }),
    'Bundle.entry[0].resource.contained[0].active',
    /boolean/u,
  ],
  [
    'a fault in a bundle in the bundle',
    bundleOf(JSON.parse(bundleOf({ ...PATIENT, gender: 'f' })) as Record<string, unknown>),
    'Bundle.entry[0].resource.entry[0].resource.gender',
    /administrative-gender/u,
  ],
  ['a resource of no known kind', bundleOf({ resourceType: 'Patiente' }), 'Bundle.entry[0].resource', /"Patiente" is no kind/u],
  [
    'a contained one of no known kind',
    bundleOf({ ...PATIENT, contained: [{ resourceType: 'Foo' }] }),
    'Bundle.entry[0].resource.contained[0]',
    /"Foo"/u,
  ],
  ['a resource that does not say what it is', bundleOf({ id: 'x' }), 'Bundle.entry[0].resource', /resourceType/u],
  ['a bundle of no kind', JSON.stringify({ resourceType: 'Bundle', type: 'heap' }), 'Bundle.type', /bundle-type/u],
  [
    'entries that are no list',
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: { resource: PATIENT } }),
    'Bundle.entry',
    /array/u,
  ],
  [
    'two entries with one name',
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [1, 2].map(() => ({ fullUrl: 'urn:uuid:1', resource: PATIENT })) }),
    'Bundle.entry[1].fullUrl',
    /bdl-7/u,
  ],
  ['another resource than a bundle', JSON.stringify(PATIENT), 'resourceType', /Bundle/u],
  ['what is no object', '[]', '', /object/u],
  ['half a text', '{"resourceType":"Bundle",', '', /not JSON/u],
  ['nothing', '', '', /not JSON/u],
  ['deep nesting', `{"resourceType":"Bundle","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, '', /deeper/u],
  ['a prototype key', '{"resourceType":"Bundle","type":"collection","__proto__":{"x":1}}', '', /__proto__/u],
  [
    'more than the limit',
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', id: 'x'.repeat(MAX_BUNDLE_BYTES) }),
    '',
    /at most 16 MiB/u,
  ],
  [
    'more bytes than the limit in fewer characters',
    JSON.stringify({ resourceType: 'Bundle', id: 'ñ'.repeat(MAX_BUNDLE_BYTES / 2) }),
    '',
    /at most 16 MiB/u,
  ],
];

describe('what is not valid', () => {
  test.each(FAULTY)('%s is said with its path', async (_, json, path, reason) => {
    const faults = await faultsOf(json);
    expect(
      faults.find((fault) => fault.path === path && reason.test(fault.reason)),
      JSON.stringify(faults),
    ).toBeDefined();
  });

  test('has every fault named, not only the first', async () => {
    const faults = await faultsOf(
      bundleOf({ ...PATIENT, gender: 'f', birthDate: 'x' }, { resourceType: 'Foo' }, { resourceType: 'Observation', status: 'done' }),
    );
    expect(faults.map(({ path }) => path).toSorted()).toEqual([
      'Bundle.entry[0].resource.birthDate',
      'Bundle.entry[0].resource.gender',
      'Bundle.entry[1].resource',
      'Bundle.entry[2].resource.code',
      'Bundle.entry[2].resource.status',
    ]);
  });

  test('has at most so many named that a page can show them', async () => {
    const faults = await faultsOf(bundleOf(...Array.from({ length: 800 }, () => ({ ...PATIENT, gender: 'f' }))));
    expect(faults).toHaveLength(501);
    expect(faults.at(-1)?.reason).toMatch(/300 more/u);
  });

  test('never holds more of the content than a short code', async () => {
    const secret = 'S'.repeat(100);
    const faults = await faultsOf(bundleOf({ ...PATIENT, gender: secret, name: [{ text: 7, given: secret }] }));
    expect(JSON.stringify(faults)).not.toContain(secret);
  });
});

describe('hostile input', () => {
  const field = fc.constantFrom(
    'resourceType',
    'entry',
    'resource',
    'contained',
    'id',
    'name',
    'valueOf',
    'toString',
    'hasOwnProperty',
    'length',
    'extension',
    'url',
    'type',
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, 0, -1, '', 'x', 'Patient', 'Bundle'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(field, tie('tree'), { maxKeys: 4 }),
    ),
  }));

  test('gets a verdict, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        const verdict = await validator.validate(
          JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: value }] }),
        );
        expect(typeof verdict.valid).toBe('boolean');
      }),
      { numRuns: 300 },
    );
  });

  test('gets a verdict when any field of a good bundle is replaced', async () => {
    const good = JSON.stringify(samplePatient({ seed: 3, visits: 1 }));
    const slots = [...good.matchAll(/:("[^"]*"|\d+(?:\.\d+)?|true|false)/gu)];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(slots.length - 1),
        fc.constantFrom('null', '[]', '{}', '""', '-1', '"\\u0000"', '[null]', '{"valueOf":1}'),
        async (slot, replacement) => {
          const match = slots[slot];
          if (match === undefined) return;
          const json = `${good.slice(0, match.index + 1)}${replacement}${good.slice(match.index + match[0].length)}`;
          const verdict = await validator.validate(json);
          if (replacement !== '-1') expect(verdict.valid, `${match[0]} by ${replacement}`).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });
});
