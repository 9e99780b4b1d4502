// Attaching large files to a visit: a chosen file is sealed chunk by chunk into this clinic's store while the form is still being typed, with
// progress; stopped or interrupted it goes on when the same file is chosen again. Sealing the record then only names it.
import { AppError, MAX_NAME_CHARS, type PartyId, toHex } from '../base/index.ts';
import type { AttachedFile, FhirBundle, FileSource, Running, UnfinishedFile } from '../api.ts';
import { equalBytes } from '../codec/index.ts';
import {
  FILE_ID_BYTES,
  FILE_SECRET_BYTES,
  type FilePlan,
  type FileShape,
  type SealedFile,
  chunkContext,
  entriesOf,
  fileKey,
  fileListBytes,
  filesNamedIn,
  shapeOf,
  spanOf,
} from '../records/index.ts';
import { FileNotes, type FileNote } from './file-notes.ts';
import { changed, planOf } from './file-pieces.ts';
import { type PlannedFile, plaintextOf, sealChunks } from './file-sealing.ts';
import { OPEN_FILE_LIFETIME_MS } from './limits.ts';
import type { Workplace } from './workplace.ts';

export type FileProgress = (sealedBytes: number, sizeBytes: number) => void;

export class Files {
  private readonly work: Workplace;
  private readonly notes: FileNotes;
  /** Being sealed now: a file is never sealed twice at once. */
  private readonly running = new Set<string>();

  constructor(work: Workplace) {
    this.work = work;
    this.notes = new FileNotes(work);
  }

  async load(): Promise<void> {
    await this.notes.load();
    const oldMs = this.work.environment.clock.nowMs() - OPEN_FILE_LIFETIME_MS;
    for (const note of [...this.notes.all()]) if (note.written === 'no' && note.beganMs < oldMs) await this.notes.remove(note);
  }

  forget(): void {
    this.notes.forget();
  }

  /** `done` rejects with AppError `aborted`, `unknown-kind`, `bad-image`, `oversized`, `other-file`, `storage-full`. */
  attach(patient: PartyId, source: FileSource, onProgress: FileProgress = () => undefined): Running<AttachedFile> {
    const wish = { stopped: false };
    return {
      done: this.seal(patient, source, onProgress, wish),
      abort: () => {
        wish.stopped = true;
      },
    };
  }

  unfinished(patient: PartyId): readonly UnfinishedFile[] {
    this.work.person();
    return [...this.notes.all()]
      .filter((note) => note.patient === patient && note.list === null)
      .map(({ file, name, sizeBytes, chunks }) => ({ file, name, sizeBytes, sealedBytes: reached(shapeOf(sizeBytes), chunks.length) }));
  }

  /** Removes what was attached and not written. What a record names stays. */
  async discard(patient: PartyId, file: string): Promise<void> {
    this.work.person();
    const note = this.notes.of(file);
    if (note !== null && note.patient === patient && note.written === 'no' && !this.running.has(file)) await this.notes.remove(note);
  }

  /** The keys of the files that a bundle points to. Throws AppError `unknown-file` where one was not sealed here for this patient. */
  keysFor(patient: PartyId, bundle: FhirBundle): readonly SealedFile[] {
    const named = new Set(entriesOf(bundle).flatMap(filesNamedIn));
    return [...named].map((file) => {
      const note = this.notes.of(file);
      if (note === null || note.patient !== patient || note.list === null) {
        throw new AppError({
          code: 'unknown-file',
          message: 'An attached file is not here, or its sealing is not finished.',
          remedy: 'Remove it from the visit and attach it again.',
        });
      }
      return { file, secret: note.secret, list: note.list, sizeBytes: note.sizeBytes };
    });
  }

  /** A record names these files now: they are no draft's any more. */
  async written(files: readonly SealedFile[]): Promise<void> {
    for (const { file } of files) {
      const note = this.notes.of(file);
      if (note?.written === 'no') await this.notes.put({ ...note, written: 'yes' });
    }
  }

  /** Forgets the files whose lists these are, keys and chunks (T16). */
  async erase(lists: ReadonlySet<string>): Promise<void> {
    for (const note of [...this.notes.all()]) if (note.list !== null && lists.has(note.list)) await this.notes.remove(note);
  }

  private async seal(
    patient: PartyId,
    source: FileSource,
    onProgress: FileProgress,
    wish: { readonly stopped: boolean },
  ): Promise<AttachedFile> {
    this.work.clinic();
    this.work.facts.certified(patient, 'This patient');
    const plan = await planOf(source);
    const name = source.name.slice(0, MAX_NAME_CHARS);
    const begun = this.notes.begun(patient, name, source.sizeBytes);
    if (begun === null) this.notes.refuseMore();
    let note: FileNote = begun ?? this.newNote(patient, name, source.sizeBytes, plan);
    if (this.running.has(note.file)) throw busy(source);
    this.running.add(note.file);
    try {
      const shape = shapeOf(plan.sizeBytes);
      const planned: PlannedFile = { owner: note, secret: note.secret, source, plan, shape };
      if (begun !== null) await this.compare(note, planned);
      onProgress(reached(shape, note.chunks.length), shape.sizeBytes);
      for await (const { nonce, bytes } of sealChunks(this.work.environment, planned, note.chunks.length)) {
        if (wish.stopped) throw stopped(source);
        note = { ...note, chunks: [...note.chunks, { cid: await this.work.environment.blobs.put(bytes), nonce }] };
        await this.notes.put(note);
        onProgress(reached(shape, note.chunks.length), shape.sizeBytes);
      }
      const list = await this.work.environment.blobs.put(fileListBytes(shape.paddedBytes, note.chunks));
      await this.notes.put({ ...note, list });
      return { file: note.file, title: name, kind: plan.kind, sizeBytes: plan.sizeBytes };
    } finally {
      this.running.delete(note.file);
    }
  }

  private newNote(patient: PartyId, name: string, sourceBytes: number, { kind, sizeBytes }: FilePlan): FileNote {
    const { randomness, clock } = this.work.environment;
    return {
      file: toHex(randomness.bytes(FILE_ID_BYTES)),
      patient,
      name,
      sourceBytes,
      kind,
      sizeBytes,
      secret: randomness.bytes(FILE_SECRET_BYTES),
      chunks: [],
      list: null,
      written: 'no',
      beganMs: clock.nowMs(),
    };
  }

  /** What was sealed before the interruption must be of this very file: every chunk is opened and compared. */
  private async compare(note: FileNote, planned: PlannedFile): Promise<void> {
    const { blobs, chunkCipher } = this.work.environment;
    const { source, plan, shape } = planned;
    if (plan.kind !== note.kind || plan.sizeBytes !== note.sizeBytes) throw changed(source);
    const key = fileKey(note.secret, note);
    for (const [index, { cid, nonce }] of note.chunks.entries()) {
      const opened = await chunkCipher.open(key, nonce, await blobs.get(cid), chunkContext(index, index === shape.chunks - 1));
      if (!equalBytes(opened, await plaintextOf(planned, index))) throw changed(source);
    }
  }
}

function reached(shape: FileShape, chunks: number): number {
  return chunks === 0 ? 0 : Math.min(shape.sizeBytes, spanOf(shape, chunks - 1).to);
}

function stopped(source: FileSource): AppError {
  return new AppError({ code: 'aborted', message: `Sealing “${source.name}” was stopped.`, remedy: 'Choose it again to go on.' });
}

function busy(source: FileSource): AppError {
  return new AppError({ code: 'in-progress', message: `“${source.name}” is being sealed already.`, remedy: 'Wait until it is done.' });
}
