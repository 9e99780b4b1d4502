// What a patient's tab believes of an offer: nothing that it has not compared itself. A clinic that cheats, or somebody who
// plays a clinic, gets no signature.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, confirmed, opening, preview, recordOf, written } from '../../../tests/care/cast.ts';
import { type Keyed, type Profile, codeOf, until } from '../../../tests/care/world.ts';
import { createAead, createKeyWrap, createRandomness, createVerifier } from '../adapters/index.ts';
import { createMemorySeedSigners } from '../adapters/memory.ts';
import { type Digest, type RecordId, isRejection, present, toHex } from '../base/index.ts';
import { encode, textToBytes } from '../codec/index.ts';
import { type Slip, type SlipBody, readingKeysIn, slipBytes } from '../contracts/index.ts';
import { decodeUmbralPublicKey, encodeCapsule, signSync, umbralSeal } from '../crypto/index.ts';
import { type Manifest, addressContext, capsuleContext, manifestBytes } from '../records/index.ts';
import { type LetterContent, type LetterTools, boxOf, newLetterId, writeLetter } from './letter.ts';
import { recordActionOf } from './offers.ts';
import { REQUEST_KINDS, post } from './requests.ts';
import { type CapsuleSealer, sealVersion } from './sealing.ts';

let cast: Cast;

beforeEach(async () => {
  cast = await opening();
});

afterEach(async () => {
  await cast.world.end();
});

interface Forged {
  readonly body: SlipBody;
  readonly manifest: Manifest;
  /** Who signs the entry. */
  readonly signer: Keyed;
  /** Who signs and sends the letter. */
  readonly sender: Keyed;
}

const keyWrap = createKeyWrap();

/** Sends the patient an offer as a clinic would, after `change`; returns its record. */
async function offer(change: (honest: Forged) => Forged | Promise<Forged>, sealer: CapsuleSealer | null = null): Promise<RecordId> {
  const { clinic, patient, archives, world } = cast;
  const randomness = createRandomness();
  const record = toHex(randomness.bytes(16)) as RecordId;
  const of = { record, version: 1, patient: patient.person.party };
  const { bundle } = await preview(clinic, patient);
  const tools = { aead: createAead(), keyWrap, randomness, blobs: clinic.blobs };
  const recipients = [patient.person.certificate(), clinic.person.certificate()];
  const { manifest, commitment, classes, sealedAddress } = await sealVersion(tools, { bundle, files: [] }, of, recipients, sealer);
  const { ledger } = world.consortium;
  const action = { kind: 'record' as const, ...of, unconfirmedReason: null, classes, commitment, sealedAddress };
  const body: SlipBody = {
    protocol: 1,
    channel: ledger.channel,
    author: clinic.person.party,
    counter: 0,
    timestampMs: world.nowMs,
    action,
  };
  const forged = await change({ body, manifest, signer: clinic.person, sender: clinic.person });
  const letterTools: LetterTools = { ...tools, channel: ledger.channel, verifier: createVerifier() };
  const letter = await writeLetter(letterTools, {
    id: newLetterId(randomness),
    to: boxOf(patient.person.party),
    recipientWrapKey: patient.person.certificate().wrapKey,
    from: forged.sender.party,
    signer: await createMemorySeedSigners().signerOf(forged.sender.seed),
    content: {
      kind: 'offer',
      body: forged.body,
      signature: signSync(forged.signer.seed, slipBytes(forged.body)),
      manifest: manifestBytes(forged.manifest),
    },
  });
  await world.ask(clinic, archives[0]!, REQUEST_KINDS.post, encode(post, { purpose: 'letter', letter }));
  return record;
}

async function letterFrom(sender: Profile, recipient: Profile, content: LetterContent): Promise<void> {
  const { archives, world } = cast;
  const tools = {
    aead: createAead(),
    keyWrap,
    randomness: createRandomness(),
    verifier: createVerifier(),
    channel: world.consortium.ledger.channel,
  };
  const letter = await writeLetter(tools, {
    id: newLetterId(tools.randomness),
    to: boxOf(recipient.person.party),
    recipientWrapKey: recipient.person.certificate().wrapKey,
    from: sender.person.party,
    signer: await createMemorySeedSigners().signerOf(sender.person.seed),
    content,
  });
  await world.ask(sender, archives[0]!, REQUEST_KINDS.post, encode(post, { purpose: 'letter', letter }));
}

function withAction(forged: Forged, change: Partial<Extract<Slip['body']['action'], { kind: 'record' }>>): Forged {
  return { ...forged, body: { ...forged.body, action: { ...recordActionOf(forged.body), ...change } } };
}

async function warned(record: RecordId): Promise<string> {
  const trouble = (): string => cast.patient.care.view().ways.find((way) => way.record === record)?.trouble ?? '';
  await until('she is warned', () => trouble() !== '');
  expect(await codeOf(cast.patient.care.confirmRecord(record, 1))).toBe('mismatch');
  return trouble();
}

async function dropped(): Promise<void> {
  const { patient } = cast;
  await until('the letter was looked at', () =>
    patient.log.lines.some(({ event }) => event === 'offer-refused' || event === 'letter-refused'),
  );
  expect(patient.care.view().records).toEqual([]);
}

test('an honest offer awaits her', async () => {
  const record = await offer((honest) => honest);
  await until('it awaits her', () => recordOf(cast.patient, record)?.status === 'awaiting-patient');
  await cast.patient.care.confirmRecord(record, 1);
  expect(recordOf(cast.patient, record)?.status).toBe('confirmed');
});

test('a commitment to other parts is never signed', async () => {
  const record = await offer((honest) => withAction(honest, { commitment: '00'.repeat(32) as never }));
  expect(await warned(record)).toContain('not those that the signed entry names');
});

test('an address that leads elsewhere is never signed', async () => {
  const record = await offer(async (honest) => {
    const of = recordActionOf(honest.body);
    const sealedAddress = await keyWrap.wrap(cast.patient.person.certificate().wrapKey, textToBytes('bafkelsewhere'), addressContext(of));
    return withAction(honest, { sealedAddress });
  });
  expect(await warned(record)).toContain('the address leads elsewhere');
});

test('classes that the entry hides are never signed', async () => {
  const record = await offer((honest) => withAction(honest, { classes: ['identity'] }));
  expect(await warned(record)).toContain('other classes than are sealed');
});

test('a part that she cannot open is never signed', async () => {
  const record = await offer((honest) => {
    const wraps = honest.manifest.wraps.filter((wrap) => wrap.class !== 'general' || wrap.recipient !== cast.patient.person.party);
    return { ...honest, manifest: { ...honest.manifest, wraps } };
  });
  expect(await warned(record)).toContain('a part is not sealed for the patient');
});

test('keys of another version are never signed', async () => {
  const record = await offer((honest) => ({ ...honest, manifest: { ...honest.manifest, version: 2 } }));
  expect(await warned(record)).toContain('another record or version');
});

test('an entry that its clinic did not sign is dropped', async () => {
  await offer((honest) => ({ ...honest, signer: cast.third.person }));
  await dropped();
});

test('an entry that another clinic passes on as its own is dropped', async () => {
  await offer((honest) => ({ ...honest, sender: cast.third.person }));
  await dropped();
});

test('an entry in another clinic’s name is dropped, whoever signed it', async () => {
  await offer((honest) => ({ ...honest, signer: cast.third.person, sender: cast.third.person }));
  await dropped();
});

test('an entry about somebody else, or for another channel, is dropped', async () => {
  await offer((honest) => withAction(honest, { patient: cast.third.person.party }));
  await dropped();
  await offer((honest) => ({ ...honest, body: { ...honest.body, channel: '00'.repeat(32) as never } }));
  await dropped();
});

test('nobody but the patient disputes for her', async () => {
  const { clinic, third, archives, world } = cast;
  const record = await written(cast);
  const [[key]] = [...archives[0]!.disk.notes.get('care-kept')!] as [[string, Uint8Array]];
  const commitment = key.split('/')[2] as Digest;
  await letterFrom(third, clinic, { kind: 'dispute', record, version: 1, commitment, reason: 'I do not like it' });
  await until('the letter was looked at', () =>
    world.requests.some(({ from, kind }) => from === clinic.person.party && kind === REQUEST_KINDS.discard),
  );
  expect(recordOf(clinic, record)?.status).toBe('awaiting-patient');
  await letterFrom(cast.patient, clinic, {
    kind: 'dispute',
    record,
    version: 1,
    commitment: '00'.repeat(32) as Digest,
    reason: 'Of another text',
  });
  await letterFrom(cast.patient, clinic, { kind: 'dispute', record, version: 1, commitment, reason: 'It was the left ear' });
  await until('hers is believed', () => recordOf(clinic, record)?.disputeReason === 'It was the left ear');
});

test('capsules that hold another key, belong to another record or are not the signed ones are never signed (P3-10, fault 48)', async () => {
  const { patient, world } = cast;
  const reading = present(readingKeysIn(world.consortium.ledger.state, patient.person.party, 0), 'her reading keys');
  const copied: Parameters<CapsuleSealer['seal']>[1] = { patient: patient.person.party, record: 'ab'.repeat(16) as RecordId, version: 1 };
  const sealer = (change: { readonly key?: Uint8Array; readonly of?: typeof copied } = {}): CapsuleSealer => ({
    epoch: 0,
    seal: async (key, of, partClass) => {
      const delegatingKey = decodeUmbralPublicKey(reading.keys[partClass]);
      if (isRejection(delegatingKey)) throw new Error(delegatingKey.detail);
      const context = capsuleContext(change.of ?? of, partClass, 0);
      const { capsule, ciphertext } = umbralSeal(delegatingKey, change.key ?? key, context, createRandomness());
      return { class: partClass, capsule: encodeCapsule(capsule), sealedKey: ciphertext };
    },
  });
  expect(await warned(await offer((honest) => honest, sealer({ key: new Uint8Array(32).fill(1) })))).toContain('holds another key');
  expect(await warned(await offer((honest) => honest, sealer({ of: copied })))).toContain('holds another key');
  const stripped = (honest: Forged): Forged => ({ ...honest, manifest: { ...honest.manifest, capsules: null } });
  expect(await warned(await offer(stripped, sealer()))).toContain('not those that the signed entry commits to');
  const record = await offer((honest) => honest, sealer());
  await until('an honest one awaits her', () => recordOf(patient, record)?.status === 'awaiting-patient');
  await patient.care.confirmRecord(record, 1);
});

test('nobody but the patient says that keys are there', async () => {
  const { second, third, patient, archives, world } = cast;
  const record = await confirmed(cast);
  for (const keeper of archives) world.part(patient, keeper);
  await patient.care.grantAccess({ record, grantee: second.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  const { grant } = second.care.view().grants[0]!;
  await letterFrom(third, second, { kind: 'keys-delivered', grant, record, version: 1 });
  await until('the letter was looked at', () =>
    world.requests.some(({ from, kind }) => from === second.person.party && kind === REQUEST_KINDS.discard),
  );
  expect(second.care.view().grants).toMatchObject([{ delivered: false }]);
});

test('an emptied browser finds again what awaits her, once she has answered no more', async () => {
  const { patient, world } = cast;
  const record = await offer((honest) => honest);
  await until('it awaits her', () => recordOf(patient, record)?.status === 'awaiting-patient');
  const emptied = async (profile: Profile): Promise<Profile> => {
    await world.close(profile);
    profile.disk.notes.clear();
    return world.open(profile.person);
  };
  let again = await emptied(patient);
  await until('it awaits her again', () => recordOf(again, record)?.status === 'awaiting-patient');
  await again.care.disputeRecord(record, 1, 'It was the left ear');
  await until('the letter is gone', () =>
    cast.archives.every(({ disk }) => [...(disk.notes.get('care-mailbox') ?? [])].every(([key]) => !key.startsWith(patient.person.party))),
  );
  again = await emptied(again);
  expect(again.care.view().records).toEqual([]);
});
