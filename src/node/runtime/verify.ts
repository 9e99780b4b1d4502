// The one place where what peers send becomes Verified (rule 3 of the style): canonical, bounded, and every signature in it
// checked, nested certificates and slips included. WebCrypto checks many at once; what held once is not checked again.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import { encode } from '../codec/index.ts';
import {
  type BatchReference,
  type ConsensusMessage,
  type Verified,
  asVerified,
  signatureChecks,
  withoutBadVotes,
} from '../consensus/index.ts';
import { type Slip, scriptMachineReady, slip as slipCodec } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import {
  type Block,
  type FinalBlock,
  type Ledger,
  blockChecks,
  finalityChecks,
  headerDigest,
  slipChecks,
  toConsensusConfiguration,
} from '../ledger/index.ts';
import { type Content, decodeBatch, headerOf, openValue, rebuild } from '../participant/index.ts';
import type { Verifier } from '../ports/index.ts';
import type { GroupSignatures } from './group-signatures.ts';
import { type SignatureBook, createSignatureBook } from './signature-book.ts';

/** Slips whose signatures were found good, so that a slip is not checked once in the pool and again in its block. */
const MAX_KNOWN_SLIPS = 8192;

/** All slips of a batch that is here; null where it is not. */
export type SlipsOf = (reference: BatchReference) => readonly Slip[] | null;

export interface VerifiedConsensus {
  readonly message: Verified<ConsensusMessage>;
  readonly content: Content;
  /** Votes of a bundle that did not hold: its carrier should have dropped them (R6). */
  readonly badVotes: number;
}

export interface Verification {
  /** `slipsOf` finds batches that came before. */
  consensus(ledger: Ledger, message: ConsensusMessage, slipsOf: SlipsOf): Promise<VerifiedConsensus | Rejection>;
  /** The content alone, of a message whose signatures were checked: batches that it lacked have come. */
  content(ledger: Ledger, message: ConsensusMessage, slipsOf: SlipsOf): Promise<Content | Rejection>;
  slip(ledger: Ledger, slip: Slip): Promise<Rejection | null>;
  /** Which of them are signed as they must be. */
  slips(ledger: Ledger, slips: readonly Slip[]): Promise<readonly boolean[]>;
  /** A block that claims to follow the head of `ledger`. */
  final(ledger: Ledger, block: FinalBlock): Promise<Verified<FinalBlock> | Rejection>;
}

/** `groups` as for `createSignatureBook`. */
export function createVerification(verifier: Verifier, groups?: GroupSignatures): Verification {
  return new VerifyStage(verifier, groups);
}

class VerifyStage implements Verification {
  private readonly knownSlips = new Set<string>();
  private readonly signatures: SignatureBook;

  constructor(verifier: Verifier, groups?: GroupSignatures) {
    this.signatures = createSignatureBook(verifier, groups);
  }

  async slip(ledger: Ledger, candidate: Slip): Promise<Rejection | null> {
    const key = digestOf(encode(slipCodec, candidate));
    if (this.knownSlips.has(key)) return null;
    const checks = slipChecks(ledger, candidate);
    if (isRejection(checks)) return checks;
    if (!(await this.signatures.allHold(checks))) return reject('bad-signature', 'a signature of the slip does not hold');
    if (this.knownSlips.size >= MAX_KNOWN_SLIPS) this.knownSlips.clear();
    // Whoever executes it needs the machine for contracts: this is where a member without it waits (decision 0053).
    await scriptMachineReady([candidate]);
    this.knownSlips.add(key);
    return null;
  }

  async slips(ledger: Ledger, candidates: readonly Slip[]): Promise<readonly boolean[]> {
    return Promise.all(candidates.map(async (candidate) => (await this.slip(ledger, candidate)) === null));
  }

  async consensus(ledger: Ledger, message: ConsensusMessage, slipsOf: SlipsOf): Promise<VerifiedConsensus | Rejection> {
    const checks = signatureChecks(message, toConsensusConfiguration(ledger));
    if (isRejection(checks)) return checks;
    const holds = await this.signatures.hold(checks);
    const bad = reject('bad-signature', `a signature in the ${message.kind} does not hold`);
    if (message.kind === 'bundle') {
      const kept = withoutBadVotes(message, holds);
      if (kept === null) return bad;
      return { message: asVerified(kept), content: { kind: 'none' }, badVotes: message.votes.length - kept.votes.length };
    }
    if (!holds.every(Boolean)) return bad;
    const found = await this.content(ledger, message, slipsOf);
    return isRejection(found) ? found : { message: asVerified(message), content: found, badVotes: 0 };
  }

  async content(ledger: Ledger, message: ConsensusMessage, slipsOf: SlipsOf): Promise<Content | Rejection> {
    switch (message.kind) {
      case 'proposal':
      case 'decided':
        return this.value(ledger, message, slipsOf);
      case 'batch': {
        const refusal = bytesRefusal(message.reference, message.bytes);
        const decoded = refusal ?? decodeBatch(message.bytes);
        return isRejection(decoded) ? decoded : { kind: 'batch', good: await this.slips(ledger, decoded) };
      }
      case 'certified-batch':
        return bytesRefusal(message.certificate.reference, message.bytes) ?? { kind: 'none' };
      default:
        return { kind: 'none' };
    }
  }

  async final(ledger: Ledger, block: FinalBlock): Promise<Verified<FinalBlock> | Rejection> {
    const checks = finalityChecks(ledger, block.block, block.certificate);
    if (isRejection(checks)) return checks;
    if (!(await this.signatures.allHold(checks))) return reject('bad-signature', 'a signature of the certificate does not hold');
    return (await this.insideOf(ledger, block.block)) ?? asVerified(block);
  }

  private async value(ledger: Ledger, message: ValueMessage, slipsOf: SlipsOf): Promise<Content | Rejection> {
    const opened = openValue(message.value);
    if (isRejection(opened)) return opened;
    const header = headerOf(opened);
    const digest = message.kind === 'proposal' ? message.digest : message.certificate.digest;
    if (headerDigest(header) !== digest) return reject('wrong-digest', 'the block does not match the digest that was signed');
    const refusal = message.kind === 'proposal' ? carriedRefusal(message, header.cut) : null;
    if (refusal !== null) return refusal;
    const block = rebuild(opened, (reference) => slipsOf(reference) ?? carriedSlips(message, reference));
    if (block === null) return { kind: 'incomplete' };
    if (isRejection(block)) return block;
    return { kind: 'block', block, slipsValid: (await this.insideOf(ledger, block)) === null };
  }

  /** Slips, and the certificate of the parent that the header holds. */
  private async insideOf(ledger: Ledger, block: Block): Promise<Rejection | null> {
    const parent = blockChecks(ledger, { ...block, slips: [] });
    if (isRejection(parent)) return parent;
    if (!(await this.signatures.allHold(parent))) return reject('bad-signature', "a signature of the parent's certificate does not hold");
    const results = await Promise.all(block.slips.map((candidate) => this.slip(ledger, candidate)));
    return results.find((result) => result !== null) ?? null;
  }
}

type ValueMessage = Extract<ConsensusMessage, { kind: 'proposal' | 'decided' }>;

/** A signature covers the reference, and that the digest of these bytes. Null for news without bytes. */
function bytesRefusal(reference: BatchReference, bytes: Uint8Array | null): Rejection | null {
  if (bytes === null || digestOf(bytes) === reference.digest) return null;
  return reject('wrong-digest', 'the batch does not match the digest that was signed');
}

/** What travels beside a header is exactly what the header names; nobody signed that it is, so it convicts nobody. */
function carriedRefusal(message: Extract<ConsensusMessage, { kind: 'proposal' }>, cut: readonly BatchReference[]): Rejection | null {
  const carried = message.carried.map(({ certificate }) => certificate.reference);
  const same = carried.length === cut.length && carried.every((reference, index) => isSame(reference, cut[index]));
  if (!same) return reject('wrong-batches', 'the proposal carries other batches than its header names');
  for (const { certificate, bytes } of message.carried) {
    const refusal = bytesRefusal(certificate.reference, bytes);
    if (refusal !== null) return refusal;
  }
  return null;
}

function isSame(a: BatchReference, b: BatchReference | undefined): boolean {
  return a.digest === b?.digest && a.group === b.group && a.localView === b.localView && a.sequence === b.sequence;
}

function carriedSlips(message: ValueMessage, { digest }: BatchReference): readonly Slip[] | null {
  if (message.kind !== 'proposal') return null;
  const bytes = message.carried.find(({ certificate }) => certificate.reference.digest === digest)?.bytes ?? null;
  const slips = bytes === null ? null : decodeBatch(bytes);
  return slips === null ? null : isRejection(slips) ? [] : slips;
}

/** What this node signed itself a moment ago. */
export function ownMessage(message: ConsensusMessage): Pick<VerifiedConsensus, 'message' | 'content'> {
  return { message: asVerified(message), content: { kind: 'own' } };
}
