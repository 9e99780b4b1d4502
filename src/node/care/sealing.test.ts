// What is sealed opens for whom it was sealed, and for nothing else: every byte that is changed or moved is refused (fault 48).
import { beforeEach, expect, test } from 'vitest';
import { createAead, createKeyWrap, createRandomness } from '../adapters/index.ts';
import { createMemoryTime } from '../adapters/memory.ts';
import { AppError, type Digest, type PartyId, type RecordId, isRejection } from '../base/index.ts';
import { createMemoryHub } from '../adapters/network/memory/index.ts';
import { wrapPublicKey } from '../crypto/index.ts';
import type { FhirBundle, Manifest, RecordVersion } from '../records/index.ts';
import { type SealedVersion, leadsTo, openVersion, sealVersion, wrapForGrantee } from './sealing.ts';

const person = (fill: number): { party: PartyId; subject: PartyId; wrapPrivateKey: Uint8Array; wrapKey: Uint8Array } => {
  const wrapPrivateKey = new Uint8Array(32).fill(fill);
  const party = fill.toString(16).padStart(2, '0').repeat(16) as PartyId;
  return { party, subject: party, wrapPrivateKey, wrapKey: wrapPublicKey(wrapPrivateKey) };
};
const [patient, clinic, stranger] = [person(1), person(2), person(3)];
const of: RecordVersion = { patient: patient.party, record: 'aa'.repeat(16) as RecordId, version: 1 };
const bundle: FhirBundle = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    { resource: { resourceType: 'Patient', id: 'p', birthDate: '1945-07-14' } },
    { resource: { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'Reflexes' } } },
  ],
};

const hub = createMemoryHub(createMemoryTime());
const blobs = hub.blobs('one');
const tools = { aead: createAead(), keyWrap: createKeyWrap(), randomness: createRandomness(), blobs };
let sealed: SealedVersion;

beforeEach(async () => {
  sealed = await sealVersion(tools, { bundle, files: [] }, of, [patient, clinic]);
});

async function reasonOf(manifest: Manifest, version = of, commitment: Digest = sealed.commitment, reader = patient): Promise<string> {
  const result = await openVersion(tools, manifest, version, commitment, reader);
  return isRejection(result) ? result.reason : 'opened';
}

test('patient and author open every part, in its class', async () => {
  for (const reader of [patient, clinic]) {
    expect(await openVersion(tools, sealed.manifest, of, sealed.commitment, reader)).toEqual({
      bundle,
      files: [],
      classes: ['identity', 'general'],
    });
  }
  expect(sealed.classes).toEqual(['identity', 'general']);
});

test('nothing opens for whom nothing was wrapped, nor with somebody else’s wraps', async () => {
  expect(await reasonOf(sealed.manifest, of, sealed.commitment, stranger)).toBe('no-keys');
  const stolen = sealed.manifest.wraps.map((wrap) => ({ ...wrap, recipient: stranger.party }));
  expect(await reasonOf({ ...sealed.manifest, wraps: stolen }, of, sealed.commitment, stranger)).toBe('bad-key');
});

test('a manifest of another record, version or patient is refused', async () => {
  for (const other of [
    { ...of, record: 'bb'.repeat(16) as RecordId },
    { ...of, version: 2 },
    { ...of, patient: stranger.party },
  ]) {
    expect(await reasonOf(sealed.manifest, other)).toBe('wrong-manifest');
    expect(await reasonOf({ ...sealed.manifest, ...other }, other)).toBe('bad-key');
  }
});

test('another salt, another envelope or another commitment is refused', async () => {
  const other = await sealVersion(tools, { bundle, files: [] }, of, [patient, clinic]);
  expect(await reasonOf({ ...sealed.manifest, salt: new Uint8Array(32) })).toBe('wrong-commitment');
  expect(await reasonOf({ ...sealed.manifest, envelope: other.manifest.envelope })).toBe('wrong-commitment');
  expect(await reasonOf(sealed.manifest, of, other.commitment)).toBe('wrong-commitment');
});

test('every changed byte of a wrap, and a wrap of another class, is refused', async () => {
  const { wraps } = sealed.manifest;
  const index = wraps.findIndex(({ recipient }) => recipient === patient.party);
  const hers = wraps[index]!;
  for (const at of [0, 31, 32, hers.wrapped.length - 1]) {
    const wrapped = hers.wrapped.map((byte, position) => (position === at ? byte ^ 1 : byte));
    expect(await reasonOf({ ...sealed.manifest, wraps: wraps.with(index, { ...hers, wrapped }) })).toBe('bad-key');
  }
  const general = wraps.find((wrap) => wrap.recipient === patient.party && wrap.class === 'general')!;
  const swapped = wraps.map((wrap) => (wrap === hers ? { ...hers, wrapped: general.wrapped } : wrap));
  expect(await reasonOf({ ...sealed.manifest, wraps: swapped })).toBe('bad-key');
});

test('a grantee opens what was wrapped for it, and only the classes of its grant', async () => {
  const wraps = await wrapForGrantee(tools.keyWrap, sealed.manifest, of, patient, stranger, ['general']);
  if (isRejection(wraps)) throw new Error(wraps.detail);
  expect(wraps).toMatchObject([{ class: 'general', recipient: stranger.party }]);
  const opened = await openVersion(tools, { ...sealed.manifest, wraps }, of, sealed.commitment, stranger);
  expect(opened).toMatchObject({ classes: ['general'], bundle: { entry: [{ resource: { resourceType: 'Observation' } }] } });
});

test('the address on the ledger leads the patient to the envelope, and nobody else (P0-10)', async () => {
  const { sealedAddress, manifest } = sealed;
  expect(await leadsTo(tools.keyWrap, sealedAddress, of, patient, manifest.envelope)).toBe(true);
  expect(await leadsTo(tools.keyWrap, sealedAddress, of, clinic, manifest.envelope)).toBe(false);
  expect(await leadsTo(tools.keyWrap, sealedAddress, { ...of, version: 2 }, patient, manifest.envelope)).toBe(false);
  expect(await leadsTo(tools.keyWrap, sealedAddress, of, patient, 'bafkother')).toBe(false);
});

test('every part gets a fresh key: the same visit is never sealed to the same bytes twice (P2-06)', async () => {
  const again = await sealVersion(tools, { bundle, files: [] }, of, [patient, clinic]);
  expect(again.manifest.envelope).not.toBe(sealed.manifest.envelope);
  expect(again.commitment).not.toBe(sealed.commitment);
});

test('a full disk says so', async () => {
  const full = { ...tools, blobs: hub.blobs('full', { capacityBytes: 100 }) };
  await expect(sealVersion(full, { bundle, files: [] }, of, [patient, clinic])).rejects.toMatchObject({ code: 'storage-full' });
  await expect(sealVersion(full, { bundle, files: [] }, of, [patient, clinic])).rejects.toBeInstanceOf(AppError);
});
