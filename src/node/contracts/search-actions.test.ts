// Search keys on the ledger (P3-11, T20): who has one, once, and what is no key.
import { expect, test } from 'vitest';
import { Consortium, Person, people } from '../ledger/consortium.ts';
import { encodeSearchPublicKey, searchKeyPairOf } from '../crypto/index.ts';
import { checkSlip, searchKeyIn } from './index.ts';

const ann = new Person('ann', 'patient');
const north = new Person('north', 'clinic');
const insurer = new Person('insurer', 'data-user');
const keyOf = (byte: number): Uint8Array => encodeSearchPublicKey(searchKeyPairOf(new Uint8Array(32).fill(byte)));

function channel(): Consortium {
  return new Consortium({ archives: people('archive', 1), others: [north, ann, insurer] });
}

test('a clinic and a patient publish a search key once, and others find it (P3-11)', () => {
  const on = channel();
  for (const [index, person] of [north, ann].entries()) {
    expect(on.do(person, { kind: 'search-key', key: keyOf(index) })).toBe('done');
    expect(searchKeyIn(on.ledger.state, person.party)).toEqual({ key: keyOf(index), height: on.ledger.height });
    expect(on.do(person, { kind: 'search-key', key: keyOf(7) })).toBe('known-search-key');
  }
});

test('who writes nothing and is written about by nobody has no search key', () => {
  const on = channel();
  expect(on.do(insurer, { kind: 'search-key', key: keyOf(1) })).toBe('no-search-role');
  expect(searchKeyIn(on.ledger.state, insurer.party)).toBeNull();
});

test.each([
  ['the identity', new Uint8Array(32), 'identity-point'],
  ['no element of the group', new Uint8Array(32).fill(255), 'not-an-element'],
])('a key that is %s is refused whatever the state (R4)', (_, key, reason) => {
  expect(checkSlip(channel().slip(ann, { kind: 'search-key', key }))).toMatchObject({ reason });
});
