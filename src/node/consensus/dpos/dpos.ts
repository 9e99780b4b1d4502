// The engine `dpos` (P3-18 to P3-21, repaired): producers take turns, auditors judge in turn, a block is final when more than two
// thirds of the producers signed it. A producer's turn is a view of the flat engine, so that what is silent or invalid is skipped by
// the flat engine's view change and nothing is final twice (R0 to R6). This file only leads what agreement says through a star, and
// lets proposals wait a bounded time for their auditor. The argument: docs/decisions/0042-dpos.md.
import { assert } from '../../base/index.ts';
import type { Engine, EngineEffect, EngineInput, Step, Validity, Verified } from '../engine.ts';
import type { ConsensusMessage } from '../messages.ts';
import { tellObservers } from '../observers.ts';
import { pbft } from '../pbft.ts';
import { hold, mustWait, noteVerdict, release, sayVerdict } from './audit.ts';
import { answerInquiry, answers, audienceFor, bypass, deliver, startBypass } from './carriage.ts';
import { type DposState, DposTurn, type ProposalMessage, emptyHall, initialDpos } from './state.ts';

type Input<Kind extends EngineInput['kind']> = Extract<EngineInput, { kind: Kind }>;

export const dpos: Engine<DposState> = { initial: initialDpos, step };

function step(state: DposState, input: EngineInput): Step<DposState> {
  const turn = new DposTurn(state);
  if (input.kind === 'begin') begin(turn, input);
  else if (state.core.open !== null) take(turn, input);
  if (turn.state.core.open !== null) deliver(turn);
  return { state: turn.state, effects: turn.effects };
}

function begin(turn: DposTurn, input: Input<'begin'>): void {
  const { voters, quorum, groups } = input.configuration;
  assert(3 * quorum > 2 * voters.length, 'final means more than two thirds of the producers (P3-20)');
  assert(groups.length === 0, 'producers stand in no groups');
  const follows = turn.state.core.open?.height === input.height - 1;
  turn.state = { ...turn.state, hall: emptyHall, lastVerdicts: follows ? turn.hall.verdicts : [] };
  agree(turn, input);
}

function take(turn: DposTurn, input: EngineInput): void {
  switch (input.kind) {
    case 'message':
      return hear(turn, input.message, input.validity);
    case 'timer':
      return input.name === 'view' ? agree(turn, input) : timeOut(turn, input);
    default:
      return agree(turn, input);
  }
}

function hear(turn: DposTurn, message: Verified<ConsensusMessage>, validity: Validity): void {
  switch (message.kind) {
    case 'audit':
      if (noteVerdict(turn, message) && message.verdict === 'sound') letGo(turn, (proposal) => proposal.digest === message.digest);
      return;
    case 'inquiry':
      return answerInquiry(turn, message);
    case 'proposal':
      return hearProposal(turn, message, validity);
    case 'certified':
      // Q producers have judged it: a verdict would come too late to matter.
      letGo(turn, (proposal) => proposal.digest === message.certificate.digest);
      return agree(turn, { kind: 'message', message, validity });
    default:
      return agree(turn, { kind: 'message', message, validity });
  }
}

function hearProposal(turn: DposTurn, message: ProposalMessage, validity: Validity): void {
  const isOpen = message.height === turn.open.height && message.epoch === turn.configuration.epoch && !turn.open.done;
  if (isOpen) {
    sayVerdict(turn, message, validity);
    // What is invalid convicts its producer at once.
    if (validity === 'valid' && mustWait(turn, message)) return hold(turn, message);
  }
  agree(turn, { kind: 'message', message, validity });
}

/** Held proposals were judged valid, and that follows from their bytes and the open height: it still holds. */
function letGo(turn: DposTurn, isReleased: (proposal: ProposalMessage) => boolean): void {
  for (const message of release(turn, isReleased)) agree(turn, { kind: 'message', message, validity: 'valid' });
}

function timeOut(turn: DposTurn, { name, height, view }: Input<'timer'>): void {
  const { open } = turn;
  if (open.done || height !== open.height) return;
  if (name === 'patience') {
    turn.setHall({ impatientView: view });
    return letGo(turn, () => true);
  }
  if (view !== open.row.view) return;
  bypass(turn);
  startBypass(turn);
}

/** One step of agreement, and its words on their way. */
function agree(turn: DposTurn, input: EngineInput): void {
  const { state: core, effects } = pbft.step(turn.state.core, input);
  turn.state = { ...turn.state, core };
  for (const effect of effects) lead(turn, effect);
  turn.effects.push(...tellObservers(core, effects));
}

function lead(turn: DposTurn, effect: EngineEffect): void {
  switch (effect.kind) {
    case 'say': {
      const { message } = effect;
      assert(message.kind === 'proposal' || message.kind === 'vote' || message.kind === 'view-change', 'agreement speaks of heights');
      turn.effects.push({ kind: 'say', message, to: audienceFor(turn, message) });
      // A proposal that came is progress: from here on the producer in turn has half of a view again, once.
      if (message.kind === 'vote' && message.phase === 'prepare' && turn.hall.bypassedView !== message.view) startBypass(turn);
      return;
    }
    case 'send':
      if (effect.message.kind !== 'decided' || answers(turn, effect.to)) turn.effects.push(effect);
      return;
    case 'timer':
      turn.effects.push(effect);
      if (effect.delayMs !== null) startBypass(turn);
      else turn.effects.push({ ...effect, name: 'bypass' });
      return;
    default:
      turn.effects.push(effect);
  }
}
