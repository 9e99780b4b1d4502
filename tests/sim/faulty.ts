// Members that are arbitrarily faulty. Each wraps the production engine and changes what leaves it, or adds to it, signing
// with its own key whatever it likes; the engine has no hooks for this. Equivocating members collude: they know each other
// and split the others at the best place.
import type { PartyId } from '../../src/node/base/index.ts';
import { type ConsensusMessage, leaderOf } from '../../src/node/consensus/index.ts';
import { blockOf, valueOfBlock } from './block.ts';
import { type Forger, type Proposal, type ViewChange, type Vote, forgedFinal, forgedLock, forgedNewView, gatheredLock } from './forgery.ts';
import { Member } from './member.ts';
import type { Packet, World } from './world.ts';

export const BEHAVIOURS = [
  'silent',
  'equivocate',
  'withhold',
  'corrupt',
  'wrong-view',
  'hijack',
  'forge',
  'flood',
  'replay',
  'slow',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

const UNSIGNED = new Uint8Array(64);
/** Heard messages that a replaying member keeps. */
const MAX_KEPT = 200;

export class FaultyMember extends Member {
  private readonly behaviour: Behaviour;
  private readonly allies: ReadonlySet<number>;
  private readonly kept: ConsensusMessage[] = [];
  private readonly votedFor = new Set<string>();

  constructor(world: World, index: number, behaviour: Behaviour, allies: ReadonlySet<number>) {
    super(world, index);
    this.behaviour = behaviour;
    this.allies = allies;
  }

  override receive(from: number, packet: Packet): void {
    if (this.up && packet.kind === 'consensus') this.overhear(packet.message);
    super.receive(from, packet);
  }

  protected override transmit(to: number, packet: Packet): void {
    const { random, clock, configuration } = this.world;
    if (this.behaviour === 'silent') return;
    if (packet.kind !== 'consensus') super.transmit(to, packet);
    else if (this.behaviour === 'withhold') {
      if (random.chance(0.5)) super.transmit(to, packet);
    } else if (this.behaviour === 'slow') {
      clock.after(configuration.baseTimeoutMs * (0.2 + random.unit()), () => {
        super.transmit(to, packet);
      });
    } else
      super.transmit(
        to,
        this.behaviour === 'corrupt' && random.chance(0.6) ? { kind: 'consensus', message: this.corrupted(packet.message) } : packet,
      );
  }

  protected override broadcast(message: ConsensusMessage): void {
    if (this.behaviour === 'equivocate') this.equivocate(message);
    else if (this.behaviour === 'hijack') this.hijack(message);
    else if (this.behaviour === 'forge') this.forge(message);
    else super.broadcast(message);
    if (this.behaviour === 'wrong-view') this.sayElsewhere(message);
    if (this.behaviour === 'replay') this.replay();
  }

  /** Two proposals, one for each half; the allies get both. Own votes follow from what is proposed, not from the engine. */
  private equivocate(message: ConsensusMessage): void {
    if (message.kind === 'view-change') {
      this.toHalf(0, message);
      const votes = this.kept.filter((kept) => kept.kind === 'vote');
      this.toHalf(1, gatheredLock(this.forger, this.index, message, votes) ?? this.withoutLock(message));
    }
    if (message.kind !== 'proposal') return;
    const other = this.otherProposal(message);
    this.toHalf(0, message);
    this.toHalf(1, other ?? message);
    if (other !== null) this.support(other);
    this.support(message);
  }

  /** Another valid block in place of this one, where the view leaves the choice. */
  private otherProposal(message: Proposal): Proposal | null {
    const block = blockOf(message.value);
    if (block === null || (message.justification?.certificate ?? null) !== null) return null;
    const { digest, bytes } = valueOfBlock({ ...block, salt: 'other' });
    return this.signed({ ...message, digest, value: bytes });
  }

  private overhear(message: ConsensusMessage): void {
    if (['replay', 'forge', 'equivocate'].includes(this.behaviour)) this.keep(message);
    if (this.behaviour === 'flood' && message.kind === 'proposal') this.flood(message);
    if (this.behaviour === 'equivocate' && message.kind === 'proposal' && this.world.verified(message) === null) this.support(message);
  }

  private keep(message: ConsensusMessage): void {
    this.kept.push(message);
    if (this.kept.length > MAX_KEPT) this.kept.splice(0, this.kept.length - MAX_KEPT);
  }

  /** Votes for every proposal at once, each towards the half that was given it: the best split. */
  private support(proposal: Proposal): void {
    const { epoch, height, view, digest } = proposal;
    const key = `${height} ${view} ${digest}`;
    if (this.votedFor.has(key)) return;
    this.votedFor.add(key);
    const half = blockOf(proposal.value)?.salt === 'other' ? 1 : 0;
    const split = this.allies.has(this.world.indexOf(proposal.signer));
    const leads = leaderOf(this.world.configuration, height, view) === this.party;
    for (const phase of ['prepare', 'commit'] as const) {
      if (leads && phase === 'prepare') continue;
      const vote: Vote = this.signed({
        kind: 'vote',
        epoch,
        phase,
        height,
        view,
        digest,
        signer: this.party,
        signature: new Uint8Array(64),
      });
      if (split) this.toHalf(half, vote);
      else super.broadcast(vote);
    }
  }

  /** Hides its lock, proposes over the locks of others, and lets only one of them count its commit. */
  private hijack(message: ConsensusMessage): void {
    if (message.kind === 'view-change') super.broadcast(this.withoutLock(message));
    else if (message.kind === 'proposal' && message.view > 0) {
      const { digest, bytes } = valueOfBlock({
        ...this.compose(message.justification?.certificate ? message.view - 1 : message.view),
        salt: 'hijacked',
      });
      super.broadcast(this.signed({ ...message, digest, value: bytes }));
    } else if (message.kind === 'vote' && message.phase === 'commit') {
      this.transmit((this.index + 1) % this.world.configuration.voters.length, { kind: 'consensus', message });
    } else super.broadcast(message);
  }

  private forge(message: ConsensusMessage): void {
    const { random } = this.world;
    const view = message.kind === 'decided' ? 0 : message.view;
    const block = { ...this.compose(Math.max(0, view - 1)), salt: 'forged' };
    if (message.kind === 'view-change') super.broadcast(forgedLock(this.forger, this.index, message, block));
    else if (message.kind === 'proposal' && view > 0) {
      const asks = this.kept.filter((kept) => kept.kind === 'view-change');
      super.broadcast(forgedNewView(this.forger, this.index, message, asks, { ...block, view: random.pick([view, view - 1]) }));
    } else super.broadcast(message);
    if (random.chance(0.3)) super.broadcast(forgedFinal(this.forger, block, view));
  }

  /** Changes its mind again and again, in both phases. */
  private flood({ epoch, height, view, digest }: Proposal): void {
    const other = valueOfBlock({ ...this.compose(view), salt: 'other' }).digest;
    for (let i = 0; i < 8; i += 1) {
      for (const phase of ['prepare', 'commit'] as const) {
        const vote: Vote = {
          kind: 'vote',
          epoch,
          phase,
          height,
          view,
          digest: i % 2 === 0 ? digest : other,
          signer: this.party,
          signature: UNSIGNED,
        };
        super.broadcast(this.signed(vote));
      }
    }
  }

  private get forger(): Forger {
    const { random, configuration } = this.world;
    const sign: Forger['sign'] = (member, message) => this.world.sign(member, message) as typeof message;
    return { random, configuration, allies: this.allies, sign };
  }

  /** Correct members by turns to one half or the other; allies hear everything. */
  private toHalf(half: number, message: ConsensusMessage): void {
    const { voters } = this.world.configuration;
    let rank = 0;
    for (let to = 0; to < voters.length; to += 1) {
      const ally = this.allies.has(to);
      if (to !== this.index && (ally || rank % 2 === half)) this.transmit(to, { kind: 'consensus', message });
      if (!ally) rank += 1;
    }
  }

  private withoutLock(message: ViewChange): ViewChange {
    return this.signed({ ...message, lockedView: null, lockedDigest: null, certificate: null });
  }

  /** The same in other views, as if they were open, and requests for views far away. */
  private sayElsewhere(message: ConsensusMessage): void {
    const { random } = this.world;
    if (message.kind === 'vote') super.broadcast(this.signed({ ...message, view: message.view + random.between(1, 12) }));
    if (message.kind === 'proposal') super.broadcast(this.signed({ ...message, view: message.view + 1 }));
    if (message.kind === 'view-change' || random.chance(0.1)) {
      const { epoch, height, signer } = message.kind === 'decided' ? { epoch: 0, height: 0, signer: this.party } : message;
      const view = random.pick([1, 2, 3, 9, 1_000_000]);
      const ask: ViewChange = {
        kind: 'view-change',
        epoch,
        height,
        view,
        lockedView: null,
        lockedDigest: null,
        signer,
        signature: new Uint8Array(64),
        certificate: null,
      };
      super.broadcast(this.signed(ask));
    }
  }

  private replay(): void {
    const { random } = this.world;
    for (let i = 0; i < 3 && this.kept.length > 0; i += 1) super.broadcast(random.pick(this.kept));
  }

  private corrupted(message: ConsensusMessage): ConsensusMessage {
    const { random } = this.world;
    const bad = new Uint8Array(64).fill(random.between(0, 255));
    if (message.kind === 'decided') {
      const votes = message.certificate.votes.map((vote, i) => (i === 0 ? { ...vote, signature: bad } : vote));
      return { ...message, certificate: { ...message.certificate, votes } };
    }
    if (message.kind === 'proposal') {
      const block = blockOf(message.value);
      if (block === null || random.chance(0.3)) return { ...message, value: message.value.slice(1) };
      const { digest, bytes } = valueOfBlock({ ...block, salt: 'invalid' });
      if (random.chance(0.5)) return this.signed({ ...message, digest, value: bytes });
      const { justification } = message;
      return {
        ...message,
        justification: justification === null ? null : { ...justification, viewChanges: justification.viewChanges.slice(1) },
      };
    }
    if (message.kind === 'view-change' && message.certificate !== null && random.chance(0.7)) {
      const { certificate } = message;
      const votes = random.chance(0.5) ? certificate.votes.slice(1) : certificate.votes.map((vote) => ({ ...vote, signature: bad }));
      return { ...message, certificate: { ...certificate, votes } };
    }
    return { ...message, signature: bad };
  }

  private signed<M extends Vote | Proposal | ViewChange>(message: M): M {
    return this.world.sign(this.index, message) as M;
  }

  private get party(): PartyId {
    return this.world.configuration.voters[this.index]?.party as PartyId;
  }
}
