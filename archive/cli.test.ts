// What a person types: every command, and clear answers to mistakes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from './cli.ts';
import { type MemoryHost, createMemoryHost } from './memory-host.ts';
import type { Report } from './report.ts';

let root = '';
let host: MemoryHost;
let reports: Report[];
let printed = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'archive-'));
  host = createMemoryHost();
  reports = [];
  printed = '';
});
afterEach(() => rm(root, { recursive: true }));

const type = (...argv: string[]) =>
  runCommand(argv, { host, report: (report) => reports.push(report), print: (text) => (printed += text) });
const data = () => path.join(root, 'data');
const said = () => reports.flatMap((report) => (report.kind === 'progress' ? [report.text] : []));

test('without a command, and with --help, the commands are shown', async () => {
  for (const argv of [[], ['--help'], ['join', '--help']]) {
    printed = '';
    expect(await type(...argv)).toBeNull();
    for (const command of ['demonstration', 'join', 'backup', 'restore', 'words']) expect(printed).toContain(command);
  }
});

describe('mistakes are answered with what to do', () => {
  test.each([
    [['dance'], 'no command dance'],
    [['demonstration', '--data', 'x'], '--relay is missing'],
    [['demonstration', '--dance'], "Unknown option '--dance'"],
    [['join', '--data', 'nowhere'], '--invitation is missing'],
    [['join', '--data', 'nowhere', '--invitation', 'nonsense'], 'no invitation'],
    [['backup'], 'DIR is missing'],
    [['restore', 'none.tar', 'x'], 'no file'],
    [['words', '--data', 'nowhere'], 'no member'],
  ])('%j', async (argv, message) => {
    await expect(type(...argv)).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      remedy: expect.any(String) as string,
    });
  });
});

test('the demonstration reports its progress, then that it is ready, and stops', async () => {
  const running = await type('demonstration', '--data', data(), '--relay', '/relay');
  expect(said()[0]).toBe('Founding the demonstration');
  expect(reports.at(-1)).toMatchObject({ kind: 'ready', invitation: { relays: ['/relay'] } });
  await running?.stop();
  expect(host.running.size).toBe(0);
});

test('a member joins by an invitation in a file, says how it stands, and is opened the next time', async () => {
  await writeFile(path.join(root, 'invitation.json'), '{"channel":"c0","name":"Test","relays":["/relay"],"peers":[]}\n');
  const running = await type('join', '--invitation', path.join(root, 'invitation.json'), '--name', 'Archive', '--data', data());
  expect(said()).toEqual(['Applied; waits for the supervision centre']);
  expect(host.running.get(data())?.invitation().relays).toEqual(['/relay']);
  host.approve(data());
  expect(said().at(-1)).toBe('Keeps records and votes');
  await running?.stop();
  expect(await type('join', '--data', data())).not.toBeNull();
});

test('backup and restore say what becomes of the right to vote (R14)', async () => {
  await (await type('demonstration', '--data', data(), '--relay', '/relay'))?.stop();
  await type('backup', data(), path.join(root, 'b.tar'));
  await type('restore', path.join(root, 'b.tar'), path.join(root, 'new'));
  expect(printed).toContain('certify a new key');
});

test('the words are those of the supervision centre', async () => {
  await (await type('demonstration', '--data', data(), '--relay', '/relay'))?.stop();
  await type('words', '--data', data());
  expect(printed).toBe('words of Archive 1\n');
});
