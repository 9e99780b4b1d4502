// The one place where what peers send becomes Verified (rule 3 of the style): canonical, bounded, and every signature in it
// checked, nested certificates and slips included. WebCrypto checks many at once.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import { encode } from '../codec/index.ts';
import { type ConsensusMessage, type SignatureCheck, type Verified, asVerified, signatureChecks } from '../consensus/index.ts';
import { type Slip, slip as slipCodec } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import {
  type Block,
  type FinalBlock,
  type Ledger,
  blockChecks,
  decodeBlock,
  finalityChecks,
  headerDigest,
  slipChecks,
  toConsensusConfiguration,
} from '../ledger/index.ts';
import type { Verifier } from '../ports/index.ts';

/** Slips whose signatures were found good, so that a slip is not checked once in the pool and again in its block. */
const MAX_KNOWN_SLIPS = 8192;

export interface VerifiedConsensus {
  readonly message: Verified<ConsensusMessage>;
  /** Whether all slips of the carried block are signed as they must be. */
  readonly slipsValid: boolean;
}

export interface Verification {
  consensus(ledger: Ledger, message: ConsensusMessage): Promise<VerifiedConsensus | Rejection>;
  slip(ledger: Ledger, slip: Slip): Promise<Rejection | null>;
  /** A block that claims to follow the head of `ledger`. */
  final(ledger: Ledger, block: FinalBlock): Promise<Verified<FinalBlock> | Rejection>;
}

export function createVerification(verifier: Verifier): Verification {
  const knownSlips = new Set<string>();

  async function all(checks: readonly SignatureCheck[]): Promise<boolean> {
    const results = await Promise.all(checks.map((check) => verifier.verify(check.publicKey, check.bytes, check.signature)));
    return results.every(Boolean);
  }

  async function slip(ledger: Ledger, candidate: Slip): Promise<Rejection | null> {
    const key = digestOf(encode(slipCodec, candidate));
    if (knownSlips.has(key)) return null;
    const checks = slipChecks(ledger, candidate);
    if (isRejection(checks)) return checks;
    if (!(await all(checks))) return reject('bad-signature', 'a signature of the slip does not hold');
    if (knownSlips.size >= MAX_KNOWN_SLIPS) knownSlips.clear();
    knownSlips.add(key);
    return null;
  }

  /** Slips, and the certificate of the parent that the header holds. */
  async function insideOf(ledger: Ledger, block: Block): Promise<Rejection | null> {
    const parent = blockChecks(ledger, { ...block, slips: [] });
    if (isRejection(parent)) return parent;
    if (!(await all(parent))) return reject('bad-signature', "a signature of the parent's certificate does not hold");
    const results = await Promise.all(block.slips.map((candidate) => slip(ledger, candidate)));
    return results.find((result) => result !== null) ?? null;
  }

  return {
    slip,
    consensus: async (ledger, message) => {
      const checks = signatureChecks(message, toConsensusConfiguration(ledger));
      if (isRejection(checks)) return checks;
      if (!(await all(checks))) return reject('bad-signature', `a signature in the ${message.kind} does not hold`);
      if (message.kind !== 'proposal' && message.kind !== 'decided') return { message: asVerified(message), slipsValid: true };
      const block = decodeBlock(message.value);
      const digest = message.kind === 'proposal' ? message.digest : message.certificate.digest;
      if (isRejection(block)) return block;
      if (headerDigest(block.header) !== digest) return reject('wrong-digest', 'the block does not match the digest that was signed');
      return { message: asVerified(message), slipsValid: (await insideOf(ledger, block)) === null };
    },
    final: async (ledger, block) => {
      const checks = finalityChecks(ledger, block.block, block.certificate);
      if (isRejection(checks)) return checks;
      if (!(await all(checks))) return reject('bad-signature', 'a signature of the certificate does not hold');
      return (await insideOf(ledger, block.block)) ?? asVerified(block);
    },
  };
}

/** What this node signed itself a moment ago. */
export function ownMessage(message: ConsensusMessage): VerifiedConsensus {
  return { message: asVerified(message), slipsValid: true };
}
