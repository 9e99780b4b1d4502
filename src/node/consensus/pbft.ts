// The flat engine: every voter to every voter, with view changes by reported locks (R5). A pure function; one height is open
// at a time, and whoever runs it begins the next one. Castro and Liskov, PBFT (OSDI 1999), with the quorums of R0, statements
// instead of certificates in new views, and no checkpoints of its own (R11).
import { assert } from '../base/index.ts';
import { advance, awaitsValue, nextViewOnTimeout, reportBehind } from './advance.ts';
import type { Engine, EngineEffect, EngineInput, Step, Validity } from './engine.ts';
import { hearCertificate, hearDecided, hearProposal, hearViewChange, hearVote } from './hear.ts';
import { type AgreementMessage, type ConsensusMessage, epochOf, heightOf, isAgreementMessage } from './messages.ts';
import { sayAgain, sayProposal, sayViewChange } from './speak.ts';
import { type PbftState, Turn, openHeight, finalMessage } from './state.ts';

export type { PbftState } from './state.ts';

type Input<Kind extends EngineInput['kind']> = Extract<EngineInput, { kind: Kind }>;

const initial: PbftState = { open: null, pending: false, last: null };

export const pbft: Engine<PbftState> = { initial, step };

function step(state: PbftState, input: EngineInput): Step<PbftState> {
  if (input.kind === 'begin') return begin(state, input);
  if (input.kind === 'pending') state = { ...state, pending: input.pending };
  const { open } = state;
  if (open === null) return { state, effects: [] };
  const turn = new Turn(open);
  switch (input.kind) {
    case 'pending':
      hearPending(turn, input.pending);
      break;
    case 'value':
      takeValue(turn, input);
      break;
    case 'timer':
      timeOut(turn, input);
      break;
    case 'message':
      receive(turn, state, input.message, input.validity);
      break;
    // The flat engine has no lanes.
    case 'batch':
    case 'overdue':
      break;
  }
  return close(state, turn);
}

function begin(state: PbftState, input: Input<'begin'>): Step<PbftState> {
  const { configuration, self, height, last } = input;
  const known = last !== undefined && last.height > (state.last?.height ?? -1) ? ({ kind: 'decided', ...last } as const) : state.last;
  assert(known === null || known.height < height, 'a final height does not begin again');
  const turn = new Turn({ ...openHeight(configuration, self, height, input.row), pending: state.pending });
  if (turn.open.index >= 0) sayAgain(turn);
  advance(turn);
  return close({ ...state, last: known }, turn);
}

/** Keeps what was decided, so that whoever is still below can be answered (R9). */
function close(state: PbftState, turn: Turn): Step<PbftState> {
  const decided = turn.effects.find((effect): effect is Extract<EngineEffect, { kind: 'decide' }> => effect.kind === 'decide');
  const last = decided === undefined ? state.last : finalMessage(decided.value, decided.certificate);
  return { state: { ...state, open: turn.open, last }, effects: turn.effects };
}

/** Work that turns up while the leader waits is worth another request: the first may have been met with nothing. */
function hearPending(turn: Turn, pending: boolean): void {
  const fresh = pending && !turn.open.pending && awaitsValue(turn.open);
  turn.set({ pending, requestedView: fresh ? null : turn.open.requestedView });
  advance(turn);
}

function takeValue(turn: Turn, input: Input<'value'>): void {
  const { height, row } = turn.open;
  if (input.height !== height || input.view !== row.view || !awaitsValue(turn.open)) return;
  sayProposal(turn, input.value);
  advance(turn);
}

function timeOut(turn: Turn, input: Input<'timer'>): void {
  const { height, timerView, done, overtaken, index } = turn.open;
  if (done || index < 0 || input.height !== height || input.view !== timerView) return;
  turn.set({ timerView: null });
  if (overtaken) reportBehind(turn, height + 1);
  const next = nextViewOnTimeout(turn.open);
  if (next === null) sayAgain(turn);
  else sayViewChange(turn, next);
  advance(turn);
}

function receive(turn: Turn, state: PbftState, message: ConsensusMessage, validity: Validity): void {
  if (!isAgreementMessage(message)) return;
  const { configuration, done } = turn.open;
  const above = heightOf(message) - turn.open.height;
  if (above < 0 || (above === 0 && done)) answer(turn, state, message);
  if (above > 0) hearFromAbove(turn, message, above);
  if (above !== 0 || epochOf(message) !== configuration.epoch) return;
  hear(turn, message, validity);
  advance(turn);
}

/** After the height is done as well: evidence is still evidence. */
function hear(turn: Turn, message: AgreementMessage, validity: Validity): void {
  switch (message.kind) {
    case 'proposal':
      return hearProposal(turn, message, validity);
    case 'vote':
      return hearVote(turn, message);
    case 'view-change':
      return hearViewChange(turn, message, true);
    case 'decided':
      return hearDecided(turn, message, validity);
    // Votes count whoever carries them (R9).
    case 'bundle':
      return hearCertificate(turn, message);
    case 'certified':
      return hearCertificate(turn, message.certificate);
  }
}

/**
 * R9: the final value for whoever is stuck below it. Votes for the height that ended last are no sign of that: most of them
 * were on their way when it ended. A voter that is stuck asks for another view.
 */
function answer(turn: Turn, state: PbftState, message: AgreementMessage): void {
  const { last } = state;
  if (message.kind === 'decided' || message.kind === 'bundle' || message.kind === 'certified') return;
  if (last === null || message.height > last.height || message.signer === turn.open.self) return;
  if (message.kind === 'view-change' || message.height < last.height)
    turn.effects.push({ kind: 'send', to: [message.signer], message: last });
}

/** Others may be one height ahead for a moment; a commit, a view change or a final value up there says that they truly are. */
function hearFromAbove(turn: Turn, message: AgreementMessage, ahead: number): void {
  const { done, height, rounds, reported } = turn.open;
  if (done && ahead === 1) return;
  if (ahead === 1 && !tellsOfEnd(message) && rounds.length > 0) {
    turn.set({ overtaken: true });
    return;
  }
  // Votes come in crowds: they report a height once. Anything else may report it again, because pulling may have failed.
  const crowd = message.kind === 'vote' || message.kind === 'bundle';
  if (!crowd) turn.set({ reported: Math.min(reported, height + ahead - 1) });
  reportBehind(turn, height + ahead);
}

/** Whether nobody says this before the height below has ended. */
function tellsOfEnd(message: AgreementMessage): boolean {
  switch (message.kind) {
    case 'decided':
    case 'view-change':
    case 'certified':
      return true;
    case 'vote':
    case 'bundle':
      return message.phase === 'commit';
    case 'proposal':
      return false;
  }
}
