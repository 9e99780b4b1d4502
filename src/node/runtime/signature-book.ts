// Signatures that held, so that none is checked twice: a vote comes alone, in a bundle, in a certificate and in the next header,
// a lane's certificate with its batch and in a proposal. Bounded; forgetting costs a check and nothing else (R18).
import { digestOf } from '../crypto/index.ts';
import type { SignatureCheck } from '../consensus/index.ts';
import type { Verifier } from '../ports/index.ts';

/** Some heights of 200 voters; about 2 MB. */
const MAX_KNOWN_SIGNATURES = 16_384;

export interface SignatureBook {
  /** One answer for each check, in their order. */
  hold(checks: readonly SignatureCheck[]): Promise<readonly boolean[]>;
  allHold(checks: readonly SignatureCheck[]): Promise<boolean>;
}

export function createSignatureBook(verifier: Verifier): SignatureBook {
  // Two generations, so that what is used stays while the oldest half is dropped at once.
  let young = new Set<string>();
  let old = new Set<string>();

  function keep(key: string): void {
    if (young.size >= MAX_KNOWN_SIGNATURES / 2) {
      old = young;
      young = new Set();
    }
    young.add(key);
  }

  async function holds({ publicKey, bytes, signature }: SignatureCheck): Promise<boolean> {
    const key = keyOf(publicKey, bytes, signature);
    if (young.has(key)) return true;
    if (!old.has(key) && !(await verifier.verify(publicKey, bytes, signature))) return false;
    keep(key);
    return true;
  }

  const hold = (checks: readonly SignatureCheck[]): Promise<readonly boolean[]> => Promise.all(checks.map(holds));
  return { hold, allHold: async (checks) => (await hold(checks)).every(Boolean) };
}

/** Key and signature have fixed lengths, so no two different checks give the same bytes. */
function keyOf(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): string {
  const all = new Uint8Array(publicKey.byteLength + signature.byteLength + bytes.byteLength);
  all.set(publicKey);
  all.set(signature, publicKey.byteLength);
  all.set(bytes, publicKey.byteLength + signature.byteLength);
  return digestOf(all);
}
