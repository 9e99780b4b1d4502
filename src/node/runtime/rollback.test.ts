// R14: only a member's own signature above its row shows that the row is an older copy.
import { expect, test } from 'vitest';
import type { VoteRow } from '../consensus/index.ts';
import { type ConsensusMessage, statementBytes } from '../consensus/index.ts';
import { signSync, verifySync } from '../crypto/index.ts';
import { Consortium, people } from '../ledger/consortium.ts';
import { present } from '../base/index.ts';
import { toConsensusConfiguration } from '../ledger/index.ts';
import { createHighestVotes } from './highest-votes.ts';
import { isRolledBack } from './rollback.ts';

const archives = people('archive', 4);
const consortium = new Consortium({ archives });
const configuration = toConsensusConfiguration(consortium.ledger);
const own = present(archives[0], 'a member');
const digest = 'ab'.repeat(32) as never;
const verifier = { verify: async (key: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => verifySync(key, bytes, signature) };

function vote(phase: 'prepare' | 'commit', height: number, view: number, seed = present(own.memberSeed, 'a key')) {
  const unsigned = { kind: 'vote', epoch: configuration.epoch, phase, height, view, digest, signer: own.party } as const;
  return { ...unsigned, signature: signSync(seed, statementBytes(unsigned, configuration)) } satisfies ConsensusMessage;
}

function row(height: number, view: number, said: VoteRow['said']): VoteRow {
  const common = { lock: null, values: [], lane: { localView: 0, said: [] }, batches: [] };
  return { channel: configuration.channel, epoch: configuration.epoch, height, view, askedView: view, said, ...common };
}

const check = (said: ConsensusMessage, stored: VoteRow | null, height = 4) =>
  isRolledBack({ verifier, self: own.party }, said, { row: stored, height, configuration });

test('a vote that the row holds, or that lies below it, is no rollback', async () => {
  expect(await check(vote('prepare', 5, 0), row(5, 0, [{ phase: 'prepare', view: 0, digest }]))).toBe(false);
  expect(await check(vote('prepare', 5, 0), row(5, 1, []))).toBe(false);
  expect(await check(vote('commit', 4, 0), null)).toBe(false);
});

test('a vote above the row is: of a later height, a later view, a later phase, or where there is no row', async () => {
  expect(await check(vote('prepare', 6, 0), row(5, 0, []))).toBe(true);
  expect(await check(vote('prepare', 5, 1), row(5, 0, []))).toBe(true);
  expect(await check(vote('commit', 5, 0), row(5, 0, [{ phase: 'prepare', view: 0, digest }]))).toBe(true);
  expect(await check(vote('prepare', 5, 0), null)).toBe(true);
});

test("somebody's lie silences nobody: the signature must be the member's own", async () => {
  const other = present(present(archives[1], 'another').memberSeed, 'a key');
  expect(await check(vote('prepare', 6, 0, other), row(5, 0, []))).toBe(false);
});

test('the highest statement of every voter is kept, out of certificates as well', () => {
  const votes = createHighestVotes();
  const { kind: _, signer, signature, ...about } = vote('commit', 6, 1);
  const heard = votes.note({ kind: 'certified', certificate: { ...about, votes: [{ signer, signature }] } }, consortium.ledger);
  expect(heard).toEqual([own.party]);
  votes.note(vote('prepare', 5, 3), consortium.ledger);
  expect(votes.of(own.party)).toEqual(vote('commit', 6, 1));
});
