// What the simulated members agree on: a list of requests, or of batches of them, with its parent, as JSON. Stands for the
// ledger's block, with the same judgements: what follows from the bytes and the parent alone is invalid, what depends on the
// view is unacceptable, what refers to batches that are missing is incomplete (R4).
import { createHash } from 'node:crypto';
import type { Digest } from '../../src/node/base/index.ts';
import type { BatchReference, ConsensusMessage, Validity, Value } from '../../src/node/consensus/index.ts';

export interface SimBlock {
  readonly height: number;
  readonly parent: string;
  /** The parent's commit certificate, in base64; empty at height 0. */
  readonly certificate: string;
  /** Who first proposed it, and in which view. */
  readonly proposer: number;
  readonly view: number;
  readonly requests: readonly string[];
  /** Batches that it orders, in this order. */
  readonly cut: readonly BatchReference[];
  /** Tells the two blocks of an equivocating leader apart. */
  readonly salt: string;
}

const parsed = new WeakMap<Uint8Array, { readonly block: SimBlock | null; readonly digest: Digest }>();

/** `requestBytes`: what a request takes on the wire, where that is more than its name. */
export function valueOfBlock(block: SimBlock, requestBytes = 0): Value {
  const bytes = padded(JSON.stringify(block), block.requests, requestBytes);
  return { digest: digestOfBytes(bytes), bytes, cut: block.cut };
}

export function digestOfBytes(bytes: Uint8Array): Digest {
  return look(bytes).digest;
}

export function blockOf(bytes: Uint8Array): SimBlock | null {
  return look(bytes).block;
}

/** A batch of a lane. The salt tells the two of an equivocating author apart. */
export function batchBytes(requests: readonly string[], requestBytes = 0, salt = ''): Uint8Array {
  return padded(JSON.stringify({ batch: requests, salt }), requests, requestBytes);
}

export function requestsInBatch(bytes: Uint8Array): readonly string[] {
  try {
    const { batch } = JSON.parse(Buffer.from(bytes).toString()) as { batch?: unknown };
    return Array.isArray(batch) ? batch.filter((request) => typeof request === 'string') : [];
  } catch {
    return [];
  }
}

/** Blanks after JSON change nothing but the size. */
function padded(text: string, requests: readonly string[], requestBytes: number): Uint8Array {
  const missing = requests.reduce((sum, request) => sum + Math.max(0, requestBytes - request.length - 3), 0);
  return new Uint8Array(Buffer.from(text + ' '.repeat(missing)));
}

function look(bytes: Uint8Array): { readonly block: SimBlock | null; readonly digest: Digest } {
  const known = parsed.get(bytes);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(bytes).digest('hex') as Digest;
  let block: SimBlock | null = null;
  try {
    const candidate = JSON.parse(Buffer.from(bytes).toString()) as Partial<SimBlock>;
    const whole = Array.isArray(candidate.requests) && Array.isArray(candidate.cut) && typeof candidate.certificate === 'string';
    if (whole && typeof candidate.parent === 'string') block = candidate as SimBlock;
  } catch {
    // Not a block: the judgement below says so.
  }
  const entry = { block, digest };
  parsed.set(bytes, entry);
  return entry;
}

/** What a member that judges a block knows. */
export interface Judge {
  readonly height: number;
  readonly parent: string;
  /** Whether the block proves how its parent became final. */
  provesParent(block: SimBlock): boolean;
  /** Whether each batch lies above what was ordered before it, in its lane's order. */
  followsLanes(block: SimBlock): boolean;
  holds(batch: BatchReference): boolean;
}

/** The participant's judgement (R4). */
export function validityOf(message: ConsensusMessage, judge: Judge): Validity {
  if (message.kind === 'decided' && message.height === judge.height) {
    const block = blockOf(message.value);
    return block === null || block.cut.every((reference) => judge.holds(reference)) ? 'valid' : 'incomplete';
  }
  if (message.kind !== 'proposal' && message.kind !== 'paper-proposal') return 'valid';
  if (message.height !== judge.height) return 'valid';
  const block = blockOf(message.value);
  if (block === null) return 'invalid';
  // Another parent cannot be judged here: beyond F faulty members it may be final elsewhere.
  if (block.parent !== judge.parent) return 'unacceptable';
  if (block.height !== judge.height || block.salt === 'invalid' || !judge.provesParent(block)) return 'invalid';
  if (message.kind === 'paper-proposal') return 'valid';
  if (!judge.followsLanes(block)) return 'invalid';
  const proposedAgain = (message.justification?.certificate ?? null) !== null;
  if (proposedAgain ? block.view >= message.view : block.view !== message.view) return 'unacceptable';
  // What is carried is not signed, so that it convicts nobody.
  if (!carriesItsCut(message, block)) return 'unacceptable';
  return block.cut.every((reference) => judge.holds(reference)) ? 'valid' : 'incomplete';
}

function carriesItsCut(message: Extract<ConsensusMessage, { kind: 'proposal' }>, block: SimBlock): boolean {
  if (message.carried.length !== block.cut.length) return false;
  return message.carried.every(({ certificate }, i) => {
    const { reference } = certificate;
    const entry = block.cut[i];
    return entry?.digest === reference.digest && entry.group === reference.group && isPosition(entry, reference);
  });
}

function isPosition(entry: BatchReference, reference: BatchReference): boolean {
  return entry.localView === reference.localView && entry.sequence === reference.sequence;
}
