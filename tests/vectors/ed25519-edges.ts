// Edge encodings of Ed25519, computed here from the curve's constants: what engines disagree about. A verifier of this
// project answers false to every one of them, whatever the equation says. After: Chalkias, Garillot, Nikolaenko, Taming the
// many EdDSAs (2020), and de Valence, It's 255:19AM (2020).
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';

export interface EdgeVector {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  /** Whether the encodings alone are reason to refuse it, or only the equation. */
  readonly refused: 'encoding' | 'equation';
}

const { Point } = ed25519;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint {
  return toNumber(sha512(join(r, a, message))) % L;
}

/** The eight points whose order divides 8, found by clearing the prime-order part of points at random heights. */
export function smallOrderPoints(): readonly InstanceType<typeof Point>[] {
  const found = new Map<string, InstanceType<typeof Point>>();
  for (let y = 2n; found.size < 8; y += 1n) {
    let point: InstanceType<typeof Point>;
    try {
      point = Point.fromBytes(littleEndian(y));
    } catch {
      continue;
    }
    // [L]P by doubling and adding, because the library refuses scalars of L and above.
    let torsion = Point.ZERO;
    for (let bit = L, doubled = point; bit > 0n; bit >>= 1n, doubled = doubled.double()) if ((bit & 1n) === 1n) torsion = torsion.add(doubled);
    for (let times = 0, sum = Point.ZERO; times < 8; times += 1, sum = sum.add(torsion)) found.set(sum.toHex(), sum);
  }
  return [...found.values()];
}

/** Encodings of small-order points with y not below the prime: only y = 0 and y = 1 have room for one. */
function nonCanonicalSmallOrder(): readonly Uint8Array[] {
  const signed = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, index) => (index === 31 ? byte | 0x80 : byte));
  const plain = [littleEndian(P), littleEndian(P + 1n)];
  // x = 0 with the sign bit set: y = 1 and y = -1.
  return [...plain, ...plain.map(signed), signed(littleEndian(1n)), signed(littleEndian(P - 1n))];
}

const MESSAGE = new TextEncoder().encode('edge');
const SEED = new Uint8Array(32).fill(5);

/** A secret scalar with its public key; not of a seed, so that points outside the prime-order group can be added. */
const SECRET = 123_456_789n;
const HONEST = Point.BASE.multiply(SECRET);

/** For a key A and a commitment R with a nonce r, the S that the equation without torsion asks for. */
function respond(nonce: bigint, r: Uint8Array, a: Uint8Array, secret: bigint): Uint8Array {
  return littleEndian((nonce + challenge(r, a, MESSAGE) * secret) % L);
}

export function edgeVectors(): readonly EdgeVector[] {
  const good = ed25519.sign(MESSAGE, SEED);
  const key = ed25519.getPublicKey(SEED);
  const vectors: EdgeVector[] = [];
  const add = (name: string, publicKey: Uint8Array, signature: Uint8Array, refused: EdgeVector['refused']) =>
    vectors.push({ name, publicKey, message: MESSAGE, signature, refused });

  const s = toNumber(good.subarray(32));
  add('S plus the group order', key, join(good.subarray(0, 32), littleEndian(s + L)), 'encoding');
  add('S equal to the group order', key, join(good.subarray(0, 32), littleEndian(L)), 'encoding');
  add('S of all ones', key, join(good.subarray(0, 32), new Uint8Array(32).fill(255)), 'encoding');

  const torsion = smallOrderPoints();
  const encodings = [...torsion.map((point) => point.toBytes()), ...nonCanonicalSmallOrder()];
  encodings.forEach((bytes, index) => {
    // With A of small order and S = 0, R = -[k]A: some messages verify under a key that nobody holds.
    add(`A of small order, number ${index}`, bytes, join(bytes, littleEndian(0n)), 'encoding');
    add(`R of small order, number ${index}`, HONEST.toBytes(), join(bytes, respond(0n, bytes, HONEST.toBytes(), SECRET)), 'encoding');
    add(`A of small order with an honest R, number ${index}`, bytes, join(HONEST.toBytes(), littleEndian(SECRET)), 'encoding');
  });

  // Outside the prime-order group and not of small order: rules with and without the cofactor differ here.
  const tail = torsion.find((point) => point.toHex() !== Point.ZERO.toHex()) ?? Point.ZERO;
  const mixedKey = HONEST.add(tail).toBytes();
  const nonce = 42n;
  const commitment = Point.BASE.multiply(nonce);
  add('A of mixed order', mixedKey, join(commitment.toBytes(), respond(nonce, commitment.toBytes(), mixedKey, SECRET)), 'equation');
  const mixedCommitment = commitment.add(tail).toBytes();
  add('R of mixed order', HONEST.toBytes(), join(mixedCommitment, respond(nonce, mixedCommitment, HONEST.toBytes(), SECRET)), 'equation');

  const offCurve = Array.from({ length: 40 }, (_, index) => littleEndian(BigInt(index + 2))).find((bytes) => {
    try {
      Point.fromBytes(bytes);
      return false;
    } catch {
      return true;
    }
  });
  add('A beside the curve', offCurve ?? key, good, 'equation');
  return vectors;
}
