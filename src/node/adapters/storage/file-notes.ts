// Notes on a server: a folder per table, a file per note, named by the digest of its key, because keys may be longer and
// stranger than file names. The key is inside, under the same checksum as the value.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '../../base/index.ts';
import { bytesToText, textToBytes } from '../../codec/index.ts';
import { digestOf } from '../../crypto/index.ts';
import type { NoteStore } from '../../ports/index.ts';
import { prepareFolder, readChecked, removeFile, replaceFile } from './files.ts';
import { damagedNote, guarded } from './trouble.ts';

const TABLE = /^[a-z][a-z0-9-]{0,63}$/u;
const FILE = /^[0-9a-f]{64}$/u;

export async function openFileNotes(root: string): Promise<NoteStore> {
  await guarded(() => prepareFolder(root));
  const prepared = new Map<string, Promise<string>>();

  /** The folder of a table, made on first use. */
  function folderOf(table: string): Promise<string> {
    assert(TABLE.test(table), 'a table is named in lower-case words');
    const known = prepared.get(table);
    if (known !== undefined) return known;
    const folder = join(root, table);
    const making = prepareFolder(folder).then(() => folder);
    prepared.set(table, making);
    return making;
  }

  const fileOf = (key: string) => digestOf(textToBytes(key));

  async function read(path: string): Promise<readonly [key: string, value: Uint8Array] | null> {
    const bytes = await readChecked(path);
    if (bytes === null) return null;
    if (bytes === 'damaged') throw damagedNote();
    const keyLength = new DataView(bytes.buffer).getUint32(0);
    const key = bytesToText(bytes.subarray(4, 4 + keyLength));
    if (typeof key !== 'string') throw damagedNote();
    return [key, bytes.slice(4 + keyLength)];
  }

  return {
    get: (table, key) => guarded(async () => (await read(join(await folderOf(table), fileOf(key))))?.[1] ?? null),
    put: (table, key, value) => guarded(async () => replaceFile(join(await folderOf(table), fileOf(key)), noteBytes(key, value))),
    delete: (table, key) => guarded(async () => removeFile(join(await folderOf(table), fileOf(key)))),
    entries: (table, prefix = '') =>
      guarded(async () => {
        const folder = await folderOf(table);
        const names = (await readdir(folder)).filter((name) => FILE.test(name));
        const notes = await Promise.all(names.map((name) => read(join(folder, name))));
        return notes
          .filter((note) => note !== null)
          .filter(([key]) => key.startsWith(prefix))
          .sort(([a], [b]) => (a < b ? -1 : 1));
      }),
    clear: () =>
      guarded(async () => {
        for (const name of await readdir(root)) await rm(join(root, name), { recursive: true, force: true });
        prepared.clear();
      }),
    close: async () => undefined,
  };
}

/** Length of the key (4 bytes), key, value. */
function noteBytes(key: string, value: Uint8Array): Uint8Array {
  const keyBytes = textToBytes(key);
  const bytes = new Uint8Array(4 + keyBytes.byteLength + value.byteLength);
  new DataView(bytes.buffer).setUint32(0, keyBytes.byteLength);
  bytes.set(keyBytes, 4);
  bytes.set(value, 4 + keyBytes.byteLength);
  return bytes;
}
