// The engine `dpos` (P3-18 to P3-21): producers and auditors in turn, the bound on what an auditor can delay, skipping what is silent
// or invalid, and what final heights mean for credit.
import { describe, expect, test } from 'vitest';
import { isRejection } from '../../base/index.ts';
import { signatureChecks } from '../checks.ts';
import type { CreditEventKind } from '../credit/index.ts';
import { leaderOf } from '../roster.ts';
import { Cast, digestNamed, party, signatureOf } from '../transcript.ts';
import { Assembly, configurationWith } from './assembly.ts';
import { type EndedTurn, AUDIT_WINDOW_HEIGHTS, auditorOf, creditEventsOf, dpos, verdictsOnLast } from './index.ts';

const indexOf = (id: string | null): number => Number.parseInt(id ?? '', 16);
const leaderIn = ({ configuration }: Assembly, view = 0): number => indexOf(leaderOf(configuration, 1, view));
const auditorIn = ({ configuration }: Assembly, view = 0): number => indexOf(auditorOf(configuration, 1, view));
const all = (assembly: Assembly, name: string) => assembly.finals.every((finals) => finals.length === 1 && finals[0] === digestNamed(name));

function assemblyOf(producers = 7, auditors = 2): Assembly {
  const assembly = new Assembly(producers, auditors);
  assembly.begin();
  return assembly;
}

describe('a block (P3-20)', () => {
  test.each([
    [1, 0],
    [2, 1],
    [4, 1],
    [7, 2],
    [13, 3],
    [50, 10],
  ])('%i producers, %i auditors: proposed, judged, final for everybody, with a multiple of n messages', (producers, auditors) => {
    const assembly = assemblyOf(producers, auditors);
    assembly.pending();
    expect(all(assembly, 'v10')).toBe(true);
    const others = producers - 1;
    expect(assembly.count('proposal')).toBe(others + Math.min(auditors, 1));
    expect(assembly.count('audit')).toBe(auditors === 0 ? 0 : producers);
    expect([assembly.count('prepare'), assembly.count('commit')]).toEqual([others, others]);
    expect([assembly.count('certified'), assembly.count('decided')]).toEqual([2 * others, auditors]);
    expect(assembly.evidence).toEqual([]);
  });

  test('is final only when more than two thirds of the producers signed (R0, R6)', () => {
    const assembly = assemblyOf();
    assembly.pending();
    const certificate = assembly.states[0]!.core.last!.certificate;
    expect(certificate.votes).toHaveLength(5);
    expect(3 * certificate.votes.length).toBeGreaterThan(2 * 7);
  });

  test('a number of producers whose quorum is two thirds is our own bug: seatCounts gives none', () => {
    const configuration = configurationWith(6, 0);
    expect(() => dpos.step(dpos.initial, { kind: 'begin', configuration, self: party(0), height: 1, row: null })).toThrow('two thirds');
  });

  test('producers and auditors take turns through heights and views (P3-20)', () => {
    const { configuration } = assemblyOf();
    const turns = Array.from({ length: 7 }, (_, height) => leaderOf(configuration, height, 0));
    expect(new Set(turns).size).toBe(7);
    expect(leaderOf(configuration, 1, 1)).toBe(leaderOf(configuration, 2, 0));
    expect([0, 1, 2].map((height) => auditorOf(configuration, height, 0))).toEqual([7, 8, 7].map(party));
    expect(auditorOf(configuration, 0, 1)).toBe(party(8));
  });
});

describe('auditors delay, and decide nothing', () => {
  test('without a verdict producers wait a bounded time, then vote by their own judgement', () => {
    const assembly = assemblyOf();
    assembly.dumb.add(auditorIn(assembly));
    assembly.pending();
    expect([assembly.count('prepare'), assembly.finals.flat().length]).toEqual([0, 0]);
    assembly.timeOut('patience');
    expect(all(assembly, 'v10')).toBe(true);
  });

  test('an unsound verdict on a sound block holds it back no longer than silence does, and is kept for the ledger', () => {
    const assembly = assemblyOf();
    assembly.twist = (_, message) => (message.kind === 'audit' ? { ...message, verdict: 'unsound' } : message);
    assembly.pending();
    expect(assembly.finals.flat()).toEqual([]);
    assembly.timeOut('patience');
    expect(all(assembly, 'v10')).toBe(true);
    assembly.begin(2);
    expect(verdictsOnLast(assembly.states[0]!)).toMatchObject([
      { signer: party(auditorIn(assembly)), verdict: 'unsound', digest: digestNamed('v10') },
    ]);
  });

  test('a verdict of an auditor whose turn it is not changes nothing', () => {
    const assembly = assemblyOf();
    const other = auditorIn(assembly, 1);
    assembly.twist = (_, message) => (message.kind === 'audit' ? { ...message, signer: party(other) } : message);
    assembly.pending();
    expect(assembly.count('prepare')).toBe(0);
    assembly.timeOut('patience');
    expect(all(assembly, 'v10')).toBe(true);
  });

  test('all auditors together cannot make an invalid block final, or hold back what a quorum prepared (R4, R5)', () => {
    const assembly = assemblyOf();
    assembly.valueOf = (_, view) => (view === 0 ? 'bad' : 'good');
    assembly.twist = (_, message) => (message.kind === 'audit' ? { ...message, verdict: 'sound' } : message);
    assembly.pending();
    assembly.timeOut('patience');
    expect([assembly.count('prepare'), assembly.finals.flat()]).toEqual([0, []]);
    expect(new Set(assembly.evidence)).toEqual(new Set([`invalid-value ${leaderIn(assembly)}`]));
    assembly.timeOut('view');
    expect(all(assembly, 'good')).toBe(true);
  });

  test('an auditor that talks about views to come takes nobody’s place (R18)', () => {
    const assembly = assemblyOf();
    const talker = auditorIn(assembly, 1);
    const about = (view: number, name: string) =>
      ({ kind: 'audit', epoch: 3, height: 1, view, digest: digestNamed(name), signer: party(talker) }) as const;
    for (let view = 1; view < 400; view += 2) {
      for (const name of ['a', 'b', 'c'])
        assembly.deliver(leaderIn(assembly), { ...about(view, name), verdict: 'unsound', signature: new Uint8Array(64) });
    }
    const { verdicts } = assembly.states[leaderIn(assembly)]!.hall;
    expect(verdicts.length).toBeLessThanOrEqual(2 * 4);
    assembly.pending();
    expect(all(assembly, 'v10')).toBe(true);
    expect(verdictsOnLast(assembly.states[leaderIn(assembly)]!)).toMatchObject([{ verdict: 'sound', signer: party(auditorIn(assembly)) }]);
  });

  test('its statement is of a layer of its own: nobody but an auditor of the epoch signs one (R1)', () => {
    const { configuration } = assemblyOf();
    const audit = (signer: number, epoch = 3) =>
      signatureChecks(
        {
          kind: 'audit',
          epoch,
          height: 1,
          view: 0,
          digest: digestNamed('a'),
          verdict: 'sound',
          signer: party(signer),
          signature: signatureOf(party(signer)),
        },
        configuration,
      );
    const reason = (checks: ReturnType<typeof audit>) => (isRejection(checks) ? checks.reason : checks.length);
    expect([reason(audit(7)), reason(audit(3)), reason(audit(7, 2))]).toEqual([1, 'no-auditor', 'wrong-epoch']);
    const vote = { kind: 'vote', epoch: 3, phase: 'prepare', height: 1, view: 0, digest: digestNamed('a'), signer: party(7) } as const;
    expect(reason(signatureChecks({ ...vote, signature: new Uint8Array(64) }, configuration))).toBe('stranger');
  });
});

describe('a producer that is silent is skipped (R7)', () => {
  test('and the next one in turn produces', () => {
    const assembly = assemblyOf();
    assembly.dumb.add(leaderIn(assembly));
    assembly.pending();
    assembly.timeOut('view');
    expect(all(assembly, 'v11')).toBe(true);
  });

  test('one that proposes and then keeps the votes to itself is gone past after half of its view (R9)', () => {
    const assembly = assemblyOf();
    const leader = leaderIn(assembly);
    assembly.twist = (from, message) => {
      if (from === leader && message.kind === 'vote') assembly.dumb.add(leader);
      return message;
    };
    assembly.pending();
    assembly.dumb.add(leader);
    const before = assembly.finals.flat().length;
    assembly.timeOut('bypass');
    const producers = assembly.finals.slice(0, 7).filter((_, index) => index !== leader);
    expect(before).toBeLessThan(assembly.finals.flat().length);
    expect(producers.every((finals) => finals[0] === digestNamed('v10'))).toBe(true);
  });
});

test('whoever asks for another view of a final height is answered by the F+1 producers behind it, and by nobody else (R9)', () => {
  const assembly = assemblyOf(7, 0);
  assembly.pending();
  const answered: number[] = [];
  assembly.heardSend = (from, to, message) => {
    if (message.kind === 'decided' && to === 5) answered.push(from);
  };
  const ask = new Cast(assembly.configuration, 1).viewChange(5, 1);
  for (const producer of [0, 1, 2, 3, 4, 6]) assembly.deliver(producer, ask);
  expect(answered).toEqual([0, 1, 6]);
});

test('whoever is stuck asks the producer in turn, then everybody else one after another (R9)', () => {
  const assembly = assemblyOf(4, 1);
  for (const producer of [0, 1, 2, 3]) assembly.dumb.add(producer);
  assembly.pending();
  const asked: number[] = [];
  assembly.heardSend = (from, to, message) => {
    if (message.kind === 'inquiry' && from === 0) asked.push(to);
  };
  for (let i = 0; i < 6; i += 1) assembly.timeOut('bypass');
  expect(new Set(asked.filter((to) => to !== 0))).toEqual(new Set([1, 2, 3]));
  expect(asked).toHaveLength(6);
});

describe('what final heights mean for credit (P3-21)', () => {
  const { configuration } = assemblyOf(7, 2);
  const ended: EndedTurn = {
    height: 1,
    digest: digestNamed('a'),
    proposer: leaderOf(configuration, 1, 0),
    proposedView: 0,
    endedView: 0,
    verdicts: [{ signer: party(8), view: 0, digest: digestNamed('a'), verdict: 'sound', finalAtHeight: 2 }],
  };
  const events = (change: Partial<EndedTurn>): readonly (readonly [CreditEventKind, number])[] =>
    creditEventsOf({ ...ended, ...change }, configuration).map(({ kind, party: id }) => [kind, indexOf(id)]);
  const leads = [0, 1, 2, 3].map((view) => indexOf(leaderOf(configuration, 1, view))) as [number, number, number, number];

  test('the producer and the auditor of a block gain', () => {
    expect(events({})).toEqual([
      ['produced', leads[0]],
      ['audited', 8],
    ]);
  });

  test('turns without an own block lose; the one whose block was carried on does not', () => {
    const proposer = leaderOf(configuration, 1, 1);
    expect(events({ proposer, proposedView: 1, endedView: 2, verdicts: [] })).toEqual([
      ['produced', leads[1]],
      ['skipped', leads[0]],
      ['missed-audit', 7],
    ]);
  });

  test('more views than there can be faulty producers are the network’s fault: nobody loses', () => {
    const proposer = leaderOf(configuration, 1, 3);
    expect(events({ proposer, proposedView: 3, endedView: 3 }).map(([kind]) => kind)).not.toContain('skipped');
  });

  test('a wrong verdict costs, whatever the auditor says beside it; what others say counts for nothing', () => {
    const said = (signer: number, verdict: 'sound' | 'unsound') => ({
      signer: party(signer),
      view: 0,
      digest: digestNamed('a'),
      verdict,
      finalAtHeight: 2,
    });
    expect(events({ verdicts: [said(8, 'unsound'), said(8, 'sound')] })).toContainEqual(['wrong-verdict', 8]);
    expect(events({ verdicts: [said(7, 'unsound')] })).toEqual([
      ['produced', leads[0]],
      ['missed-audit', 8],
    ]);
    const other = { ...said(8, 'unsound'), digest: digestNamed('b') };
    expect(events({ verdicts: [other, said(8, 'sound')] })).toContainEqual(['audited', 8]);
  });

  test('a verdict may come later, because one producer may leave it out, but not any time later', () => {
    const late = (heights: number) => ended.verdicts.map((fact) => ({ ...fact, finalAtHeight: ended.height + heights }));
    expect(events({ verdicts: late(AUDIT_WINDOW_HEIGHTS) })).toContainEqual(['audited', 8]);
    expect(events({ verdicts: late(AUDIT_WINDOW_HEIGHTS + 1) })).toContainEqual(['missed-audit', 8]);
  });
});
