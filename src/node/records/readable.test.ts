// What a person reads of a record, whatever is in it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textToBytes } from '../codec/index.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { FhirBundle, FhirResource } from './bundle.ts';
import { readableRecord } from './readable.ts';
import type { ReadableRow } from './readable-row.ts';
import { patientOf, sealPreview, summaryOf } from './summary.ts';
import { dateText, narrativeText } from './values.ts';

function bundleOf(...resources: readonly FhirResource[]): FhirBundle {
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
}

function rowsOf(title: string, ...resources: readonly FhirResource[]): readonly ReadableRow[] {
  return readableRecord(bundleOf(...resources)).find((section) => section.title === title)?.rows ?? [];
}

const lab = (fields: object): FhirResource => ({
  resourceType: 'Observation',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { text: 'Hemoglobin' },
  effectiveDateTime: '2020-02-03',
  ...fields,
});

describe('what a person reads', () => {
  test('has unit and range beside the value, and high and low in words', () => {
    const range = [{ low: { value: 12 }, high: { value: 17.5 } }];
    expect(rowsOf('Laboratory', lab({ valueQuantity: { value: 19.123456, unit: 'g/dL' }, referenceRange: range }))).toEqual([
      { label: 'Hemoglobin, 03-Feb-2020', value: '19.12', unit: 'g/dL', range: '12–17.5', flag: 'high', date: '2020-02-03', code: '' },
    ]);
    expect(rowsOf('Laboratory', lab({ valueQuantity: { value: 11 }, referenceRange: range }))[0]?.flag).toBe('low');
    expect(rowsOf('Laboratory', lab({ valueQuantity: { value: 13 }, referenceRange: range }))[0]).not.toHaveProperty('flag');
  });

  test('believes the laboratory before its range', () => {
    const said = { valueQuantity: { value: 19 }, referenceRange: [{ high: { value: 17 } }], interpretation: [{ coding: [{ code: 'N' }] }] };
    expect(rowsOf('Laboratory', lab(said))[0]).not.toHaveProperty('flag');
    expect(rowsOf('Laboratory', lab({ valueString: 'x', interpretation: [{ coding: [{ code: 'LL' }] }] }))[0]?.flag).toBe('low');
  });

  test('has blood pressure in one row, other panels in one row each part', () => {
    const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
    const part = (code: string, value: number) => ({ code: loinc(code), valueQuantity: { value, unit: 'mmHg' } });
    const pressure = {
      resourceType: 'Observation',
      code: { ...loinc('55284-4'), text: 'Blood Pressure' },
      component: [part('8462-4', 80), part('8480-6', 120)],
    };
    expect(rowsOf('Other findings', pressure)).toMatchObject([{ label: 'Blood Pressure', value: '120 / 80', unit: 'mmHg' }]);
    const panel = {
      resourceType: 'Observation',
      code: { text: 'Panel' },
      component: [part('1-1', 1), { ...part('1-2', 2), code: { text: 'Second' } }],
    };
    expect(rowsOf('Other findings', panel).map(({ label }) => label)).toEqual(['Panel: 1-1', 'Panel: Second']);
  });

  test.each<[string, object, string]>([
    ['a comparator', { valueQuantity: { comparator: '<', value: 0.5, unit: 'mg' } }, '< 0.5'],
    ['a concept', { valueCodeableConcept: { coding: [{ code: 'x', display: 'Never smoker' }] } }, 'Never smoker'],
    ['yes', { valueBoolean: true }, 'Yes'],
    ['a range', { valueRange: { low: { value: 1 }, high: { value: 2 } } }, '1–2'],
    ['a ratio', { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }, '1 : 128'],
    ['a period', { valuePeriod: { start: '2020-01-01', end: '2020-02' } }, '01-Jan-2020 to Feb-2020'],
    ['nothing, with the reason', { dataAbsentReason: { text: 'Not performed' } }, 'Not performed'],
    ['nothing at all', {}, 'Not given'],
  ])('has %s as words', (_, fields, value) => {
    expect(rowsOf('Laboratory', lab(fields))[0]?.value).toBe(value);
  });

  test('has the newest first', () => {
    const days = ['2019-05-01', '2021-01-01', '2020-01-01'];
    expect(rowsOf('Laboratory', ...days.map((day) => lab({ effectiveDateTime: day }))).map(({ date }) => date)).toEqual([
      '2021-01-01',
      '2020-01-01',
      '2019-05-01',
    ]);
  });

  test('has notes as text, other files by kind and size', () => {
    const attachment = (contentType: string, text: string) => ({
      attachment: { contentType, title: 'Note', data: toBase64(textToBytes(text)) },
    });
    const document = {
      resourceType: 'DocumentReference',
      content: [
        attachment('text/plain; charset=utf-8', 'Señal'),
        attachment('application/pdf', 'x'.repeat(3_000)),
        { attachment: { url: 'http://x.y' } },
      ],
    };
    expect(rowsOf('Notes and documents', document).map(({ value }) => value)).toEqual([
      'Señal',
      'application/pdf, 3 kB',
      'Stored elsewhere (unknown kind)',
    ]);
  });

  test('names what it does not know, many of a kind by their number', () => {
    const claims = Array.from({ length: 6 }, () => ({ resourceType: 'Claim' }));
    expect(rowsOf('Other entries', ...claims, { resourceType: 'VisionPrescription', status: 'active' })).toEqual([
      { label: 'Claim', value: '6 entries' },
      { label: 'Vision prescription', value: 'active' },
    ]);
  });

  test('never falls over a bundle that nobody checked', () => {
    const type = fc.constantFrom(
      'Patient',
      'Observation',
      'Condition',
      'Encounter',
      'AllergyIntolerance',
      'MedicationRequest',
      'DocumentReference',
      'Composition',
      'Procedure',
      'Claim',
    );
    const field = fc.constantFrom(
      'code',
      'name',
      'category',
      'component',
      'valueQuantity',
      'period',
      'content',
      'section',
      'reaction',
      'text',
      'referenceRange',
      'interpretation',
      'birthDate',
      'meta',
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('coding', 'text', 'code', 'system', 'value', 'low', 'attachment', 'data', 'title'), tie('value'), {
          maxKeys: 3,
        }),
      ),
    }));
    fc.assert(
      fc.property(type, fc.dictionary(field, value), (resourceType, fields) => {
        const bundle = bundleOf({ ...fields, resourceType });
        for (const section of readableRecord(bundle))
          for (const row of section.rows) expect([typeof row.label, typeof row.value]).toEqual(['string', 'string']);
        expect(sealPreview(bundle).parts[0]?.resources[0]?.summary).not.toBe('');
        patientOf(bundle);
      }),
      { numRuns: 500 },
    );
  });
});

describe('small words', () => {
  test.each([
    ['1945-07-14', '14-Jul-1945'],
    ['1945-07', 'Jul-1945'],
    ['1945', '1945'],
    ['1945-07-14T23:59:59+14:00', '14-Jul-1945'],
    ['soon', ''],
    [7, ''],
  ])('the day of %s is %s', (value, expected) => {
    expect(dateText(value)).toBe(expected);
  });

  test('a narrative loses its tags and keeps its lines', () => {
    expect(narrativeText({ div: '<div>One<br/>two <b>&amp; three</b><ul><li>four</li></ul><script>x</script></div>' })).toBe(
      'One\ntwo & three\nfour\nx',
    );
  });

  test('a summary is one short line', () => {
    expect(summaryOf({ resourceType: 'Observation', code: { text: 'x'.repeat(500) } })).toHaveLength(200);
    expect(summaryOf({ resourceType: 'MedicationRequest' })).toBe('Medication request');
  });

  test('who a bundle is about', () => {
    const patient = {
      resourceType: 'Patient',
      name: [{ given: ['x'] }, { use: 'official', given: ['Ana', 'María'], family: 'Solà' }],
      birthDate: '1970-01-01',
      gender: 'female',
    };
    expect(patientOf(bundleOf(patient))).toEqual({ name: 'Ana María Solà', birthDate: '1970-01-01', gender: 'female' });
    expect(patientOf(bundleOf())).toBeNull();
  });

  test('Base64 goes there and back, and what is none is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    );
    expect(toBase64(textToBytes('foobar'))).toBe('Zm9vYmFy');
    for (const bad of ['Zg=', 'Zg', 'Z===', 'Z*==', 'Zm=v']) expect(fromBase64(bad)).toBeNull();
  });
});
