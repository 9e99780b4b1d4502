// The model check in groups: the production `grouped` step function for eight voters in two groups of four, two of them Byzantine,
// two views, every order of events up to a depth. As in model.ts messages stay available for ever, votes are handed over as quorums,
// whoever is told of a decision only stops, and voters of one group that lead nothing are interchangeable. Whatever carriers could
// bundle, pass on or keep is covered: any quorum may reach any voter at any time, or never (R9).
import { createHash } from 'node:crypto';
import { type PartyId, assert, isRejection, present } from '../../src/node/base/index.ts';
import {
  type ConsensusMessage,
  type EngineInput,
  type GroupedState,
  asVerified,
  grouped,
  initialSeats,
  placeOf,
  signatureChecks,
} from '../../src/node/consensus/index.ts';
import { Cast, configurationOf, digestNamed, party, signatureOf, valueNamed } from '../../src/node/consensus/transcript.ts';
import type { Proposal, ViewChange, Vote } from './model-adversary.ts';
import { randomOf } from './random.ts';

const VOTERS = 8;
const GROUP = 4;
const VIEWS = 2;
/** Events of one walk: far more than a decision in each view needs. */
const WALK_LENGTH = 120;
/** At which the leaders of both views differ. */
const HEIGHT = 9;

/** Where the two Byzantine voters are. */
export const PLACEMENTS = [
  'lead both views',
  'lead view 0, and one of the other group',
  'lead view 1, and one of the other group',
  'lead nothing',
] as const;
export type Placement = (typeof PLACEMENTS)[number];

export interface GroupModelReport {
  readonly placement: Placement;
  /** Every order of so many events was followed. */
  readonly depth: number;
  readonly states: number;
  readonly steps: number;
  readonly decided: readonly string[];
  readonly violation: { readonly what: string; readonly path: readonly string[] } | null;
}

interface Whole {
  readonly engines: readonly (GroupedState | null)[];
  readonly said: ReadonlyMap<string, ConsensusMessage>;
}

interface Node {
  readonly whole: Whole;
  readonly path: readonly string[];
}

interface Action {
  readonly name: string;
  readonly voter: number;
  readonly inputs: readonly EngineInput[];
}

/** Breadth first: level by level, until `depth` events or `maxStates` states. */
export function exploreGroups(placement: Placement, depth: number, maxStates: number): GroupModelReport {
  const model = new GroupModel(placement);
  const seen = new Set<string>();
  const decided = new Set<string>();
  let steps = 0;
  let level: readonly Node[] = [{ whole: model.first(), path: [] }];
  const report = (reached: number, violation: GroupModelReport['violation']): GroupModelReport => ({
    placement,
    depth: reached,
    states: seen.size,
    steps,
    decided: [...decided].toSorted(),
    violation,
  });
  for (let reached = 0; ; reached += 1) {
    if (reached === depth || level.length === 0) return report(reached, null);
    const next: Node[] = [];
    for (const node of level) {
      for (const action of model.actions(node.whole)) {
        steps += 1;
        const path = [...node.path, action.name];
        try {
          const whole = model.perform(node.whole, action);
          const key = model.key(whole);
          if (seen.has(key)) continue;
          seen.add(key);
          const decisions = model.decisions(whole);
          for (const digest of decisions) decided.add(digest);
          if (decisions.length > 1) return report(reached + 1, { what: 'two values are final', path });
          next.push({ whole, path });
        } catch (error) {
          return report(reached + 1, { what: String(error), path });
        }
      }
      if (seen.size >= maxStates) return report(reached, null);
    }
    level = next;
  }
}

/** Beyond the depth: single long ways through, drawn by seed. Digests that any of them decided are printed with the rest. */
export function walkGroups(
  placement: Placement,
  walks: number,
  seed: number,
): Omit<GroupModelReport, 'depth' | 'states'> & { readonly walks: number } {
  const model = new GroupModel(placement);
  const random = randomOf(seed, `model ${placement}`);
  const decided = new Set<string>();
  let steps = 0;
  for (let walk = 0; walk < walks; walk += 1) {
    let whole = model.first();
    const path: string[] = [];
    for (let length = 0; length < WALK_LENGTH; length += 1) {
      const actions = model.actions(whole);
      if (actions.length === 0) break;
      const action = random.pick(actions);
      steps += 1;
      path.push(action.name);
      whole = model.perform(whole, action);
      const decisions = model.decisions(whole);
      for (const digest of decisions) decided.add(digest);
      if (decisions.length > 1)
        return { placement, walks, steps, decided: [...decided], violation: { what: 'two values are final', path } };
    }
  }
  return { placement, walks, steps, decided: [...decided].toSorted(), violation: null };
}

class GroupModel {
  private readonly cast: Cast;
  private readonly byzantine: readonly number[];
  /** Interchangeable voters: correct, of one group, leaders of nothing. */
  private readonly classes: readonly (readonly number[])[];

  constructor(placement: Placement) {
    const groups = [0, 1].map((group) => Array.from({ length: GROUP }, (_, rank): PartyId => party(group * GROUP + rank)));
    const configuration = { ...configurationOf(VOTERS), groups, seats: initialSeats(groups) };
    this.cast = new Cast(configuration, HEIGHT);
    const leaders = [this.cast.leads(0), this.cast.leads(1)] as const;
    const others = (group: number) =>
      Array.from({ length: GROUP }, (_, rank) => group * GROUP + rank).filter((voter) => !leaders.includes(voter));
    const acrossFrom = (leader: number) => others(1 - Math.floor(leader / GROUP)).slice(-1);
    this.byzantine = {
      'lead both views': [...leaders],
      'lead view 0, and one of the other group': [leaders[0], ...acrossFrom(leaders[0])],
      'lead view 1, and one of the other group': [leaders[1], ...acrossFrom(leaders[1])],
      'lead nothing': [...others(0).slice(-1), ...others(1).slice(-1)],
    }[placement];
    assert(new Set(this.byzantine).size === configuration.tolerated, 'as many as F are Byzantine');
    this.classes = [0, 1].map((group) => others(group).filter((voter) => !this.byzantine.includes(voter)));
  }

  first(): Whole {
    let whole: Whole = { engines: new Array<null>(VOTERS).fill(null), said: new Map() };
    for (let voter = 0; voter < VOTERS; voter += 1) {
      if (this.byzantine.includes(voter)) continue;
      const { configuration, height } = this.cast;
      const begin: EngineInput = { kind: 'begin', configuration, self: party(voter), height, row: null };
      whole = this.perform(whole, { name: 'begins', voter, inputs: [begin, { kind: 'pending', pending: true }] });
    }
    return whole;
  }

  /** Digests with a quorum of commits, the Byzantine ones included. */
  decisions(whole: Whole): readonly string[] {
    const digests = this.quorums(whole, 'commit').map((vote) => vote.digest);
    return [...new Set(digests)];
  }

  actions(whole: Whole): readonly Action[] {
    const said = [...whole.said.values()];
    const proposals = [...said.filter((message) => message.kind === 'proposal'), ...this.byzantineProposals(whole)];
    const quorums = this.quorums(whole, 'prepare');
    const actions: Action[] = [];
    for (const [voter, engine] of whole.engines.entries()) {
      if (engine === null) continue;
      const { row, timerView } = present(engine.core.open, 'an open height');
      const add = (name: string, ...inputs: readonly EngineInput[]) => actions.push({ name: `${voter} ${name}`, voter, inputs });
      if (timerView !== null && row.askedView + 1 < VIEWS)
        add('times out', { kind: 'timer', name: 'view', height: HEIGHT, view: timerView });
      for (const proposal of proposals) if (proposal.view >= row.view) add(`hears ${nameOf(proposal)}`, hear(proposal));
      for (const { view, digest } of quorums) {
        const voters = this.votersFor(whole, 'prepare', view, digest);
        const certificate = this.cast.certificate('prepare', view, letter(digest), voters);
        if (view >= row.view) add(`hears prepares ${letter(digest)}@${view}`, hear({ kind: 'certified', certificate }));
      }
      if (this.cast.leads(1) === voter && row.view === 0)
        for (const asks of this.quorumsOfAsks(whole)) add(`hears ${asks.map(nameOf).join(', ')}`, ...asks.map(hear));
    }
    return actions;
  }

  /** In view 0 both values, in view 1 both on every quorum of requests, whether they follow from it or not. */
  private byzantineProposals(whole: Whole): readonly Proposal[] {
    const found: Proposal[] = [];
    for (const name of ['a', 'b']) {
      if (this.byzantine.includes(this.cast.leads(0))) found.push(this.cast.proposal(0, name));
      if (!this.byzantine.includes(this.cast.leads(1))) continue;
      const distinct = new Map<string, Proposal>();
      for (const asks of this.quorumsOfAsks(whole)) {
        const proposal = this.cast.proposal(1, name, this.cast.justification(asks));
        const locked = asks.map((ask) => String(ask.lockedDigest)).toSorted();
        if (!isRejection(signatureChecks(proposal, this.cast.configuration))) distinct.set(locked.join(), proposal);
      }
      found.push(...distinct.values());
    }
    return found;
  }

  /** Requests for view 1: as few of correct voters as the quorum lets, with any lock of the Byzantine ones that can be proved, or none. */
  private quorumsOfAsks(whole: Whole): readonly (readonly ViewChange[])[] {
    const { quorum } = this.cast.configuration;
    const correct = [...whole.said.values()].filter(
      (message): message is ViewChange => message.kind === 'view-change' && message.view === 1,
    );
    const locks = this.quorums(whole, 'prepare').filter((vote) => vote.view === 0);
    const certificates = locks.map(({ digest }) =>
      this.cast.certificate('prepare', 0, letter(digest), this.votersFor(whole, 'prepare', 0, digest)),
    );
    const sets: ViewChange[][] = [];
    for (const certificate of [null, ...certificates]) {
      const own = this.byzantine.map((voter) => this.cast.viewChange(voter, 1, certificate));
      for (const set of subsets(correct, quorum - own.length))
        sets.push([...set, ...own].toSorted((a, b) => (a.signer < b.signer ? -1 : 1)));
    }
    return sets;
  }

  /** One vote of each view and digest that a quorum voted for, the Byzantine voters always among them. */
  private quorums(whole: Whole, phase: Vote['phase']): readonly { readonly view: number; readonly digest: string }[] {
    return Array.from({ length: VIEWS }, (_, view) => view).flatMap((view) =>
      ['a', 'b'].flatMap((name) => {
        const digest = digestNamed(name);
        const voters = this.votersFor(whole, phase, view, digest);
        return voters.length >= this.cast.configuration.quorum ? [{ view, digest }] : [];
      }),
    );
  }

  private votersFor(whole: Whole, phase: Vote['phase'], view: number, digest: string): readonly number[] {
    const voters = new Set(this.byzantine);
    for (const message of whole.said.values()) {
      if (message.kind !== 'vote' && message.kind !== 'proposal') continue;
      const votes = message.kind === 'vote' ? message.phase === phase : phase === 'prepare';
      if (votes && message.view === view && message.digest === digest) voters.add(indexOf(message.signer));
    }
    return [...voters].toSorted((a, b) => a - b);
  }

  perform(whole: Whole, action: Action): Whole {
    let engine = whole.engines[action.voter] ?? grouped.initial;
    let { said } = whole;
    const inputs = [...action.inputs];
    for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
      const { state, effects } = grouped.step(engine, input);
      engine = state;
      for (const effect of effects) {
        if (effect.kind === 'say') {
          const message = { ...effect.message, signature: signatureOf(effect.message.signer, 'own') } as ConsensusMessage & {
            signer: PartyId;
          };
          const key = `${message.signer} ${nameOf(message)}`;
          if (!said.has(key)) said = new Map(said).set(key, message);
          inputs.push(hear(message));
        }
        if (effect.kind === 'judge') inputs.push(hear(effect.message));
        if (effect.kind === 'request-value')
          inputs.push({ kind: 'value', height: HEIGHT, view: effect.view, value: valueNamed(effect.view === 0 ? 'a' : 'b') });
        if (effect.kind === 'evidence')
          assert(this.byzantine.includes(indexOf(effect.evidence.culprit)), 'nobody correct is accused (R15)');
      }
    }
    return { engines: whole.engines.with(action.voter, engine), said };
  }

  /** What each voter said, and what of its engine matters for what it will do; those of one class in any order. */
  key(whole: Whole): string {
    const words = whole.engines.map((engine, voter) => (engine === null ? '' : this.wordsOf(whole, engine, voter)));
    const ranked = words.map((word, voter) => (this.classes.some((members) => members.includes(voter)) ? '' : word));
    const sorted = this.classes.map((members) =>
      members
        .map((voter) => present(words[voter], 'a voter'))
        .toSorted()
        .join('|'),
    );
    return createHash('sha1')
      .update(JSON.stringify([ranked, sorted]))
      .digest('base64');
  }

  private wordsOf(whole: Whole, { core }: GroupedState, voter: number): string {
    const { row, rounds, values, done } = present(core.open, 'an open height');
    const known = rounds.map(({ view, asks, prepares, commits }) => {
      const counted = [...prepares.counts, ...commits.counts].filter(({ votes }) => votes >= this.cast.configuration.quorum);
      const leads = this.cast.leads(view) === voter;
      const stated = leads ? asks.map((ask) => (ask === null ? '' : String(ask.lockedDigest))).toSorted() : [];
      return [
        view,
        stated.join(),
        counted
          .map(({ digest }) => letter(digest))
          .toSorted()
          .join(),
      ];
    });
    const own = [...whole.said.values()].flatMap((message) =>
      'signer' in message && indexOf(message.signer) === voter ? [nameOf(message)] : [],
    );
    const place = placeOf(this.cast.configuration, party(voter))?.group;
    const held = values.map(({ digest }) => digest).toSorted();
    return JSON.stringify([place, row.view, row.askedView, row.lock?.view, row.lock?.digest, done, held, known.toSorted(), own.toSorted()]);
  }
}

function hear(message: ConsensusMessage): EngineInput {
  return { kind: 'message', message: asVerified(message), validity: 'valid' };
}

function indexOf(signer: PartyId): number {
  return Number.parseInt(signer, 16);
}

function letter(digest: string): string {
  return digest === digestNamed('a') ? 'a' : 'b';
}

function nameOf(message: ConsensusMessage): string {
  if (message.kind === 'vote') return `${message.phase} ${letter(message.digest)}@${message.view}`;
  if (message.kind === 'view-change')
    return `asks ${message.view} locked ${message.lockedDigest === null ? 'none' : letter(message.lockedDigest)}`;
  if (message.kind !== 'proposal') return message.kind;
  const asks = message.justification?.viewChanges ?? [];
  return `proposal ${letter(message.digest)}@${message.view} on ${asks
    .map((ask) => (ask.lockedDigest === null ? '-' : letter(ask.lockedDigest)))
    .toSorted()
    .join('')}`;
}

function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}
