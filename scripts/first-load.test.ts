// What counts into the first load, on a small page made for the purpose.
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { firstLoad } from './first-load.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'first-load-'));
  mkdirSync(path.join(folder, 'assets'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (file: string, text: string) => writeFileSync(path.join(folder, file), text);
const files = () =>
  firstLoad(folder)
    .files.map(({ file }) => file)
    .sort();

test('counts the page, its styles and scripts, and what these import statically', () => {
  put(
    'index.html',
    '<link rel="stylesheet" href="./assets/a.css"><link rel="icon" href="./icon.svg"><script type="module" src="./assets/a.js"></script>',
  );
  put('icon.svg', '<svg/>');
  put('assets/a.css', 'p{}');
  put('assets/a.js', 'import{x}from"./b.js";export*from"./c.js";import("./later.js");console.log(x)');
  put('assets/b.js', 'import"./a.js";export const x=1');
  put('assets/c.js', 'export const y="import z from \'./text.js\'"');
  put('assets/later.js', 'export{}');
  put('assets/text.js', '');
  expect(files()).toEqual(['assets/a.css', 'assets/a.js', 'assets/b.js', 'assets/c.js', 'index.html']);
});

test('counts compressed kilobytes', () => {
  put('index.html', `<p>${'x'.repeat(1_000_000)}</p>`);
  expect(firstLoad(folder).kilobytes).toBeLessThan(3);
});

test('says what to do where nothing is built', () => {
  expect(() => firstLoad(folder)).toThrow('no built page');
});
