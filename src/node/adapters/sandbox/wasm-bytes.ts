// Reading and writing the few parts of the WebAssembly binary format that metering needs: LEB128 numbers, names, sections.
// Source: WebAssembly Core Specification 2.0, chapter 5.
import { assert } from '../../base/index.ts';

/** Reads a binary that is known to be whole: its digest was compared. Running past its end is our own bug. */
export class WasmReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.at];
    assert(value !== undefined, 'the binary ends inside a number');
    this.at += 1;
    return value;
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** Passes over a LEB128 number, signed or not. */
  skipNumber(): void {
    while (this.byte() >= 0x80);
  }

  /** The next `count` bytes, not copied. */
  take(count: number): Uint8Array {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

/** An unsigned LEB128 number. */
export function u32(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** Collects bytes; long runs are copied as they are. */
export class WasmWriter {
  private bytes = new Uint8Array(1 << 16);
  private used = 0;

  push(part: ArrayLike<number>): this {
    while (this.used + part.length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(part, this.used);
    this.used += part.length;
    return this;
  }

  /** Length first, then the part. */
  sized(part: Uint8Array): this {
    return this.push(u32(part.length)).push(part);
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.used);
  }
}
