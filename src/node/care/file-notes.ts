// The files that this clinic has sealed: their keys and how far each has come, sealed at rest, so that a reload goes on where it was and a
// correction can name the same file again. A file that never went into a record is forgotten after a while.
import { AppError, type PartyId, MAX_NAME_CHARS } from '../base/index.ts';
import { type Decoded, fixedBytes, list, nullable, oneOf, struct, text, uint } from '../codec/index.ts';
import { partyId } from '../contracts/index.ts';
import { FILE_KINDS, FILE_SECRET_BYTES, MAX_FILE_BYTES, MAX_FILE_CHUNKS, cid, fileId, listedChunk } from '../records/index.ts';
import { MAX_OPEN_FILES } from './limits.ts';
import type { PrivateTable } from './private-notes.ts';
import type { Workplace } from './workplace.ts';

export const fileNote = struct({
  file: fileId,
  patient: partyId,
  /** Of the chosen file, so that it is known again. */
  name: text(MAX_NAME_CHARS),
  sourceBytes: uint(MAX_FILE_BYTES),
  kind: oneOf(...FILE_KINDS),
  /** Of what is sealed of it. */
  sizeBytes: uint(MAX_FILE_BYTES),
  secret: fixedBytes(FILE_SECRET_BYTES),
  /** Sealed so far, in order. */
  chunks: list(listedChunk, MAX_FILE_CHUNKS),
  /** Once all are. */
  list: nullable(cid),
  /** Whether a record names it. */
  written: oneOf('no', 'yes'),
  beganMs: uint(),
});
export type FileNote = Decoded<typeof fileNote>;

export class FileNotes {
  private readonly work: Workplace;
  private readonly table: PrivateTable<FileNote>;
  private byId: ReadonlyMap<string, FileNote> = new Map();

  constructor(work: Workplace) {
    this.work = work;
    this.table = work.table('care-files', fileNote);
  }

  async load(): Promise<void> {
    this.byId = await this.table.all();
  }

  forget(): void {
    this.byId = new Map();
  }

  of(file: string): FileNote | null {
    return this.byId.get(file) ?? null;
  }

  all(): Iterable<FileNote> {
    return this.byId.values();
  }

  /** The begun file that a chosen one may be. */
  begun(patient: PartyId, name: string, sourceBytes: number): FileNote | null {
    for (const note of this.byId.values()) {
      if (note.patient === patient && note.name === name && note.sourceBytes === sourceBytes && note.list === null) return note;
    }
    return null;
  }

  /** Throws AppError `too-many-files`. */
  refuseMore(): void {
    const open = [...this.byId.values()].filter(({ written }) => written === 'no').length;
    if (open < MAX_OPEN_FILES) return;
    throw new AppError({
      code: 'too-many-files',
      message: `${open} attached files wait to be written.`,
      remedy: 'Write or remove some of them first.',
    });
  }

  async put(note: FileNote): Promise<void> {
    await this.table.put(note.file, note);
    this.byId = new Map(this.byId).set(note.file, note);
  }

  /** Forgets a file and its chunks here. */
  async remove(note: FileNote): Promise<void> {
    for (const address of [...note.chunks.map((chunk) => chunk.cid), ...(note.list === null ? [] : [note.list])]) {
      await this.work.environment.blobs.remove(address).catch(() => undefined);
    }
    await this.table.delete(note.file);
    const rest = new Map(this.byId);
    rest.delete(note.file);
    this.byId = rest;
  }
}
