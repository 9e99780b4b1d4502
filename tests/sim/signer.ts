// Signing and verifying for the simulator, behind one interface: a keyed hash that nobody without the key can make, for
// speed, or real Ed25519. Verdicts are remembered per message object, because every member of a run gets the same one.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

export interface Signatures {
  /** 32 bytes for the member with this index. */
  publicKey(member: number): Uint8Array;
  sign(member: number, bytes: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** The public key names the secret, which only the simulator can turn into the key: members have no access to it. */
export function standInSignatures(seed: number): Signatures {
  const keyed = (publicKey: Uint8Array, bytes: Uint8Array) =>
    createHash('sha512').update(`${seed}`).update(publicKey).update(bytes).digest();
  const publicKey = (member: number) => createHash('sha256').update(`member ${member}`).digest();
  return {
    publicKey,
    sign: (member, bytes) => keyed(publicKey(member), bytes),
    verify: (key, bytes, signature) => keyed(key, bytes).equals(signature),
  };
}

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export function ed25519Signatures(seed: number): Signatures {
  const secretOf = (member: number) => {
    const secret = createHash('sha256').update(`${seed} ${member}`).digest();
    return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  };
  return {
    publicKey: (member) => createPublicKey(secretOf(member)).export({ format: 'der', type: 'spki' }).subarray(-32),
    sign: (member, bytes) => sign(null, bytes, secretOf(member)),
    verify: (publicKey, bytes, signature) => {
      const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
      return verify(null, bytes, key, signature);
    },
  };
}
