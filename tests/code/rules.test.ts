// The numbered rules of docs/protocol.md: a rule that no code and no test cites is a defect.
import { expect, test } from 'vitest';
import { isCode, isComponent, isTest, projectFiles } from './source.ts';

const RULES = Array.from({ length: 19 }, (_, number) => `R${number}`);

const files = projectFiles().filter(({ file }) => !file.startsWith('tests/code/'));
const cites = (text: string, rule: string) => new RegExp(`\\b${rule}\\b`, 'u').test(text);

test.each(RULES)('%s is cited by code and by a test', (rule) => {
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
