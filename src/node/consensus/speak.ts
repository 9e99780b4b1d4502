// What the flat engine says. Everything signed goes through `say`, which notes it in the row and asks for the row to be
// durable before it asks for the signature (R3). One vote per phase and view, never below a view asked for (R2).
import { type Digest, assert } from '../base/index.ts';
import { highestLock } from './checks.ts';
import type { EngineEffect, UnsignedGlobal, Value, VoteRow } from './engine.ts';
import type { Certificate, Phase, ViewChange } from './messages.ts';
import { leaderIndex, leaderOf } from './roster.ts';
import { type Open, type Turn, hasSaid, selfOf, valueOf } from './state.ts';

/** Proposes a value as the leader of the view: a lock's value where one was reported, else the given one. */
export function sayProposal(turn: Turn, value: Value): void {
  const { row, height } = turn.open;
  const { view } = row;
  assert(leaderIndex(turn.open.configuration, height, view) === turn.open.index, 'only the leader proposes');
  turn.set({ values: [...turn.open.values.filter((held) => held.digest !== value.digest), { ...value, view }] });
  say(turn, proposalOf(turn.open, value), { values: withValue(turn.open, value.digest) });
}

export function sayPrepare(turn: Turn, digest: Digest): void {
  assert(valueOf(turn.open, digest) !== null, 'nobody prepares without holding every byte (R4)');
  say(turn, voteOf(turn.open, 'prepare', digest), { values: withValue(turn.open, digest) });
}

/** Locks and commits in one transaction: certificate, bytes and vote (R3). */
export function sayCommit(turn: Turn, certificate: Certificate): void {
  const { view, digest } = certificate;
  const locked: VoteRow = { ...turn.open.row, lock: { view, digest, certificate } };
  turn.set({ row: locked });
  assert(valueOf(turn.open, digest) !== null, 'a lock is stored with its bytes (R3)');
  say(turn, voteOf(turn.open, 'commit', digest), { values: withValue(turn.open, digest) });
}

/** Asks for a view; from then on nothing is said in views below it (R2). */
export function sayViewChange(turn: Turn, view: number): void {
  const { row, asked, index } = turn.open;
  assert(view > row.askedView, 'a view is asked for once, and upwards');
  turn.set({ row: { ...row, askedView: view }, asked: asked.with(index, Math.max(view, asked[index] ?? 0)) });
  say(turn, viewChangeOf(turn.open), {});
  serveLock(turn, view);
}

/** The same words again, covered by the row that is already durable: after a restart, or when nobody seems to have heard. */
export function sayAgain(turn: Turn): void {
  const { row } = turn.open;
  if (row.askedView > row.view) {
    turn.effects.push(aloud(viewChangeOf(turn.open)));
    return;
  }
  for (const { phase, view, digest } of row.said) {
    if (view !== row.view || digest === null) continue;
    if (phase === 'prepare' || phase === 'commit') turn.effects.push(aloud(voteOf(turn.open, phase, digest)));
    // The justification of a later view's proposal is not kept: that view passes without it.
    const value = phase === 'propose' && view === 0 ? valueOf(turn.open, digest) : null;
    if (value !== null) turn.effects.push(aloud(proposalOf(turn.open, value)));
  }
}

/** The bytes of the own lock for the leader of the view asked for, where its certificate does not show that it had them. */
function serveLock(turn: Turn, view: number): void {
  const { row, configuration, height, rounds } = turn.open;
  const { lock } = row;
  if (lock === null) return;
  const to = leaderOf(configuration, height, view);
  const carrier = rounds.find((round) => round.view === lock.view)?.proposal ?? null;
  if (carrier?.digest !== lock.digest || to === turn.open.self) return;
  if (lock.certificate.votes.some((vote) => vote.signer === to)) return;
  turn.effects.push({ kind: 'send', to: [to], message: { kind: 'proposal', ...carrier } });
}

function say(turn: Turn, message: UnsignedGlobal, change: Partial<VoteRow>): void {
  const { row } = turn.open;
  const phase: Phase = message.kind === 'vote' ? message.phase : message.kind === 'proposal' ? 'propose' : 'view-change';
  const digest = message.kind === 'view-change' ? message.lockedDigest : message.digest;
  const { view } = message;
  assert(view === row.askedView && view >= row.view, 'nothing is said in a view that was asked to end (R2)');
  assert(!hasSaid(turn.open, phase, view), 'one vote per phase and view (R2)');
  const next: VoteRow = { ...row, ...change, said: [...row.said, { phase, view, digest }] };
  turn.set({ row: next });
  turn.effects.push({ kind: 'persist', row: next }, aloud(message));
}

/** To everybody: where members say less directly, the engine around this one narrows it. */
function aloud(message: UnsignedGlobal): Extract<EngineEffect, { kind: 'say' }> {
  return { kind: 'say', message, to: 'voters' };
}

/** The bytes to keep: of the value at hand, of the lock, and of what was voted for in this view. */
function withValue(open: Open, digest: Digest): readonly Value[] {
  const wanted = new Set<Digest | null>([digest, open.row.lock?.digest ?? null]);
  for (const entry of open.row.said) if (entry.phase !== 'view-change') wanted.add(entry.digest);
  return open.values.filter((value) => wanted.has(value.digest)).map(({ digest: of, bytes, cut }) => ({ digest: of, bytes, cut }));
}

function proposalOf(open: Open, value: Value): UnsignedGlobal {
  const { row, height, configuration } = open;
  const round = open.rounds.find((candidate) => candidate.view === row.view);
  const viewChanges = (round?.asks ?? []).filter((ask): ask is ViewChange => ask !== null);
  const highest = highestLock(viewChanges);
  const justification = row.view === 0 ? null : { viewChanges, certificate: highest === null ? null : (round?.lockCertificate ?? null) };
  return {
    kind: 'proposal',
    epoch: configuration.epoch,
    height,
    view: row.view,
    digest: value.digest,
    signer: selfOf(open),
    value: value.bytes,
    justification,
    carried: [],
  };
}

export function voteOf(open: Open, phase: 'prepare' | 'commit', digest: Digest): UnsignedGlobal {
  const { configuration, height, row } = open;
  return { kind: 'vote', epoch: configuration.epoch, phase, height, view: row.view, digest, signer: selfOf(open) };
}

export function viewChangeOf(open: Open): UnsignedGlobal {
  const { configuration, height, row } = open;
  return {
    kind: 'view-change',
    epoch: configuration.epoch,
    height,
    view: row.askedView,
    lockedView: row.lock?.view ?? null,
    lockedDigest: row.lock?.digest ?? null,
    signer: selfOf(open),
    certificate: row.lock?.certificate ?? null,
  };
}
