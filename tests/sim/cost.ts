// What a message costs its receiver: the signatures that the verify stage checks for it, counted from its structure, and the
// requests that it brings for the first time, each with a signature of its own.
import type { Certificate, ConsensusMessage } from '../../src/node/consensus/index.ts';
import { blockOf, requestsInBatch } from './block.ts';

const costs = new WeakMap<ConsensusMessage, { readonly signatures: number; readonly requests: number }>();

export function signaturesIn(message: ConsensusMessage): number {
  return costOf(message).signatures;
}

export function requestsIn(message: ConsensusMessage): number {
  return costOf(message).requests;
}

function costOf(message: ConsensusMessage): { readonly signatures: number; readonly requests: number } {
  const known = costs.get(message);
  if (known !== undefined) return known;
  const cost = { signatures: countSignatures(message), requests: countRequests(message) };
  costs.set(message, cost);
  return cost;
}

function countSignatures(message: ConsensusMessage): number {
  switch (message.kind) {
    case 'proposal': {
      const carried = message.carried.reduce((sum, { certificate }) => sum + certificate.votes.length, 0);
      const asks = message.justification?.viewChanges.length ?? 0;
      return 1 + carried + asks + votesIn(message.justification?.certificate) + parentVotes(message.value);
    }
    case 'view-change':
      return 1 + votesIn(message.certificate);
    case 'decided':
      return message.certificate.votes.length;
    case 'bundle':
      return message.votes.length;
    case 'certified':
    case 'certified-batch':
    case 'paper-package':
      return message.certificate.votes.length;
    case 'paper-proposal':
      return 1 + parentVotes(message.value);
    case 'batch':
      return 1 + message.moves.length;
    case 'inquiry':
      return 0;
    case 'vote':
    case 'paper-vote':
    case 'paper-replace':
    case 'lane-vote':
    case 'lane-move':
    case 'audit':
      return 1;
  }
}

function votesIn(certificate: Certificate | null | undefined): number {
  return certificate?.votes.length ?? 0;
}

/** The header holds the parent's commit certificate, which everybody has checked when the height began: it is checked again. */
function parentVotes(value: Uint8Array): number {
  const block = blockOf(value);
  return block === null ? 0 : Math.floor((block.certificate.length * 3) / 4 / VOTE_BYTES);
}
/** A signer and a signature in a certificate's encoding. */
const VOTE_BYTES = 84;

function countRequests(message: ConsensusMessage): number {
  switch (message.kind) {
    case 'proposal': {
      const carried = message.carried.reduce((sum, { bytes }) => sum + (bytes === null ? 0 : requestsInBatch(bytes).length), 0);
      return carried + (blockOf(message.value)?.requests.length ?? 0);
    }
    case 'batch':
    case 'certified-batch':
      return message.bytes === null ? 0 : requestsInBatch(message.bytes).length;
    case 'paper-proposal':
    case 'paper-package':
      return blockOf(message.value)?.requests.length ?? 0;
    default:
      return 0;
  }
}
