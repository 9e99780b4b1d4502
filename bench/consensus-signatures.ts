// What signatures cost on this machine with the product's own keys: many calls in flight, as the verify stage makes them; and how long
// a certificate takes that many members signed.
import { quorum, signatureChecks, toleratedFaults } from '../src/node/consensus/index.ts';
import { Cast, configurationOf } from '../src/node/consensus/transcript.ts';
import { createVerifier, createSeedSigners } from '../src/node/adapters/node.ts';
import { isRejection } from '../src/node/base/index.ts';

const CALLS = 1_000;
const ROUNDS = 20;

export async function measureSignatures(): Promise<{ readonly signUs: number; readonly verifyUs: number }> {
  const signer = await createSeedSigners().signerOf(new Uint8Array(32).fill(7));
  const verifier = createVerifier();
  const bytes = new Uint8Array(200).fill(1);
  const signature = await signer.sign(bytes);
  const timed = async (call: () => Promise<unknown>): Promise<number> => {
    // The best of some rounds: what else the machine does is not the signature's cost.
    let bestUs = Infinity;
    for (let round = 0; round < ROUNDS; round += 1) {
      const startMs = performance.now();
      await Promise.all(Array.from({ length: CALLS }, call));
      bestUs = Math.min(bestUs, ((performance.now() - startMs) * 1000) / CALLS);
    }
    return bestUs;
  };
  const verifyUs = await timed(() => verifier.verify(signer.publicKey, bytes, signature));
  const signUs = await timed(() => signer.sign(bytes));
  return { signUs, verifyUs };
}

/** The median of some rounds, in milliseconds: a commit certificate of `signers` members, structure and every signature. */
export async function certificateMs(signers: number): Promise<number> {
  const members = 100;
  const configuration = configurationOf(members);
  const tolerated = toleratedFaults(members);
  if (quorum(members, tolerated) !== signers)
    throw new Error(`a certificate of ${members} members has ${quorum(members, tolerated)} signatures`);
  const keys = createSeedSigners();
  const pairs = await Promise.all(configuration.voters.map((_, index) => keys.signerOf(new Uint8Array(32).fill(index + 1))));
  const voters = configuration.voters.map((voter, index) => ({ ...voter, memberKey: pairs[index]?.publicKey ?? voter.memberKey }));
  const keyed = { ...configuration, voters };
  const decided = new Cast(keyed).decided(
    0,
    'a',
    Array.from({ length: signers }, (_, index) => index),
  );
  const unsigned = signatureChecks(decided, keyed);
  if (isRejection(unsigned)) throw new Error(unsigned.detail);
  const signatures = await Promise.all(unsigned.map(async (check, index) => pairs[index]?.sign(check.bytes)));
  const votes = decided.certificate.votes.map((vote, index) => ({ ...vote, signature: signatures[index] ?? vote.signature }));
  const message = { ...decided, certificate: { ...decided.certificate, votes } };
  const verifier = createVerifier();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now();
    const checks = signatureChecks(message, keyed);
    if (isRejection(checks)) throw new Error(checks.detail);
    const held = await Promise.all(checks.map((check) => verifier.verify(check.publicKey, check.bytes, check.signature)));
    if (!held.every(Boolean)) throw new Error('a signature of the certificate does not hold');
    times.push(performance.now() - startMs);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
}
