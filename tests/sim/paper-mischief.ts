// What primaries in bad hands do in `grouped-paper` (row 5 of docs/faults.md): the one that has a request shows the other primaries two
// values, each to one half, and all of them vote for both. Up to floor((k-1)/3) of them that harms nobody; one more forks.
import { type Configuration, type ConsensusMessage, isPaperMessage, primariesOf } from '../../src/node/consensus/index.ts';
import { blockOf, valueOfBlock } from './block.ts';
import { type Cabal, UNSIGNED } from './cabal.ts';
import type { World } from './world.ts';

type PaperProposal = Extract<ConsensusMessage, { kind: 'paper-proposal' }>;
type PaperVote = Extract<ConsensusMessage, { kind: 'paper-vote' }>;

export class PaperMischief {
  private readonly world: World;
  private readonly index: number;
  private readonly cabal: Cabal;
  private readonly sayTo: (message: ConsensusMessage, to: readonly number[]) => void;

  constructor(world: World, index: number, cabal: Cabal, sayTo: PaperMischief['sayTo']) {
    this.world = world;
    this.index = index;
    this.cabal = cabal;
    this.sayTo = sayTo;
  }

  /** Returns whether the message was dealt with. The first PBFT, inside the group, goes its honest way, so that there is a second. */
  twoValues(message: ConsensusMessage, configuration: Configuration): boolean {
    if (!isPaperMessage(message) || message.kind === 'paper-package' || message.kind === 'paper-replace') return false;
    if (message.round === 'group') return false;
    // Own votes follow from what is proposed, not from the engine.
    if (message.kind === 'paper-vote') return true;
    const block = blockOf(message.value);
    if (block === null) return false;
    const { digest, bytes } = valueOfBlock({ ...block, salt: 'other' });
    const other = this.world.sign(this.index, { ...message, digest, value: bytes }, configuration) as PaperProposal;
    const primaries = primariesOf(configuration, message.height, message.view).map((party) => this.world.indexOf(party));
    const correct = primaries.filter((member) => !this.cabal.allies.has(member));
    [message, other].forEach((proposal, part) => {
      const half = correct.filter((_, rank) => rank % 2 === part);
      this.sayTo(proposal, half);
      for (const ally of primaries.filter((member) => this.cabal.allies.has(member)))
        for (const phase of ['prepare', 'commit'] as const) this.sayTo(this.vote(proposal, phase, ally, configuration), half);
    });
    return true;
  }

  /** With the key of an ally: those that collude share them. */
  private vote({ kind: _, value: _1, ...about }: PaperProposal, phase: PaperVote['phase'], ally: number, under: Configuration): PaperVote {
    const vote: PaperVote = { ...about, kind: 'paper-vote', phase, signer: this.world.partyOf(ally), signature: UNSIGNED };
    return this.world.sign(ally, vote, under) as PaperVote;
  }
}
