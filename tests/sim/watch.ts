// The checkers of a run. They see what correct members sign, decide and report, and note every breach of what
// docs/protocol.md promises: one digest per height (safety), durable before said (R3), one statement per phase and view and
// none below a view asked for (R2), nobody correct in evidence (R15).
import {
  type Configuration,
  type ConsensusMessage,
  type Evidence,
  type Unsigned,
  type VoteRow,
  asVerified,
  evidenceIn,
} from '../../src/node/consensus/index.ts';
import { blockOf } from './block.ts';
import type { Decided, Watcher } from './world.ts';

/** Heights whose messages are kept. */
const HEIGHTS_ON_RECORD = 32;

export class Checkers implements Watcher {
  readonly violations: string[] = [];
  readonly culprits = new Set<number>();
  readonly framed = new Set<number>();
  readonly refusals = new Map<string, number>();
  /** First certificate per height that a correct member held. */
  readonly finals: Decided[] = [];
  private readonly said_ = new Map<string, string>();
  private readonly asked = new Map<string, number>();
  /** What correct members heard, by height: proves the culprits of a fork. */
  private readonly records = new Map<number, Set<ConsensusMessage>>();
  private readonly commits = new Map<number, { readonly view: number; readonly digest: string; readonly members: Set<number> }[]>();
  private readonly configuration: Configuration;
  private readonly correct: (member: number) => boolean;
  private readonly indexOf: (party: string) => number;

  constructor(configuration: Configuration, correct: (member: number) => boolean, indexOf: (party: string) => number) {
    this.configuration = configuration;
    this.correct = correct;
    this.indexOf = indexOf;
  }

  said(member: number, message: Unsigned, durable: VoteRow | null): void {
    if (!this.correct(member)) return;
    const phase = message.kind === 'proposal' ? 'propose' : message.kind === 'vote' ? message.phase : message.kind;
    const digest = message.kind === 'view-change' ? message.lockedDigest : message.digest;
    const { height, view } = message;
    const what = `member ${member} says ${phase} at height ${height}, view ${view}`;
    const covered =
      durable?.height === height && durable.said.some((said) => said.phase === phase && said.view === view && said.digest === digest);
    if (!covered) this.violation(`${what} before that is durable (R3)`);
    const content = message.kind === 'view-change' ? `${digest} ${message.lockedView}` : digest;
    // A proposal is its leader's prepare: both would be two statements of one phase.
    const key = `${member} ${height} ${view} ${phase === 'propose' ? 'prepare' : phase}`;
    const before = this.said_.get(key);
    if (before !== undefined && before !== content) this.violation(`${what} twice, and differently (R2)`);
    this.said_.set(key, String(content));
    const askedKey = `${member} ${height}`;
    const asked = this.asked.get(askedKey) ?? 0;
    if (view < asked) this.violation(`${what} after asking for view ${asked} (R2)`);
    if (phase === 'commit' && digest !== null) this.committed(member, height, view, digest);
    if (phase === 'view-change') this.asked.set(askedKey, Math.max(asked, view));
  }

  /**
   * Safety seen from above, before anybody holds a certificate: once so many correct members committed a digest that the
   * faulty ones could complete the quorum, no correct member ever commits another one at that height.
   */
  private committed(member: number, height: number, view: number, digest: string): void {
    const all = this.commits.get(height) ?? [];
    let entry = all.find((candidate) => candidate.view === view && candidate.digest === digest);
    if (entry === undefined) {
      entry = { view, digest, members: new Set() };
      this.commits.set(height, [...all, entry]);
      this.commits.delete(height - HEIGHTS_ON_RECORD);
    }
    entry.members.add(member);
    const { voters, quorum } = this.configuration;
    const faulty = voters.filter((_, index) => !this.correct(index)).length;
    const chosen = [...all, entry].find((candidate) => candidate.members.size + Math.min(faulty, this.configuration.tolerated) >= quorum);
    const other = [...all, entry].find(
      (candidate) => chosen !== undefined && candidate.view >= chosen.view && candidate.digest !== chosen.digest,
    );
    if (other !== undefined)
      this.violation(`two blocks can be final at height ${height}: committed in views ${chosen?.view} and ${other.view}`);
  }

  heard(member: number, message: ConsensusMessage): void {
    if (!this.correct(member)) return;
    let record = this.records.get(message.height);
    if (record === undefined) {
      record = new Set();
      this.records.set(message.height, record);
      this.records.delete(message.height - HEIGHTS_ON_RECORD);
    }
    record.add(message);
  }

  final(member: number, decided: Decided): void {
    if (!this.correct(member)) return;
    this.heard(member, decided);
    if (blockOf(decided.value)?.salt === 'invalid') this.violation(`an invalid block is final at height ${decided.height} (R4)`);
    const first = this.finals[decided.height];
    if (first === undefined) this.finals[decided.height] = decided;
    else if (first.certificate.digest !== decided.certificate.digest) this.fork(decided.height);
  }

  /** Beyond F: at least F+1 culprits must be proved by what correct members hold together (R15). */
  private fork(height: number): void {
    this.violation(`two blocks are final at height ${height}`);
    const messages = [...(this.records.get(height) ?? [])].map((message) => asVerified(message));
    for (const { culprit } of evidenceIn(messages, this.configuration, height)) this.note(this.indexOf(culprit));
    if (this.culprits.size <= this.configuration.tolerated)
      this.violation(`${this.culprits.size} culprits of the fork are proved, F+1 must be`);
  }

  private note(culprit: number): void {
    this.culprits.add(culprit);
    if (this.correct(culprit)) this.framed.add(culprit);
  }

  accused(member: number, { culprit }: Evidence): void {
    if (!this.correct(member)) return;
    this.note(this.indexOf(culprit));
  }

  refused(member: number, reason: string): void {
    if (this.correct(member)) this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  /** Each kind of breach once is enough to fail a run. */
  private violation(what: string): void {
    if (this.violations.length < 20) this.violations.push(what);
  }
}
