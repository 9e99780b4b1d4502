// Sizes, names and headers hold in the whole project, and the checkers see a breach.
import { describe, expect, test } from 'vitest';
import { MAX_COMPONENT_LINES, MAX_FILE_LINES, MAX_FUNCTION_LINES, badHeaders, badNames, tooLong } from './shape.ts';
import { projectFiles } from './source.ts';

const file = (name: string, text: string) => [{ file: name, text }];
const lines = (count: number) => 'x;\n'.repeat(count);

describe('every file', () => {
  test('keeps to the lengths of files, functions and components', () => {
    expect(tooLong(projectFiles())).toEqual([]);
  });

  test('has a name that says something, in the right case', () => {
    expect(badNames(projectFiles())).toEqual([]);
  });

  test('opens with a comment that says what it is', () => {
    expect(badHeaders(projectFiles())).toEqual([]);
  });
});

describe('the checkers', () => {
  test('count lines to the limit and no further', () => {
    expect(tooLong(file('a.ts', lines(MAX_FILE_LINES)))).toEqual([]);
    expect(tooLong(file('a.ts', lines(MAX_FILE_LINES + 1)))).toHaveLength(1);
    expect(tooLong(file('A.svelte', lines(MAX_COMPONENT_LINES + 1)))).toHaveLength(1);
  });

  test('measure functions, arrow functions and methods, also in components', () => {
    const body = (count: number) => `{\n${lines(count - 2)}}`;
    expect(tooLong(file('a.ts', `function f() ${body(MAX_FUNCTION_LINES)}`))).toEqual([]);
    const long = body(MAX_FUNCTION_LINES + 1);
    for (const text of [`function f() ${long}`, `const f = () => ${long};`, `class C { f() ${long} }`]) {
      expect(tooLong(file('a.ts', text))).toHaveLength(1);
      expect(tooLong(file('A.svelte', `<script>\n${text}\n</script>`))).toHaveLength(1);
    }
  });

  test('refuse empty words and wrong case', () => {
    expect(badNames(file('src/utils/a.ts', ''))).toHaveLength(1);
    expect(badNames(file('src/voteRow.ts', ''))).toHaveLength(1);
    expect(badNames(file('src/ui/vote-row.svelte', ''))).toHaveLength(1);
    expect(badNames([...file('src/ui/vote-row.svelte.ts', ''), ...file('src/ui/VoteRow.svelte', '')])).toEqual([]);
  });

  test('want a header', () => {
    expect(badHeaders(file('a.ts', 'export const x = 1;'))).toHaveLength(1);
    expect(badHeaders(file('a.ts', '// What it is.\nexport const x = 1;'))).toEqual([]);
    expect(badHeaders(file('A.svelte', '<p>Hello</p>'))).toHaveLength(1);
    expect(
      badHeaders([...file('A.svelte', '<!-- What it is. -->\n<p></p>'), ...file('B.svelte', '<script>\n  // It.\n</script>')]),
    ).toEqual([]);
  });
});
