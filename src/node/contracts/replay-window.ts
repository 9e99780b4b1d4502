// R12: an author's counters are used once each. The state remembers the highest and the 63 below it; what lies lower is too
// old. Gaps are allowed, so slips that were never ordered do no harm.
import { type Rejection, reject } from '../base/index.ts';
import { type ReplayWindow, WINDOW_BYTES } from './entries.ts';

export const WINDOW_BITS = 8 * WINDOW_BYTES;

const BITS = BigInt(WINDOW_BITS);
const ALL = (1n << BITS) - 1n;

/** The window with `counter` used, or why it may not be. Null is the window of an author who has used none. */
export function useCounter(window: ReplayWindow | null, counter: number): ReplayWindow | Rejection {
  if (window === null) return { highest: counter, used: bytesOf(1n) };
  const used = bitsOf(window.used);
  if (counter > window.highest) {
    const ahead = counter - window.highest;
    return { highest: counter, used: bytesOf((ahead >= WINDOW_BITS ? 0n : used << BigInt(ahead)) | 1n) };
  }
  const behind = window.highest - counter;
  if (behind >= WINDOW_BITS) return reject('counter-too-old', `counter ${counter} lies ${behind} below the highest used`);
  const bit = 1n << BigInt(behind);
  if ((used & bit) !== 0n) return reject('counter-used', `counter ${counter} was used before`);
  return { highest: window.highest, used: bytesOf(used | bit) };
}

function bitsOf(bytes: Uint8Array): bigint {
  return bytes.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}

function bytesOf(bits: bigint): Uint8Array {
  const bytes = new Uint8Array(WINDOW_BYTES);
  let rest = bits & ALL;
  for (let i = WINDOW_BYTES - 1; i >= 0; i -= 1) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
