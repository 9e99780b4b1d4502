// For tests: one voter under the grouped engine, alone with what a test tells it, so that a test reads like a transcript. Every
// statement about a lane must be durable with the batch's bytes before it is said (R3): that is checked here, at each one.
import { type PartyId, assert } from '../../base/index.ts';
import { asVerified } from '../checks.ts';
import { groupQuorum, membersOf } from '../circle.ts';
import type { Configuration, EngineEffect, EngineInput, Validity, VoteRow } from '../engine.ts';
import type { BatchReference, Certificate, ConsensusMessage, LaneCertificate, LaneMove, LanePosition, LaneVote } from '../messages.ts';
import { leaderOf } from '../roster.ts';
import { digestNamed, lineOf, party, signatureOf, valueNamed } from '../transcript.ts';
import { grouped } from './grouped.ts';
import type { GroupedState } from './state.ts';

export const HEIGHT = 8;
const EPOCH = 3;

type Kind<Name extends ConsensusMessage['kind']> = Extract<ConsensusMessage, { kind: Name }>;

export class Lone {
  state: GroupedState = grouped.initial;
  row: VoteRow | null = null;
  readonly configuration: Configuration;
  readonly index: number;
  /** The answer to a wish for a batch, by name. */
  batches: string[] = [];

  constructor(configuration: Configuration, index: number, row: VoteRow | null = null) {
    this.configuration = configuration;
    this.index = index;
    this.row = row;
    this.begin();
  }

  begin(ordered: readonly LanePosition[] = [], height = HEIGHT): readonly string[] {
    const { configuration, row } = this;
    const kept = row === null ? {} : { lane: row.lane, batches: row.batches };
    const own = row?.height === height ? row : null;
    return this.tell({ kind: 'begin', configuration, self: party(this.index), height, row: own, ordered, ...kept });
  }

  /** The same member after it lost everything but its row. */
  restarted(): Lone {
    return new Lone(this.configuration, this.index, this.row);
  }

  hears(message: ConsensusMessage, validity: Validity = 'valid'): readonly string[] {
    return this.tell({ kind: 'message', message: asVerified(message), validity });
  }

  hearsAll(messages: readonly ConsensusMessage[]): readonly string[] {
    return messages.flatMap((message) => this.hears(message));
  }

  hasRequests(...names: readonly string[]): readonly string[] {
    this.batches.push(...names);
    return this.tell({ kind: 'pending', pending: false, unbatched: true });
  }

  isOverdue(): readonly string[] {
    return this.tell({ kind: 'overdue' });
  }

  timesOut(name: 'view' | 'bypass' | 'patience', view = 0): readonly string[] {
    return this.tell({ kind: 'timer', name, height: HEIGHT, view });
  }

  /** What it does about one input and about everything that it says to itself because of it, without timers. */
  tell(input: EngineInput): readonly string[] {
    const lines: string[] = [];
    const inputs = [input];
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      const { state, effects } = grouped.step(this.state, next);
      this.state = state;
      for (const effect of effects) {
        if (effect.kind !== 'timer') lines.push(this.lineOf(effect));
        inputs.push(...this.perform(effect));
      }
    }
    return lines;
  }

  private perform(effect: EngineEffect): readonly EngineInput[] {
    if (effect.kind === 'persist') this.row = effect.row;
    if (effect.kind === 'request-batch') {
      const name = this.batches.shift();
      if (name !== undefined) return [{ kind: 'batch', digest: digestNamed(name), bytes: valueNamed(name).bytes }];
    }
    if (effect.kind !== 'say') return [];
    this.checkDurable(effect.message);
    const message = { ...effect.message, signature: signatureOf(effect.message.signer, 'own') } as ConsensusMessage;
    return [{ kind: 'message', message: asVerified(message), validity: 'valid' }];
  }

  private checkDurable(message: Extract<EngineEffect, { kind: 'say' }>['message']): void {
    const { row } = this;
    if (message.kind === 'lane-move') {
      const covered = (row?.lane.localView ?? 0) >= message.localView;
      assert(covered, 'a move is durable before it is said (R3)');
    }
    if (message.kind !== 'batch' && message.kind !== 'lane-vote') return;
    const phase = message.kind === 'batch' ? 'batch' : message.phase;
    const { digest } = message.reference;
    const said = row?.lane.said.some((entry) => entry.phase === phase && isSame(entry.reference, message.reference));
    assert(said === true, 'a statement about a lane is durable before it is said (R3)');
    const bytes = row?.batches.some((batch) => batch.reference.digest === digest);
    assert(bytes === true, 'a batch is durable with its bytes before anything is said about it (R3)');
  }

  private lineOf(effect: EngineEffect): string {
    if (effect.kind === 'persist') return 'persist';
    if (effect.kind === 'say') return `${lineOf(effect)} to ${audience(effect.to)}`;
    return lineOf(effect);
  }
}

function isSame(a: BatchReference, b: BatchReference): boolean {
  return a.digest === b.digest && a.group === b.group && a.localView === b.localView && a.sequence === b.sequence;
}

function audience(to: 'voters' | readonly PartyId[]): string {
  if (to === 'voters') return to;
  return to.length === 0 ? 'nobody' : to.map((one) => Number.parseInt(one, 16)).join(' ');
}

/** Messages of the others. */
export class Others {
  readonly configuration: Configuration;

  constructor(configuration: Configuration) {
    this.configuration = configuration;
  }

  members(group: number): readonly PartyId[] {
    return membersOf(this.configuration, group);
  }

  batch(name: string, group = 0, sequence = 0, localView = 0, moves: readonly LaneMove[] = []): Kind<'batch'> {
    const reference = this.reference(name, group, sequence, localView);
    const author = this.members(group)[localView % this.members(group).length] ?? party(0);
    const { bytes } = valueNamed(name);
    return { kind: 'batch', epoch: EPOCH, reference, signer: author, signature: signatureOf(author, 'batch', name), bytes, moves };
  }

  laneVote(phase: LaneVote['phase'], member: number, name: string, group = 0, sequence = 0, localView = 0): Kind<'lane-vote'> {
    const signer = party(member);
    const reference = this.reference(name, group, sequence, localView);
    return { kind: 'lane-vote', epoch: EPOCH, phase, reference, signer, signature: signatureOf(signer, phase, name) };
  }

  move(member: number, localView: number, group = 0): Kind<'lane-move'> {
    const signer = party(member);
    return { kind: 'lane-move', epoch: EPOCH, group, localView, signer, signature: signatureOf(signer, 'move', String(localView)) };
  }

  laneCertificate(name: string, group: number, sequence = 0, localView = 0, signers?: readonly number[]): LaneCertificate {
    const parties = signers?.map(party) ?? this.members(group).slice(0, groupQuorum(this.configuration, group));
    const votes = parties.map((signer) => ({ signer, signature: signatureOf(signer, 'commit', name) }));
    return { epoch: EPOCH, reference: this.reference(name, group, sequence, localView), votes };
  }

  certified(name: string, group: number, sequence = 0, localView = 0, signers?: readonly number[]): Kind<'certified-batch'> {
    return {
      kind: 'certified-batch',
      certificate: this.laneCertificate(name, group, sequence, localView, signers),
      bytes: valueNamed(name).bytes,
    };
  }

  /** Without bytes. */
  news(name: string, group: number, sequence = 0): Kind<'certified-batch'> {
    return { ...this.certified(name, group, sequence), bytes: null };
  }

  /** Of view 0 unless justified; `carried` names batches of lane 1 at sequences 0, 1, …, whose bytes it does not carry. */
  proposal(name: string, carried: readonly string[] = [], view = 0): Kind<'proposal'> {
    const { digest, bytes } = valueNamed(name);
    const signer = leaderOf(this.configuration, HEIGHT, view);
    const signature = signatureOf(signer, 'propose', name);
    return {
      kind: 'proposal',
      epoch: EPOCH,
      height: HEIGHT,
      view,
      digest,
      signer,
      signature,
      value: bytes,
      justification: null,
      carried: carried.map((batch, sequence) => ({ certificate: this.laneCertificate(batch, 1, sequence), bytes: null })),
    };
  }

  vote(phase: 'prepare' | 'commit', member: number, name: string, view = 0): Kind<'vote'> {
    const signer = party(member);
    const signature = signatureOf(signer, phase, name);
    return { kind: 'vote', epoch: EPOCH, phase, height: HEIGHT, view, digest: digestNamed(name), signer, signature };
  }

  certificate(phase: Certificate['phase'], name: string, members: readonly number[], view = 0): Certificate {
    const votes = members.map((member) => this.vote(phase, member, name, view)).map(({ signer, signature }) => ({ signer, signature }));
    return { epoch: EPOCH, phase, height: HEIGHT, view, digest: digestNamed(name), votes };
  }

  viewChange(member: number, view: number): Kind<'view-change'> {
    const signer = party(member);
    const stated = { lockedView: null, lockedDigest: null, certificate: null };
    return {
      kind: 'view-change',
      epoch: EPOCH,
      height: HEIGHT,
      view,
      ...stated,
      signer,
      signature: signatureOf(signer, 'ask', String(view)),
    };
  }

  inquiry(member: number, change: Partial<Kind<'inquiry'>> = {}): Kind<'inquiry'> {
    return { kind: 'inquiry', epoch: EPOCH, height: HEIGHT, view: 0, asker: party(member), proposal: true, batches: [], ...change };
  }

  private reference(name: string, group: number, sequence: number, localView: number): BatchReference {
    return { group, localView, sequence, digest: digestNamed(name) };
  }
}
