// Bad input (issue: points off the curve or outside the subgroup, identities, scalars that are not canonical, truncated and oversized encodings,
// wrong versions): every decoder of crypto/ and records/ is in the table below, or this fails. Each refuses with a typed reason what is damaged,
// takes nothing in two spellings, never throws, and what is changed by one bit and still decodes is taken for genuine by nobody (row 48).
import { globSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { damaged } from '../../tests/vectors/damage.ts';
import { type DecoderEntry, POISON, patched } from '../../tests/vectors/decoder-table.ts';
import { cryptoDecoders } from '../../tests/vectors/crypto-decoders.ts';
import { recordDecoders } from '../../tests/vectors/record-decoders.ts';
import { isRejection } from './base/index.ts';
import { equalBytes } from './codec/index.ts';

/** How a decoder is called in this project. */
const DECODER = /^(?:decode|read)[A-Z]\w*$|^unpad$|^fromBase64$|FromJson$|FromWords$/u;
const TABLE: readonly DecoderEntry[] = [...cryptoDecoders(), ...recordDecoders()];
const RUNS = 60;

let exported: readonly string[] = [];

beforeAll(async () => {
  const files = globSync('{crypto,records}/**/*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));
  const modules = await Promise.all(files.map((file) => import(path.join(import.meta.dirname, file)) as Promise<Record<string, unknown>>));
  const names = modules.flatMap((module) => Object.keys(module).filter((name) => typeof module[name] === 'function' && DECODER.test(name)));
  exported = [...new Set(names)].toSorted();
}, 60_000);

/** What became of an encoding: a reason in kebab-case, or a value. */
function outcome(entry: DecoderEntry, bytes: Uint8Array): { readonly reason: string } | { readonly value: unknown } {
  const value = entry.decode(bytes);
  if (value === null) return { reason: 'null' };
  if (!isRejection(value)) return { value };
  expect(value.reason).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u);
  expect(value.detail.length).toBeGreaterThan(0);
  return { reason: value.reason };
}

describe('decoders', () => {
  test('every one that crypto/ and records/ export has an entry here, and every entry is one', () => {
    expect([...new Set(TABLE.map(({ name }) => name))].toSorted()).toEqual(exported);
  });

  test.each(TABLE.map((entry) => [entry.name, entry] as const))('%s takes the good encoding, and gives it back', (_, entry) => {
    const result = outcome(entry, entry.good);
    expect(result).toHaveProperty('value');
    if (!('value' in result)) return;
    if (entry.encode !== undefined) expect(entry.encode(result.value as never)).toEqual(entry.good);
    if (entry.holds !== undefined) expect(entry.holds(result.value as never)).toBe(true);
  });

  test.each(TABLE.map((entry) => [entry.name, entry] as const))(
    '%s refuses or spells back what has a bit changed, is cut short or longer; nobody takes it for genuine (fuzz)',
    (_, entry) => {
      fc.assert(
        fc.property(damaged(entry.good), (bytes) => {
          const result = outcome(entry, bytes);
          if (!('value' in result)) return;
          if (entry.encode !== undefined) expect(equalBytes(entry.encode(result.value as never), bytes)).toBe(true);
          if (entry.holds !== undefined) expect(entry.holds(result.value as never)).toBe(false);
        }),
        { numRuns: entry.runs ?? RUNS },
      );
    },
    60_000,
  );

  test.each(TABLE.map((entry) => [entry.name, entry] as const))(
    '%s refuses bytes of any other length, and never throws (fuzz)',
    (_, entry) => {
      const strange = fc.oneof(
        fc.uint8Array({ maxLength: 600 }),
        fc.uint8Array({ minLength: entry.good.byteLength, maxLength: entry.good.byteLength }),
      );
      fc.assert(
        fc.property(strange, (bytes) => {
          const result = outcome(entry, bytes);
          if ('value' in result && entry.encode !== undefined) expect(entry.encode(result.value as never)).toEqual(bytes);
        }),
        { numRuns: entry.runs ?? RUNS },
      );
    },
  );

  const places = TABLE.flatMap((entry) => (entry.fields ?? []).map(([offset, kind]) => [entry.name, kind, offset, entry] as const));
  test.each(places)('%s refuses every bad %s at byte %i', (_, kind, offset, entry) => {
    for (const poison of POISON[kind]) expect(outcome(entry, patched(entry.good, offset, poison))).toHaveProperty('reason');
  });
});
