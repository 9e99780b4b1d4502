// What the Byzantine voter of the model check may say: every view change that it can prove and some that it cannot, and every
// new view that it can put together from what was said.
import type { Certificate, ConsensusMessage } from '../../src/node/consensus/index.ts';
import { type Cast, party } from '../../src/node/consensus/transcript.ts';

export type ViewChange = Extract<ConsensusMessage, { kind: 'view-change' }>;
export type Vote = Extract<ConsensusMessage, { kind: 'vote' }>;
export type Proposal = Extract<ConsensusMessage, { kind: 'proposal' }>;

export interface Adversary {
  readonly cast: Cast;
  readonly byzantine: number;
  readonly views: number;
}

const NAMES = ['a', 'b'] as const;

/** Sets of Q view changes to `view` that can be handed to its leader. */
export function quorumsOfAsks(adversary: Adversary, said: readonly ConsensusMessage[], view: number): readonly (readonly ViewChange[])[] {
  const correct = said.filter((message): message is ViewChange => message.kind === 'view-change' && message.view === view);
  const own = byzantineAsks(adversary, said, view);
  const { quorum } = adversary.cast.configuration;
  const sets: ViewChange[][] = subsets(correct, quorum);
  for (const others of subsets(correct, quorum - 1)) for (const ask of own) sets.push([...others, ask]);
  return sets.map((set) => set.toSorted((a, b) => (a.signer < b.signer ? -1 : 1)));
}

/** Without a lock, with each lock that can be proved, and with locks whose certificate lacks a vote or is missing. */
function byzantineAsks({ cast, byzantine }: Adversary, said: readonly ConsensusMessage[], view: number): readonly ViewChange[] {
  const asks = [cast.viewChange(byzantine, view)];
  for (let locked = 0; locked < view; locked += 1) {
    for (const name of NAMES) {
      const certificate = bestCertificate(cast, byzantine, said, locked, name);
      const ask = cast.viewChange(byzantine, view, certificate);
      asks.push(ask, { ...ask, certificate: null });
    }
  }
  return asks;
}

/** Every prepare that was said, and the Byzantine one. */
function bestCertificate(cast: Cast, byzantine: number, said: readonly ConsensusMessage[], view: number, name: string): Certificate {
  const wanted = cast.certificate('prepare', view, name, []);
  const signers = said.flatMap((message) => {
    const prepares = message.kind === 'proposal' || (message.kind === 'vote' && message.phase === 'prepare');
    return prepares && message.view === view && message.digest === wanted.digest ? [message.signer] : [];
  });
  const all = [...new Set([...signers, party(byzantine)])].toSorted().map((signer) => Number.parseInt(signer, 16));
  return cast.certificate('prepare', view, name, all);
}

/** In view 0 either value; above it either value on every quorum of view changes, whether it follows from them or not. */
export function byzantineProposals(adversary: Adversary, said: readonly ConsensusMessage[]): readonly Proposal[] {
  const { cast, byzantine, views } = adversary;
  const proposals: Proposal[] = [];
  for (let view = 0; view < views; view += 1) {
    if (cast.leads(view) !== byzantine) continue;
    for (const name of NAMES) {
      if (view === 0) proposals.push(cast.proposal(0, name));
      else for (const asks of quorumsOfAsks(adversary, said, view)) proposals.push(cast.proposal(view, name, cast.justification(asks)));
    }
  }
  return proposals;
}

function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}
