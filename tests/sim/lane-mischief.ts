// What faulty members do inside their group's lane: two batches for one position, votes for both, batches and moves that nobody
// asked for, certificates that do not hold. Nothing of it may ever matter to global safety (R8, R10).
import type {
  Batch,
  BatchReference,
  Configuration,
  ConsensusMessage,
  LaneCertificate,
  LaneMove,
  LaneVote,
} from '../../src/node/consensus/index.ts';
import { groupQuorum, isLaneMessage, membersOf, placeOf } from '../../src/node/consensus/index.ts';
import { batchBytes, digestOfBytes, requestsInBatch } from './block.ts';
import { type Cabal, UNSIGNED } from './cabal.ts';
import type { World } from './world.ts';

type BatchMessage = { readonly kind: 'batch' } & Batch;

export class LaneMischief {
  private readonly world: World;
  private readonly index: number;
  private readonly cabal: Cabal;
  private readonly sayTo: (message: ConsensusMessage, to: readonly number[]) => void;
  private readonly supported = new Set<string>();
  private readonly captured = new Set<number>();

  constructor(world: World, index: number, cabal: Cabal, sayTo: LaneMischief['sayTo']) {
    this.world = world;
    this.index = index;
    this.cabal = cabal;
    this.sayTo = sayTo;
  }

  /** An author's own batch becomes two, one for every other member of the group. Returns whether the message was dealt with. */
  twoBatches(message: ConsensusMessage, configuration: Configuration): boolean {
    if (!isLaneMessage(message) || message.kind === 'certified-batch' || message.kind === 'lane-move') return false;
    // Own votes follow from what was proposed, not from the engine.
    if (message.kind === 'lane-vote') return this.cabal.allies.size > 0;
    if (message.epoch !== configuration.epoch) return false;
    const bytes = batchBytes(requestsInBatch(message.bytes).toReversed(), 0, 'other');
    const reference = { ...message.reference, digest: digestOfBytes(bytes) };
    const other = this.world.sign(this.index, { ...message, reference, bytes }, configuration) as BatchMessage;
    const group = this.groupOf(message.reference.group, configuration);
    const isAlly = (member: number) => this.cabal.allies.has(member);
    this.sayTo(
      message,
      group.filter((member, rank) => isAlly(member) || rank % 2 === 0),
    );
    this.sayTo(
      other,
      group.filter((member, rank) => isAlly(member) || rank % 2 === 1),
    );
    this.support(message, configuration);
    this.support(other, configuration);
    return true;
  }

  /** Where the group is captured, its author certifies two batches of one position at every height, and one that nobody holds. */
  certifyTwice({ epoch, height }: { readonly epoch: number; readonly height: number }, configuration: Configuration): void {
    const place = placeOf(configuration, this.world.partyOf(this.index));
    if (place?.rank !== 0 || epoch !== configuration.epoch || this.captured.has(height)) return;
    this.captured.add(height);
    const everybody = configuration.voters.map(({ party }) => this.world.indexOf(party));
    for (const [part, salt] of ['one', 'other', 'unheld'].entries()) {
      const bytes = batchBytes([`captured ${height}`], 0, salt);
      const position = { group: place.group, localView: 0, sequence: salt === 'unheld' ? 2 * height + 1 : 2 * height };
      const certificate = this.certificateOf({ ...position, digest: digestOfBytes(bytes) }, configuration);
      if (certificate === null) return;
      const hearers = salt === 'unheld' ? everybody : everybody.filter((_, rank) => rank % 2 === part);
      this.sayTo({ kind: 'certified-batch', certificate, bytes: salt === 'unheld' ? null : bytes }, hearers);
    }
  }

  /** Signed by the allies alone; null where they are too few. */
  private certificateOf(reference: BatchReference, configuration: Configuration): LaneCertificate | null {
    const { epoch } = configuration;
    const allied = membersOf(configuration, reference.group).filter((party) => this.cabal.allies.has(this.world.indexOf(party)));
    const needed = groupQuorum(configuration, reference.group);
    if (allied.length < needed) return null;
    const signers = allied.slice(0, needed).toSorted();
    const votes = signers.map((signer) => {
      const vote: ConsensusMessage = { kind: 'lane-vote', epoch, phase: 'commit', reference, signer, signature: UNSIGNED };
      const { signature } = this.world.sign(this.world.indexOf(signer), vote, configuration) as LaneVote;
      return { signer, signature };
    });
    return { epoch, reference, votes };
  }

  /** Votes in both phases for every batch of the own group, to everybody in it. */
  support(message: ConsensusMessage, configuration: Configuration): void {
    if (message.kind !== 'batch') return;
    const { epoch, reference } = message;
    const signer = this.world.partyOf(this.index);
    if (placeOf(configuration, signer)?.group !== reference.group || epoch !== configuration.epoch) return;
    const key = `${epoch} ${reference.localView} ${reference.sequence} ${reference.digest}`;
    if (this.supported.has(key)) return;
    this.supported.add(key);
    for (const phase of ['prepare', 'commit'] as const) {
      const vote: { kind: 'lane-vote' } & LaneVote = { kind: 'lane-vote', epoch, phase, reference, signer, signature: UNSIGNED };
      this.sayTo(this.world.sign(this.index, vote, configuration), this.groupOf(reference.group, configuration));
    }
  }

  /** Many batches and votes for positions that are not open, in its own name. */
  flood(message: ConsensusMessage, configuration: Configuration): void {
    if (message.kind !== 'batch' && message.kind !== 'lane-vote') return;
    // Floods that answered each other would drown the simulator before anybody else.
    if (this.cabal.allies.has(this.world.indexOf(message.signer))) return;
    const place = placeOf(configuration, this.world.partyOf(this.index));
    if (place?.group !== message.reference.group) return;
    const { random } = this.world;
    const signer = this.world.partyOf(this.index);
    const { epoch } = configuration;
    const group = this.groupOf(place.group, configuration);
    for (let i = 0; i < 4; i += 1) {
      const bytes = batchBytes([`junk ${random.between(0, 1_000_000)}`]);
      const position = { group: place.group, localView: place.rank + i * group.length, sequence: random.between(0, 1_000) };
      const reference = { ...position, digest: digestOfBytes(bytes) };
      const batch: BatchMessage = { kind: 'batch', epoch, reference, signer, signature: UNSIGNED, bytes, moves: [] };
      this.sayTo(this.world.sign(this.index, batch, configuration), group);
      const vote: ConsensusMessage = { kind: 'lane-vote', epoch, phase: 'commit', reference, signer, signature: UNSIGNED };
      this.sayTo(this.world.sign(this.index, vote, configuration), group);
    }
  }

  /** Moves that nobody joins, and votes for what is not there. */
  sayElsewhere(message: ConsensusMessage, configuration: Configuration): void {
    const place = placeOf(configuration, this.world.partyOf(this.index));
    if (place === null || (message.kind !== 'vote' && message.kind !== 'lane-vote')) return;
    const { random } = this.world;
    const signer = this.world.partyOf(this.index);
    const { epoch } = configuration;
    const group = random.between(0, configuration.groups.length - 1);
    const localView = random.pick([1, 2, 3, 7, 1_000_000]);
    const move: { kind: 'lane-move' } & LaneMove = { kind: 'lane-move', epoch, group, localView, signer, signature: UNSIGNED };
    if (random.chance(0.2)) this.sayTo(this.world.sign(this.index, move, configuration), this.groupOf(group, configuration));
    if (message.kind !== 'lane-vote') return;
    const reference = { ...message.reference, sequence: message.reference.sequence + random.between(1, 9) };
    this.sayTo(this.world.sign(this.index, { ...message, reference }, configuration), this.groupOf(place.group, configuration));
  }

  /** A certificate of its own lane for data that nobody holds, signed by the allies and by nobody. */
  forge(message: ConsensusMessage, configuration: Configuration): void {
    const place = placeOf(configuration, this.world.partyOf(this.index));
    if (place === null || message.kind !== 'vote') return;
    const { random } = this.world;
    const bytes = batchBytes([`forged ${random.between(0, 1_000_000)}`]);
    const reference = { group: place.group, localView: 0, sequence: random.between(0, 20), digest: digestOfBytes(bytes) };
    const { epoch } = configuration;
    const votes = membersOf(configuration, place.group)
      .slice(0, groupQuorum(configuration, place.group))
      .toSorted()
      .map((signer) => {
        const vote: ConsensusMessage = { kind: 'lane-vote', epoch, phase: 'commit', reference, signer, signature: UNSIGNED };
        const member = this.world.indexOf(signer);
        const signed = this.cabal.allies.has(member) ? (this.world.sign(member, vote, configuration) as LaneVote) : vote;
        return { signer, signature: signed.signature };
      });
    const certificate: LaneCertificate = { epoch, reference, votes };
    this.sayTo({ kind: 'certified-batch', certificate, bytes }, [...configuration.voters.keys()]);
  }

  private groupOf(group: number, configuration: Configuration): readonly number[] {
    return membersOf(configuration, group).map((party) => this.world.indexOf(party));
  }
}
