// Files on their way into a visit, one after another; stopped, gone on with, removed.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttachedFile, ClinicordNode, FileSource, PartyId, UnfinishedFile } from '../../node.ts';
import { FileAttaching } from './file-attaching.svelte.ts';

const PATIENT = 'ab'.repeat(16) as PartyId;
const source = (name: string): FileSource => ({ name, sizeBytes: 10, read: async () => new Uint8Array() });
const attached = (name: string): AttachedFile => ({ file: name, title: name, kind: 'image/png', sizeBytes: 9 });

interface Begun {
  readonly name: string;
  readonly tell: (sealed: number, of: number) => void;
  readonly end: () => void;
  readonly fail: (code: string) => void;
}

let begun: Begun[];
let discarded: string[];
let unfinished: UnfinishedFile[];
let done: AttachedFile[];
let attaching: FileAttaching;

const files: ClinicordNode['files'] = {
  attach: (_patient, { name }, onProgress) => {
    const { promise, resolve, reject } = Promise.withResolvers<AttachedFile>();
    const fail = (code: string): void => reject(Object.assign(new Error(code), { code, remedy: 'again' }));
    begun.push({ name, tell: (sealed, of) => onProgress?.(sealed, of), end: () => resolve(attached(name)), fail });
    return { done: promise, abort: () => fail('aborted') };
  },
  unfinished: async () => unfinished,
  discard: async (_patient, file) => void discarded.push(file),
  open: async function* () {},
};

beforeEach(() => {
  [begun, discarded, unfinished, done] = [[], [], [], []];
  attaching = new FileAttaching({ files, patient: PATIENT, done: (file) => done.push(file) });
});

const states = (): string[] => attaching.rows.map(({ name, state }) => `${name} ${state}`);

describe('attaching files', () => {
  it('seals one after another and hands over what is done', async () => {
    attaching.add([source('a'), source('b')]);
    expect(states()).toEqual(['a sealing', 'b waiting']);
    begun[0]?.tell(4, 9);
    expect(attaching.rows[0]).toMatchObject({ sealedBytes: 4, sizeBytes: 9 });
    begun[0]?.end();
    await vi.waitFor(() => expect(states()).toEqual(['b sealing']));
    begun[1]?.end();
    await vi.waitFor(() => expect(done.map(({ file }) => file)).toEqual(['a', 'b']));
    expect(attaching.busy).toBe(false);
  });

  it('stops without a complaint, lets the next go, and goes on when asked', async () => {
    attaching.add([source('a'), source('b')]);
    attaching.stop(1);
    await vi.waitFor(() => expect(states()).toEqual(['a stopped', 'b sealing']));
    expect(attaching.rows[0]?.problem).toBeNull();
    begun[1]?.end();
    await vi.waitFor(() => expect(states()).toEqual(['a stopped']));
    attaching.goOn(1);
    expect(states()).toEqual(['a sealing']);
    begun[2]?.end();
    await vi.waitFor(() => expect(states()).toEqual([]));
  });

  it('says why a file is refused, and removes it with what was sealed of it', async () => {
    unfinished = [{ file: 'id of a', name: 'a', sealedBytes: 4, sizeBytes: 9 }];
    attaching.add([source('a')]);
    begun[0]?.fail('bad-image');
    await vi.waitFor(() => expect(states()).toEqual(['a stopped']));
    expect(attaching.rows[0]?.problem).toEqual({ message: 'bad-image', remedy: 'again' });
    attaching.remove(1);
    await vi.waitFor(() => expect(discarded).toEqual(['id of a']));
    expect(attaching.rows).toEqual([]);
  });

  it('offers what an earlier page left, until its file is chosen again or it is dropped', async () => {
    unfinished = ['a', 'b', 'c'].map((name) => ({ file: `id of ${name}`, name, sealedBytes: 4, sizeBytes: 9 }));
    await attaching.look();
    expect(attaching.unfinished.length).toBe(3);
    attaching.add([source('a')]);
    attaching.discard('id of b');
    expect(attaching.unfinished.map(({ name }) => name)).toEqual(['c']);
    expect(discarded).toEqual(['id of b']);
  });
});
