// The supervised process: progress, readiness, trouble, and a stop that leaves nothing behind.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startDemonstrationProcess } from './demonstration-process.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'process-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const said: string[] = [];
const begin = (body: string) => {
  const script = path.join(folder, 'script.mjs');
  writeFileSync(script, body);
  return startDemonstrationProcess({ folder, relay: '/relay', fresh: true, say: (line) => said.push(line) }, script);
};
const ready = "process.send({ kind: 'ready', invitation: { args: process.argv.slice(2), pid: process.pid }, height: 3 });";
const runs = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('reports its progress and that it is ready; closing its channel stops it', async () => {
  const process = begin(`process.send({ kind: 'progress', text: 'founding' }); ${ready} process.on('disconnect', () => process.exit());`);
  const { invitation, ...rest } = await process.ready;
  expect(said).toEqual(['founding']);
  expect({ invitation, ...rest }).toMatchObject({
    height: 3,
    invitation: { args: ['demonstration', '--data', folder, '--relay', '/relay', '--fresh'] },
  });
  await process.stop();
  expect(runs((invitation as { pid: number }).pid)).toBe(false);
  await process.stop();
});

test('trouble is handed on with its remedy', async () => {
  const failed = begin("process.send({ kind: 'failed', message: 'No room.', remedy: 'Make some.' });");
  await expect(failed.ready).rejects.toMatchObject({ message: 'No room.', remedy: 'Make some.' });
});

test('an end before it is ready is trouble', async () => {
  await expect(begin('process.exit(3)').ready).rejects.toThrow('ended before it was ready');
});

test('is stopped before it is ready', async () => {
  const process = begin("process.on('disconnect', () => process.exit());");
  await Promise.all([process.stop(), expect(process.ready).rejects.toThrow('ended before')]);
});

test('says when it has ended by itself', async () => {
  const process = begin(`${ready} setImmediate(() => process.disconnect());`);
  await process.ready;
  await process.ended;
});
