// Paper 000 to the letter: what one request costs, who is final when, what it survives, and that it survives no more.
import { describe, expect, test } from 'vitest';
import { isRejection } from '../../base/index.ts';
import { asVerified, certificateChecks, signatureChecks } from '../checks.ts';
import { leadingGroup } from '../seats.ts';
import { Cast, party } from '../transcript.ts';
import type { ConsensusMessage, PaperVote } from '../messages.ts';
import { paperCertificateChecks, paperSignatureChecks } from './checks.ts';
import { PAPER_LABEL, paperLabel, paperMessages } from './label.ts';
import { Alliance, forged, valueIn } from './lockstep.ts';
import { groupOfRequest, isPrimary, paperLeaderOf, primariesOf, primariesQuorum, toleratedPrimaries } from './primaries.ts';

const equal = (members: number, groups: number) => new Array<number>(groups).fill(members / groups);
const indexOf = (id: string) => Number.parseInt(id, 16);
const HEIGHT = 8;

function finalsOf(alliance: Alliance): readonly string[] {
  return alliance.clinics.map((clinic) => clinic.finals.map(({ name }) => name).join(' '));
}

describe('messages of one request without faults (P0-46), requests and replies not counted', () => {
  test.each([
    [equal(16, 4), 54, 66],
    [equal(28, 4), 117, 141],
    [equal(64, 8), 238, 294],
    [equal(100, 10), 378, 468],
    [equal(200, 20), 968, 1148],
    // Where n/k is no integer: by the size of the group that has the request.
    [[4, 5, 7], (1 + 2 * 7) * 6 + 2 * 7, (1 + 2 * 7) * 6 + 2 * 7 + 13],
  ])('%j: %i, and %i with deliveries', (sizes, total, withDeliveries) => {
    const alliance = new Alliance(sizes);
    alliance.submit('a');
    expect(finalsOf(alliance)).toEqual(alliance.clinics.map(() => 'a'));
    const packages = alliance.sent.filter(({ message }) => message.kind === 'paper-package').length;
    expect([alliance.sent.length - packages, alliance.sent.length]).toEqual([total, withDeliveries]);
    const count = paperMessages(sizes, leadingGroup(alliance.configuration.seats, HEIGHT));
    expect([count.total, count.withDeliveries]).toEqual([total, withDeliveries]);
  });

  test('each round by itself: (1+2m)(m-1) in the group of the request, (k-1)(2k+1) among primaries', () => {
    const alliance = new Alliance(equal(28, 4));
    alliance.submit('a');
    const inRound = (round: string) => alliance.sent.filter(({ message }) => 'round' in message && message.round === round).length;
    expect([inRound('group'), inRound('primaries')]).toEqual([(1 + 14) * 6, 3 * 9]);
    const { first, second } = paperMessages(equal(28, 4), 0);
    expect([first, second]).toEqual([90, 27]);
  });

  test('the groups are polled in turn (P0-36)', () => {
    const alliance = new Alliance(equal(16, 4));
    for (const name of ['a', 'b', 'c', 'd', 'e']) alliance.submit(name);
    expect(finalsOf(alliance)).toEqual(alliance.clinics.map(() => 'a b c d e'));
    const leaders = alliance.sent.flatMap(({ message }) =>
      message.kind === 'paper-proposal' && message.round === 'primaries' ? [indexOf(message.signer)] : [],
    );
    expect([...new Set(leaders)]).toEqual([0, 4, 8, 12]);
  });
});

describe('the two rounds (P0-28 to P0-33)', () => {
  const sizes = equal(16, 4);
  const to = (alliance: Alliance, kind: string) =>
    new Set(alliance.sent.filter(({ message }) => message.kind === kind).map((letter) => letter.to));

  test('no other primary hears of a request whose group does not agree to it', () => {
    const alliance = new Alliance(sizes);
    // Of four, two do not hear the pre-prepare: q_g = 3 commits are out of reach.
    alliance.loses = ({ to: member }) => member === 2 || member === 3;
    alliance.submit('a');
    expect([...to(alliance, 'paper-proposal')]).toEqual([1, 2, 3]);
    expect(finalsOf(alliance).join('')).toBe('');
  });

  test('a primary’s own prepare is sent and never counted twice (P0-46)', () => {
    const alliance = new Alliance(sizes);
    alliance.loses = ({ from, to: member, message }) =>
      message.kind === 'paper-vote' && message.round === 'group' && from !== 0 && member !== from;
    alliance.submit('a');
    // The pre-prepare, the same primary’s prepare and one’s own make two of q_g = 3.
    const commits = alliance.sent.filter(({ message }) => message.kind === 'paper-vote' && message.phase === 'commit');
    expect(commits).toEqual([]);
  });

  test('the primary’s own prepare goes out with its pre-prepare, in both rounds', () => {
    const alliance = new Alliance(sizes);
    alliance.submit('a');
    for (const round of ['group', 'primaries']) {
      const said = alliance.sent.filter(({ from, message }) => from === 0 && 'round' in message && message.round === round);
      const phases = said.map(({ message }) => (message.kind === 'paper-vote' ? message.phase : message.kind));
      expect([...new Set(phases)]).toEqual(['paper-proposal', 'prepare', 'commit']);
    }
  });

  test('what a primary prepares beside its pre-prepare counts for nothing and accuses nobody', () => {
    const alliance = new Alliance(sizes);
    const clinic = alliance.clinics[8];
    const about = { epoch: 3, round: 'primaries', height: HEIGHT, view: 0 } as const;
    clinic?.hear(forged({ kind: 'paper-proposal', ...about, ...valueIn('a'), signer: party(0) }));
    clinic?.hear(forged({ kind: 'paper-vote', ...about, phase: 'prepare', digest: valueIn('b').digest, signer: party(0) }));
    alliance.run();
    expect(clinic?.evidence).toEqual([]);
    expect(clinic?.row?.paper?.map(({ phase }) => phase)).toEqual(['prepare']);
  });

  test('prepares of the group are not enough for the second round: q_g commit first (P0-30)', () => {
    const alliance = new Alliance(sizes);
    alliance.loses = ({ message }) => message.kind === 'paper-vote' && message.round === 'group' && message.phase === 'commit';
    alliance.submit('a');
    expect(alliance.sent.some(({ message }) => 'round' in message && message.round === 'primaries')).toBe(false);
    expect(alliance.sent.some(({ message }) => message.kind === 'paper-vote' && message.phase === 'commit')).toBe(true);
  });

  test.each(['invalid', 'unacceptable', 'incomplete'] as const)('nobody votes for a value that is judged %s (R4)', (validity) => {
    const alliance = new Alliance(sizes);
    const about = { epoch: 3, round: 'group', height: HEIGHT, view: 0 } as const;
    const message = asVerified(forged({ kind: 'paper-proposal', ...about, ...valueIn('a'), signer: party(0) }));
    alliance.clinics[1]?.tell({ kind: 'message', message, validity });
    alliance.run();
    expect(alliance.sent).toEqual([]);
  });

  test('members outside the group of the request hear nothing but the package', () => {
    const alliance = new Alliance(sizes);
    alliance.submit('a');
    const heard = new Set(alliance.sent.filter((letter) => letter.to === 6).map(({ message }) => message.kind));
    expect([...heard]).toEqual(['paper-package']);
  });

  test('the signature collection is of primaries only, at least two thirds of them (P0-35), and its form is checked (P0-33)', () => {
    const alliance = new Alliance(sizes);
    alliance.submit('a');
    const { configuration } = alliance;
    const certificate = alliance.clinics[6]?.finals[0]?.certificate;
    if (certificate === undefined) throw new Error('nothing is final');
    expect(certificate.votes.map(({ signer }) => indexOf(signer))).toEqual([4, 8, 12]);
    const outcome = (change: object) => {
      const checks = paperCertificateChecks({ ...certificate, ...change }, configuration);
      return isRejection(checks) ? checks.reason : checks.length;
    };
    const [first, second, third] = certificate.votes;
    expect(outcome({})).toBe(3);
    expect(outcome({ votes: [first, second] })).toBe('below-quorum');
    expect(outcome({ votes: [first, first, second] })).toBe('unordered');
    expect(outcome({ votes: [first, second, { ...third, signer: party(9) }] })).toBe('not-a-primary');
    expect(outcome({ view: 5 })).toBe('not-a-primary');
    expect(outcome({ epoch: 2 })).toBe('wrong-epoch');
    expect(outcome({ phase: 'prepare' })).toBe('wrong-phase');
  });

  test('row 7 of the faults: where members are counted, what primaries signed is refused (R1, R6)', () => {
    const alliance = new Alliance(sizes);
    alliance.submit('a');
    const { configuration } = alliance;
    const certificate = alliance.clinics[6]?.finals[0]?.certificate;
    if (certificate === undefined) throw new Error('nothing is final');
    expect(certificateChecks(certificate, configuration, 'commit')).toMatchObject({ reason: 'below-quorum' });
    // Not even the bytes under the signatures are the same, whoever signs them.
    const mine = paperCertificateChecks(certificate, configuration);
    const votes = configuration.voters.map(({ party: signer }) => ({ signer, signature: new Uint8Array(64) }));
    const theirs = certificateChecks({ ...certificate, votes }, configuration, 'commit');
    if (isRejection(mine) || isRejection(theirs)) throw new Error('refused');
    expect(theirs.some(({ bytes }) => mine.some((check) => Buffer.from(check.bytes).equals(Buffer.from(bytes))))).toBe(false);
  });

  test('each kind of message of either family is refused by the other (R1)', () => {
    const alliance = new Alliance(sizes);
    alliance.submit('a');
    for (const { message } of alliance.sent)
      expect(signatureChecks(message, alliance.configuration)).toMatchObject({ reason: 'other-engine' });
    const vote = new Cast(alliance.configuration, HEIGHT).vote('commit', 1, 0, 'a');
    expect(paperSignatureChecks(vote, alliance.configuration)).toMatchObject({ reason: 'other-engine' });
  });
});

describe('a primary that fails is followed by the next in the ranking (P0-37)', () => {
  test('the primary of the request is silent: the next one leads, and the other primaries stay', () => {
    const alliance = new Alliance(equal(16, 4));
    alliance.loses = ({ from, to }) => from === 0 || to === 0;
    alliance.submit('a');
    expect(finalsOf(alliance).join('')).toBe('');
    alliance.fire();
    expect(finalsOf(alliance)).toEqual(alliance.clinics.map(({ index }) => (index === 0 ? '' : 'a')));
    expect(alliance.clinics[6]?.finals[0]?.certificate).toMatchObject({ view: 1 });
  });

  test('that one is silent as well: the rotation goes on down', () => {
    const alliance = new Alliance(equal(28, 4));
    alliance.loses = ({ from, to }) => from < 2 || to < 2;
    alliance.submit('a');
    alliance.fire();
    alliance.fire();
    expect(alliance.clinics[8]?.finals[0]).toMatchObject({ name: 'a', certificate: { view: 2 } });
  });

  test('a whole group is silent: the next group is polled (P0-36), and other groups’ next in rank are primaries', () => {
    const { configuration } = new Alliance(equal(16, 4));
    const leaders = Array.from({ length: 6 }, (_, view) => indexOf(paperLeaderOf(configuration, HEIGHT, view)));
    expect(leaders).toEqual([0, 1, 2, 3, 4, 5]);
    expect(primariesOf(configuration, HEIGHT, 3).map(indexOf)).toEqual([3, 4, 8, 12]);
    expect(primariesOf(configuration, HEIGHT, 4).map(indexOf)).toEqual([1, 4, 9, 13]);
    expect(primariesOf(configuration, HEIGHT, 5).map(indexOf)).toEqual([1, 5, 9, 13]);
    expect(groupOfRequest(configuration, HEIGHT, 16)).toBe(0);
    expect(isPrimary(configuration, HEIGHT, 3, party(0))).toBe(false);
  });

  test('the one that follows goes on with what its group committed to', () => {
    const alliance = new Alliance(equal(16, 4));
    alliance.loses = ({ message }) => message.kind === 'paper-proposal' && message.round === 'primaries';
    alliance.submit('a');
    for (const clinic of alliance.clinics) clinic.wish = 'b';
    alliance.loses = ({ from, to }) => from === 0 || to === 0;
    alliance.fire();
    expect(new Set(finalsOf(alliance).slice(1))).toEqual(new Set(['a']));
  });

  test('a primary that has committed its group to one value commits it to no other at that height, and to that one again', () => {
    const alliance = new Alliance(equal(16, 4));
    const clinic = alliance.clinics[8];
    const says = (view: number, name: string) => {
      const { digest, value } = valueIn(name);
      const about = { epoch: 3, round: 'primaries', height: HEIGHT, view, digest } as const;
      const signers = primariesOf(alliance.configuration, HEIGHT, view).filter((primary) => primary !== party(8));
      clinic?.hear(forged({ kind: 'paper-proposal', ...about, value, signer: paperLeaderOf(alliance.configuration, HEIGHT, view) }));
      for (const signer of signers.slice(0, 2)) clinic?.hear(forged({ kind: 'paper-vote', ...about, phase: 'prepare', signer }));
      alliance.run();
    };
    const replace = (view: number) => {
      for (let voter = 0; voter < 16; voter += 1)
        if (voter !== 8) clinic?.hear(forged({ kind: 'paper-replace', epoch: 3, height: HEIGHT, view, signer: party(voter) }));
      alliance.run();
    };
    const commits = () => clinic?.row?.paper?.filter(({ phase }) => phase === 'commit').map(({ view }) => view);
    says(0, 'a');
    replace(1);
    says(1, 'b');
    expect(commits()).toEqual([0]);
    replace(2);
    says(2, 'a');
    expect(commits()).toEqual([0, 2]);
  });

  test('whoever waits for the next primary says nothing more in the view of the last one (R2)', () => {
    const alliance = new Alliance(equal(16, 4));
    alliance.loses = ({ message }) => message.kind === 'paper-replace';
    const clinic = alliance.clinics[1];
    clinic?.tell({ kind: 'pending', pending: true });
    if (clinic?.timer) clinic.tell(clinic.timer);
    alliance.run();
    clinic?.hear(forged({ kind: 'paper-proposal', epoch: 3, round: 'group', height: HEIGHT, view: 0, ...valueIn('a'), signer: party(0) }));
    alliance.run();
    expect(clinic?.row?.paper ?? []).toEqual([]);
    expect(clinic?.row?.askedView).toBe(1);
  });

  test('whoever missed the package and waits is answered with it', () => {
    const alliance = new Alliance(equal(16, 4));
    alliance.loses = ({ to, message }) => to === 6 && message.kind === 'paper-package';
    alliance.submit('a');
    expect(finalsOf(alliance)[6]).toBe('');
    alliance.loses = () => false;
    alliance.fire();
    expect(finalsOf(alliance)[6]).toBe('a');
  });

  test('after a restart the same is said again, from the row, and nothing else (R3, R14)', () => {
    const alliance = new Alliance(equal(16, 4));
    alliance.loses = ({ from, message }) => from !== 0 && message.kind === 'paper-vote';
    alliance.submit('a');
    const one = alliance.clinics[1];
    const before = one?.row?.paper;
    alliance.sent.length = 0;
    one?.begin();
    alliance.run();
    const said = alliance.sent.filter(({ from }) => from === 1).map(({ message }) => message);
    expect(new Set(said.map((message) => (message.kind === 'paper-vote' ? message.phase : message.kind)))).toEqual(new Set(['prepare']));
    expect(one?.row?.paper).toEqual(before);
  });
});

/** Primaries in the hands of a test: they hear everything and say two things. */
function withBadPrimaries(sizes: readonly number[], bad: number): { readonly alliance: Alliance; readonly names: ReadonlySet<string> } {
  const alliance = new Alliance(sizes);
  const { configuration } = alliance;
  const primaries = primariesOf(configuration, HEIGHT, 0).map(indexOf);
  const allies = new Set(primaries.slice(0, bad));
  const correct = primaries.filter((primary) => !allies.has(primary));
  // What the engines of the bad ones send to other primaries is replaced by what they say below.
  alliance.loses = ({ from, to, message }) =>
    allies.has(from) && primaries.includes(to) && 'round' in message && message.round === 'primaries';
  const half = Math.ceil(correct.length / 2);
  const parts = [correct.slice(0, half), correct.slice(half)] as const;
  ['a', 'b'].forEach((name, part) => {
    const about = { epoch: configuration.epoch, round: 'primaries', height: HEIGHT, view: 0, ...valueIn(name) } as const;
    for (const to of parts[part] ?? []) {
      const [leader] = primaries;
      const says = (message: ConsensusMessage) => alliance.clinics[to]?.hear(message);
      says(forged({ kind: 'paper-proposal', ...about, signer: party(leader ?? 0) }));
      const { value: _, ...vote } = about;
      for (const ally of allies)
        for (const phase of ['prepare', 'commit'] as const) says(forged({ kind: 'paper-vote', ...vote, phase, signer: party(ally) }));
    }
  });
  alliance.run();
  return {
    alliance,
    names: new Set(alliance.clinics.filter(({ index }) => !allies.has(index)).flatMap(({ finals }) => finals.map(({ name }) => name))),
  };
}

describe('what it survives', () => {
  test.each([
    [4, 1, 3],
    [8, 2, 6],
    [10, 3, 7],
    [20, 6, 14],
  ])('%i groups: %i bad primaries, by a quorum of %i', (groups, tolerated, needed) => {
    expect([toleratedPrimaries(groups), primariesQuorum(groups)]).toEqual([tolerated, needed]);
  });

  test.each([
    [equal(16, 4), 1],
    [equal(28, 7), 2],
    [equal(100, 10), 3],
  ])('%j: floor((k-1)/3) = %i primaries that equivocate make no fork', (sizes, bad) => {
    expect(withBadPrimaries(sizes, bad).names.size).toBeLessThanOrEqual(1);
  });

  test.each([
    [equal(16, 4), 2],
    [equal(28, 7), 3],
    [equal(100, 10), 4],
  ])('row 5 of the faults: %j: %i primaries, one more, fork it with every other member correct', (sizes, bad) => {
    const { alliance, names } = withBadPrimaries(sizes, bad);
    expect(names).toEqual(new Set(['a', 'b']));
    for (const { finals } of alliance.clinics)
      for (const { certificate } of finals) expect(isRejection(paperCertificateChecks(certificate, alliance.configuration))).toBe(false);
  });

  test('the label says so', () => {
    expect(PAPER_LABEL).toContain('floor((k-1)/3)');
    expect(paperLabel(10)).toContain('3 of 10 primaries');
  });
});

describe('who says two things is named (P0-27)', () => {
  const about: Omit<PaperVote, 'digest' | 'signature' | 'phase' | 'signer'> = { epoch: 3, round: 'primaries', height: HEIGHT, view: 0 };

  test('a primary with two commits, and one with two pre-prepares', () => {
    const alliance = new Alliance(equal(16, 4));
    const clinic = alliance.clinics[8];
    for (const name of ['a', 'b']) {
      const { digest, value } = valueIn(name);
      clinic?.hear(forged({ kind: 'paper-vote', ...about, phase: 'commit', digest, signer: party(4) }));
      clinic?.hear(forged({ kind: 'paper-proposal', ...about, digest, value, signer: party(0) }));
    }
    expect(clinic?.evidence).toEqual(['two-digests 4', 'two-digests 0']);
  });
});
