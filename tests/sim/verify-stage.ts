// The verify stage of the simulated members: structure, every signature, and bytes that hash to their digests. One verdict per
// message object and configuration serves everybody, because everybody would find the same.
import { isRejection } from '../../src/node/base/index.ts';
import { type Certificate, type Configuration, type ConsensusMessage, withoutBadVotes } from '../../src/node/consensus/index.ts';
import { digestOfBytes } from './block.ts';
import type { Checks } from './engines.ts';
import type { Signatures } from './signer.ts';
import type { Verdict, World } from './world.ts';

export function verifyStage(engine: Checks, signatures: Signatures): Pick<World, 'verified' | 'certificateHolds'> {
  const verdicts = new WeakMap<Configuration, WeakMap<ConsensusMessage, Verdict>>();
  const certificates = new WeakMap<Certificate, boolean>();
  return {
    verified: (message, configuration) => {
      const known = verdicts.get(configuration) ?? new WeakMap<ConsensusMessage, Verdict>();
      verdicts.set(configuration, known);
      const verdict = known.get(message) ?? verdictOn(message, configuration, engine, signatures);
      known.set(message, verdict);
      return verdict;
    },
    certificateHolds: (certificate, configuration) => {
      const known = certificates.get(certificate);
      if (known !== undefined) return known;
      const checks = engine.ofFinal(certificate, configuration);
      const holds = !isRejection(checks) && checks.every((check) => signatures.verify(check.publicKey, check.bytes, check.signature));
      certificates.set(certificate, holds);
      return holds;
    },
  };
}

function verdictOn(message: ConsensusMessage, configuration: Configuration, engine: Checks, signatures: Signatures): Verdict {
  const checks = engine.ofMessage(message, configuration);
  if (isRejection(checks)) return { refusal: checks.reason };
  const holds = checks.map((check) => signatures.verify(check.publicKey, check.bytes, check.signature));
  if (message.kind === 'bundle') {
    const good = withoutBadVotes(message, holds);
    return good === null ? { refusal: 'bad-signature' } : { message: good };
  }
  if (!holds.every(Boolean)) return { refusal: 'bad-signature' };
  return hashes(message) ? { message } : { refusal: 'wrong-digest' };
}

/** Whether all bytes are those that the signatures name. */
function hashes(message: ConsensusMessage): boolean {
  switch (message.kind) {
    case 'proposal':
      return (
        digestOfBytes(message.value) === message.digest &&
        message.carried.every(({ certificate, bytes }) => bytes === null || digestOfBytes(bytes) === certificate.reference.digest)
      );
    case 'decided':
    case 'paper-package':
      return digestOfBytes(message.value) === message.certificate.digest;
    case 'paper-proposal':
      return digestOfBytes(message.value) === message.digest;
    case 'batch':
      return digestOfBytes(message.bytes) === message.reference.digest;
    case 'certified-batch':
      return message.bytes === null || digestOfBytes(message.bytes) === message.certificate.reference.digest;
    default:
      return true;
  }
}
