// Members that are arbitrarily faulty. Each wraps the production engine and changes what leaves it, or adds to it, signing
// with its own key whatever it likes; the engine has no hooks for this. Those that equivocate collude: they know each other
// and split the others; those that collude share keys and all that they hear, and split the others at the best place.
import { type Audience, type ConsensusMessage, isPaperMessage } from '../../src/node/consensus/index.ts';
import { blockOf, valueOfBlock } from './block.ts';
import { type Cabal, UNSIGNED } from './cabal.ts';
import { corrupted } from './corruption.ts';
import { type Forger, type Proposal, type ViewChange, type Vote, forgedFinal, forgedLock, forgedNewView, gatheredLock } from './forgery.ts';
import { LaneMischief } from './lane-mischief.ts';
import { Member } from './member.ts';
import { PaperMischief } from './paper-mischief.ts';
import type { Packet, World } from './world.ts';

export const BEHAVIOURS = [
  'silent',
  'equivocate',
  'collude',
  'withhold',
  'corrupt',
  'wrong-view',
  'hijack',
  'forge',
  'flood',
  'replay',
  'slow',
  'slow-drip',
  'censor',
  'babble',
  'withhold-group',
  'no-spread',
  'two-batches',
] as const;
/** Those of auditors, who have no vote to be wrong with. */
export const AUDITOR_BEHAVIOURS = ['silent', 'slow', 'corrupt', 'wrong-verdict', 'two-verdicts'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number] | (typeof AUDITOR_BEHAVIOURS)[number];
/** Those that need groups: elsewhere they do nothing wrong. */
export const GROUP_BEHAVIOURS: readonly Behaviour[] = ['withhold-group', 'no-spread', 'two-batches'];

/** Heard messages that a faulty member keeps. */
const MAX_KEPT = 200;
/** How much later than its view's time-out a slow-dripping member speaks. */
const DRIP_SHARE = 1.02;
const KEEPERS: readonly Behaviour[] = ['replay', 'forge', 'equivocate', 'collude'];

export class FaultyMember extends Member {
  readonly behaviour: Behaviour;
  private readonly cabal: Cabal;
  private readonly own: ConsensusMessage[] = [];
  private readonly lanes: LaneMischief;
  private readonly paper: PaperMischief;

  constructor(world: World, index: number, behaviour: Behaviour, cabal: Cabal) {
    super(world, index);
    this.behaviour = behaviour;
    this.cabal = cabal;
    this.lanes = new LaneMischief(world, index, cabal, (message, to) => this.sayTo(to, message));
    this.paper = new PaperMischief(world, index, cabal, (message, to) => this.sayTo(to, message));
  }

  override receive(from: number, packet: Packet): void {
    if (this.behaviour === 'censor' && packet.kind === 'requests') {
      const wanted = packet.requests.filter((request) => !isCensored(request));
      super.receive(from, { kind: 'requests', requests: wanted });
      return;
    }
    if (this.up && packet.kind === 'consensus') this.overhear(packet.message);
    super.receive(from, packet);
  }

  /** Says its last vote over and over, faster than any time-out: nothing of that may restart a timer (R7). */
  override start(): void {
    super.start();
    if (this.behaviour === 'babble') this.babble();
  }

  private babble(): void {
    const votes = this.own.slice(-1);
    for (const vote of votes) super.broadcast(vote);
    this.world.clock.after(this.configuration.baseTimeoutMs / 5, () => {
      if (this.up) this.babble();
    });
  }

  protected override transmit(to: number, packet: Packet): void {
    const { random, clock } = this.world;
    if (this.behaviour === 'silent') return;
    if (packet.kind !== 'consensus') super.transmit(to, packet);
    else if (this.behaviour === 'withhold') {
      if (random.chance(0.5)) super.transmit(to, packet);
    } else if (this.behaviour === 'slow' || this.behaviour === 'slow-drip') {
      const { baseTimeoutMs } = this.configuration;
      const view = 'view' in packet.message ? packet.message.view : 0;
      const dripMs = baseTimeoutMs * 2 ** Math.min(view, 4) * DRIP_SHARE;
      clock.after(this.behaviour === 'slow' ? baseTimeoutMs * (0.2 + random.unit()) : dripMs, () => {
        super.transmit(to, packet);
      });
    } else if (this.behaviour === 'corrupt' && random.chance(0.6)) {
      super.transmit(to, { kind: 'consensus', message: corrupted(packet.message, this.forger, this.index) });
    } else super.transmit(to, packet);
  }

  protected override forward(message: ConsensusMessage, to: Audience): void {
    if (this.behaviour === 'withhold-group' && (message.kind === 'bundle' || message.kind === 'certified')) return;
    if (this.behaviour === 'no-spread' && message.kind === 'certified-batch') return;
    super.forward(message, to);
  }

  protected override broadcast(message: ConsensusMessage, to: Audience = 'voters'): void {
    switch (this.behaviour) {
      case 'equivocate':
      case 'collude':
        this.equivocate(message, to);
        return;
      case 'two-batches':
        if (!this.lanes.twoBatches(message, this.configuration)) super.broadcast(message, to);
        return;
      case 'hijack':
        this.hijack(message, to);
        return;
      case 'forge':
        this.forge(message, to);
        return;
      case 'wrong-verdict':
      case 'two-verdicts':
        this.misjudge(message, to);
        return;
      default:
        super.broadcast(message, to);
        if (this.behaviour === 'babble') this.remember(message);
        if (this.behaviour === 'wrong-view') this.sayElsewhere(message);
        if (this.behaviour === 'replay') this.replay();
    }
  }

  /** Two proposals, one for each part; the allies get both. Own votes follow from what is proposed, not from the engine. */
  private equivocate(message: ConsensusMessage, to: Audience): void {
    if (isPaperMessage(message)) {
      if (!this.paper.twoValues(message, this.configuration)) super.broadcast(message, to);
      return;
    }
    if (message.kind === 'view-change') {
      this.toPart(0, message);
      const votes = this.kept.filter((kept) => kept.kind === 'vote');
      this.toPart(1, gatheredLock(this.forger, this.index, message, votes) ?? this.withoutLock(message));
    }
    if (this.lanes.twoBatches(message, this.configuration)) return;
    if (message.kind === 'lane-move') super.broadcast(message, to);
    if (message.kind !== 'proposal') return;
    const other = this.otherProposal(message);
    this.toPart(0, message);
    this.toPart(1, other ?? message);
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
    if (KEEPERS.includes(this.behaviour)) this.keep(message);
    if (this.behaviour === 'flood') {
      if (message.kind === 'proposal') this.flood(message);
      this.lanes.flood(message, this.configuration);
    }
    if (this.behaviour === 'two-batches' && message.kind === 'proposal') this.lanes.certifyTwice(message, this.configuration);
    const colludes = this.behaviour === 'equivocate' || this.behaviour === 'collude';
    if (colludes && message.kind === 'proposal' && 'message' in this.verdictOn(message)) this.support(message);
    if (colludes || this.behaviour === 'two-batches') this.lanes.support(message, this.configuration);
  }

  private remember(message: ConsensusMessage): void {
    if (message.kind === 'vote' || message.kind === 'view-change') this.own.splice(0, this.own.length, message);
  }

  private keep(message: ConsensusMessage): void {
    const { kept } = this;
    kept.push(message);
    if (kept.length > MAX_KEPT) kept.splice(0, kept.length - MAX_KEPT);
  }

  /** What it remembers; those that collude remember together. */
  private get kept(): ConsensusMessage[] {
    return this.behaviour === 'collude' ? this.cabal.heard : this.own;
  }

  /** Votes for every proposal at once, each towards the part that was given it. With shared keys, everybody's votes. */
  private support(proposal: Proposal): void {
    const part = blockOf(proposal.value)?.salt === 'other' ? 1 : 0;
    const split = this.cabal.allies.has(this.world.indexOf(proposal.signer));
    const signers = this.behaviour === 'collude' ? [...this.cabal.allies] : [this.index];
    for (const vote of this.cabal.votesFor(proposal, signers, this.configuration)) {
      if (split) this.toPart(part, vote);
      else super.broadcast(vote);
    }
  }

  /** Hides its lock, proposes over the locks of others, and lets only one of them count its commit. */
  private hijack(message: ConsensusMessage, to: Audience): void {
    if (message.kind === 'view-change') super.broadcast(this.withoutLock(message), to);
    else if (message.kind === 'proposal' && message.view > 0) {
      const view = message.justification?.certificate ? message.view - 1 : message.view;
      const block = this.books.block(view, this.tip, this.disk.finals.at(-1) ?? null, 'hijacked');
      const { digest, bytes } = valueOfBlock(block);
      super.broadcast(this.signed({ ...message, digest, value: bytes }), to);
    } else if (message.kind === 'vote' && message.phase === 'commit') {
      this.transmit((this.index + 1) % this.world.members, { kind: 'consensus', message });
    } else super.broadcast(message, to);
  }

  /** The opposite of what it found: to everybody, or to one part while the other hears the truth. */
  private misjudge(message: ConsensusMessage, to: Audience): void {
    if (message.kind !== 'audit') {
      super.broadcast(message, to);
      return;
    }
    const wrong = this.signed({ ...message, verdict: message.verdict === 'sound' ? 'unsound' : 'sound' });
    if (this.behaviour === 'wrong-verdict') super.broadcast(wrong, to);
    else {
      this.toPart(0, message);
      this.toPart(1, wrong);
    }
  }

  private forge(message: ConsensusMessage, to: Audience): void {
    const { random } = this.world;
    const view = 'view' in message ? message.view : 0;
    const block = this.books.block(Math.max(0, view - 1), this.tip, this.disk.finals.at(-1) ?? null, 'forged');
    if (message.kind === 'view-change') super.broadcast(forgedLock(this.forger, this.index, message, block), to);
    else if (message.kind === 'proposal' && view > 0) {
      const asks = this.kept.filter((kept) => kept.kind === 'view-change');
      super.broadcast(forgedNewView(this.forger, this.index, message, asks, { ...block, view: random.pick([view, view - 1]) }), to);
    } else super.broadcast(message, to);
    if (random.chance(0.3)) super.broadcast(forgedFinal(this.forger, block, view));
    this.lanes.forge(message, this.configuration);
  }

  /** Changes its mind again and again, in both phases. */
  private flood({ epoch, height, view, digest }: Proposal): void {
    const other = this.books.compose(view, this.tip, this.disk.finals.at(-1) ?? null, 'other').digest;
    for (let i = 0; i < 8; i += 1) {
      for (const phase of ['prepare', 'commit'] as const) {
        const signer = this.party;
        const vote: Vote = { kind: 'vote', epoch, phase, height, view, digest: i % 2 === 0 ? digest : other, signer, signature: UNSIGNED };
        super.broadcast(this.signed(vote));
      }
    }
  }

  private get forger(): Forger {
    const { random } = this.world;
    const { configuration } = this;
    const sign: Forger['sign'] = (member, message) => this.world.sign(member, message, configuration) as typeof message;
    return {
      random,
      configuration,
      allies: this.cabal.allies,
      indexOf: (party) => this.world.indexOf(party),
      partyOf: (member) => this.world.partyOf(member),
      sign,
    };
  }

  /** Correct members of one part; allies hear everything. */
  private toPart(part: 0 | 1, message: ConsensusMessage): void {
    this.sayTo(this.cabal.partOf(part, message, this.configuration, this.behaviour === 'collude'), message);
  }

  private sayTo(members: readonly number[], message: ConsensusMessage): void {
    for (const to of members) if (to !== this.index) this.transmit(to, { kind: 'consensus', message });
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
      const signer = this.party;
      const view = random.pick([1, 2, 3, 9, 1_000_000]);
      const stated = { lockedView: null, lockedDigest: null, certificate: null };
      const { epoch } = this.configuration;
      super.broadcast(this.signed({ kind: 'view-change', epoch, height: this.height, view, ...stated, signer, signature: UNSIGNED }));
    }
    this.lanes.sayElsewhere(message, this.configuration);
  }

  private replay(): void {
    const { random } = this.world;
    for (let i = 0; i < 3 && this.kept.length > 0; i += 1) super.broadcast(random.pick(this.kept));
  }

  private signed<M extends Vote | Proposal | ViewChange | Extract<ConsensusMessage, { kind: 'audit' }>>(message: M): M {
    return this.world.sign(this.index, message, this.configuration) as M;
  }
}

/** Every fifth request is one that censors do not want to see. */
export function isCensored(request: string): boolean {
  return /^r\d*[05]$/u.test(request);
}
