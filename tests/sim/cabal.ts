// What colluding members share: who they are, all that any of them heard, each other's keys, and the split: which correct members
// are shown which of two things.
import type { Configuration, ConsensusMessage } from '../../src/node/consensus/index.ts';
import { leaderOf, isLaneMessage, heightOf } from '../../src/node/consensus/index.ts';
import type { Proposal, Vote } from './forgery.ts';
import type { World } from './world.ts';

export const UNSIGNED = new Uint8Array(64);

export class Cabal {
  readonly allies: ReadonlySet<number>;
  /** What those that share their state have heard. */
  readonly heard: ConsensusMessage[] = [];
  private readonly world: () => World;
  private readonly voted = new Set<string>();

  constructor(allies: ReadonlySet<number>, world: () => World) {
    this.allies = allies;
    this.world = world;
  }

  /** The votes of these allies for a proposal in both phases, each made once. */
  votesFor({ epoch, height, view, digest }: Proposal, signers: readonly number[], configuration: Configuration): readonly Vote[] {
    const world = this.world();
    return signers.flatMap((member) => {
      const key = `${member} ${height} ${view} ${digest}`;
      const signer = world.partyOf(member);
      if (this.voted.has(key) || !configuration.voters.some((voter) => voter.party === signer)) return [];
      this.voted.add(key);
      const phases = leaderOf(configuration, height, view) === signer ? (['commit'] as const) : (['prepare', 'commit'] as const);
      return phases.map((phase): Vote => {
        const vote: Vote = { kind: 'vote', epoch, phase, height, view, digest, signer, signature: UNSIGNED };
        return world.sign(member, vote, configuration) as Vote;
      });
    });
  }

  /**
   * Members that belong to a part, allies included. By turns; at the best split every other height goes another way: just as many
   * correct members as are needed for a quorum together with the allies see the first thing, the rest the second.
   */
  partOf(part: 0 | 1, message: ConsensusMessage, configuration: Configuration, best: boolean): readonly number[] {
    const world = this.world();
    const height = isLaneMessage(message) ? 0 : heightOf(message);
    const members = configuration.voters.map((voter) => world.indexOf(voter.party));
    const allied = members.filter((member) => this.allies.has(member));
    const needed = Math.max(0, configuration.quorum - allied.length);
    const correct = members.filter((member) => !this.allies.has(member));
    const lopsided = best && height % 2 === 1 && 2 * needed > correct.length;
    const inPart = correct.filter((_, rank) => (lopsided ? (rank < needed ? 0 : 1) : rank % 2) === part);
    return [...inPart, ...allied];
  }
}
