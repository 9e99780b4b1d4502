// Which folder may import which: the import table of ARCHITECTURE.md as data, and the checker. Arrows point down, one door per
// folder, no cycles (style rule 6). Tests beside a file may look anywhere.
import { type Import, type SourceFile, importsOf, isCode, isComponent, isTest } from './source.ts';

/** From the bottom to the top: a layer imports only from those before it. `api` is src/node/api.ts with the files named api-… behind it. */
const LAYERS = ['base', 'codec', 'ports', 'crypto', 'consensus', 'contracts', 'api', 'records', 'ledger', 'participant', 'care', 'runtime'];
/** Adapters stand aside: they know the ports, not the product. */
const ADAPTERS_MAY_IMPORT = ['base', 'codec', 'ports', 'crypto'];
/** Ways into a folder from outside. Adapters have a door for each kind of host. */
const DOORS = /^src\/node\/(?:[a-z-]+\/index\.ts|api\.ts|index\.ts|adapters(?:-[a-z-]+)?\/(?:index|node|browser|memory)\.ts)$/u;
/** Packages of the network and storage, and the machine's own modules. */
const WORLD = /^(?:node:|libp2p$|@libp2p\/|helia$|@helia\/|@multiformats\/|idb$|blockstore-|datastore-|comlink$)/u;

/** The layer of a file in src/node: its folder or `api`; what else lies at its top puts the layers together, as `index` does. */
function layerOf(file: string): string | null {
  const [, name = null] = /^src\/node\/([^/]+)/u.exec(file) ?? [];
  if (name === null || /^api(-[a-z]+)?\.ts$/u.test(name)) return name === null ? null : 'api';
  if (name.endsWith('.ts')) return 'index';
  return name.startsWith('adapters') ? 'adapters' : name;
}

/** The top-level part of the project that a file belongs to. */
function partOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'src' ? `src/${second}` : top;
}

/** Why an import between two files of src/node is not allowed, or null. */
function withinNode({ from, target }: Import): string | null {
  const upper = layerOf(from);
  const lower = layerOf(target);
  if (upper === lower || upper === 'index') return null;
  if (upper === null || lower === null) return 'lies outside the layers';
  if (upper === 'adapters')
    return ADAPTERS_MAY_IMPORT.includes(lower) ? null : `adapters may import only ${ADAPTERS_MAY_IMPORT.join(', ')}`;
  if (lower === 'adapters' || lower === 'index') return `${upper} may not import ${lower}`;
  if (!LAYERS.includes(upper) || !LAYERS.includes(lower)) return `the layer ${LAYERS.includes(upper) ? lower : upper} is not in the table`;
  return LAYERS.indexOf(lower) < LAYERS.indexOf(upper) ? null : `${upper} is below ${lower}`;
}

/** Why an import that leaves its part of the project is not allowed, or null. */
function betweenParts({ from, target }: Import): string | null {
  const part = partOf(from);
  if (!target.startsWith('src/')) return part.startsWith('src/') && target !== 'package.json' ? 'src imports nothing beside src' : null;
  if (part === 'relay') return 'relay imports nothing of src';
  if (part === 'src/node') return 'the node never imports the page';
  if (part === 'src/ui') return target === 'src/node/index.ts' ? null : 'the page imports only src/node/index.ts';
  if (part === 'archive') {
    return ['src/node/index.ts', 'src/node/adapters/node.ts'].includes(target)
      ? null
      : 'archive imports only the doors of the node and its adapters';
  }
  return null;
}

function judge(entry: Import): string | null {
  const { from, target, relative } = entry;
  if (!relative) {
    const layer = layerOf(from);
    const world = from.startsWith('src/') && layer !== 'adapters' && WORLD.test(target);
    return world ? 'only adapters import the network, storage and the machine' : null;
  }
  const part = partOf(from);
  if (part !== partOf(target)) return betweenParts(entry);
  if (part !== 'src/node') return null;
  if (layerOf(from) !== layerOf(target) && !DOORS.test(target)) return 'goes past the door of the folder';
  return withinNode(entry);
}

function checked(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter((file) => (isCode(file) || isComponent(file)) && !isTest(file) && !file.file.startsWith('tests/'));
}

/** Every import that breaks the table, as a sentence. */
export function importViolations(files: readonly SourceFile[]): readonly string[] {
  return checked(files)
    .flatMap((file) => importsOf(file))
    .flatMap((entry) => {
      const why = judge(entry);
      return why === null ? [] : [`${entry.from} imports ${entry.target}: ${why}`];
    });
}

/** Every cycle of imports, once, as a path that ends where it begins. */
export function importCycles(files: readonly SourceFile[]): readonly string[] {
  const known = new Set(files.map(({ file }) => file));
  const targets = new Map(
    checked(files).map((file) => [
      file.file,
      importsOf(file)
        .filter((entry) => entry.relative && known.has(entry.target))
        .map((entry) => entry.target),
    ]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const target of targets.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of targets.keys()) visit(file);
  return cycles;
}
