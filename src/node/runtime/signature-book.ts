// Signatures that held, so that none is checked twice: a vote comes alone, in a bundle, in a certificate and in the next header,
// a lane's certificate with its batch and in a proposal. Bounded; forgetting costs a check and nothing else (R18).
import { digestOf } from '../crypto/index.ts';
import type { SignatureCheck } from '../consensus/index.ts';
import type { Verifier } from '../ports/index.ts';
import { type GroupSignatures, createGroupSignatures } from './group-signatures.ts';

/** Some heights of 200 voters; about 2 MB. */
const MAX_KNOWN_SIGNATURES = 16_384;

export interface SignatureBook {
  /** One answer for each check, in their order. */
  hold(checks: readonly SignatureCheck[]): Promise<readonly boolean[]>;
  allHold(checks: readonly SignatureCheck[]): Promise<boolean>;
}

/** Group signatures are verified on this thread where nothing else is given. */
export function createSignatureBook(verifier: Verifier, groups: GroupSignatures = createGroupSignatures(null)): SignatureBook {
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

  async function holds(check: SignatureCheck): Promise<boolean> {
    const { publicKey, bytes, signature } = check;
    const key = keyOf(check);
    if (young.has(key)) return true;
    const verified = async (): Promise<boolean> =>
      check.scheme === 'group' ? groups.holds(check) : verifier.verify(publicKey, bytes, signature);
    if (!old.has(key) && !(await verified())) return false;
    keep(key);
    return true;
  }

  const hold = (checks: readonly SignatureCheck[]): Promise<readonly boolean[]> => Promise.all(checks.map(holds));
  return { hold, allHold: async (checks) => (await hold(checks)).every(Boolean) };
}

/** Key and signature have fixed lengths in each scheme, so no two different checks give the same text. */
function keyOf({ scheme, publicKey, bytes, signature }: SignatureCheck): string {
  const all = new Uint8Array(publicKey.byteLength + signature.byteLength + bytes.byteLength);
  all.set(publicKey);
  all.set(signature, publicKey.byteLength);
  all.set(bytes, publicKey.byteLength + signature.byteLength);
  return scheme === 'group' ? `${publicKey.byteLength}/${digestOf(all)}` : digestOf(all);
}
