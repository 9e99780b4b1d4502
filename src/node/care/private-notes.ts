// What only this person may read of what this browser keeps: sealed with a key that is in memory while unlocked, under
// keys that tell nothing. Everything that names a patient, or says what a clinic does for whom, is kept here.
import { AppError, type Rejection, isRejection, toHex } from '../base/index.ts';
import { type Codec, boundedBytes, decode, encode, oneOf, struct, text, textToBytes } from '../codec/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Aead, Log, NoteStore } from '../ports/index.ts';
import { MAX_NOTE_BYTES } from './limits.ts';

const MAX_ID_CHARS = 200;
/** SHA-256, shortened: long enough that two never meet. */
const NAME_BYTES = 16;

const context = struct({ domain: oneOf('clinicord/note/1'), table: text(40), name: text(2 * NAME_BYTES) });
/** The id is inside: a note that was moved to another name does not pass. */
const note = struct({ id: text(MAX_ID_CHARS), body: boundedBytes(MAX_NOTE_BYTES) });

export interface PrivateNotesInit {
  readonly notes: NoteStore;
  readonly aead: Aead;
  readonly log: Log;
  /** Null while locked. */
  readonly key: () => Uint8Array | null;
}

/** One table of sealed notes of one shape. Every method throws AppError `locked` while the key is away. */
export class PrivateTable<T> {
  private readonly init: PrivateNotesInit;
  private readonly table: string;
  private readonly codec: Codec<T>;

  constructor(init: PrivateNotesInit, table: string, codec: Codec<T>) {
    this.init = init;
    this.table = table;
    this.codec = codec;
  }

  async put(id: string, value: T): Promise<void> {
    const key = this.key();
    const name = this.nameOf(id, key);
    const body = encode(note, { id, body: encode(this.codec, value) });
    await this.init.notes.put(this.table, name, await this.init.aead.seal(key, body, this.contextOf(name)));
  }

  async get(id: string): Promise<T | null> {
    const key = this.key();
    const name = this.nameOf(id, key);
    const sealed = await this.init.notes.get(this.table, name);
    return sealed === null ? null : ((await this.open(key, name, sealed))?.value ?? null);
  }

  async delete(id: string): Promise<void> {
    await this.init.notes.delete(this.table, this.nameOf(id, this.key()));
  }

  /** All notes that open; a damaged one is left out and said in the log. */
  async all(): Promise<ReadonlyMap<string, T>> {
    const key = this.key();
    const found = new Map<string, T>();
    for (const [name, sealed] of await this.init.notes.entries(this.table)) {
      const opened = await this.open(key, name, sealed);
      if (opened !== null) found.set(opened.id, opened.value);
    }
    return found;
  }

  private async open(key: Uint8Array, name: string, sealed: Uint8Array): Promise<{ readonly id: string; readonly value: T } | null> {
    const opened = await this.unseal(key, name, sealed);
    if (!isRejection(opened)) return opened;
    this.init.log.warn('note-refused', { table: this.table, reason: opened.reason });
    return null;
  }

  private async unseal(key: Uint8Array, name: string, sealed: Uint8Array): Promise<{ readonly id: string; readonly value: T } | Rejection> {
    let bytes: Uint8Array;
    try {
      bytes = await this.init.aead.open(key, sealed, this.contextOf(name));
    } catch (error) {
      if (error instanceof AppError) return { rejected: true, reason: error.code, detail: error.message };
      throw error;
    }
    const entry = decode(note, bytes, 2 * MAX_NOTE_BYTES);
    if (isRejection(entry)) return entry;
    const value = decode(this.codec, entry.body, MAX_NOTE_BYTES);
    return isRejection(value) ? value : { id: entry.id, value };
  }

  private key(): Uint8Array {
    const key = this.init.key();
    if (key === null) throw locked();
    return key;
  }

  private nameOf(id: string, key: Uint8Array): string {
    return toHex(sha256(key, textToBytes(`${this.table}/${id}`)).subarray(0, NAME_BYTES));
  }

  private contextOf(name: string): Uint8Array {
    return encode(context, { domain: 'clinicord/note/1', table: this.table, name });
  }
}

export function locked(): AppError {
  return new AppError({ code: 'locked', message: 'This page is locked.', remedy: 'Unlock it with your passphrase.' });
}
