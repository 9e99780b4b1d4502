// The tar format: what is packed comes out again, other programs read it, and nothing leaves the folder.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TarSource, packTar, unpackTar } from './tar.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tar-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function packed(...sources: TarSource[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of packTar(sources)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Buffer, sizeBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.byteLength; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

const out = () => path.join(folder, 'out');
const unpacked = (bytes: Buffer, pieceBytes = 700) => unpackTar(inPieces(bytes, pieceBytes), out());
const text = (name: string) => readFile(path.join(out(), name), 'utf8');
const longName = `${'a'.repeat(60)}/${'b'.repeat(60)}/file`;

describe('what is packed', () => {
  test('comes out again, whatever its size and however its bytes arrive', async () => {
    await writeFile(path.join(folder, 'big'), 'x'.repeat(100_000));
    const bytes = await packed(
      { name: 'empty', content: Buffer.alloc(0) },
      { name: 'a/b/block', content: Buffer.from('y'.repeat(512)) },
      { name: longName, content: Buffer.from('long') },
      { name: 'big', content: path.join(folder, 'big') },
    );
    for (const pieceBytes of [1, 511, 1_000_000]) {
      expect(await unpacked(bytes, pieceBytes)).toEqual(['empty', 'a/b/block', longName, 'big']);
      expect(await Promise.all(['empty', 'a/b/block', longName, 'big'].map(text))).toEqual([
        '',
        'y'.repeat(512),
        'long',
        'x'.repeat(100_000),
      ]);
      await rm(out(), { recursive: true });
    }
  });

  test('is read by the tar of the system', async () => {
    await writeFile(path.join(folder, 'a.tar'), await packed({ name: longName, content: Buffer.from('hello') }));
    const listed = execFileSync('tar', ['-tf', path.join(folder, 'a.tar')], { encoding: 'utf8' });
    expect(listed.trim()).toBe(longName);
    expect(execFileSync('tar', ['-xOf', path.join(folder, 'a.tar')], { encoding: 'utf8' })).toBe('hello');
  });
});

describe('what is refused', () => {
  test.each(['../outside', 'a/../../outside', '/absolute', 'a//b', './a', 'a\\b'])('the name %s', async (name) => {
    await expect(unpacked(await packed({ name, content: Buffer.from('x') }))).rejects.toThrow('no plain file');
  });

  test('a link', async () => {
    const bytes = await packed({ name: 'a', content: Buffer.alloc(0) });
    // '2' is a symbolic link; the checksum is raised with it.
    bytes[156] = '2'.charCodeAt(0);
    const sum = Number.parseInt(bytes.subarray(148, 154).toString(), 8) + 2;
    bytes.write(sum.toString(8).padStart(6, '0'), 148);
    await expect(unpacked(bytes)).rejects.toThrow('no plain file');
  });

  test('a name that comes twice, so that nothing is overwritten', async () => {
    const twice = { name: 'a', content: Buffer.from('x') };
    await expect(unpacked(await packed(twice, twice))).rejects.toThrow('EEXIST');
  });

  test('a damaged header and an end that comes too early', async () => {
    const bytes = await packed({ name: 'a', content: Buffer.from('x') });
    await expect(unpacked(bytes.subarray(0, 600))).rejects.toThrow('ends too early');
    bytes[0] = 'b'.charCodeAt(0);
    await rm(out(), { recursive: true, force: true });
    await expect(unpacked(bytes)).rejects.toThrow('checksum');
  });
});
