// Guilt on the ledger (R15, P0-27): what convicts, what does not, and what becomes of the convicted.
import { describe, expect, test } from 'vitest';
import { type Digest, MAX_SLIP_BYTES, isRejection } from '../base/index.ts';
import { type Configuration, type ConsensusMessage, type Evidence, leaderOf, statementBytes } from '../consensus/index.ts';
import { digestOf, signSync, verifySync } from '../crypto/index.ts';
import { Consortium, type Person, people } from '../ledger/consortium.ts';
import { configurationDue, slipChecks, toConsensusConfiguration } from '../ledger/index.ts';
import { accusationOf, encodeSlip, groupsOf, isMarked } from './index.ts';
import { REMEMBERED_EPOCHS } from './epoch.ts';
import type { Action } from './slip.ts';

const clinics = people('clinic', 17);
const one = digestOf(new Uint8Array(1));
const other = digestOf(new Uint8Array(2));

type Accusation = Extract<Action, { kind: 'accuse' }>;

function consortium(settings: Partial<Consortium['ledger']['settings']> = {}): Consortium {
  const others = clinics.slice(16);
  return new Consortium({ clinics: clinics.slice(0, 16), others, settings: { engine: 'grouped', archiveQuorum: false, ...settings } });
}

type Unsigned = Parameters<typeof statementBytes>[0];

function signed(culprit: Person, message: Unsigned, configuration: Configuration): ConsensusMessage {
  return { ...message, signature: signSync(culprit.memberSeed!, statementBytes(message, configuration)) };
}

function vote(
  culprit: Person,
  configuration: Configuration,
  change: { phase: 'prepare' | 'commit'; view?: number; digest: Digest },
): ConsensusMessage {
  const { epoch } = configuration;
  return signed(culprit, { kind: 'vote', epoch, height: 9, view: 0, ...change, signer: culprit.party }, configuration);
}

function viewChange(culprit: Person, configuration: Configuration, view: number, lockedView: number | null): ConsensusMessage {
  const { epoch } = configuration;
  const lockedDigest = lockedView === null ? null : one;
  const message: Unsigned = {
    kind: 'view-change',
    epoch,
    height: 9,
    view,
    lockedView,
    lockedDigest,
    signer: culprit.party,
    certificate: null,
  };
  return signed(culprit, message, configuration);
}

function evidence(culprit: Person, fault: Evidence['fault'], ...messages: readonly ConsensusMessage[]): Evidence {
  return { culprit: culprit.party, fault, messages };
}

/** Who leads view 0 of height 9, and somebody who does not. */
function roles(on: Consortium): {
  readonly leads: Person;
  readonly votes: Person;
  readonly accuser: Person;
  readonly configuration: Configuration;
} {
  const configuration = toConsensusConfiguration(on.ledger);
  const leads = clinics.find(({ party }) => party === leaderOf(configuration, 9, 0))!;
  const [votes, accuser] = clinics.filter((clinic) => clinic !== leads) as [Person, Person];
  return { leads, votes, accuser, configuration };
}

function twoPrepares(culprit: Person, configuration: Configuration): Accusation {
  const messages = [one, other].map((digest) => vote(culprit, configuration, { phase: 'prepare', digest }));
  return accusationOf(evidence(culprit, 'two-digests', ...messages))!;
}

/** Every signature that a slip of this action would need, checked. */
function holds(on: Consortium, author: Person, action: Action): boolean | string {
  const checks = slipChecks(on.ledger, on.slip(author, action));
  if (isRejection(checks)) return checks.reason;
  return checks.length === 3 && checks.every(({ publicKey, bytes, signature }) => verifySync(publicKey, bytes, signature));
}

describe('what an engine found becomes an accusation whose signatures hold', () => {
  const on = consortium();
  const { leads, votes, accuser, configuration } = roles(on);
  const cases: readonly (readonly [string, Person, Evidence])[] = [
    [
      'two prepares',
      votes,
      evidence(votes, 'two-digests', ...[one, other].map((digest) => vote(votes, configuration, { phase: 'prepare', digest }))),
    ],
    [
      'two proposals of a leader, which are its prepares',
      leads,
      evidence(leads, 'two-proposals', ...[one, other].map((digest) => vote(leads, configuration, { phase: 'prepare', digest }))),
    ],
    ['two locks', votes, evidence(votes, 'two-digests', viewChange(votes, configuration, 2, null), viewChange(votes, configuration, 2, 1))],
    [
      'a commit and a lower lock',
      votes,
      evidence(
        votes,
        'commit-below-lock',
        vote(votes, configuration, { phase: 'commit', view: 1, digest: one }),
        viewChange(votes, configuration, 2, 0),
      ),
    ],
    [
      'two batches at one position of a lane',
      votes,
      evidence(
        votes,
        'two-digests',
        ...[one, other].map((digest) =>
          signed(
            votes,
            {
              kind: 'lane-vote',
              epoch: 0,
              phase: 'commit',
              reference: { group: 0, localView: 0, sequence: 3, digest },
              signer: votes.party,
            },
            configuration,
          ),
        ),
      ),
    ],
  ];

  test.each(cases)('%s', (_name, culprit, found) => {
    const action = accusationOf(found)!;
    expect(action.culprit).toBe(culprit.party);
    expect(holds(on, accuser, action)).toBe(true);
    expect(encodeSlip(on.slip(accuser, action)).byteLength).toBeLessThan(MAX_SLIP_BYTES);
  });

  test('a vote for an invalid block is no accusation: its proof needs the bytes', () => {
    const prepare = vote(votes, configuration, { phase: 'prepare', digest: one });
    expect(accusationOf(evidence(votes, 'invalid-value', prepare, prepare))).toBeNull();
  });
});

describe('nobody is framed', () => {
  const on = consortium();
  const { votes, accuser, configuration } = roles(on);
  const good = twoPrepares(votes, configuration);
  const proof = good.proof as Extract<Accusation['proof'], { kind: 'height' }>;

  test.each<[string, Accusation, boolean | string]>([
    ['a good proof', good, true],
    ['the same statement twice', { ...good, proof: { ...proof, second: proof.first } }, 'no-contradiction'],
    ['statements of two views', { ...good, proof: { ...proof, second: { ...proof.second, view: 1 } } }, 'no-contradiction'],
    ['a prepare and a commit', { ...good, proof: { ...proof, second: { ...proof.second, phase: 'commit' } } }, 'no-contradiction'],
    ['another height than was signed', { ...good, proof: { ...proof, height: 8 } }, false],
    [
      'another phase than was signed',
      { ...good, proof: { ...proof, first: { ...proof.first, phase: 'propose' }, second: { ...proof.second, phase: 'propose' } } },
      false,
    ],
    ['another voter than who signed', { ...good, culprit: accuser.party }, false],
    ['who did not vote in that epoch', { ...good, culprit: clinics[16]!.party }, 'stranger'],
    ['an epoch that nobody remembers', { ...good, proof: { ...proof, epoch: 5 } }, 'unknown-epoch'],
  ])('%s', (_name, action, expected) => {
    expect(holds(on, accuser, action)).toBe(expected);
  });

  test('a commit and a request that states a lock at its view or above is what correct members sign', () => {
    const commit = vote(votes, configuration, { phase: 'commit', view: 1, digest: one });
    for (const ask of [viewChange(votes, configuration, 2, 1), viewChange(votes, configuration, 1, 0)]) {
      expect(accusationOf(evidence(votes, 'commit-below-lock', commit, ask))).toBeNull();
    }
  });
});

describe('the convicted', () => {
  test('is marked, and ranks last in its group from the next epoch on, which its conviction is reason for (P0-27)', () => {
    const on = consortium({ epochMinMs: 5_000 });
    const { leads, accuser, configuration } = roles(on);
    expect(on.do(accuser, twoPrepares(leads, configuration))).toBe('done');
    expect([isMarked(on.ledger.state, leads.party), on.ledger.configuration.epoch]).toEqual([true, 0]);
    expect(configurationDue(on.ledger, on.nowMs + 10_000)).toBe(true);
    on.final([], { afterMs: 10_000 });
    expect(on.ledger.configuration.epoch).toBe(1);
    expect(
      groupsOf(on.ledger.state)
        .find((group) => group.includes(leads.party))!
        .at(-1),
    ).toBe(leads.party);
    expect([on.isVoting(leads), configurationDue(on.ledger, on.nowMs + 60_000)]).toEqual([true, false]);
  });

  test('leads no view of the next epoch, above 0 either, and no lane (P0-27, R7)', () => {
    const on = consortium({ epochMinMs: 5_000 });
    const { leads, accuser, configuration } = roles(on);
    on.do(accuser, twoPrepares(leads, configuration));
    expect(toConsensusConfiguration(on.ledger).barred).toBeUndefined();
    on.final([], { afterMs: 10_000 });
    const next = toConsensusConfiguration(on.ledger);
    expect(next.barred).toEqual([leads.party]);
    const leaders = new Set(next.voters.flatMap((_, view) => [leaderOf(next, on.ledger.height + 1, view)]));
    expect([leaders.size, leaders.has(leads.party)]).toEqual([next.voters.length - 1, false]);
  });

  test('never takes the seat, however often others lose it', () => {
    const on = consortium();
    const { leads, accuser, configuration } = roles(on);
    on.do(accuser, twoPrepares(leads, configuration));
    const group = groupsOf(on.ledger.state).findIndex((members) => members.includes(leads.party));
    const ranks = new Set<number>();
    for (let height = 0; height < 60; height += 1) {
      on.final([], { view: 1 });
      ranks.add(toConsensusConfiguration(on.ledger).seats[group]!.rank);
    }
    expect([...ranks].toSorted()).toEqual([0, 1, 2]);
  });

  test('is convicted once, by voters, also of epochs shortly before, not of older ones (R15)', () => {
    const on = consortium();
    const { leads, votes, accuser, configuration } = roles(on);
    const late = twoPrepares(votes, configuration);
    expect(on.do(clinics[16]!, twoPrepares(leads, configuration))).toBe('not-a-voter');
    expect(on.do(accuser, twoPrepares(leads, configuration))).toBe('done');
    expect(on.ledger.configuration.epoch).toBe(1);
    expect(on.do(accuser, twoPrepares(leads, configuration))).toBe('already-marked');
    const [third] = clinics.filter((clinic) => ![leads, votes, accuser].includes(clinic)) as [Person];
    expect(on.do(accuser, twoPrepares(third, configuration))).toBe('done');
    for (let epoch = 2; epoch < REMEMBERED_EPOCHS; epoch += 1) {
      expect([on.ledger.configuration.epoch, holds(on, accuser, late)]).toEqual([epoch, true]);
      on.do(clinics[16]!, epoch % 2 === 0 ? { kind: 'seat', height: on.ledger.height } : { kind: 'leave' });
    }
    expect(on.ledger.configuration.epoch).toBe(REMEMBERED_EPOCHS);
    expect([holds(on, accuser, late), on.do(accuser, late)]).toEqual(['unknown-epoch', 'left out']);
  });

  test('on a flat channel it is marked, and nothing is elected', () => {
    const on = consortium({ engine: 'pbft' });
    const { leads, accuser, configuration } = roles(on);
    expect(on.do(accuser, twoPrepares(leads, configuration))).toBe('done');
    expect([isMarked(on.ledger.state, leads.party), on.ledger.configuration.epoch]).toEqual([true, 0]);
  });
});
