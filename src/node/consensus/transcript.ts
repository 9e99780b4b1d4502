// For tests: a voter under the engine, told and asked in short lines, so that a test reads like a transcript. Signatures are
// stand-ins; what the verify stage would refuse is tested with `checks`, not here.
import { type ChannelId, type Digest, type PartyId, DIGEST_BYTES, ID_BYTES } from '../base/index.ts';
import { asVerified } from './checks.ts';
import type { Audience, Configuration, EngineEffect, EngineInput, Unsigned, Validity, Value, VoteRow } from './engine.ts';
import type { Certificate, ConsensusMessage, Decided, Proposal, ViewChange, Vote } from './messages.ts';
import { type PbftState, pbft } from './pbft.ts';
import { quorum, toleratedFaults } from './quorum.ts';
import { leaderOf } from './roster.ts';

/** The voter with this index. */
export function party(index: number): PartyId {
  return index.toString(16).padStart(2 * ID_BYTES, '0') as PartyId;
}

export function digestNamed(name: string): Digest {
  let digits = '';
  for (let i = 0; i < name.length; i += 1) digits += name.charCodeAt(i).toString(16).padStart(2, '0');
  return digits.padEnd(2 * DIGEST_BYTES, '0') as Digest;
}

export function valueNamed(name: string): Value {
  return { digest: digestNamed(name), bytes: Uint8Array.from(name, (character) => character.charCodeAt(0)), cut: [] };
}

export function configurationOf(members: number, voters = members, seed = 'epoch'): Configuration {
  const tolerated = toleratedFaults(members);
  return {
    channel: digestNamed('channel') as string as ChannelId,
    epoch: 3,
    digest: digestNamed(seed),
    voters: Array.from({ length: voters }, (_, i) => ({ party: party(i), memberKey: new Uint8Array(32).fill(i) })),
    tolerated,
    quorum: quorum(voters, tolerated),
    baseTimeoutMs: 4000,
    groups: [],
    seats: [],
  };
}

/** Messages of other voters at one height, and certificates made of them. */
export class Cast {
  readonly configuration: Configuration;
  readonly height: number;
  constructor(configuration: Configuration, height = 7) {
    this.configuration = configuration;
    this.height = height;
  }

  /** The voters' indexes in the order in which they lead, from view 0 on. */
  leads(view: number): number {
    const leader = leaderOf(this.configuration, this.height, view);
    return this.configuration.voters.findIndex((voter) => voter.party === leader);
  }

  proposal(view: number, name: string, justification: Proposal['justification'] = null): ConsensusMessage & { kind: 'proposal' } {
    const { digest, bytes } = valueNamed(name);
    const signer = leaderOf(this.configuration, this.height, view);
    return {
      kind: 'proposal',
      ...this.at(view),
      digest,
      signer,
      signature: signatureOf(signer, 'propose', name),
      value: bytes,
      justification,
      carried: [],
    };
  }

  vote(phase: Vote['phase'], voter: number, view: number, name: string): ConsensusMessage & { kind: 'vote' } {
    const signer = party(voter);
    const leads = phase === 'prepare' && this.leads(view) === voter;
    const signature = signatureOf(signer, leads ? 'propose' : phase, name);
    return { kind: 'vote', ...this.at(view), phase, digest: digestNamed(name), signer, signature };
  }

  /** Asks for `view`, stating the lock of `certificate`. */
  viewChange(voter: number, view: number, certificate: Certificate | null = null): ConsensusMessage & { kind: 'view-change' } {
    const signer = party(voter);
    const lockedView = certificate?.view ?? null;
    const lockedDigest = certificate?.digest ?? null;
    const signature = signatureOf(signer, 'view-change', String(lockedView));
    return { kind: 'view-change', ...this.at(view), lockedView, lockedDigest, signer, signature, certificate };
  }

  certificate(phase: Certificate['phase'], view: number, name: string, voters: readonly number[]): Certificate {
    const votes = voters.map((voter) => this.vote(phase, voter, view, name)).map(({ signer, signature }) => ({ signer, signature }));
    return { ...this.at(view), phase, digest: digestNamed(name), votes };
  }

  /** What makes a new view: the view changes without their certificates, and the highest lock's. */
  justification(viewChanges: readonly ViewChange[]): NonNullable<Proposal['justification']> {
    const certificate = viewChanges.reduce<Certificate | null>(
      (highest, { certificate: own }) => ((own?.view ?? -1) > (highest?.view ?? -1) ? own : highest),
      null,
    );
    return { viewChanges: viewChanges.map(bare), certificate };
  }

  decided(view: number, name: string, voters: readonly number[]): ConsensusMessage & { kind: 'decided' } {
    const value = valueNamed(name).bytes;
    return { kind: 'decided', height: this.height, certificate: this.certificate('commit', view, name, voters), value };
  }

  private at(view: number): { epoch: number; height: number; view: number } {
    return { epoch: this.configuration.epoch, height: this.height, view };
  }
}

/** Without `kind`, as inside a proposal, and without the certificate. */
function bare({ epoch, height, view, lockedView, lockedDigest, signer, signature }: ViewChange): ViewChange {
  return { epoch, height, view, lockedView, lockedDigest, signer, signature, certificate: null };
}

export function signatureOf(signer: PartyId, ...what: readonly string[]): Uint8Array {
  const text = `${signer.slice(-4)} ${what.join(' ')}`;
  const bytes = new Uint8Array(64);
  for (let i = 0; i < text.length && i < 64; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** One voter: feeds itself what it says, as the runtime does, and remembers every effect as a line. */
export class Actor {
  state: PbftState = pbft.initial;
  /** The last row that it asked to make durable. */
  row: VoteRow | null = null;
  readonly index: number;
  private readonly cast: Cast;

  constructor(cast: Cast, index: number, row: VoteRow | null = null, last?: Decided) {
    this.cast = cast;
    this.index = index;
    this.row = row;
    this.begun = this.begin(last);
  }

  /** What it did when it began. */
  readonly begun: readonly string[];

  begin(last?: Decided, cast: Cast = this.cast): readonly string[] {
    const { configuration, height } = cast;
    const row = this.row?.height === height ? this.row : null;
    return this.tell({ kind: 'begin', configuration, self: party(this.index), height, row, ...(last === undefined ? {} : { last }) });
  }

  hears(message: ConsensusMessage, validity: Validity = 'valid'): readonly string[] {
    return this.tell({ kind: 'message', message: asVerified(message), validity });
  }

  hearsAll(messages: readonly ConsensusMessage[]): readonly string[] {
    return messages.flatMap((message) => this.hears(message));
  }

  isPending(pending = true): readonly string[] {
    return this.tell({ kind: 'pending', pending });
  }

  isGiven(name: string, view = 0): readonly string[] {
    return this.tell({ kind: 'value', height: this.cast.height, view, value: valueNamed(name) });
  }

  timesOut(view: number): readonly string[] {
    return this.tell({ kind: 'timer', name: 'view', height: this.cast.height, view });
  }

  /** The effects of one input and of everything that it says to itself because of it. */
  tell(input: EngineInput): readonly string[] {
    const lines: string[] = [];
    const inputs = [input];
    for (let next = inputs.shift(); next !== undefined; next = inputs.shift()) {
      const { state, effects } = pbft.step(this.state, next);
      this.state = state;
      for (const effect of effects) {
        if (effect.kind === 'persist') this.row = effect.row;
        lines.push(lineOf(effect));
        if (effect.kind === 'say') inputs.push({ kind: 'message', message: asVerified(signed(effect.message)), validity: 'valid' });
      }
    }
    return lines;
  }
}

/** With a stand-in for the signature. */
function signed(message: Unsigned): ConsensusMessage {
  return { ...message, signature: signatureOf(message.signer, 'own') };
}

/** An effect in a few words. Delays are left out: they are tested on their own. */
export function lineOf(effect: EngineEffect): string {
  switch (effect.kind) {
    case 'persist':
      return `persist ${effect.row.said.map((entry) => `${entry.phase}@${entry.view}`).join(' ')}`;
    case 'say':
      return `say ${wordsOf(effect.message)}`;
    case 'send':
      return `send ${audienceOf(effect.to)}: ${isUnsigned(effect.message) ? wordsOf(effect.message) : effect.message.kind}`;
    case 'timer':
      return timerLine(effect);
    case 'request-value':
      return `request value @${effect.view}`;
    case 'decide':
      return `decide ${nameOf(effect.value.digest)}`;
    case 'behind':
      return `behind ${effect.height}`;
    case 'request-batch':
      return 'request batch';
    case 'batch':
      return `batch ${nameOf(effect.batch.reference.digest)}${effect.batch.certificate === null ? '' : ' certified'}`;
    case 'judge':
      return `judge ${effect.message.kind}`;
    case 'evidence':
      return `evidence ${effect.evidence.fault} ${Number.parseInt(effect.evidence.culprit, 16)}`;
  }
}

function audienceOf(to: Audience): string {
  return to === 'voters' ? to : to.map((one) => Number.parseInt(one, 16)).join(' ');
}

function timerLine({ name, view, delayMs }: Extract<EngineEffect, { kind: 'timer' }>): string {
  const timer = name === 'view' ? 'timer' : `${name} timer`;
  return delayMs === null ? `stop ${timer}` : `${timer} @${view}`;
}

function isUnsigned(message: ConsensusMessage): message is Extract<ConsensusMessage, { kind: Unsigned['kind'] }> {
  return message.kind === 'proposal' || message.kind === 'vote' || message.kind === 'view-change' || message.kind === 'lane-move';
}

function wordsOf(message: Unsigned): string {
  if (message.kind === 'lane-move') return `move to local view ${message.localView}`;
  if (message.kind === 'batch' || message.kind === 'lane-vote') {
    const { digest, localView, sequence } = message.reference;
    return `${message.kind === 'batch' ? 'batch' : `lane ${message.phase}`} ${nameOf(digest)}@${localView}/${sequence}`;
  }
  const at = `@${message.view}`;
  if (message.kind === 'paper-replace') return `replace${at}`;
  if (message.kind === 'paper-proposal') return `${message.round} propose ${nameOf(message.digest)}${at}`;
  if (message.kind === 'paper-vote') return `${message.round} ${message.phase} ${nameOf(message.digest)}${at}`;
  if (message.kind === 'audit') return `${message.verdict} ${nameOf(message.digest)}${at}`;
  if (message.kind === 'proposal') return `propose ${nameOf(message.digest)}${at}`;
  if (message.kind === 'vote') return `${message.phase} ${nameOf(message.digest)}${at}`;
  return `view-change${at} lock ${message.lockedDigest === null ? 'none' : `${nameOf(message.lockedDigest)}@${String(message.lockedView)}`}`;
}

function nameOf(digest: Digest): string {
  let name = '';
  for (let i = 0; i < digest.length && digest.slice(i, i + 2) !== '00'; i += 2)
    name += String.fromCharCode(Number.parseInt(digest.slice(i, i + 2), 16));
  return name;
}
