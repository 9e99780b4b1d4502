// The offices of a channel that hides institutions (P2-11, P2-20, P2-24, T14): who may do what, in which order, and what the ledger checks of
// it. One channel serves all cases: every case starts from the same ledger.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { present } from '../../base/index.ts';
import { type Deed, EPOCHS_PER_PERIOD, EPOCH_MS, HiddenChannel, TAGS_PER_EPOCH, institutions } from '../../../../tests/contracts/hidden.ts';
import { SCHEME_CALLS, sha256 } from '../../crypto/index.ts';
import { Consortium, Person, people, recordAction } from '../../ledger/consortium.ts';
import {
  type Action,
  type Slip,
  authorshipBytes,
  authorshipOf,
  concernCountTable,
  currentTerm,
  enrolmentIn,
  epochsToBar,
  openingIn,
  slipBytes,
  slipIdOf,
  termIn,
  termLabel,
} from '../index.ts';

const ann = new Person('ann', 'patient');
const bob = new Person('bob', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const insurer = new Person('insurer', 'data-user');
const init = { archives: people('archive', 1), others: [north, south, ann, bob, insurer] };

type Case = readonly [reason: string, author: (channel: HiddenChannel) => Person, action: (channel: HiddenChannel) => Action];

/** A channel that starts every case at the same ledger. */
function saved(made: HiddenChannel): () => HiddenChannel {
  const { ledger, projection, nowMs } = made.on;
  return () => {
    Object.assign(made.on, { ledger, projection, nowMs });
    return made;
  };
}

function checkCases(again: () => HiddenChannel, cases: readonly Case[]): void {
  test.each(cases)('%s', (reason, author, action) => {
    const channel = again();
    expect(channel.on.do(author(channel), action(channel))).toBe(reason);
  });
}

// Pairings take a while on a loaded machine.
const PATIENCE_MS = 90_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

const centre = (channel: HiddenChannel): Person => channel.authority;
const opener = (index: 0 | 1 | 2) => (channel: HiddenChannel) => channel.openers[index];
const the = (person: Person) => () => person;

describe('appointing', () => {
  const again = saved(new HiddenChannel(init));
  const changed = (change: Partial<Extract<Deed, { kind: 'appoint' }>>) => (channel: HiddenChannel) => channel.appointment(change);
  checkCases(again, [
    ['done', centre, changed({})],
    ['not-the-authority', the(north), changed({})],
    ['wrong-term', centre, changed({ term: 1 })],
    ['bad-threshold', centre, changed({ threshold: 1 })],
    ['bad-threshold', centre, changed({ threshold: 4 })],
    ['zero-limit', centre, changed({ tagsPerEpoch: 0 })],
    ['zero-limit', centre, changed({ epochMs: 1_000 })],
    ['long-grace', centre, changed({ graceEpochs: EPOCHS_PER_PERIOD })],
    ['repeated-item', centre, changed({ openers: [north.party, south.party, north.party] })],
    ['not-an-opener', centre, changed({ openers: [north.party, ann.party] })],
    ['not-an-opener', centre, changed({ openers: [north.party, new Person('nobody', 'clinic').party] })],
    ['unknown-term', opener(0), (channel) => channel.dealing(0)],
  ]);

  test('has no place where institutions are named', () => {
    const named = new Consortium(init);
    const deed = again().appointment({ openers: [north.party, south.party] });
    expect(named.do(named.authority, deed)).toBe('not-hidden');
  });
});

describe('dealing and the key', () => {
  const made = new HiddenChannel(init);
  made.must(made.authority, made.appointment());
  made.must(made.openers[0], made.dealing(0));
  const again = saved(made);
  const foreign = (channel: HiddenChannel, dealer: number, threshold: number) =>
    SCHEME_CALLS.groupDeal({
      label: termLabel(channel.on.ledger.channel, 1),
      dealer,
      threshold,
      openers: 3,
      seed: sha256(new Uint8Array()),
    });
  checkCases(again, [
    ['done', opener(1), (channel) => channel.dealing(1)],
    ['not-an-opener', the(north), (channel) => channel.dealing(1)],
    ['dealt-already', opener(0), (channel) => channel.dealing(0)],
    ['bad-holder', opener(2), (channel) => channel.dealing(1)],
    ['wrong-count', opener(1), (channel) => channel.dealing(1, { shares: [] })],
    ['dealing-proof', opener(1), (channel) => channel.dealing(1, { dealing: foreign(channel, 2, 2).dealing })],
    ['not-dealt', centre, (channel) => institutions({ kind: 'open', term: 0, groupKey: channel.groupKey() })],
  ]);

  test('the key is what the openers dealt and who appointed them issues, and nothing else', () => {
    const channel = again();
    channel.must(channel.openers[1], channel.dealing(1));
    channel.must(channel.openers[2], channel.dealing(2));
    const open = (author: Person, groupKey: Uint8Array) => channel.on.do(author, institutions({ kind: 'open', term: 0, groupKey }));
    const dealings = [1, 2, 3].map((dealer) => foreign(channel, dealer, 2).dealing);
    expect(open(channel.openers[0], channel.groupKey())).toBe('not-the-issuer');
    expect(open(channel.authority, channel.groupKey({ dealings }))).toBe('other-dealings');
    expect(open(channel.authority, channel.groupKey({ slotsPerEpoch: TAGS_PER_EPOCH + 1 }))).toBe('other-terms');
    expect(open(channel.authority, channel.groupKey({ label: termLabel(channel.on.ledger.channel, 1) }))).toBe('other-term');
    expect(currentTerm(channel.on.ledger.state)).toBeNull();
    expect(open(channel.authority, channel.groupKey())).toBe('done');
    expect(currentTerm(channel.on.ledger.state)).toBe(0);
    expect(open(channel.authority, channel.groupKey())).toBe('has-key');
  });
});

describe('enrolling', () => {
  const made = new HiddenChannel(init).opened();
  made.must(north, made.application(north));
  const again = saved(made);
  const hold =
    (good = true, clinic = north) =>
    () =>
      institutions({ kind: 'hold', term: 0, clinic: clinic.party, good });
  const credential = new Uint8Array(96);
  checkCases(again, [
    ['done', the(south), (channel) => channel.application(south)],
    ['enrolled-already', the(north), (channel) => channel.application(north)],
    ['known-point', the(south), (channel) => channel.application(north)],
    ['not-a-clinic', the(insurer), (channel) => channel.application(north)],
    ['done', opener(0), hold()],
    ['done', opener(0), hold(false)],
    ['not-an-opener', the(south), hold()],
    ['not-enrolled', opener(0), hold(true, south)],
    ['few-holders', centre, () => institutions({ kind: 'admit', term: 0, clinic: north.party, period: 0, credential })],
    ['not-enrolled', centre, () => institutions({ kind: 'admit', term: 0, clinic: south.party, period: 0, credential })],
    ['not-the-issuer', the(south), () => institutions({ kind: 'admit', term: 0, clinic: north.party, period: 0, credential })],
  ]);

  test('an application that another made is not taken: it is bound to the certificate', () => {
    const channel = again();
    const stolen = channel.application(new Person('elsewhere', 'clinic'));
    expect(channel.on.do(south, stolen)).toBe('enrolment-proof');
  });

  test('two openers hold a good share, then the clinic is admitted for this period or the next, once each', () => {
    const channel = again();
    const [one, two] = channel.openers;
    const admit = (period: number) => channel.on.do(channel.authority, channel.admission(north, period));
    expect([channel.on.do(one, hold(false)()), channel.on.do(one, hold()())]).toEqual(['done', 'said-already']);
    expect(channel.on.do(two, hold()())).toBe('done');
    expect(admit(0)).toBe('few-holders');
    expect(channel.on.do(channel.openers[2], hold()())).toBe('done');
    expect([admit(2), admit(0), admit(0), admit(1)]).toEqual(['wrong-period', 'done', 'admitted-already', 'done']);
    const entry = present(enrolmentIn(channel.on.ledger.state, 0, north.party), 'the enrolment');
    expect(entry).toMatchObject({ holders: [2, 3], complaints: [1] });
    expect(entry.credentials.map(({ period }) => period)).toEqual([0, 1]);
  });
});

describe('revoking (Rev)', () => {
  const made = new HiddenChannel(init).opened().enrolled(north, south);
  const before = made.slip(north, recordAction('before', ann), { slot: 0, consent: ann });
  expect(made.end(before)).toBe('done');
  made.must(made.authority, { kind: 'revoke', party: north.party, reason: 'closed' });
  const again = saved(made);
  checkCases(again, [
    ['done', opener(0), (channel) => channel.barring(channel.openers[0], north, 0)],
    ['bad-holder', opener(1), (channel) => channel.barring(channel.openers[0], north, 0)],
    ['not-revoked', opener(0), (channel) => channel.barring(channel.openers[0], south, 0)],
    ['not-an-opener', the(south), (channel) => channel.barring(channel.openers[0], north, 0)],
    ['wrong-epoch', opener(0), (channel) => channel.barring(channel.openers[0], north, EPOCHS_PER_PERIOD)],
    ['revoked', centre, () => institutions({ kind: 'admit', term: 0, clinic: north.party, period: 1, credential: new Uint8Array(96) })],
  ]);

  test('below t openers its slips are still taken, with t none of any epoch left; another clinic goes on', () => {
    const channel = again();
    const [one, two] = channel.openers;
    const due = (who: Person) =>
      epochsToBar(channel.on.ledger.state, { term: 0, clinic: north.party, opener: who.party, nowMs: channel.on.nowMs });
    expect(due(one)).toEqual([0, 1]);
    for (const epoch of due(one)) channel.must(one, channel.barring(one, north, epoch));
    expect(due(one)).toEqual([]);
    expect(channel.end(channel.slip(north, recordAction('between', ann), { slot: 1, consent: ann }))).toBe('done');
    expect(channel.on.do(one, channel.barring(one, north, 0))).toBe('said-already');
    for (const epoch of due(two)) channel.must(two, channel.barring(two, north, epoch));
    expect(channel.on.do(channel.openers[2], channel.barring(channel.openers[2], north, 0))).toBe('barred-already');
    expect(channel.end(channel.slip(north, recordAction('after', ann), { slot: 2, consent: ann }))).toBe('revoked');
    expect(channel.end(channel.slip(south, recordAction('other', ann), { slot: 2, consent: ann }))).toBe('done');
    channel.on.nowMs += EPOCH_MS;
    expect(channel.end(channel.slip(north, recordAction('later', ann), { slot: 0, consent: ann }))).toBe('revoked');
  });

  test('a part of another share than the one dealt is refused', () => {
    const channel = again();
    const part = channel.barring(channel.openers[0], north, 0);
    const bytes = Uint8Array.from(part.kind === 'institutions' && part.deed.kind === 'bar' ? part.deed.part : []);
    const other = channel.barring(channel.openers[0], south, 0);
    const others = other.kind === 'institutions' && other.deed.kind === 'bar' ? other.deed.part : bytes;
    expect(others.byteLength).toBe(bytes.byteLength);
    const deed: Deed = { kind: 'bar', term: 0, clinic: north.party, part: others };
    expect(channel.on.do(channel.openers[0], institutions(deed))).toBe('revocation-proof');
  });
});

describe('opening (Open)', () => {
  const made = new HiddenChannel(init).opened().enrolled(north, south);
  const slip = made.slip(north, recordAction('opened', ann), { consent: ann });
  expect(made.end(slip)).toBe('done');
  const signed = (of: Slip) => {
    const { term, recordKey, groupSignature } = present(authorshipOf(of), 'an authorship');
    return { message: authorshipBytes(term, recordKey, slipBytes(of.body)), signature: groupSignature };
  };
  const { message, signature } = signed(slip);
  const ask = (change: Partial<Extract<Deed, { kind: 'ask' }>> = {}) =>
    institutions({ kind: 'ask', slip: slipIdOf(slip), signature: signature.slice(), reason: 'complaint 12', ...change });
  const again = saved(made);
  const answerOf = (channel: HiddenChannel, who: Person) =>
    institutions({ kind: 'answer', slip: slipIdOf(slip), part: channel.openingPart(who, message, signature) });

  checkCases(again, [
    ['done', centre, () => ask()],
    ['done', the(ann), () => ask()],
    ['not-entitled', the(bob), () => ask()],
    ['not-entitled', the(south), () => ask()],
    ['no-reason', centre, () => ask({ reason: ' ' })],
    ['unknown-slip', centre, () => ask({ slip: '00'.repeat(16) as never })],
    ['other-signature', centre, () => ask({ signature: signature.map((byte, index) => (index === 9 ? byte ^ 1 : byte)) })],
    ['not-asked', opener(0), (channel) => answerOf(channel, channel.openers[0])],
  ]);
  let channel: HiddenChannel;
  beforeEach(() => {
    channel = again();
    channel.must(channel.authority, ask());
  });

  test('below t nobody is named, with t the clinic is, and everybody reads who asked and why', () => {
    const [one, , three] = channel.openers;
    expect(channel.on.do(one, answerOf(channel, one))).toBe('done');
    const open = openingIn(channel.on.ledger.state, slipIdOf(slip));
    expect(open).toMatchObject({ askedBy: channel.authority.party, reason: 'complaint 12', opened: null });
    expect(open?.parts.map((part) => part[0])).toEqual([1]);
    expect(channel.on.do(three, answerOf(channel, three))).toBe('done');
    expect(openingIn(channel.on.ledger.state, slipIdOf(slip))?.opened).toMatchObject({ clinic: north.party });
    expect(channel.on.do(channel.openers[1], answerOf(channel, channel.openers[1]))).toBe('opened-already');
  });

  test('an opening is asked for once, and is among what concerns the patient', () => {
    const before = concernCountTable.get(channel.on.ledger.state, ann.party)?.count ?? 0;
    expect(before).toBe(2);
    expect(channel.on.do(ann, ask())).toBe('asked-already');
  });

  test('a part counts once, under its own number, and only with its proof', () => {
    const [one, two] = channel.openers;
    expect(channel.on.do(two, answerOf(channel, one))).toBe('bad-holder');
    expect(channel.on.do(north, answerOf(channel, one))).toBe('not-an-opener');
    const other = signed(channel.slip(south, recordAction('elsewhere', ann), { consent: ann }));
    const part = channel.openingPart(one, other.message, other.signature);
    expect(channel.on.do(one, institutions({ kind: 'answer', slip: slipIdOf(slip), part }))).toBe('opening-proof');
    expect([channel.on.do(one, answerOf(channel, one)), channel.on.do(one, answerOf(channel, one))]).toEqual(['done', 'said-already']);
  });
});

describe('a later term', () => {
  test('takes over when its key is there; until then the present one goes on', () => {
    const channel = new HiddenChannel(init).opened().enrolled(north);
    channel.must(channel.authority, channel.appointment({ term: 1, openers: [north.party, south.party] }));
    expect(currentTerm(channel.on.ledger.state)).toBe(0);
    expect(termIn(channel.on.ledger.state, 1)?.groupKey).toBeNull();
    expect(channel.end(channel.slip(north, recordAction('meanwhile', ann), { consent: ann }))).toBe('done');
  });
});
