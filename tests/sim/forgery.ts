// What a forger makes: certificates, final values and new views that look right and are not, each wrong in one way. It signs
// with the keys of all faulty members, never with a correct one's.
import type { PartyId } from '../../src/node/base/index.ts';
import { type Certificate, type Configuration, type ConsensusMessage } from '../../src/node/consensus/index.ts';
import { type SimBlock, valueOfBlock } from './block.ts';
import type { Random } from './random.ts';

export type ViewChange = Extract<ConsensusMessage, { kind: 'view-change' }>;
export type Vote = Extract<ConsensusMessage, { kind: 'vote' }>;
export type Proposal = Extract<ConsensusMessage, { kind: 'proposal' }>;

export interface Forger {
  readonly random: Random;
  readonly configuration: Configuration;
  /** Faulty members, by index. */
  readonly allies: ReadonlySet<number>;
  /** Of a party, as in `allies`. */
  indexOf(party: PartyId): number;
  partyOf(member: number): PartyId;
  sign<M extends Vote | Proposal | ViewChange>(member: number, message: M): M;
}

const UNSIGNED = new Uint8Array(64);

/** A certificate of Q entries or fewer; those of correct members are noise. */
export function forgedCertificate(forger: Forger, about: Omit<Certificate, 'votes' | 'epoch'>): Certificate {
  const { configuration, random, allies } = forger;
  const { epoch, quorum, voters } = configuration;
  const indexes = voters.map((voter) => forger.indexOf(voter.party));
  const honest = random.shuffled(indexes.filter((index) => !allies.has(index)));
  const shape = random.pick(['noise', 'short', 'twice'] as const);
  const allied = indexes.filter((index) => allies.has(index));
  const enough = [...allied, ...honest].slice(0, quorum);
  const short = allied.slice(0, quorum);
  const twice = Array.from({ length: quorum }, (_, i) => short[i % Math.max(1, short.length)] ?? 0);
  const signers = { noise: enough, short, twice }[shape].toSorted((a, b) => a - b);
  const votes = signers.map((index) => {
    const signer = forger.partyOf(index);
    const vote: Vote = { kind: 'vote', epoch, ...about, signer, signature: UNSIGNED };
    return { signer, signature: allies.has(index) ? forger.sign(index, vote).signature : new Uint8Array(64).fill(random.between(0, 255)) };
  });
  return { epoch, ...about, votes };
}

export function forgedFinal(forger: Forger, block: SimBlock, view: number): ConsensusMessage {
  const { digest, bytes } = valueOfBlock(block);
  const certificate = forgedCertificate(forger, { phase: 'commit', height: block.height, view, digest });
  return { kind: 'decided', height: block.height, certificate, value: bytes };
}

/**
 * The best prepare certificate that can be had from real votes and the faulty members' own, on a digest that the engine did
 * not lock. It may lack a vote or two; it may also be good.
 */
export function gatheredLock(forger: Forger, member: number, message: ViewChange, votes: readonly Vote[]): ViewChange | null {
  const { configuration, allies } = forger;
  const usable = votes.filter((vote) => vote.height === message.height && vote.phase === 'prepare' && vote.view < message.view);
  const first = forger.random.shuffled(usable).find((vote) => vote.digest !== message.lockedDigest);
  if (first === undefined) return null;
  const { epoch, phase, height, view, digest } = first;
  const own = [...allies].map((ally): Vote => {
    const signer = forger.partyOf(ally);
    return forger.sign(ally, { kind: 'vote', epoch, phase, height, view, digest, signer, signature: UNSIGNED });
  });
  const same = [...usable.filter((vote) => vote.view === view && vote.digest === digest), ...own];
  const distinct = [...new Map(same.map(({ signer, signature }) => [signer, { signer, signature }])).values()];
  const inOrder = distinct.toSorted((a, b) => (a.signer < b.signer ? -1 : 1)).slice(0, configuration.quorum);
  const certificate: Certificate = { epoch, phase: 'prepare', height, view, digest, votes: inOrder };
  return forger.sign(member, { ...message, lockedView: view, lockedDigest: digest, certificate });
}

/** States a lock on a block of its own, in the view before the one asked for. */
export function forgedLock(forger: Forger, member: number, message: ViewChange, block: SimBlock): ViewChange {
  const { digest } = valueOfBlock(block);
  const lockedView = message.view - 1;
  const forged = forgedCertificate(forger, { phase: 'prepare', height: message.height, view: lockedView, digest });
  const certificate = forger.random.chance(0.3) ? null : forged;
  return forger.sign(member, { ...message, lockedView, lockedDigest: digest, certificate });
}

/** A new view for a block of its own, with view changes that do not allow it. */
export function forgedNewView(forger: Forger, member: number, message: Proposal, heard: readonly ViewChange[], block: SimBlock): Proposal {
  const { random, allies, configuration } = forger;
  const { digest, bytes } = valueOfBlock(block);
  const claim = random.chance(0.3);
  const own = [...allies].map((ally): ViewChange => {
    const { epoch, height, view } = message;
    const signer = forger.partyOf(ally);
    return forger.sign(ally, {
      kind: 'view-change',
      epoch,
      height,
      view,
      lockedView: claim ? view - 1 : null,
      lockedDigest: claim ? digest : null,
      signer,
      signature: UNSIGNED,
      certificate: null,
    });
  });
  const others = heard.filter((ask) => ask.height === message.height && (random.chance(0.5) || ask.view === message.view));
  const shape = random.pick(['as they are', 'without locks', 'short'] as const);
  const mixed = [...own, ...others.filter((ask) => shape !== 'without locks' || ask.lockedView === null)].map((ask) => ({
    ...ask,
    certificate: null,
  }));
  const distinct = [...new Map(mixed.map((ask) => [ask.signer, ask])).values()].toSorted((a, b) => (a.signer < b.signer ? -1 : 1));
  const viewChanges = random.chance(0.2) ? mixed.toSorted((a, b) => (a.signer < b.signer ? -1 : 1)) : distinct;
  const certificate = shape === 'as they are' ? (message.justification?.certificate ?? null) : null;
  return forger.sign(member, {
    ...message,
    digest,
    value: bytes,
    justification: { viewChanges: viewChanges.slice(0, configuration.voters.length), certificate },
  });
}
