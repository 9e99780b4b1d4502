// Canonical bytes (R1): every structure is declared once, as a Codec, which both encodes it to DAG-CBOR and checks what
// it decodes, with bounds. Structures are CBOR arrays in the declared order, so one value has one encoding; anything
// else is refused. Source: DAG-CBOR, https://ipld.io/specs/codecs/dag-cbor/spec/
import * as dagCbor from '@ipld/dag-cbor';
import { type Rejection, fromHex, isHex, reject, toHex } from '../base/index.ts';

/** How a T is written as a CBOR value and read back. `fromValue` throws `MalformedError`. */
export interface Codec<T> {
  toValue(value: T): unknown;
  fromValue(value: unknown, path: string): T;
}

/** The type that a codec reads and writes. */
export type Decoded<C> = C extends Codec<infer T> ? T : never;

/** Thrown inside decoding only; `decode` turns it into a Rejection. */
export class MalformedError extends Error {}

function malformed(path: string, what: string): never {
  throw new MalformedError(`${path || 'value'}: ${what}`);
}

/** Canonical bytes of a value. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  // On Node.js the library gives a Buffer, whose `slice` shares memory where that of plain bytes copies.
  const { buffer, byteOffset, byteLength } = dagCbor.encode(codec.toValue(value));
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Reads bytes of at most `maxBytes`; refuses oversized, malformed and non-canonical ones. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array, maxBytes: number): T | Rejection {
  if (bytes.byteLength > maxBytes) return reject('oversized', `${bytes.byteLength} bytes, at most ${maxBytes} are allowed`);
  try {
    const value = codec.fromValue(dagCbor.decode(bytes), '');
    if (!equalBytes(encode(codec, value), bytes)) return reject('non-canonical', 'the encoding is not canonical');
    return value;
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unreadable';
    return reject('malformed', detail.slice(0, 200));
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  for (let i = 0; i < a.byteLength; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** An integer from 0 to `max`. */
export function uint(max: number = Number.MAX_SAFE_INTEGER): Codec<number> {
  return {
    toValue: (value) => value,
    fromValue: (value, path) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max
        ? value
        : malformed(path, `expected an integer from 0 to ${max}`),
  };
}

/** Text of at most `maxChars` UTF-16 units. */
export function text(maxChars: number): Codec<string> {
  return {
    toValue: (value) => value,
    fromValue: (value, path) =>
      typeof value === 'string' && value.length <= maxChars ? value : malformed(path, `expected at most ${maxChars} characters`),
  };
}

export const flag: Codec<boolean> = {
  toValue: (value) => value,
  fromValue: (value, path) => (typeof value === 'boolean' ? value : malformed(path, 'expected true or false')),
};

/** Exactly `sizeBytes` bytes. */
export function fixedBytes(sizeBytes: number): Codec<Uint8Array> {
  return {
    toValue: (value) => value,
    fromValue: (value, path) =>
      value instanceof Uint8Array && value.byteLength === sizeBytes ? value : malformed(path, `expected ${sizeBytes} bytes`),
  };
}

/** At most `maxBytes` bytes. */
export function boundedBytes(maxBytes: number): Codec<Uint8Array> {
  return {
    toValue: (value) => value,
    fromValue: (value, path) =>
      value instanceof Uint8Array && value.byteLength <= maxBytes ? value : malformed(path, `expected at most ${maxBytes} bytes`),
  };
}

/** A hexadecimal identifier in memory, its bytes on the wire. */
export function hex<Id extends string>(sizeBytes: number): Codec<Id> {
  return {
    toValue: (value) => (isHex(value, sizeBytes) ? fromHex(value) : malformed('', `expected ${sizeBytes} bytes in hexadecimal`)),
    fromValue: (value, path) =>
      value instanceof Uint8Array && value.byteLength === sizeBytes ? (toHex(value) as Id) : malformed(path, `expected ${sizeBytes} bytes`),
  };
}

/** One of a closed list of words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Codec<Word> {
  return {
    toValue: (value) => value,
    fromValue: (value, path) => (words.includes(value as Word) ? (value as Word) : malformed(path, `expected one of ${words.join(', ')}`)),
  };
}

/** A value or null. */
export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    toValue: (value) => (value === null ? null : codec.toValue(value)),
    fromValue: (value, path) => (value === null ? null : codec.fromValue(value, path)),
  };
}

/** At most `maxItems` items. */
export function list<T>(item: Codec<T>, maxItems: number): Codec<readonly T[]> {
  return {
    toValue: (values) => values.map((value) => item.toValue(value)),
    fromValue: (value, path) =>
      Array.isArray(value) && value.length <= maxItems
        ? value.map((entry, index) => item.fromValue(entry, `${path}[${index}]`))
        : malformed(path, `expected a list of at most ${maxItems}`),
  };
}

type Struct<F> = { readonly [Name in keyof F]: Decoded<F[Name]> };

/** A structure: on the wire an array of its fields in the declared order. */
export function struct<F extends Readonly<Record<string, Codec<unknown>>>>(fields: F): Codec<Struct<F>> {
  const entries = Object.entries(fields) as [keyof F & string, Codec<unknown>][];
  return {
    toValue: (value) => entries.map(([name, codec]) => codec.toValue(value[name])),
    fromValue: (value, path) => {
      if (!Array.isArray(value) || value.length !== entries.length) return malformed(path, `expected ${entries.length} fields`);
      const result: Record<string, unknown> = {};
      entries.forEach(([name, codec], index) => {
        result[name] = codec.fromValue(value[index], path === '' ? name : `${path}.${name}`);
      });
      return result as Struct<F>;
    },
  };
}

type Variants<F> = { readonly [Kind in keyof F]: { readonly kind: Kind } & Decoded<F[Kind]> }[keyof F];

/** A closed union by `kind`: on the wire `[kind, body]`. */
export function union<F extends Readonly<Record<string, Codec<unknown>>>>(variants: F): Codec<Variants<F>> {
  return {
    toValue: (value) => {
      const { kind } = value as { kind: string };
      const codec = Object.hasOwn(variants, kind) ? variants[kind] : undefined;
      return codec === undefined ? malformed('', `unknown kind ${kind}`) : [kind, codec.toValue(value)];
    },
    fromValue: (value, path) => {
      if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') return malformed(path, 'expected a kind and a body');
      const kind = value[0];
      const codec = Object.hasOwn(variants, kind) ? variants[kind] : undefined;
      if (codec === undefined) return malformed(path, `unknown kind ${kind.slice(0, 40)}`);
      return { kind, ...(codec.fromValue(value[1], path === '' ? kind : `${path}.${kind}`) as object) } as Variants<F>;
    },
  };
}
