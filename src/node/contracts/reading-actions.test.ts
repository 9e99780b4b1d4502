// Reading keys on the ledger (P3-10): who publishes what, once, in order, and only points that can be keys.
import { expect, test } from 'vitest';
import { type Action, readingEpochIn, readingKeysIn, receivingKeyIn } from '../contracts/index.ts';
import { encodeUmbralPublicKey, readingKeyPair } from '../crypto/index.ts';
import { Consortium, Person, people } from '../ledger/consortium.ts';

const ann = new Person('ann', 'patient');
const north = new Person('north', 'clinic');
const insurer = new Person('insurer', 'data-user');
const root = new Uint8Array(32).fill(5);

const keyOf = (label: string, epoch: number): Uint8Array => encodeUmbralPublicKey(readingKeyPair(root, label, epoch).publicKey);

function published(epoch: number, change: Partial<Extract<Action, { kind: 'reading-keys' }>> = {}): Action {
  const [signer, identity, general, restricted, strict] = ['signer', 'identity', 'general', 'restricted', 'very-restricted'].map((label) =>
    keyOf(label, epoch),
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return { kind: 'reading-keys', epoch, signer, keys: { identity, general, restricted, 'very-restricted': strict }, ...change };
}

const receiving: Action = { kind: 'receiving-key', key: keyOf('receiving', 0) };

function channel(): Consortium {
  return new Consortium({ archives: people('archive', 1), others: [ann, north, insurer] });
}

test('a patient publishes one epoch after another, and each stays', () => {
  const on = channel();
  expect(readingEpochIn(on.ledger.state, ann.party)).toBeNull();
  expect([on.do(ann, published(0)), on.do(ann, published(1))]).toEqual(['done', 'done']);
  expect(readingEpochIn(on.ledger.state, ann.party)).toBe(1);
  for (const epoch of [0, 1])
    expect(readingKeysIn(on.ledger.state, ann.party, epoch)).toMatchObject({
      signer: keyOf('signer', epoch),
      keys: { general: keyOf('general', epoch) },
      height: epoch + 1,
    });
  expect(readingKeysIn(on.ledger.state, ann.party, 2)).toBeNull();
});

test('an epoch is used once, and none is left out', () => {
  const on = channel();
  expect(on.do(ann, published(1))).toBe('epoch-order');
  expect(on.do(ann, published(0))).toBe('done');
  expect(on.do(ann, published(0))).toBe('epoch-taken');
  expect(on.do(ann, published(2))).toBe('epoch-order');
});

test('only patients have reading keys, only readers a receiving key, and it stays', () => {
  const on = channel();
  expect([on.do(north, published(0)), on.do(insurer, published(0))]).toEqual(['not-a-patient', 'not-a-patient']);
  expect(on.do(ann, receiving)).toBe('not-a-reader');
  expect([on.do(north, receiving), on.do(insurer, receiving)]).toEqual(['done', 'done']);
  expect(on.do(north, { kind: 'receiving-key', key: keyOf('receiving', 1) })).toBe('known-key');
  expect(receivingKeyIn(on.ledger.state, north.party)).toEqual(keyOf('receiving', 0));
  expect(receivingKeyIn(on.ledger.state, ann.party)).toBeNull();
});

test.each([
  ['zeros', new Uint8Array(33)],
  ['the point at infinity in long', Uint8Array.of(4, ...new Uint8Array(32))],
  ['an x that is on no point', Uint8Array.of(2, ...new Uint8Array(31), 5)],
  ['an x above the field', Uint8Array.of(2, ...new Uint8Array(32).fill(0xff))],
])('what is no point of the curve is left out of every block: %s (bad input)', (_, key) => {
  const on = channel();
  expect(on.do(north, { kind: 'receiving-key', key })).toBe('left out');
  expect(on.do(ann, published(0, { signer: key }))).toBe('left out');
});

test('one key for two classes is left out of every block: it would make one class of them', () => {
  const on = channel();
  const good = published(0) as Extract<Action, { kind: 'reading-keys' }>;
  expect(on.do(ann, published(0, { keys: { ...good.keys, restricted: good.keys.general } }))).toBe('left out');
  expect(on.do(ann, published(0, { signer: good.keys.identity }))).toBe('left out');
});
