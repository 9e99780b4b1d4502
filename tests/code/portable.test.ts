// Nothing in the project ties it to one machine or one registry.
import { expect, test } from 'vitest';
import { notPortable } from './portable.ts';
import { projectFiles } from './source.ts';

test('no file names a registry, a machine’s path or work for later', () => {
  expect(
    notPortable(projectFiles().filter(({ file }) => file !== 'tests/code/portable.test.ts' && file !== 'tests/code/portable.ts')),
  ).toEqual([]);
});

test.each([
  ['a registry', "const host = 'https://registry.example.org/x';"],
  ['a lock file that names where from', '      "resolved": "https://example.org/a.tgz",'],
  ['a home folder', "open('/home/somebody/file')"],
  ['a scratch folder', 'cp a /tmp/b'],
  ['a Windows home folder', "open('C:\\\\Users\\\\somebody')"],
  ['work for later', '// TODO: finish'],
])('the checker sees %s', (_, text) => {
  expect(notPortable([{ file: 'a.ts', text }])).toHaveLength(1);
});

test.each([
  ['system programs', "const chromium = '/usr/bin/chromium';"],
  ['routes and URLs', "fetch('https://example.org/home/x')"],
])('the checker allows %s', (_, text) => {
  expect(notPortable([{ file: 'a.ts', text }])).toEqual([]);
});
