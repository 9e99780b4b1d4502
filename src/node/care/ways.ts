// The way of a record version from this tab's point of view: which stage it saw when, and what hinders it. Sealed at rest;
// while the keys are locked away changes wait in memory and are written at the next unlock.
import type { PartyId, RecordId } from '../base/index.ts';
import type { RecordWay } from '../api.ts';
import { type Decoded, list, nullable, oneOf, struct, text, uint } from '../codec/index.ts';
import { recordId } from '../contracts/index.ts';
import type { Clock } from '../ports/index.ts';
import { MAX_WAYS } from './limits.ts';
import type { PrivateTable } from './private-notes.ts';

const STAGES = ['sealed', 'stored', 'awaiting', 'signed', 'proposed', 'agreed', 'final'] as const;
export type Stage = (typeof STAGES)[number];

export const way = struct({
  record: recordId,
  version: uint(10_000),
  stages: list(struct({ stage: oneOf(...STAGES), detail: text(200), atMs: uint() }), STAGES.length),
  trouble: nullable(text(1_000)),
});
type Way = Decoded<typeof way>;

export interface VersionName {
  readonly record: RecordId;
  readonly version: number;
}

/** The key of a version in every table of this folder. */
export function versionName(of: VersionName): string {
  return `${of.record}/${of.version}`;
}

export class Ways {
  private readonly table: PrivateTable<Way>;
  private readonly clock: Clock;
  private readonly isUnlocked: () => boolean;
  private readonly changed: () => void;
  /** Oldest first. */
  private readonly ways = new Map<string, Way>();
  private readonly unwritten = new Set<string>();
  private writing: Promise<void> = Promise.resolve();
  private shown: readonly RecordWay[] | null = null;

  constructor(init: {
    readonly table: PrivateTable<Way>;
    readonly clock: Clock;
    readonly isUnlocked: () => boolean;
    readonly changed: () => void;
  }) {
    this.table = init.table;
    this.clock = init.clock;
    this.isUnlocked = init.isUnlocked;
    this.changed = init.changed;
  }

  /** After an unlock: what was kept, under what this visit has seen meanwhile. */
  async load(): Promise<void> {
    const seen = new Map(this.ways);
    const kept = [...(await this.table.all())].sort(([, a], [, b]) => startOf(a) - startOf(b));
    this.ways.clear();
    for (const [name, entry] of [...kept, ...seen]) this.ways.set(name, entry);
    await this.write();
    this.touch();
  }

  /** Marks a stage; the first time counts. A way that goes on has no trouble. */
  reach(of: VersionName, stage: Stage, detail: string): void {
    const before = this.of(of);
    const known = before.stages.find((entry) => entry.stage === stage);
    if (known !== undefined && known.detail === detail && before.trouble === null) return;
    const entry = { stage, detail: detail.slice(0, 200), atMs: known?.atMs ?? this.clock.nowMs() };
    const others = before.stages.filter((other) => other.stage !== stage);
    this.set({ ...before, stages: [...others, entry], trouble: null });
  }

  /** The last stage, with those before it that this tab did not see happen. */
  finish(of: VersionName, details: Readonly<Partial<Record<Stage, string>>>): void {
    if (this.has(of, 'final')) return;
    for (const stage of STAGES) {
      const detail = details[stage];
      if (detail !== undefined && (stage === 'final' || !this.has(of, stage))) this.reach(of, stage, detail);
    }
  }

  trouble(of: VersionName, words: string | null): void {
    const before = this.of(of);
    if (before.trouble !== words) this.set({ ...before, trouble: words?.slice(0, 1_000) ?? null });
  }

  /** Whether this tab has to do with the version. */
  knows(of: VersionName): boolean {
    return this.ways.has(versionName(of));
  }

  has(of: VersionName, stage: Stage): boolean {
    return this.ways.get(versionName(of))?.stages.some((entry) => entry.stage === stage) ?? false;
  }

  /** Forgets a way that leads nowhere, before another begins under the same name. */
  restart(of: VersionName): void {
    this.ways.delete(versionName(of));
    this.touch();
  }

  /** Newest first. */
  view(): readonly RecordWay[] {
    this.shown ??= [...this.ways.values()].reverse().map((entry) => ({
      record: entry.record,
      version: entry.version,
      stages: STAGES.map((stage) => entry.stages.find((reached) => reached.stage === stage) ?? { stage, detail: '', atMs: null }),
      trouble: entry.trouble,
    }));
    return this.shown;
  }

  /** Resolves when all that was reached is on the disk, as far as it can be. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private of(of: VersionName): Way {
    return this.ways.get(versionName(of)) ?? { record: of.record, version: of.version, stages: [], trouble: null };
  }

  private set(entry: Way): void {
    const name = versionName(entry);
    this.ways.set(name, entry);
    this.unwritten.add(name);
    this.writing = this.writing.then(() => this.write());
    this.touch();
  }

  private async write(): Promise<void> {
    for (const name of [...this.unwritten]) {
      if (!this.isUnlocked()) return;
      this.unwritten.delete(name);
      const entry = this.ways.get(name);
      if (entry === undefined) continue;
      try {
        await this.table.put(name, entry);
      } catch {
        // A full disk or a lock in between: the next change or unlock tries again.
        this.unwritten.add(name);
        return;
      }
    }
    await this.forgetOldest();
  }

  private async forgetOldest(): Promise<void> {
    const ended = [...this.ways].filter(([, entry]) => entry.stages.some(({ stage }) => stage === 'final'));
    for (const [name] of ended.slice(0, Math.max(0, this.ways.size - MAX_WAYS))) {
      this.ways.delete(name);
      if (this.isUnlocked()) await this.table.delete(name);
    }
  }

  private touch(): void {
    this.shown = null;
    this.changed();
  }
}

function startOf(entry: Way): number {
  return Math.min(...entry.stages.map(({ atMs }) => atMs), Number.MAX_SAFE_INTEGER);
}

/** How a party or several are counted in a stage: "by 2 of 2 archive members". */
export function countOf(held: readonly PartyId[], wanted: number, kind: string): string {
  return `by ${held.length} of ${wanted} ${kind}${wanted === 1 ? '' : 's'}`;
}
