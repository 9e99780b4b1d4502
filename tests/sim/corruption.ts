// A message that is wrong in one way: a bad signature, bytes that do not hash to their digest, a proof that lacks a part, or an
// invalid value under a good signature.
import type { ConsensusMessage } from '../../src/node/consensus/index.ts';
import { blockOf, valueOfBlock } from './block.ts';
import type { Forger, Proposal } from './forgery.ts';

export function corrupted(message: ConsensusMessage, forger: Forger, member: number): ConsensusMessage {
  const { random } = forger;
  const bad = new Uint8Array(64).fill(random.between(0, 255));
  switch (message.kind) {
    case 'decided': {
      const votes = message.certificate.votes.map((vote, i) => (i === 0 ? { ...vote, signature: bad } : vote));
      return { ...message, certificate: { ...message.certificate, votes } };
    }
    case 'certified':
    case 'certified-batch':
    case 'paper-package': {
      const { certificate } = message;
      const votes = random.chance(0.5) ? certificate.votes.slice(1) : certificate.votes.map((vote) => ({ ...vote, signature: bad }));
      return { ...message, certificate: { ...certificate, votes } } as ConsensusMessage;
    }
    case 'bundle':
      return { ...message, votes: message.votes.map((vote, i) => (i % 2 === 0 ? { ...vote, signature: bad } : vote)) };
    case 'inquiry':
      return { ...message, batches: [] };
    case 'proposal':
      return corruptedProposal(message, forger, member);
    case 'view-change': {
      const { certificate } = message;
      if (certificate === null || random.chance(0.3)) return { ...message, signature: bad };
      const votes = random.chance(0.5) ? certificate.votes.slice(1) : certificate.votes.map((vote) => ({ ...vote, signature: bad }));
      return { ...message, certificate: { ...certificate, votes } };
    }
    case 'batch':
      return random.chance(0.5) ? { ...message, bytes: message.bytes.slice(1) } : { ...message, signature: bad };
    default:
      return { ...message, signature: bad };
  }
}

function corruptedProposal(message: Proposal, { random, sign }: Forger, member: number): ConsensusMessage {
  const block = blockOf(message.value);
  if (block === null || random.chance(0.3)) return { ...message, value: message.value.slice(1) };
  if (message.carried.length > 0 && random.chance(0.3)) return { ...message, carried: message.carried.slice(1) };
  const { digest, bytes } = valueOfBlock({ ...block, salt: 'invalid' });
  if (random.chance(0.5)) return sign(member, { ...message, digest, value: bytes });
  const { justification } = message;
  return {
    ...message,
    justification: justification === null ? null : { ...justification, viewChanges: justification.viewChanges.slice(1) },
  };
}
