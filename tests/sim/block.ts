// What the simulated members agree on: a list of requests with its parent, as JSON. Stands for the ledger's block, with the
// same three judgements: what follows from the bytes alone is invalid, what depends on the view is unacceptable (R4).
import { createHash } from 'node:crypto';
import type { Digest } from '../../src/node/base/index.ts';
import type { ConsensusMessage, Validity, Value } from '../../src/node/consensus/index.ts';

export interface SimBlock {
  readonly height: number;
  readonly parent: string;
  /** Who first proposed it, and in which view. */
  readonly proposer: number;
  readonly view: number;
  readonly requests: readonly string[];
  /** Tells the two blocks of an equivocating leader apart. */
  readonly salt: string;
}

const parsed = new WeakMap<Uint8Array, { readonly block: SimBlock | null; readonly digest: Digest }>();

export function valueOfBlock(block: SimBlock): Value {
  const bytes = new Uint8Array(Buffer.from(JSON.stringify(block)));
  return { digest: digestOfBytes(bytes), bytes };
}

export function digestOfBytes(bytes: Uint8Array): Digest {
  return look(bytes).digest;
}

export function blockOf(bytes: Uint8Array): SimBlock | null {
  return look(bytes).block;
}

function look(bytes: Uint8Array): { readonly block: SimBlock | null; readonly digest: Digest } {
  const known = parsed.get(bytes);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(bytes).digest('hex') as Digest;
  let block: SimBlock | null = null;
  try {
    const candidate = JSON.parse(Buffer.from(bytes).toString()) as Partial<SimBlock>;
    if (Array.isArray(candidate.requests) && typeof candidate.parent === 'string') block = candidate as SimBlock;
  } catch {
    // Not a block: the judgement below says so.
  }
  const entry = { block, digest };
  parsed.set(bytes, entry);
  return entry;
}

/** The participant's judgement at `height`, whose parent is the digest `parent`. */
export function validityOf(message: ConsensusMessage, height: number, parent: string): Validity {
  if (message.kind !== 'proposal' || message.height !== height) return 'valid';
  const block = blockOf(message.value);
  if (block === null) return 'invalid';
  // Another parent cannot be judged here: beyond F faulty members it may be final elsewhere.
  if (block.parent !== parent) return 'unacceptable';
  if (block.height !== height || block.salt === 'invalid') return 'invalid';
  const proposedAgain = (message.justification?.certificate ?? null) !== null;
  if (proposedAgain ? block.view >= message.view : block.view !== message.view) return 'unacceptable';
  return 'valid';
}
