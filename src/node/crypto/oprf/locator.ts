// What follows from a serial number for whoever has it (P2-20): where an entry about its person lies at keepers, and the key that opens the
// entry. Both are one-way and independent, so that a keeper that sees the place learns neither serial nor key. Source: RFC 5869 (HKDF).
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { type Brand, toHex } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { SerialNumber } from './serial.ts';

/** Where an entry lies: 32 bytes in hexadecimal, pseudorandom to whoever does not have the serial. */
export type SerialLocator = Brand<string, 'SerialLocator'>;

export const SERIAL_LOCATOR_BYTES = 32;
const KEY_BYTES = 32;
const SALT = textToBytes('clinicord/serial-entry/1');

export function serialLocator(serial: SerialNumber): SerialLocator {
  return toHex(hkdf(sha256, hexToBytes(serial), SALT, textToBytes('locator'), SERIAL_LOCATOR_BYTES)) as SerialLocator;
}

/** AES-256 key of the entry. */
export function serialEntryKey(serial: SerialNumber): Uint8Array {
  return hkdf(sha256, hexToBytes(serial), SALT, textToBytes('key'), KEY_BYTES);
}
