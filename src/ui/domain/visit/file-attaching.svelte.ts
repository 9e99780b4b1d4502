// Files on their way into a visit: one after another is sealed by the node, with progress; each can be stopped, gone on with and removed. What
// an earlier page left unfinished is offered again: its file has to be chosen once more, because a page may not keep it.
import type { AttachedFile, ClinicordNode, FileSource, PartyId, Running, UnfinishedFile } from '../../node.ts';
import { type Problem, toProblem } from '../../shared/state/index.ts';

export interface FileRow {
  readonly key: number;
  readonly name: string;
  readonly source: FileSource;
  readonly sizeBytes: number;
  readonly sealedBytes: number;
  readonly state: 'waiting' | 'sealing' | 'stopped';
  readonly problem: Problem | null;
}

export interface FileAttachingInit {
  readonly files: ClinicordNode['files'];
  readonly patient: PartyId;
  /** A file is sealed. */
  readonly done: (file: AttachedFile) => void;
}

/** A file that a person chose, as the node reads it. */
export function sourceOf(file: File): FileSource {
  return {
    name: file.name,
    sizeBytes: file.size,
    read: async (from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer()),
  };
}

export class FileAttaching {
  rows = $state.raw<readonly FileRow[]>([]);
  unfinished = $state.raw<readonly UnfinishedFile[]>([]);
  problem = $state.raw<Problem | null>(null);
  readonly busy = $derived(this.rows.some(({ state }) => state !== 'stopped'));
  readonly #init: FileAttachingInit;
  #running: { readonly key: number; readonly work: Running<AttachedFile> } | null = null;
  #nextKey = 0;

  constructor(init: FileAttachingInit) {
    this.#init = init;
  }

  /** Looks what an earlier page left unfinished. */
  async look(): Promise<void> {
    try {
      const begun = await this.#init.files.unfinished(this.#init.patient);
      this.unfinished = begun.filter(({ name }) => this.rows.every((row) => row.name !== name));
    } catch (cause) {
      this.problem = toProblem(cause);
    }
  }

  add(sources: readonly FileSource[]): void {
    const rows = sources.map((source): FileRow => {
      this.#nextKey += 1;
      const { name, sizeBytes } = source;
      return { key: this.#nextKey, name, source, sizeBytes, sealedBytes: 0, state: 'waiting', problem: null };
    });
    this.rows = [...this.rows, ...rows];
    this.unfinished = this.unfinished.filter(({ name }) => rows.every((row) => row.name !== name));
    void this.#next();
  }

  stop(key: number): void {
    if (this.#running?.key === key) this.#running.work.abort();
    else this.#change(key, { state: 'stopped' });
  }

  goOn(key: number): void {
    this.#change(key, { state: 'waiting', problem: null });
    void this.#next();
  }

  /** Takes a stopped file out, with what was sealed of it. */
  remove(key: number): void {
    const row = this.rows.find((known) => known.key === key);
    this.rows = this.rows.filter((known) => known.key !== key);
    if (row !== undefined) void this.#discardBegun(row.name);
  }

  discard(file: string): void {
    this.unfinished = this.unfinished.filter((known) => known.file !== file);
    this.#init.files.discard(this.#init.patient, file).catch((cause: unknown) => (this.problem = toProblem(cause)));
  }

  /** Stops everything when the form goes away; what was sealed stays. */
  leave(): void {
    for (const { key } of this.rows) this.stop(key);
  }

  async #discardBegun(name: string): Promise<void> {
    try {
      const begun = (await this.#init.files.unfinished(this.#init.patient)).find((known) => known.name === name);
      if (begun !== undefined) await this.#init.files.discard(this.#init.patient, begun.file);
    } catch (cause) {
      this.problem = toProblem(cause);
    }
  }

  async #next(): Promise<void> {
    const row = this.rows.find(({ state }) => state === 'waiting');
    if (this.#running !== null || row === undefined) return;
    const { key, source } = row;
    this.#change(key, { state: 'sealing' });
    const work = this.#init.files.attach(this.#init.patient, source, (sealedBytes, sizeBytes) => {
      this.#change(key, { sealedBytes, sizeBytes });
    });
    this.#running = { key, work };
    try {
      const file = await work.done;
      this.rows = this.rows.filter((known) => known.key !== key);
      this.#init.done(file);
    } catch (cause) {
      const stopped = (cause as { code?: unknown }).code === 'aborted';
      this.#change(key, { state: 'stopped', problem: stopped ? null : toProblem(cause) });
    }
    this.#running = null;
    void this.#next();
  }

  #change(key: number, change: Partial<FileRow>): void {
    this.rows = this.rows.map((row) => (row.key === key ? { ...row, ...change } : row));
  }
}
