// An exhaustive check of the production step function: three correct voters, one Byzantine, few views, every order. Messages
// that were said stay available for ever and reach each voter at any time or never; the Byzantine voter may have said whatever
// the verify stage lets through. A vote alone changes nothing before its quorum is complete, so that votes are handed over as
// quorums; time-outs come at any time. Voters that lead no explored view are interchangeable, and states that differ only by
// such a swap are explored once.
import { createHash } from 'node:crypto';
import { assert, isRejection, present } from '../../src/node/base/index.ts';
import {
  type ConsensusMessage,
  type EngineInput,
  type PbftState,
  asVerified,
  pbft,
  leaderOf,
  signatureChecks,
} from '../../src/node/consensus/index.ts';
import { Cast, configurationOf, digestNamed, party, signatureOf, valueNamed } from '../../src/node/consensus/transcript.ts';
import { type Adversary, type Proposal, type ViewChange, type Vote, byzantineProposals, quorumsOfAsks } from './model-adversary.ts';

export interface ModelInit {
  /** Views 0 to views-1 are explored. */
  readonly views: number;
  /** The Byzantine voter leads this view; beyond the explored views it leads none. */
  readonly byzantineLeads: number;
  /** Whether correct voters may lose everything but their row at any time (R3). */
  readonly restarts: boolean;
  /** Whether accusations of correct voters are passed over, so that a broken engine is followed as far as the fork. */
  readonly forksOnly?: boolean;
  /** Where to stop when there is no end. */
  readonly maxStates: number;
}

export interface ModelReport {
  readonly states: number;
  readonly steps: number;
  /** Whether every reachable state was visited. */
  readonly complete: boolean;
  /** Digests that some state decided: both, where a view change may lead to another value. */
  readonly decided: readonly string[];
  /** What is wrong, with the actions that lead there; null where nothing is. */
  readonly violation: { readonly what: string; readonly path: readonly string[] } | null;
}

const VOTERS = 4;

/** A state of the whole: engines by voter (the Byzantine one has none) and everything that correct voters said. */
interface Whole {
  readonly engines: readonly (PbftState | null)[];
  readonly said: ReadonlyMap<string, ConsensusMessage>;
}

interface Action {
  readonly name: string;
  readonly voter: number;
  readonly inputs: readonly EngineInput[];
}

export function explore(init: ModelInit): ModelReport {
  const model = new Model(init);
  const seen = new Set<string>();
  const decided = new Set<string>();
  const stack: { readonly whole: Whole; readonly path: readonly string[] }[] = [{ whole: model.first(), path: [] }];
  let steps = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    for (const digest of model.decisions(next.whole)) decided.add(digest);
    for (const action of model.actions(next.whole)) {
      steps += 1;
      const path = [...next.path, action.name];
      const report = { states: seen.size, steps, complete: false, decided: [...decided] };
      try {
        const whole = model.perform(next.whole, action);
        const key = model.key(whole);
        if (seen.has(key)) continue;
        if (seen.size >= init.maxStates) return { ...report, violation: null };
        seen.add(key);
        if (new Set(model.decisions(whole)).size > 1) return { ...report, violation: { what: 'two values are final', path } };
        stack.push({ whole, path });
      } catch (error) {
        return { ...report, violation: { what: String(error), path } };
      }
    }
  }
  return { states: seen.size, steps, complete: true, decided: [...decided].toSorted(), violation: null };
}

/** What can be handed to a voter in some state. */
interface Audible {
  readonly said: readonly ConsensusMessage[];
  readonly proposals: readonly ConsensusMessage[];
  readonly quorums: readonly (readonly [string, readonly Vote[]])[];
}

class Model {
  private readonly verdicts = new Map<string, boolean>();
  private readonly projections = new WeakMap<PbftState, Map<number, string>>();
  private readonly cast = new Cast(configurationOf(VOTERS));
  private readonly byzantine: number;
  private readonly init: ModelInit;
  /** Correct voters that lead no explored view: swapping them changes nothing. */
  private readonly swappable: readonly number[];
  private readonly adversary: Adversary;

  constructor(init: ModelInit) {
    this.init = init;
    const leaders = Array.from({ length: init.views }, (_, view) => this.cast.leads(view));
    this.byzantine = init.byzantineLeads < init.views ? present(leaders[init.byzantineLeads], 'a leader') : this.cast.leads(init.views);
    this.swappable = [0, 1, 2, 3].filter((voter) => voter !== this.byzantine && !leaders.includes(voter));
    this.adversary = { cast: this.cast, byzantine: this.byzantine, views: init.views };
  }

  /** Everybody has work; a correct leader of view 0 has proposed. */
  first(): Whole {
    let whole: Whole = { engines: [null, null, null, null], said: new Map() };
    for (let voter = 0; voter < VOTERS; voter += 1) {
      if (voter === this.byzantine) continue;
      whole = this.perform(whole, { name: 'begins', voter, inputs: [this.begin(voter, null), { kind: 'pending', pending: true }] });
    }
    return whole;
  }

  /** Digests that the Byzantine voter can make final. Whoever hears of it stops, which only takes voters away: not explored. */
  decisions(whole: Whole): readonly string[] {
    return this.quorums(whole, 'commit').map(([, votes]) => present(votes[0], 'a commit').digest);
  }

  actions(whole: Whole): readonly Action[] {
    const said = [...whole.said.values()];
    const proposals = this.proposals(said);
    const quorums = this.quorums(whole, 'prepare');
    return whole.engines.flatMap((engine, voter) => (engine === null ? [] : this.actionsOf({ said, proposals, quorums }, voter, engine)));
  }

  private actionsOf(heard: Audible, voter: number, engine: PbftState): Action[] {
    const { row, timerView } = present(engine.open, 'an open height');
    const actions: Action[] = [];
    const add = (name: string, ...inputs: readonly EngineInput[]) => actions.push({ name: `${voter} ${name}`, voter, inputs });
    if (timerView !== null && row.askedView + 1 < this.init.views)
      add('times out', { kind: 'timer', name: 'view', height: this.cast.height, view: timerView });
    for (const proposal of heard.proposals) {
      add(`hears ${nameOf(proposal)}`, hear(proposal));
    }
    for (const [name, votes] of heard.quorums) add(`hears ${name}`, ...votes.map(hear));
    for (let view = 1; view < this.init.views; view += 1) {
      if (this.cast.leads(view) !== voter) continue;
      for (const asks of quorumsOfAsks(this.adversary, heard.said, view)) {
        if (asks.every((ask) => this.letThrough(ask))) add(`hears ${asks.map((ask) => nameOf(ask)).join(', ')}`, ...asks.map(hear));
      }
    }
    if (this.init.restarts && row.said.length > 0) add('restarts', this.begin(voter, row), { kind: 'pending', pending: true });
    return actions;
  }

  private begin(voter: number, row: NonNullable<PbftState['open']>['row'] | null): EngineInput {
    return { kind: 'begin', configuration: this.cast.configuration, self: party(voter), height: this.cast.height, row };
  }

  /** One of those with the same value and the same highest lock: the others do the same. */
  private proposals(said: readonly ConsensusMessage[]): readonly ConsensusMessage[] {
    const all: Proposal[] = [...said.filter((message) => message.kind === 'proposal'), ...byzantineProposals(this.adversary, said)];
    const distinct = new Map<string, ConsensusMessage>();
    const highest = (asks: readonly ViewChange[]) => Math.max(...asks.map((ask) => ask.lockedView ?? -1));
    for (const proposal of all.filter((message) => this.letThrough(message))) {
      const { justification } = proposal;
      const asks = justification?.viewChanges.map((ask) => ({ kind: 'view-change' as const, ...ask })) ?? [];
      const stated = asks.filter((ask) => ask.lockedView === highest(asks)).map((ask) => ask.lockedDigest);
      distinct.set(`${proposal.view} ${proposal.digest} ${highest(asks)} ${stated[0]} ${justification?.certificate?.digest}`, proposal);
    }
    return [...distinct.values()];
  }

  /** Complete quorums of votes, the Byzantine voter's included: it votes for everything. */
  private quorums(whole: Whole, phase: Vote['phase']): readonly (readonly [string, readonly Vote[]])[] {
    const groups = new Map<string, Vote[]>();
    for (const message of whole.said.values()) {
      const vote = voteOf(message);
      if (vote?.phase !== phase) continue;
      const name = `${vote.phase} ${nameOfDigest(vote.digest)}@${vote.view}`;
      groups.set(name, [...(groups.get(name) ?? []), vote]);
    }
    return [...groups].flatMap(([name, votes]) => {
      const first = present(votes[0], 'a vote');
      const all = [...votes, this.cast.vote(first.phase, this.byzantine, first.view, nameOfDigest(first.digest))];
      return all.length >= this.cast.configuration.quorum ? [[name, all] as const] : [];
    });
  }

  /** The verify stage, all of it but the signatures, which the Byzantine voter only makes for itself. */
  private letThrough(message: ConsensusMessage): boolean {
    const name = `${nameOf(message)} ${certificateName(message)}`;
    let verdict = this.verdicts.get(name);
    if (verdict === undefined) {
      verdict = !isRejection(signatureChecks(message, this.cast.configuration));
      this.verdicts.set(name, verdict);
    }
    return verdict;
  }

  perform(whole: Whole, action: Action): Whole {
    let engine = whole.engines[action.voter] ?? pbft.initial;
    let { said } = whole;
    const inputs = [...action.inputs];
    for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
      const { state, effects } = pbft.step(engine, input);
      engine = state;
      for (const effect of effects) {
        if (effect.kind === 'say') {
          const message = { ...effect.message, signature: signatureOf(effect.message.signer, 'own') };
          const key = `${message.signer} ${nameOf(message)}`;
          if (!said.has(key)) said = new Map(said).set(key, message);
          inputs.push(hear(message));
        }
        assert(
          this.init.forksOnly || effect.kind !== 'evidence' || Number.parseInt(effect.evidence.culprit, 16) === this.byzantine,
          'nobody correct is accused (R15)',
        );
        if (effect.kind !== 'request-value') continue;
        const name = effect.view === 0 ? 'a' : 'b';
        inputs.push({ kind: 'value', height: this.cast.height, view: effect.view, value: valueNamed(name) });
      }
    }
    return { engines: whole.engines.with(action.voter, engine), said };
  }

  key(whole: Whole): string {
    const orders = this.swappable.length < 2 ? [this.swappable] : [this.swappable, this.swappable.toReversed()];
    const keys = orders.map((order, swapped) => {
      const rename = (voter: number) => order[this.swappable.indexOf(voter)] ?? voter;
      const engines: string[] = [];
      whole.engines.forEach((engine, voter) => {
        if (engine !== null) engines[rename(voter)] = this.projection(engine, swapped, rename);
      });
      const said = [...whole.said.values()].map((message) => `${rename(indexOf(message))} ${nameOf(message, rename)}`);
      return `${engines.join('|')}#${said.toSorted().join(',')}`;
    });
    return createHash('sha1').update(present(keys.toSorted()[0], 'a key')).digest('base64');
  }

  private projection(engine: PbftState, swapped: number, rename: (voter: number) => number): string {
    const known = this.projections.get(engine) ?? new Map<number, string>();
    this.projections.set(engine, known);
    const projection = known.get(swapped) ?? project(engine, rename, this.init.views);
    known.set(swapped, projection);
    return projection;
  }
}

/**
 * What of an engine matters for what it will do: what it said, its lock and bytes, the view changes that its own new view waits
 * for, complete quorums that wait for their bytes. What was proposed is prepared at once or never. Who asked for views only
 * moves a voter to where a time-out may move it as well, but bounds what it may ask for above view 1.
 */
function project(engine: PbftState, rename: (voter: number) => number, views: number): string {
  const { row, rounds, values, asked, index, configuration, height } = present(engine.open, 'an open height');
  const said = row.said.map((entry) => `${entry.phase}${entry.view}${entry.digest}`).toSorted();
  const waiting = rounds.filter((round) => round.view >= row.askedView);
  const known = waiting.map((round) => {
    const leads = leaderOf(configuration, height, round.view) === configuration.voters[index]?.party;
    const asks = round.asks.map((ask, voter) => (ask === null || !leads ? '' : `${rename(voter)}:${ask.lockedView}:${ask.lockedDigest}`));
    const full = round.prepares.counts.filter((count) => count.votes >= configuration.quorum).map((count) => count.digest);
    return `${round.view}:${asks.toSorted().join()}:${full.join()}`;
  });
  const renamed: number[] = [];
  asked.forEach((view, voter) => (renamed[rename(voter)] = view));
  return JSON.stringify([
    ...[row.view, row.askedView, said, row.lock?.view, row.lock?.digest, row.values.map((value) => value.digest).toSorted()],
    ...[known.toSorted(), values.map((value) => value.digest).toSorted(), views > 2 ? renamed : 0],
  ]);
}

function hear(message: ConsensusMessage): EngineInput {
  return { kind: 'message', message: asVerified(message), validity: 'valid' };
}

/** A proposal is its leader's prepare. */
function voteOf(message: ConsensusMessage): Vote | null {
  if (message.kind === 'vote') return message;
  if (message.kind !== 'proposal') return null;
  const { epoch, height, view, digest, signer, signature } = message;
  return { kind: 'vote', epoch, phase: 'prepare', height, view, digest, signer, signature };
}

function indexOf(message: ConsensusMessage): number {
  return 'signer' in message ? Number.parseInt(message.signer, 16) : -1;
}

function nameOfDigest(digest: string): string {
  return digest === digestNamed('a') ? 'a' : 'b';
}

/** In a few words, with everything that tells messages of one signer apart. */
function nameOf(message: ConsensusMessage, rename = (voter: number) => voter): string {
  switch (message.kind) {
    case 'vote':
      return `${message.phase} ${nameOfDigest(message.digest)}@${message.view}`;
    case 'view-change':
      return askName(message, rename);
    case 'proposal': {
      const asks = message.justification?.viewChanges.map((ask) => askName({ kind: 'view-change', ...ask }, rename)) ?? [];
      return `proposal ${nameOfDigest(message.digest)}@${message.view} [${asks.toSorted().join('; ')}]`;
    }
    default:
      return message.kind;
  }
}

function askName(ask: ViewChange, rename: (voter: number) => number): string {
  const lock = ask.lockedDigest === null ? 'none' : `${nameOfDigest(ask.lockedDigest)}@${String(ask.lockedView)}`;
  return `view-change@${ask.view} of ${rename(indexOf(ask))} lock ${lock}`;
}

function certificateName(message: ConsensusMessage): string {
  const certificate =
    message.kind === 'view-change' ? message.certificate : message.kind === 'proposal' ? message.justification?.certificate : null;
  return certificate ? `${certificate.view} ${certificate.digest} ${certificate.votes.map((vote) => vote.signer).join()}` : 'bare';
}
