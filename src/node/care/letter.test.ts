// A letter opens for its recipient, from its author, in its box; every change is refused (fault 48).
import { expect, test } from 'vitest';
import { createAead, createKeyWrap, createRandomness, createVerifier } from '../adapters/index.ts';
import { createMemorySeedSigners } from '../adapters/memory.ts';
import { type ChannelId, type PartyId, type RecordId, isRejection } from '../base/index.ts';
import { partyIdOf, signingPublicKey, wrapPublicKey } from '../crypto/index.ts';
import { type Box, type Letter, type LetterContent, type LetterTools, newLetterId, openLetter, writeLetter } from './letter.ts';

const channel = 'ab'.repeat(32) as ChannelId;
const tools: LetterTools = {
  channel,
  aead: createAead(),
  keyWrap: createKeyWrap(),
  randomness: createRandomness(),
  verifier: createVerifier(),
};
const seed = new Uint8Array(32).fill(5);
const secret = new Uint8Array(32).fill(6);
const author = '01'.repeat(16) as PartyId;
const box = '02'.repeat(16) as Box;
const content: LetterContent = { kind: 'taken-back', record: '03'.repeat(16) as RecordId, version: 1, reason: 'wrong patient' };

async function written(from = author, said: LetterContent = content): Promise<Letter> {
  const signer = await createMemorySeedSigners().signerOf(seed);
  return writeLetter(tools, {
    id: newLetterId(tools.randomness),
    to: box,
    recipientWrapKey: wrapPublicKey(secret),
    from,
    signer,
    content: said,
  });
}

async function outcome(
  letter: Letter,
  options: { readonly secret?: Uint8Array; readonly key?: Uint8Array | null; readonly tools?: LetterTools } = {},
): Promise<string> {
  const key = options.key === undefined ? signingPublicKey(seed) : options.key;
  const opened = await openLetter(options.tools ?? tools, options.secret ?? secret, letter, () => key);
  return isRejection(opened) ? opened.reason : JSON.stringify([opened.from, opened.content.kind]);
}

test('opens for its recipient with its author proved', async () => {
  expect(await outcome(await written())).toBe(JSON.stringify([author, 'taken-back']));
});

test('does not open for another, in another box, under another id, in another channel', async () => {
  const letter = await written();
  expect(await outcome(letter, { secret: new Uint8Array(32).fill(7) })).toBe('cannot-open');
  expect(await outcome({ ...letter, to: '04'.repeat(16) as Box })).toBe('cannot-open');
  expect(await outcome({ ...letter, id: newLetterId(tools.randomness) })).toBe('cannot-open');
  expect(await outcome(letter, { tools: { ...tools, channel: 'cd'.repeat(32) as ChannelId } })).toBe('cannot-open');
});

test('every changed byte is refused', async () => {
  const letter = await written();
  for (const at of [0, 12, letter.sealed.length - 1]) {
    const sealed = letter.sealed.map((byte, index) => (index === at ? byte ^ 1 : byte));
    expect(await outcome({ ...letter, sealed })).toBe('cannot-open');
  }
});

test('is refused from nobody, and from who did not sign it', async () => {
  const letter = await written();
  expect(await outcome(letter, { key: null })).toBe('unknown-author');
  expect(await outcome(letter, { key: signingPublicKey(new Uint8Array(32).fill(8)) })).toBe('bad-signature');
});

test('that answers a request for keys proves its author by the hash of the key that it brings, without a ledger', async () => {
  const certificate = {
    subject: partyIdOf(signingPublicKey(seed)),
    role: 'clinic' as const,
    name: 'North',
    clinician: 'Dr North',
    signingKey: signingPublicKey(seed),
    wrapKey: wrapPublicKey(secret),
    memberKey: null,
    notBeforeMs: 0,
    notAfterMs: 1,
  };
  const said: LetterContent = { kind: 'handover', certificate, estate: new Uint8Array(40) };
  expect(await outcome(await written(certificate.subject, said), { key: null })).toBe(JSON.stringify([certificate.subject, 'handover']));
  // In another party's name, or with another's key: nobody's.
  expect(await outcome(await written(author, said), { key: null })).toBe('unknown-author');
  const foreign = { ...certificate, signingKey: signingPublicKey(new Uint8Array(32).fill(8)) };
  expect(await outcome(await written(certificate.subject, { ...said, certificate: foreign }), { key: null })).toBe('unknown-author');
  expect(await outcome(await written(partyIdOf(foreign.signingKey), { ...said, certificate: foreign }))).toBe('bad-signature');
});
