// The tar format, as much of it as a backup needs: regular files, written and read as streams. Refuses whatever could leave the
// folder it is unpacked into. Source: POSIX.1-2001, pax Interchange Format, "ustar Interchange Format".
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Trouble } from './report.ts';

const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** Eleven octal digits. */
const MAX_FILE_BYTES = 8 * 1024 ** 3 - 1;

export interface TarSource {
  /** Relative, with forward slashes. */
  readonly name: string;
  /** A file on disk, or its content. */
  readonly content: string | Buffer;
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
const padding = (sizeBytes: number): number => (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;

/** Splits a name that is too long for one field at a slash. */
function splitName(name: string): { readonly prefix: string; readonly rest: string } {
  if (Buffer.byteLength(name) <= NAME_BYTES) return { prefix: '', rest: name };
  for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
    const [prefix, rest] = [name.slice(0, slash), name.slice(slash + 1)];
    if (Buffer.byteLength(prefix) <= PREFIX_BYTES && Buffer.byteLength(rest) <= NAME_BYTES) return { prefix, rest };
  }
  throw new Trouble(`The name ${name} is too long for a backup.`, 'Rename the file.');
}

function checksum(header: Buffer): number {
  // The checksum's own field counts as spaces.
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
}

function headerOf(name: string, sizeBytes: number): Buffer {
  if (sizeBytes > MAX_FILE_BYTES) throw new Trouble(`The file ${name} is too large for a backup.`, 'Copy the folder by other means.');
  const { prefix, rest } = splitName(name);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(rest, 0);
  // Mode, owner, group: readable by the owner only.
  header.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  // Size, and a time that says nothing.
  header.write(`${octal(sizeBytes, 11)}\0${octal(0, 11)}\0`, 124);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  header.write(`${octal(checksum(header), 6)}\0 `, 148);
  return header;
}

/** A tar archive of some files as a stream of bytes. A file that changes its size meanwhile is Trouble. */
export function packTar(sources: AsyncIterable<TarSource> | Iterable<TarSource>): Readable {
  async function* bytes(): AsyncGenerator<Buffer> {
    for await (const { name, content } of sources) {
      const sizeBytes = typeof content === 'string' ? (await stat(content)).size : content.byteLength;
      yield headerOf(name, sizeBytes);
      let written = 0;
      for await (const chunk of typeof content === 'string' ? createReadStream(content) : [content]) {
        written += (chunk as Buffer).byteLength;
        yield chunk as Buffer;
      }
      if (written !== sizeBytes) throw new Trouble(`The file ${name} changed while it was read.`, 'Stop what writes to it and try again.');
      yield Buffer.alloc(padding(sizeBytes));
    }
    yield Buffer.alloc(2 * BLOCK_BYTES);
  }
  return Readable.from(bytes(), { objectMode: false });
}

const damaged = (what: string): Trouble => new Trouble(`The backup is damaged: ${what}.`, 'Use another backup.');

function field(header: Buffer, from: number, sizeBytes: number): string {
  const text = header.subarray(from, from + sizeBytes).toString();
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Name and size of an entry. Throws Trouble for whatever is no plain file below the folder. */
function readHeader(header: Buffer): { readonly name: string; readonly sizeBytes: number } {
  if (Number.parseInt(field(header, 148, 8).trim(), 8) !== checksum(header)) throw damaged('a header does not match its checksum');
  const prefix = field(header, 345, PREFIX_BYTES);
  const name = prefix === '' ? field(header, 0, NAME_BYTES) : `${prefix}/${field(header, 0, NAME_BYTES)}`;
  const sizeBytes = Number.parseInt(field(header, 124, 12).trim(), 8);
  const kind = field(header, 156, 1);
  const parts = name.split('/');
  if (kind !== '0' || name.includes('\\') || parts.some((part) => ['', '.', '..'].includes(part)))
    throw damaged(`it holds ${name}, which is no plain file`);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw damaged(`the size of ${name}`);
  return { name, sizeBytes };
}

/** Reads exact numbers of bytes from a stream of chunks. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** The next bytes, at least one and at most `sizeBytes`. */
  async some(sizeBytes: number): Promise<Buffer> {
    while (this.#rest.byteLength === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) throw damaged('it ends too early');
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, sizeBytes);
    this.#rest = this.#rest.subarray(taken.byteLength);
    return taken;
  }

  /** A stretch of exactly `sizeBytes`, in pieces. */
  async *stretch(sizeBytes: number): AsyncGenerator<Buffer> {
    for (let left = sizeBytes; left > 0;) {
      const piece = await this.some(left);
      left -= piece.byteLength;
      yield piece;
    }
  }

  async exactly(sizeBytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.stretch(sizeBytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}

/** Unpacks a tar stream into a folder; returns the names of the files. Throws Trouble on anything but plain new files below it. */
export async function unpackTar(source: AsyncIterable<Buffer>, folder: string): Promise<readonly string[]> {
  const bytes = new Bytes(source);
  const names: string[] = [];
  for (;;) {
    const header = await bytes.exactly(BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) return names;
    const { name, sizeBytes } = readHeader(header);
    const file = path.join(folder, ...name.split('/'));
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await pipeline(bytes.stretch(sizeBytes), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    await bytes.exactly(padding(sizeBytes));
    names.push(name);
  }
}
