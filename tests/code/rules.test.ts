// The numbered rules of docs/protocol.md: a rule that no code and no test cites is a defect. What is put off is listed here, with
// why, and leaves the list as soon as it is built.
import { expect, test } from 'vitest';
import { isCode, isComponent, isTest, projectFiles } from './source.ts';

const RULES = Array.from({ length: 19 }, (_, number) => `R${number}`);
/** Rules that belong to the engine `grouped`, which comes after `pbft`. */
const DEFERRED: Readonly<Record<string, string>> = {
  R8: 'lanes exist only in the engine grouped',
  R10: 'groups exist only in the engine grouped',
};

const files = projectFiles().filter(({ file }) => !file.startsWith('tests/code/'));
const cites = (text: string, rule: string) => new RegExp(`\\b${rule}\\b`, 'u').test(text);

test.each(RULES.filter((rule) => !(rule in DEFERRED)))('%s is cited by code and by a test', (rule) => {
  const citing = files.filter((source) => (isCode(source) || isComponent(source)) && cites(source.text, rule));
  expect(
    citing.some((source) => source.file.startsWith('src/') && !isTest(source)),
    'code',
  ).toBe(true);
  expect(
    citing.some((source) => isTest(source) || source.file.startsWith('tests/')),
    'a test',
  ).toBe(true);
});

test.each(Object.entries(DEFERRED))('%s is still deferred: %s', (rule) => {
  const citing = files.filter((source) => isTest(source) && cites(source.text, rule));
  expect(citing.map(({ file }) => file)).toEqual([]);
});
