// Identifiers: lower-case hexadecimal strings, branded so that one kind never passes for another.
// On the wire and in storage they are the bytes they spell (codec/).

declare const brand: unique symbol;
/** A value of type T that only its own constructor may make. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** SHA-256 of some bytes: 64 hexadecimal digits. */
export type Digest = Brand<string, 'Digest'>;
/** SHA-256 of the founding block's header: 64 hexadecimal digits. */
export type ChannelId = Brand<string, 'ChannelId'>;
/** A certified party (clinic, archive member, patient, authority): first 16 bytes of the SHA-256 of its first signing key. */
export type PartyId = Brand<string, 'PartyId'>;
/** A slip: first 16 bytes of the SHA-256 of its signed body. */
export type SlipId = Brand<string, 'SlipId'>;
/** A record through all its versions: 16 random bytes. */
export type RecordId = Brand<string, 'RecordId'>;
/** A grant or a request for one: 16 random bytes. */
export type GrantId = Brand<string, 'GrantId'>;
/** What a deed of a contract makes: a policy, work, licence, committee, use or script: 16 random bytes. */
export type ItemId = Brand<string, 'ItemId'>;

export const DIGEST_BYTES = 32;
export const ID_BYTES = 16;

const HEX = /^[0-9a-f]*$/;

/** Whether `text` spells exactly `sizeBytes` bytes in lower-case hexadecimal. */
export function isHex(text: string, sizeBytes: number): boolean {
  return text.length === 2 * sizeBytes && HEX.test(text);
}

/** Bytes to lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Lower-case hexadecimal to bytes; the caller has checked it (`isHex`). */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
