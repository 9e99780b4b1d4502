// The group's public key: who issues, who opens, how many signatures a member has in an epoch and how many epochs a credential lasts. Its
// size does not depend on the number of members (P2-11). What verifying computes from it alone is prepared once.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, assert, isRejection, present, reject } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import {
  type Commitments,
  G1,
  G1_BYTES,
  type G1Point,
  G2,
  MAX_HOLDERS,
  type PreparedG2,
  decodeCommitments,
  decodeG1,
  encodeCommitments,
  fieldsOf,
  framed,
  hashToG1,
  prepareG2,
  tabled,
} from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import { ISSUER_PUBLIC_KEY_BYTES, type IssuerPublicKey, decodeIssuerPublicKey, encodeIssuerPublicKey } from './issuer.ts';

export const GROUP_LABEL_BYTES = 32;
/** One-time tags of a member in an epoch (R12, R18). */
export const MAX_SLOTS_PER_EPOCH = 4096;
const MAX_EPOCHS_PER_PERIOD = 65_535;
const VERSION = 1;
const HEAD_BYTES = 1 + GROUP_LABEL_BYTES + 2 + 2 + 1 + 1;
/** Periods that a verifier meets at one time: the present one and its neighbours, with room. */
const PERIODS_KEPT = 4;
/** Bases of two epochs of the longest kind. */
const BASES_KEPT = 2 * MAX_SLOTS_PER_EPOCH;

export interface GroupKey {
  /** What the group is for: a channel's id, for example. 32 bytes. */
  readonly label: Uint8Array;
  readonly slotsPerEpoch: number;
  readonly epochsPerPeriod: number;
  readonly openers: number;
  /** The opening key; as many points as openers are needed. */
  readonly opening: Commitments<G1Point>;
  readonly issuer: IssuerPublicKey;
}

/** A group's key with what follows from it: each made when it is first needed (for signatures about a second), kept, not sent. */
export interface Group {
  readonly key: GroupKey;
  /** SHA-256 of the key: every hash of the scheme starts with it. */
  readonly id: Uint8Array;
  /** g_1 and Z, the point that identities are encrypted to, with tables. */
  readonly generator: G1Point;
  readonly openingPoint: G1Point;
  readonly minusG2: PreparedG2;
  readonly ym: PreparedG2;
  readonly ys: PreparedG2;
  /** X + p Y_p: the issuer's key for the credentials of a period. */
  issuerFor(period: number): PreparedG2;
  /** H(epoch, slot), the base of the tags of a slot: nobody knows its logarithm. The same for all members, so it is kept. */
  tagBase(epoch: number, slot: number): G1Point;
}

export function encodeGroupKey(key: GroupKey): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  head[0] = VERSION;
  head.set(key.label, 1);
  view.setUint16(33, key.slotsPerEpoch);
  view.setUint16(35, key.epochsPerPeriod);
  head[37] = key.openers;
  head[38] = key.opening.length;
  return concatBytes(head, encodeIssuerPublicKey(key.issuer), encodeCommitments(G1, key.opening));
}

function refusesShape(key: Omit<GroupKey, 'issuer' | 'opening'>, threshold: number): Rejection | null {
  const { slotsPerEpoch, epochsPerPeriod, openers } = key;
  if (slotsPerEpoch < 1 || slotsPerEpoch > MAX_SLOTS_PER_EPOCH)
    return reject('bad-group', `an epoch has 1 to ${MAX_SLOTS_PER_EPOCH} slots`);
  if (epochsPerPeriod < 1 || epochsPerPeriod > MAX_EPOCHS_PER_PERIOD) return reject('bad-group', 'a period has at least one epoch');
  return threshold < 1 || threshold > openers || openers > MAX_HOLDERS
    ? reject('bad-group', `of 1 to ${MAX_HOLDERS} openers at least one opens`)
    : null;
}

/** A group's key, with the issuer's proof checked. Who may be its openers is for the ledger to say. */
export function decodeGroupKey(bytes: Uint8Array): GroupKey | Rejection {
  const threshold = bytes[HEAD_BYTES - 1] ?? 0;
  const fields = fieldsOf(bytes, "a group's key", HEAD_BYTES, ISSUER_PUBLIC_KEY_BYTES, threshold * G1_BYTES);
  if (isRejection(fields)) return fields;
  const [head = bytes, issuerBytes = bytes, openingBytes = bytes] = fields;
  if (head[0] !== VERSION) return reject('unknown-version', `version ${head[0] ?? 0} of a group's key is not known`);
  const view = new DataView(head.buffer);
  const shape = {
    label: head.slice(1, 33),
    slotsPerEpoch: view.getUint16(33),
    epochsPerPeriod: view.getUint16(35),
    openers: view.getUint8(37),
  };
  const refused = refusesShape(shape, threshold);
  if (refused !== null) return refused;
  const opening = decodeCommitments(openingBytes, threshold, G1_BYTES, decodeG1);
  if (isRejection(opening)) return opening;
  const issuer = decodeIssuerPublicKey(issuerBytes);
  return isRejection(issuer) ? issuer : { ...shape, opening, issuer };
}

/** A function that keeps what it made; when it has made too much it starts again. */
function kept<T>(limit: number, make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    if (made.size >= limit) made.clear();
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

/** Prepares a key for enrolling, signing, verifying and opening. */
export function groupOf(key: GroupKey): Group {
  assert(key.label.byteLength === GROUP_LABEL_BYTES, 'a label has 32 bytes');
  assert(refusesShape(key, key.opening.length) === null, 'a group within its limits');
  const id = sha256(encodeGroupKey(key));
  const issuers = kept(PERIODS_KEPT, (period) => prepareG2(G2.sum([key.issuer.x, key.issuer.yp], [1n, BigInt(period)])));
  const bases = kept(BASES_KEPT, (place) => hashToG1('clinicord/group-signature/tag/1', framed(id, textToBytes(place))));
  const generator = once(() => tabled(G1.generator));
  const openingPoint = once(() => tabled(present(key.opening[0], 'the opening key')));
  const minusG2 = once(() => prepareG2(G2.generator.negate()));
  const ym = once(() => prepareG2(key.issuer.ym));
  const ys = once(() => prepareG2(key.issuer.ys));
  return {
    key,
    id,
    get generator() {
      return generator();
    },
    get openingPoint() {
      return openingPoint();
    },
    get minusG2() {
      return minusG2();
    },
    get ym() {
      return ym();
    },
    get ys() {
      return ys();
    },
    issuerFor: (period) => issuers(String(period)),
    tagBase: (epoch, slot) => bases(`${epoch}/${slot}`),
  };
}

/** Made at the first call. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** The period of an epoch; both count from 0. */
export function periodOf(key: GroupKey, epoch: number): number {
  return Math.floor(epoch / key.epochsPerPeriod);
}
