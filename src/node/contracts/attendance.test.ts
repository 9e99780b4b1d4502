// Members that come, go, sleep and are missed in any order: what must hold of every roster in between (R0, R17).
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../base/index.ts';
import { toleratedFaults } from '../consensus/index.ts';
import { Consortium, type Person, START_MS, people } from '../ledger/consortium.ts';
import { NO_CHANNEL } from '../ledger/index.ts';
import type { Member } from './entries.ts';
import { closeBlock } from './epoch.ts';
import { execute } from './execute.ts';
import { rosterOf, tally } from './roster.ts';
import type { Action } from './slip.ts';
import type { State } from './state.ts';

const archives = people('archive', 7);
const visitors = people('clinic', 5);

/** Steps straight against the state: as in blocks, without their signatures. */
class Attendees {
  state: State;
  private height = 0;
  private timestampMs = START_MS;
  private readonly counters = new Map<Person, number>();

  constructor(on: Consortium) {
    this.state = on.ledger.state;
  }

  members(): readonly Member[] {
    return rosterOf(this.state).members;
  }

  act(author: Person, action: Action): void {
    this.height += 1;
    this.timestampMs += 1_000;
    const counter = (this.counters.get(author) ?? 100) + 1;
    this.counters.set(author, counter);
    const body = { protocol: 1, channel: NO_CHANNEL, author: author.party, counter, timestampMs: this.timestampMs, action };
    const at = { height: this.height, timestampMs: this.timestampMs };
    const { state } = execute(this.state, { body, signature: new Uint8Array(64), consent: null }, at);
    const signers = new Set(this.members().map((member) => member.party));
    this.state = closeBlock(state, at, { signers, ended: null, seed: '00'.repeat(32) as Digest, cut: [] });
  }

  step(authority: Person, person: Person, what: 'seat' | 'leave' | 'missed' | 'revoked', crowd: readonly Person[]): void {
    if (what === 'seat') this.act(person, { kind: 'seat', height: this.height });
    else if (what === 'leave') this.act(person, { kind: 'leave' });
    else if (what === 'revoked') this.act(authority, { kind: 'revoke', party: person.party, reason: '' });
    else for (const other of crowd) this.act(other, { kind: 'absent', parties: [person.party], epoch: rosterOf(this.state).epoch });
  }
}

describe('whatever comes and goes', () => {
  const demonstration = new Consortium({ archives, others: visitors });
  const clinics = people('clinic', 9);
  const consortium = new Consortium({ clinics: clinics.slice(0, 5), others: clinics.slice(5), settings: { archiveQuorum: false } });
  const steps = <What extends string>(...what: readonly What[]): fc.Arbitrary<{ who: number; what: What }[]> =>
    fc.array(fc.record({ who: fc.nat({ max: 8 }), what: fc.constantFrom(...what) }), { minLength: 1, maxLength: 40 });

  test('archive members alone reach Q, and a voter is to spare (R17)', () => {
    const crowd = [...archives, ...visitors];
    fc.assert(
      fc.property(steps('seat', 'leave', 'missed'), (story) => {
        const on = new Attendees(demonstration);
        for (const { who, what } of story) {
          on.step(demonstration.authority, crowd[who]!, what, crowd);
          const { voters, quorum, archiveVoters } = tally(on.members());
          expect(archiveVoters).toBeGreaterThanOrEqual(quorum);
          expect(voters - quorum).toBeGreaterThanOrEqual(1);
          const parties = on.members().map((member) => member.party);
          expect(parties).toEqual(parties.toSorted());
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the voters of a consortium reach Q, with one to spare while anybody sleeps (R17)', () => {
    fc.assert(
      fc.property(steps('seat', 'leave', 'missed'), (story) => {
        const on = new Attendees(consortium);
        for (const { who, what } of story) {
          on.step(consortium.authority, clinics[who]!, what, clinics);
          const { members, voters, tolerated, quorum } = tally(on.members());
          expect(tolerated).toBe(toleratedFaults(members));
          expect(voters - quorum).toBeGreaterThanOrEqual(members > voters ? 1 : 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('and even when certificates are revoked they reach Q', () => {
    fc.assert(
      fc.property(steps('seat', 'leave', 'missed', 'revoked'), (story) => {
        const on = new Attendees(consortium);
        for (const { who, what } of story) {
          on.step(consortium.authority, clinics[who]!, what, clinics);
          const { voters, quorum } = tally(on.members());
          expect(voters).toBeGreaterThanOrEqual(quorum);
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('two quorums share F+1 voters, whoever sleeps (R0)', () => {
  for (let members = 1; members <= 40; members += 1) {
    for (let voters = 1; voters <= members; voters += 1) {
      const roster = Array.from({ length: members }, (_, index) => ({ voting: index < voters, kind: 'archive' }) as Member);
      const { tolerated, quorum } = tally(roster);
      expect(2 * quorum - voters).toBeGreaterThanOrEqual(tolerated + 1);
    }
  }
});
