// The checkers of a run. They see what correct members sign, decide and report, and note every breach of what
// docs/protocol.md promises: one digest per height (safety), durable before said (R3), one statement per phase and view and
// none below a view asked for (R2), the same in lanes (R8), nobody correct in evidence (R15).
import {
  type Configuration,
  type ConsensusMessage,
  type Evidence,
  type Unsigned,
  type UnsignedGlobal,
  type UnsignedLane,
  type UnsignedPaper,
  type VoteRow,
  asVerified,
  evidenceIn,
  heightOf,
  isGlobal,
  isLaneMessage,
} from '../../src/node/consensus/index.ts';
import { blockOf } from './block.ts';
import type { Place } from './history.ts';
import type { Decided, Watcher } from './world.ts';

/** Heights whose messages and statements are kept. */
const HEIGHTS_ON_RECORD = 32;
/** Lane positions whose statements are kept, of all members together. */
const MAX_LANE_STATEMENTS = 200_000;

export interface CheckersInit {
  isCorrect(member: number): boolean;
  indexOf(party: string): number;
  readonly members: number;
  /** The first epoch's configuration. */
  readonly first: Configuration;
}

/** What is on record about one height. */
interface HeightRecord {
  /** What each member said in each phase of each view. */
  readonly said: Map<string, string>;
  /** The highest view that each member asked for. */
  readonly asked: Map<number, number>;
  /** What correct members heard: proves the culprits of a fork. */
  readonly heard: Set<ConsensusMessage>;
  readonly commits: { readonly view: number; readonly digest: string; readonly members: Set<number> }[];
}

export class Checkers implements Watcher {
  readonly violations: string[] = [];
  readonly culprits = new Set<number>();
  readonly framed = new Set<number>();
  readonly refusals = new Map<string, number>();
  /** First certificate per height that a correct member held, and where that leads. */
  readonly finals: Decided[] = [];
  /** What runs measure listens here. */
  onFinal: (member: number, place: Place) => void = () => {};
  private readonly places: Place[] = [];
  private readonly records = new Map<number, HeightRecord>();
  private readonly lanes = new Map<string, string>();
  private readonly localViews = new Map<string, number>();
  private readonly faultyVoters = new WeakMap<Configuration, number>();
  private readonly init: CheckersInit;

  constructor(init: CheckersInit) {
    this.init = init;
  }

  said(member: number, message: Unsigned, durable: VoteRow | null): void {
    if (!this.init.isCorrect(member)) return;
    if (message.kind === 'batch' || message.kind === 'lane-vote' || message.kind === 'lane-move') this.saidInLane(member, message, durable);
    // A verdict follows from the bytes alone, so that nothing of it needs to be durable.
    else if (isGlobal(message)) this.saidAtHeight(member, message, durable);
    else if (message.kind !== 'audit') this.saidInPaper(member, message, durable);
  }

  /** In `grouped-paper`: what is said is durable, and said once in each round, phase and view. */
  private saidInPaper(member: number, message: UnsignedPaper, durable: VoteRow | null): void {
    if (message.kind === 'paper-replace') return;
    const phase = message.kind === 'paper-vote' ? message.phase : 'pre-prepare';
    const { height, view, round, digest } = message;
    const what = `member ${member} says ${phase} among ${round} at height ${height}, view ${view}`;
    const covered =
      durable?.height === height &&
      durable.paper?.some((said) => said.round === round && said.phase === phase && said.view === view && said.digest === digest) === true;
    if (!covered) this.violation(`${what} before that is durable (R3)`);
    const { said } = this.recordOf(height);
    const key = `${member} ${view} ${round} ${phase}`;
    const before = said.get(key);
    if (before !== undefined && before !== digest) this.violation(`${what} twice, and differently (R2)`);
    said.set(key, digest);
  }

  private saidAtHeight(member: number, message: UnsignedGlobal, durable: VoteRow | null): void {
    const phase = message.kind === 'proposal' ? 'propose' : message.kind === 'vote' ? message.phase : message.kind;
    const digest = message.kind === 'view-change' ? message.lockedDigest : message.digest;
    const { height, view } = message;
    const record = this.recordOf(height);
    const what = `member ${member} says ${phase} at height ${height}, view ${view}`;
    const covered =
      durable?.height === height && durable.said.some((said) => said.phase === phase && said.view === view && said.digest === digest);
    if (!covered) this.violation(`${what} before that is durable (R3)`);
    const hasBytes = message.kind === 'view-change' || durable?.values.some((value) => value.digest === digest) === true;
    if (covered && !hasBytes) this.violation(`${what} without the bytes being durable (R3)`);
    const content = message.kind === 'view-change' ? `${digest} ${message.lockedView}` : digest;
    // A proposal is its leader's prepare: both would be two statements of one phase.
    const key = `${member} ${view} ${phase === 'propose' ? 'prepare' : phase}`;
    const before = record.said.get(key);
    if (before !== undefined && before !== content) this.violation(`${what} twice, and differently (R2)`);
    record.said.set(key, String(content));
    const asked = record.asked.get(member) ?? 0;
    if (view < asked) this.violation(`${what} after asking for view ${asked} (R2)`);
    if (phase === 'commit' && digest !== null) this.committed(member, height, view, digest);
    if (phase === 'view-change') record.asked.set(member, Math.max(asked, view));
  }

  private saidInLane(member: number, message: UnsignedLane, durable: VoteRow | null): void {
    const lane = `${member} ${message.epoch}`;
    if (message.kind === 'lane-move') {
      const own = `${lane} ${message.group}`;
      this.localViews.set(own, Math.max(message.localView, this.localViews.get(own) ?? 0));
      return;
    }
    const phase = message.kind === 'batch' ? 'batch' : message.phase;
    const { group, localView, sequence, digest } = message.reference;
    const what = `member ${member} says ${phase} in lane ${group}, local view ${localView}, sequence ${sequence}`;
    const covered =
      durable?.epoch === message.epoch &&
      durable.lane.said.some(
        ({ phase: of, reference }) =>
          of === phase && reference.digest === digest && reference.localView === localView && reference.sequence === sequence,
      );
    if (!covered) this.violation(`${what} before that is durable (R3)`);
    const key = `${lane} ${group} ${localView} ${sequence} ${phase}`;
    const before = this.lanes.get(key);
    if (before !== undefined && before !== digest) this.violation(`${what} twice, and differently (R2)`);
    if (before === undefined && localView < (this.localViews.get(`${lane} ${group}`) ?? 0)) this.violation(`${what} after moving on (R8)`);
    if (this.lanes.size > MAX_LANE_STATEMENTS) this.lanes.clear();
    this.lanes.set(key, digest);
  }

  /**
   * Safety seen from above, before anybody holds a certificate: once so many correct members committed a digest that the
   * faulty ones could complete the quorum, no correct member ever commits another one at that height.
   */
  private committed(member: number, height: number, view: number, digest: string): void {
    const { commits } = this.recordOf(height);
    let entry = commits.find((candidate) => candidate.view === view && candidate.digest === digest);
    if (entry === undefined) {
      entry = { view, digest, members: new Set() };
      commits.push(entry);
    }
    entry.members.add(member);
    if (commits.length === 1) return;
    const configuration = this.configurationAt(height);
    const faulty = Math.min(this.faultyIn(configuration), configuration.tolerated);
    const chosen = commits.find((candidate) => candidate.members.size + faulty >= configuration.quorum);
    const other = commits.find((candidate) => chosen !== undefined && candidate.view >= chosen.view && candidate.digest !== chosen.digest);
    if (other !== undefined)
      this.violation(`two blocks can be final at height ${height}: committed in views ${chosen?.view} and ${other.view}`);
  }

  heard(member: number, message: ConsensusMessage): void {
    if (!this.init.isCorrect(member) || isLaneMessage(message) || message.kind === 'inquiry') return;
    this.recordOf(heightOf(message)).heard.add(message);
  }

  final(member: number, decided: Decided, place: Place): void {
    if (!this.init.isCorrect(member)) return;
    this.heard(member, decided);
    if (blockOf(decided.value)?.salt === 'invalid') this.violation(`an invalid block is final at height ${decided.height} (R4)`);
    const first = this.finals[decided.height];
    if (first === undefined) {
      this.finals[decided.height] = decided;
      this.places[decided.height] = place;
    } else if (first.certificate.digest !== decided.certificate.digest) this.fork(decided.height);
    this.onFinal(member, place);
  }

  /** Beyond F: at least F+1 culprits must be proved by what correct members hold together (R15). */
  private fork(height: number): void {
    this.violation(`two blocks are final at height ${height}`);
    const configuration = this.configurationAt(height);
    const messages = [...this.recordOf(height).heard].map((message) => asVerified(message));
    for (const { culprit } of evidenceIn(messages, configuration, height)) this.note(this.init.indexOf(culprit));
    if (this.culprits.size <= configuration.tolerated) this.violation(`${this.culprits.size} culprits of the fork are proved, F+1 must be`);
  }

  private note(culprit: number): void {
    this.culprits.add(culprit);
    if (this.init.isCorrect(culprit)) this.framed.add(culprit);
  }

  /** A correct member votes for what it cannot serve (R4). */
  lacked(member: number, message: Unsigned): void {
    if (this.init.isCorrect(member)) this.violation(`member ${member} says ${message.kind} for batches that it does not hold (R4)`);
  }

  accused(member: number, { culprit }: Evidence): void {
    if (!this.init.isCorrect(member)) return;
    this.note(this.init.indexOf(culprit));
  }

  refused(member: number, reason: string): void {
    if (this.init.isCorrect(member)) this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  configurationAt(height: number): Configuration {
    return this.places[height - 1]?.next ?? this.init.first;
  }

  private faultyIn(configuration: Configuration): number {
    const known = this.faultyVoters.get(configuration);
    if (known !== undefined) return known;
    const faulty = configuration.voters.filter((voter) => !this.init.isCorrect(this.init.indexOf(voter.party))).length;
    this.faultyVoters.set(configuration, faulty);
    return faulty;
  }

  private recordOf(height: number): HeightRecord {
    const known = this.records.get(height);
    if (known !== undefined) return known;
    const record: HeightRecord = { said: new Map(), asked: new Map(), heard: new Set(), commits: [] };
    this.records.set(height, record);
    this.records.delete(height - HEIGHTS_ON_RECORD);
    return record;
  }

  /** Each kind of breach once is enough to fail a run. */
  private violation(what: string): void {
    if (this.violations.length < 20) this.violations.push(what);
  }
}
