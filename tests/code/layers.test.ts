// The import table holds in the whole project, and the checker sees each kind of breach.
import { describe, expect, test } from 'vitest';
import { importCycles, importViolations } from './layers.ts';
import { projectFiles } from './source.ts';

const one = (file: string, target: string) => [{ file, text: `// A file.\nexport * from '${target}';\n` }];

describe('imports', () => {
  test('follow the table and go through doors', () => {
    expect(importViolations(projectFiles())).toEqual([]);
  });

  test('have no cycles', () => {
    expect(importCycles(projectFiles())).toEqual([]);
  });
});

describe('the checker', () => {
  test.each([
    ['upwards', 'src/node/base/ids.ts', '../codec/index.ts'],
    ['past a door', 'src/node/codec/codec.ts', '../base/ids.ts'],
    ['from adapters into the product', 'src/node/adapters/network.ts', '../ledger/index.ts'],
    ['from the product into adapters', 'src/node/runtime/queue.ts', '../adapters/memory.ts'],
    ['of a package of the world', 'src/node/runtime/queue.ts', 'libp2p'],
    ['of the machine', 'src/node/runtime/queue.ts', 'node:fs'],
    ['from the relay into src', 'relay/main.ts', '../src/node/index.ts'],
    ['from the page past the node’s door', 'src/ui/views/list.svelte.ts', '../../node/api.ts'],
    ['from the node into the page', 'src/node/index.ts', '../ui/main.ts'],
    ['from the archive past the doors', 'archive/main.ts', '../src/node/base/index.ts'],
  ])('refuses imports %s', (_, file, target) => {
    expect(importViolations(one(file, target))).toHaveLength(1);
  });

  test.each([
    ['downwards', 'src/node/ledger/block.ts', '../codec/index.ts'],
    ['of ports by adapters', 'src/node/adapters/network.ts', '../ports/index.ts'],
    ['of a package by adapters', 'src/node/adapters/network.ts', 'libp2p'],
    ['of adapters by the node’s door', 'src/node/index.ts', './adapters/browser.ts'],
    ['of the node’s door by the page', 'src/ui/main.ts', '../node/index.ts'],
    ['of both doors by the archive', 'archive/main.ts', '../src/node/adapters/node.ts'],
  ])('allows imports %s', (_, file, target) => {
    expect(importViolations(one(file, target))).toEqual([]);
  });

  test('sees dynamic imports, types and components', () => {
    const texts = [
      { file: 'src/node/base/a.ts', text: "export const load = () => import('../codec/index.ts');" },
      { file: 'src/node/base/b.ts', text: "export type T = import('../codec/index.ts').T;" },
      { file: 'src/ui/views/C.svelte', text: '<p>x</p>\n<script lang="ts">\nimport { x } from \'../../node/api.ts\';\n</script>' },
    ];
    expect(importViolations(texts)).toHaveLength(3);
  });

  test('finds a cycle through three files', () => {
    const files = [...one('relay/a.ts', './b.ts'), ...one('relay/b.ts', './c.ts'), ...one('relay/c.ts', './a.ts')];
    expect(importCycles(files)).toEqual(['relay/a.ts -> relay/b.ts -> relay/c.ts -> relay/a.ts']);
  });
});
