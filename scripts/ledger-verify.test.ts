// A copied ledger, checked alone: a clean copy passes, every changed byte and every forged header is refused with height and reason.
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as fc from 'fast-check';
import { openFileLedger } from '../src/node/adapters/storage/file-ledger.ts';
import type { ChannelId, Digest } from '../src/node/base/index.ts';
import { type BlockHeader, type FinalBlock, encodeFinalBlock, headerDigest } from '../src/node/ledger/index.ts';
import { Consortium, people, recordAction } from '../src/node/ledger/consortium.ts';
import { verifyLedgers } from './ledger-verify.ts';

const BLOCKS = 6;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'clinicord-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Three archive members and a clinic that writes records, and a second epoch: one archive member leaves. */
function consortium(): Consortium {
  const [clinic] = people('clinic', 1);
  const [patient] = people('patient', 1);
  const archives = people('archive', 4);
  const world = new Consortium({ archives, clinics: [clinic!], others: [patient!], settings: { archiveQuorum: false } });
  for (let height = 1; height <= BLOCKS; height += 1) {
    const slips = [world.slip(clinic!, recordAction(`record ${height}`, patient!), { consent: patient! })];
    if (height === 3) slips.push(world.slip(archives[3]!, { kind: 'leave' }));
    world.final(slips);
  }
  expect(world.ledger.configuration.epoch).toBe(1);
  return world;
}

async function stored(channel: ChannelId, blocks: readonly Uint8Array[]): Promise<string> {
  const folder = await temporaryFolder();
  const ledger = await openFileLedger(path.join(folder, 'ledger'));
  for (const [height, bytes] of blocks.entries()) await ledger.append(channel, height, bytes);
  await ledger.close();
  return folder;
}

async function verdict(folder: string) {
  const [result, ...others] = await verifyLedgers(folder, () => undefined);
  expect(others).toEqual([]);
  return result!.document;
}

/** The blocks with the header at `height` changed, the certificate over it made anew by the real voters of its epoch. */
function forged(height: number, change: (header: BlockHeader) => Partial<BlockHeader>): { world: Consortium; blocks: FinalBlock[] } {
  const world = new Consortium({ archives: people('archive', 4), settings: { archiveQuorum: false } });
  for (let at = 1; at < height; at += 1) world.final();
  const { block } = world.compose();
  const header = { ...block.header, ...change(block.header) };
  const wrong = { header, slips: block.slips };
  return { world, blocks: [...world.blocks, { block: wrong, certificate: world.certify(wrong, headerDigest(header)) }] };
}

test('a clean copy passes, wherever in a folder of members it lies, and nothing in it is touched', async () => {
  const world = consortium();
  const folder = await stored(world.ledger.channel, world.blocks.map(encodeFinalBlock));
  expect(await verdict(folder)).toMatchObject({ ok: true, height: BLOCKS, epochs: 2, channel: world.ledger.channel });
  const several = await temporaryFolder();
  for (const member of ['archive-1', 'archive-2']) await cp(folder, path.join(several, member), { recursive: true });
  const results = await verifyLedgers(several, () => undefined);
  expect(results.map(({ document }) => document.ok)).toEqual([true, true]);
  expect(await verifyLedgers(await temporaryFolder(), () => undefined)).toEqual([]);
});

test('one byte changed anywhere in its files is refused, and the copy is left as it was', async () => {
  const world = consortium();
  const folder = await stored(world.ledger.channel, world.blocks.map(encodeFinalBlock));
  const inner = path.join(folder, 'ledger', world.ledger.channel);
  const [name = ''] = await readdir(inner);
  const file = path.join(inner, name);
  const clean = await readFile(file);
  await fc.assert(
    fc.asyncProperty(fc.nat(clean.byteLength - 1), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
      const changed = Buffer.from(clean);
      changed[position] = (changed[position] ?? 0) ^ mask;
      await writeFile(file, changed);
      const { ok } = await verdict(folder);
      expect(ok, `byte ${position}`).toBe(false);
      expect(changed.equals(await readFile(file))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('one byte changed anywhere in a block is refused at that height, however good the file’s own checksums are', async () => {
  const world = consortium();
  const clean = world.blocks.map(encodeFinalBlock);
  await fc.assert(
    fc.asyncProperty(fc.nat(clean.length - 1), fc.nat(), fc.nat(7), async (height, place, bit) => {
      const blocks = clean.map((bytes) => bytes.slice());
      const block = blocks[height]!;
      const position = place % block.byteLength;
      block[position] = (block[position] ?? 0) ^ (1 << bit);
      const found = await verdict(await stored(world.ledger.channel, blocks));
      expect(found, `block ${height}, byte ${position}`).toMatchObject({ ok: false, height });
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['parent', 'wrong-parent', () => ({ parent: 'ab'.repeat(32) as Digest })],
  ['state root', 'wrong-state-root', () => ({ stateRoot: 'ab'.repeat(32) as Digest })],
  ['slips root', 'wrong-slips-root', () => ({ slipsRoot: 'ab'.repeat(32) as Digest })],
  ['time', 'not-later', (header: BlockHeader) => ({ timestampMs: header.timestampMs - 1_000 })],
  ['count', 'wrong-count', () => ({ slipCount: 1 })],
  ['height', 'wrong-height', (header: BlockHeader) => ({ height: header.height + 1 })],
  ['epoch', 'wrong-configuration', () => ({ epoch: 1 })],
] as const)('a wrong %s is refused as %s although all voters signed it', async (_, reason, change) => {
  const { world, blocks } = forged(3, change);
  const found = await verdict(await stored(world.ledger.channel, blocks.map(encodeFinalBlock)));
  expect(found).toMatchObject({ ok: false, height: 3, reason });
});

test('a block that fewer than Q voters signed, one that is missing, and another channel’s ledger are refused', async () => {
  const world = new Consortium({ archives: people('archive', 4), settings: { archiveQuorum: false } });
  world.final();
  const { block, digest } = world.compose();
  const few = { block, certificate: world.certify(block, digest, world.voters().slice(0, 2)) };
  const thin = await stored(world.ledger.channel, [...world.blocks, few].map(encodeFinalBlock));
  expect(await verdict(thin)).toMatchObject({ ok: false, height: 2, reason: 'below-quorum' });
  const whole = consortium();
  const bytes = whole.blocks.map(encodeFinalBlock);
  const gap = await stored(whole.ledger.channel, [...bytes.slice(0, 2), ...bytes.slice(3)]);
  expect(await verdict(gap)).toMatchObject({ ok: false, height: 2, reason: 'wrong-height' });
  const renamed = await stored('ab'.repeat(32) as ChannelId, bytes);
  expect(await verdict(renamed)).toMatchObject({ ok: false, height: 0, reason: 'other-channel' });
});
