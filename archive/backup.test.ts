// Backup and restore: everything comes back but the right to vote twice (R14).
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { backup, restore } from './backup.ts';
import { startDemonstration } from './demonstration.ts';
import { type MemoryHost, createMemoryHost } from './memory-host.ts';

let root = '';
let host: MemoryHost;
const at = (...names: string[]) => path.join(root, ...names);
const invitation = { channel: 'c0', name: 'Test', relays: [], peers: [] };

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'backup-'));
  host = createMemoryHost();
  await (await host.join({ folder: at('member'), name: 'Archive', relays: [], invitation })).stop();
});
afterEach(() => rm(root, { recursive: true }));

describe('an ordinary backup', () => {
  test('holds everything but the voting key and the vote journal (R14)', async () => {
    await backup(host, at('member'), at('b.tar'), 'copy');
    expect(await restore(at('b.tar'), at('new'))).toEqual({ files: 2, kind: 'copy' });
    expect((await readdir(at('new'), { recursive: true })).sort()).toEqual(['blocks', 'blocks/0', 'profile.json']);
    expect(existsSync(at('member', 'journal', 'member-key'))).toBe(true);
    const restored = await host.open({ folder: at('new'), relays: [] });
    expect(restored.view.identity.seat.kind).toBe('barred');
  });

  test('is refused while the member runs, and leaves nothing behind', async () => {
    await host.open({ folder: at('member'), relays: [] });
    await expect(backup(host, at('member'), at('b.tar'), 'copy')).rejects.toThrow('running');
    expect(await readdir(root)).toEqual(['member']);
  });

  test('overwrites no file and wants a member', async () => {
    await backup(host, at('member'), at('b.tar'), 'copy');
    await expect(backup(host, at('member'), at('b.tar'), 'copy')).rejects.toThrow('exists already');
    await expect(backup(host, at('nobody'), at('c.tar'), 'copy')).rejects.toThrow('no member');
  });

  test('of a demonstration holds all seven members', async () => {
    const report = () => undefined;
    await (await startDemonstration(host, { folder: at('demo'), relay: '/relay', fresh: false, report })).stop();
    // The state, and profile and block of each.
    expect(await backup(host, at('demo'), at('b.tar'), 'copy')).toEqual({ files: 15, kind: 'copy' });
  });
});

describe('a moved member', () => {
  test('votes with its key where it is restored, and nowhere else', async () => {
    await backup(host, at('member'), at('b.tar'), 'move');
    expect(existsSync(at('member', 'journal', 'member-key'))).toBe(false);
    expect(existsSync(at('member', 'journal'))).toBe(false);
    expect(await restore(at('b.tar'), at('new'))).toEqual({ files: 4, kind: 'move' });
    expect(await readFile(at('new', 'journal/row'), 'utf8')).toBe('votes of Archive');
  });

  test('is not restored a second time by accident', async () => {
    await backup(host, at('member'), at('b.tar'), 'move');
    await restore(at('b.tar'), at('new'));
    await expect(restore(at('b.tar'), at('again'))).rejects.toThrow('no file');
  });
});

describe('restoring', () => {
  test('overwrites nothing', async () => {
    await backup(host, at('member'), at('b.tar'), 'copy');
    await expect(restore(at('b.tar'), at('member'))).rejects.toThrow('not empty');
  });

  test('refuses a damaged backup and leaves nothing behind', async () => {
    await backup(host, at('member'), at('b.tar'), 'copy');
    const bytes = await readFile(at('b.tar'));
    bytes[bytes.indexOf('block', bytes.indexOf('files/blocks/0') + 512)] = 0;
    await writeFile(at('b.tar'), bytes);
    await expect(restore(at('b.tar'), at('new'))).rejects.toThrow('damaged: blocks/0');
    expect((await readdir(root)).sort()).toEqual(['b.tar', 'member']);
  });

  test('refuses other files', async () => {
    await writeFile(at('b.tar'), Buffer.alloc(1024));
    await expect(restore(at('b.tar'), at('new'))).rejects.toThrow('no backup');
    await expect(restore(at('none.tar'), at('new'))).rejects.toThrow('no file');
  });
});
