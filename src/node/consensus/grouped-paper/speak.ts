// What is said in the paper's two rounds, to whom, and once: each statement is noted in the row and durable before it is signed (R3).
import { type Digest, type PartyId, assert, present } from '../../base/index.ts';
import type { EngineEffect, PaperSaid, UnsignedPaper, Value } from '../engine.ts';
import type { PaperRound } from '../messages.ts';
import { primariesOf } from './primaries.ts';
import { type PaperOpen, type PaperTurn, fellowsOf, hasSaid, saidOf, valueOf } from './state.ts';

/** The first PBFT is heard by the group, the second by the other primaries. */
function audienceOf(open: PaperOpen, round: PaperRound): readonly PartyId[] {
  if (round === 'group') return fellowsOf(open);
  return primariesOf(open.configuration, open.height, open.row.view).filter((party) => party !== open.self);
}

/** The pre-prepare of a round. As the paper counts it, its primary says its prepare as well; nobody counts it twice. */
export function sayProposal(turn: PaperTurn, round: PaperRound, value: Value): void {
  turn.set({ values: [...turn.open.values.filter((held) => held.digest !== value.digest), value] });
  say(turn, { round, phase: 'pre-prepare', view: turn.open.row.view, digest: value.digest });
  say(turn, { round, phase: 'prepare', view: turn.open.row.view, digest: value.digest });
}

export function sayVote(turn: PaperTurn, round: PaperRound, phase: 'prepare' | 'commit', digest: Digest): void {
  say(turn, { round, phase, view: turn.open.row.view, digest });
}

/** P0-37: waits for the next primary in the ranking; from then on it votes in no view below. */
export function sayReplace(turn: PaperTurn, view: number): void {
  const { row, asked, index } = turn.open;
  assert(view > row.askedView, 'a view is asked for once, and upwards');
  turn.set({ row: { ...row, askedView: view }, asked: asked.with(index, Math.max(view, asked[index] ?? 0)) });
  turn.effects.push({ kind: 'persist', row: turn.open.row }, replaceOf(turn.open));
}

/** The same words again. */
export function sayAgain(turn: PaperTurn): void {
  const { open } = turn;
  if (open.row.askedView > open.row.view) turn.effects.push(replaceOf(open));
  else for (const said of saidOf(open)) if (said.view === open.row.view) turn.effects.push(wordsOf(open, said));
}

function say(turn: PaperTurn, said: PaperSaid): void {
  const { open } = turn;
  assert(open.row.view === open.row.askedView, 'nothing is said in a view that was asked to end (R2)');
  assert(!hasSaid(open, said.round, said.phase), 'one statement for each round, phase and view (R2)');
  const paper = [...saidOf(open), said];
  const values = open.values.filter((value) => paper.some(({ digest }) => digest === value.digest));
  turn.set({ row: { ...open.row, paper, values } });
  turn.effects.push({ kind: 'persist', row: turn.open.row }, wordsOf(turn.open, said));
}

function wordsOf(open: PaperOpen, { round, phase, view, digest }: PaperSaid): Extract<EngineEffect, { kind: 'say' }> {
  const common = { epoch: open.configuration.epoch, round, height: open.height, view, digest, signer: present(open.self, 'the own party') };
  const message: UnsignedPaper =
    phase === 'pre-prepare'
      ? { kind: 'paper-proposal', ...common, value: present(valueOf(open, digest), 'the own value').bytes }
      : { kind: 'paper-vote', ...common, phase };
  return { kind: 'say', message, to: audienceOf(open, round) };
}

function replaceOf(open: PaperOpen): EngineEffect {
  const { configuration, height, row } = open;
  const signer = present(open.self, 'the own party');
  return { kind: 'say', message: { kind: 'paper-replace', epoch: configuration.epoch, height, view: row.askedView, signer }, to: 'voters' };
}
