// Slips of hidden authors (P2-11, P2-12, R12): what a channel that hides institutions takes, what it refuses, and what everybody else sees.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { isRejection, present } from '../../base/index.ts';
import { EPOCHS_PER_PERIOD, HiddenChannel, EPOCH_MS, TAGS_PER_EPOCH, memberSigned } from '../../../../tests/contracts/hidden.ts';
import { Consortium, Person, people, recordAction, recordNamed } from '../../ledger/consortium.ts';
import { describeSlip, slipChecks } from '../../ledger/index.ts';
import { type Slip, authorshipOf, checkSlip, concernCountTable, encodeAuthorship, encodeSlip, recordIn } from '../index.ts';

const ann = new Person('ann', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const init = { archives: people('archive', 1), others: [north, south, ann] };
const visit = (name: string, change = {}) => recordAction(name, ann, change);
const withdrawal = (name: string) => ({ kind: 'withdraw' as const, record: recordNamed(name), sealedReason: new Uint8Array(64) });

let channel: HiddenChannel;
const fresh = (): HiddenChannel => new HiddenChannel(init).opened().enrolled(north, south);

// Pairings take a while on a loaded machine.
const PATIENCE_MS = 90_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

describe('a record on a channel that hides institutions', () => {
  beforeAll(() => {
    channel = fresh();
  });

  test('becomes final under a group signature, and names no clinic anywhere in slip, state, or explorer', () => {
    const slip = channel.slip(north, visit('first'), { consent: ann });
    const checks = slipChecks(channel.on.ledger, slip);
    expect(isRejection(checks) ? checks : memberSigned(checks)).toBe(true);
    expect(channel.end(slip)).toBe('done');
    const shown = JSON.stringify(describeSlip(slip)) + JSON.stringify(channel.on.projection.records.get(recordNamed('first')));
    for (const { party, name } of [north, south]) {
      expect(shown).not.toContain(party);
      expect(shown).not.toContain(`"${name}"`);
      expect(JSON.stringify(recordIn(channel.on.ledger.state, recordNamed('first')))).not.toContain(party);
    }
    expect(concernCountTable.get(channel.on.ledger.state, ann.party)?.count).toBe(1);
  });

  test('has at most 1.3 kB with group signature, record key and consent', () => {
    expect(encodeSlip(channel.slip(north, visit('size'), { consent: ann })).byteLength).toBeLessThanOrEqual(1_300);
  });

  test('its next version and its withdrawal are by the holder of its key, under tags that nobody can link', () => {
    const first = channel.slip(north, visit('story'), { slot: 1, consent: ann });
    const second = channel.slip(north, visit('story', { version: 2 }), { slot: 2, consent: ann });
    expect([channel.end(first), channel.end(second)]).toEqual(['done', 'done']);
    expect(second.body.author).not.toBe(first.body.author);
    expect(channel.end(channel.slip(south, withdrawal('story'), { slot: 1 }))).toBe('not-the-author');
    expect(channel.end(channel.slip(north, withdrawal('story'), { slot: 3 }))).toBe('done');
  });

  test('two records of one clinic share neither author, key nor any part of the group signature', () => {
    const [one, two] = ['left', 'right'].map((name, slot) =>
      present(authorshipOf(channel.slip(north, visit(name), { slot })), 'an authorship'),
    );
    const pieces = (bytes: Uint8Array = new Uint8Array()) =>
      Array.from({ length: 9 }, (_, at) => String(bytes.slice(7 + 48 * at, 55 + 48 * at)));
    const other = new Set(pieces(two?.groupSignature));
    expect(pieces(one?.groupSignature).filter((piece) => other.has(piece))).toEqual([]);
    expect(String(one?.recordKey)).not.toBe(String(two?.recordKey));
  });
});

describe('a tag is used once (R12)', () => {
  beforeAll(() => {
    channel = fresh();
    expect(channel.end(channel.slip(north, visit('used'), { consent: ann }))).toBe('done');
  });

  test('a second slip of the same slot is never taken, whatever it says', () => {
    expect(channel.end(channel.slip(north, visit('again'), { consent: ann }))).toBe('left out');
  });

  test('the slip itself is not taken again', () => {
    const slip = channel.slip(north, visit('once'), { slot: 1, consent: ann });
    expect([channel.end(slip), channel.end(slip)]).toEqual(['done', 'left out']);
  });

  test('a slip that fails for good has used its tag up', () => {
    const early = channel.slip(north, visit('once', { version: 1 }), { slot: 2, consent: ann, recordKeyOf: 'another' });
    expect(channel.end(early)).toBe('left out');
    const wrong = channel.slip(south, visit('used', { version: 2 }), { slot: 2, consent: ann });
    expect([channel.end(wrong), channel.end(wrong)]).toEqual(['not-the-author', 'left out']);
    expect(channel.end(channel.slip(south, visit('other'), { slot: 2, consent: ann }))).toBe('left out');
  });

  test('a later version that comes too early loses nothing', () => {
    const first = channel.slip(south, visit('pair'), { slot: 0, consent: ann });
    const second = channel.slip(south, visit('pair', { version: 2 }), { slot: 1, consent: ann });
    expect([channel.end(second), channel.end(first), channel.end(second)]).toEqual(['left out', 'done', 'done']);
  });
});

describe('epochs', () => {
  test('a signature counts in its epoch and the grace after it, not before and not later', () => {
    channel = fresh();
    const ahead = channel.slip(north, visit('ahead'), { epoch: channel.epoch + 1, consent: ann });
    expect(channel.end(ahead)).toBe('epoch-ahead');
    const waited = channel.slip(north, visit('waited'), { consent: ann });
    const late = channel.slip(north, visit('late'), { slot: 1, consent: ann });
    channel.on.nowMs += EPOCH_MS;
    expect(channel.end(waited)).toBe('done');
    channel.on.nowMs += EPOCH_MS;
    expect(channel.end(late)).toBe('epoch-past');
  });

  test('a credential serves its period alone', () => {
    channel = fresh();
    const slip = channel.slip(north, visit('next period'), { consent: ann });
    channel.on.nowMs += EPOCHS_PER_PERIOD * EPOCH_MS;
    channel.must(channel.authority, channel.admission(north, 1));
    expect(channel.end(channel.slip(north, visit('next period'), { consent: ann }))).toBe('done');
    expect(channel.end(slip)).toBe('left out');
  });
});

describe('what no state takes', () => {
  let slip: Slip;
  beforeAll(() => {
    channel = fresh();
    slip = channel.slip(north, visit('static'), { consent: ann });
  });

  const authorship = () => present(authorshipOf(slip), 'an authorship');
  test.each<[string, () => Slip]>([
    ['wrong-author', () => ({ ...slip, body: { ...slip.body, author: north.party } })],
    ['stray-counter', () => ({ ...slip, body: { ...slip.body, counter: 1 } })],
    ['bad-signature', () => ({ ...slip, signature: slip.signature.slice(0, 552) })],
    [
      'stray-group-signature',
      () => ({ ...slip, consent: null, body: { ...slip.body, action: { kind: 'decline', request: '00'.repeat(16) as never } } }),
    ],
    ['small-order-point', () => ({ ...slip, signature: encodeAuthorship({ ...authorship(), recordKey: new Uint8Array(32) }) })],
    ['no-consent', () => ({ ...slip, consent: null })],
  ])('%s', (reason, change) => {
    expect(checkSlip(change())?.reason).toBe(reason);
  });

  test('a changed body, another record key or another term is not what the member signed', () => {
    const holds = (changed: Slip): boolean => {
      const checks = slipChecks(channel.on.ledger, changed);
      return !isRejection(checks) && memberSigned(checks);
    };
    expect(holds(slip)).toBe(true);
    expect(holds({ ...slip, body: { ...slip.body, timestampMs: slip.body.timestampMs + 1 } })).toBe(false);
    const { recordKey } = present(authorshipOf(channel.slip(south, visit('static'))), 'an authorship');
    expect(holds({ ...slip, signature: encodeAuthorship({ ...authorship(), recordKey }) })).toBe(false);
    const otherTerm = slipChecks(channel.on.ledger, { ...slip, signature: encodeAuthorship({ ...authorship(), term: 1 }) });
    expect(otherTerm).toMatchObject({ reason: 'unknown-term' });
  });
});

describe('who is not hidden', () => {
  test('a clinic that signs a record by name is refused where institutions are hidden', () => {
    channel = fresh();
    expect(channel.on.do(north, visit('by name'), { consent: ann })).toBe('named-author');
  });

  test('a group signature has no place where institutions are named', () => {
    channel = fresh();
    const slip = channel.slip(north, visit('elsewhere'), { consent: ann });
    const named = new Consortium(init);
    const [outcome] = named.final([{ ...slip, body: { ...slip.body, channel: named.ledger.channel } }]);
    expect(outcome ?? 'left out').toBe('left out');
    expect(named.do(north, visit('as always'), { consent: ann })).toBe('done');
  });

  test('a clinic has so many signatures in an epoch and no more', () => {
    expect(() => channel.slip(north, visit('many'), { slot: TAGS_PER_EPOCH })).toThrow();
  });
});
