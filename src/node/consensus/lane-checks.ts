// What must hold of a lane's message before the engine sees it (R1, R8, T6): its structure, and every signature in it. Local
// votes sign another layer, so none of this ever counts in the global quorum.
import { type PartyId, type Rejection, isRejection, present, reject } from '../base/index.ts';
import { authorOf, groupQuorum, groupTolerates, placeOf } from './circle.ts';
import type { Configuration } from './engine.ts';
import type { Batch, LaneCertificate, LaneMove, LaneVote } from './messages.ts';
import { voterIndex } from './roster.ts';
import { type SignatureCheck, laneBytes, moveBytes } from './statement.ts';

type Checks = readonly SignatureCheck[] | Rejection;

/** By the author of that local view; above local view 0 with the moves that made it author (R8). */
export function batchChecks(batch: Batch, configuration: Configuration): Checks {
  const { reference, signer, signature, moves } = batch;
  const refusal = epochRefusal(batch.epoch, configuration) ?? groupRefusal(reference.group, configuration);
  if (refusal !== null) return refusal;
  if (signer !== authorOf(configuration, reference.group, reference.localView)) {
    return reject('not-the-author', 'the batch comes from a member that is not the author of its local view');
  }
  const own = { publicKey: keyOf(signer, configuration), bytes: laneBytes('batch', reference, signer, configuration), signature };
  const proof = movesChecks(moves, reference, configuration);
  return isRejection(proof) ? proof : [own, ...proof];
}

/** R8: f_g+1 of the group moved to exactly this local view. */
function movesChecks(
  moves: readonly LaneMove[],
  at: { readonly group: number; readonly localView: number },
  configuration: Configuration,
): Checks {
  if (at.localView === 0) return moves.length === 0 ? [] : reject('stray-moves', 'local view 0 needs no moves');
  const signers = moves.map((move) => move.signer);
  if (signers.some((signer, i) => i > 0 && present(signers[i - 1], 'a signer') >= signer)) {
    return reject('unordered', 'the signers of moves are not distinct and in order');
  }
  if (moves.some((move) => move.group !== at.group || move.localView !== at.localView)) {
    return reject('mixed-views', 'a move is about another group or local view');
  }
  if (!enoughMoved(signers, at.group, configuration)) return reject('below-quorum', 'too few members moved to this local view');
  let checks: readonly SignatureCheck[] = [];
  for (const move of moves) {
    const own = laneMoveChecks(move, configuration);
    if (isRejection(own)) return own;
    checks = checks.concat(own);
  }
  return checks;
}

/** R8: whether those who moved are enough for the rest of the group to follow: at least one of them is correct, or nobody there is needed. */
export function enoughMoved(moved: readonly PartyId[], group: number, configuration: Configuration): boolean {
  return moved.length > groupTolerates(configuration, group);
}

/** By a member of the group; `batch` only by the author. */
export function laneVoteChecks(vote: LaneVote, configuration: Configuration): Checks {
  const { reference, signer, signature, phase } = vote;
  const refusal = epochRefusal(vote.epoch, configuration) ?? groupRefusal(reference.group, configuration);
  if (refusal !== null) return refusal;
  if (placeOf(configuration, signer)?.group !== reference.group) return reject('stranger', `${signer} is not of this group`);
  if (phase === 'batch' && signer !== authorOf(configuration, reference.group, reference.localView)) {
    return reject('not-the-author', 'a member that is not the author has no say in what the batch is');
  }
  return [{ publicKey: keyOf(signer, configuration), bytes: laneBytes(phase, reference, signer, configuration), signature }];
}

/** By a member of the group: nobody outside knows more of its lane than that a batch is late. */
export function laneMoveChecks(move: LaneMove, configuration: Configuration): Checks {
  const refusal = epochRefusal(move.epoch, configuration) ?? groupRefusal(move.group, configuration);
  if (refusal !== null) return refusal;
  if (move.localView === 0) return reject('view-0', 'nobody moves to local view 0');
  if (placeOf(configuration, move.signer)?.group !== move.group) return reject('stranger', `${move.signer} is not of this group`);
  return [{ publicKey: keyOf(move.signer, configuration), bytes: moveBytes(move, configuration), signature: move.signature }];
}

/** All or nothing, as every certificate (R6): q_g distinct members of the group, in order. */
export function laneCertificateChecks(certificate: LaneCertificate, configuration: Configuration): Checks {
  const { reference, votes, epoch } = certificate;
  const refusal = epochRefusal(epoch, configuration) ?? groupRefusal(reference.group, configuration);
  if (refusal !== null) return refusal;
  const needed = groupQuorum(configuration, reference.group);
  if (votes.length < needed) return reject('below-quorum', `a lane certificate of ${votes.length} members where ${needed} are needed`);
  if (votes.some((vote, i) => i > 0 && present(votes[i - 1], 'a vote').signer >= vote.signer)) {
    return reject('unordered', 'the signers of a lane certificate are not distinct and in order');
  }
  const foreign = votes.find((vote) => placeOf(configuration, vote.signer)?.group !== reference.group);
  if (foreign !== undefined) return reject('stranger', `${foreign.signer} is not of this group`);
  return votes.map(({ signer, signature }) => ({
    publicKey: keyOf(signer, configuration),
    bytes: laneBytes('commit', reference, signer, configuration),
    signature,
  }));
}

function epochRefusal(epoch: number, configuration: Configuration): Rejection | null {
  return epoch === configuration.epoch ? null : reject('wrong-epoch', `epoch ${epoch}, but ${configuration.epoch} is open`);
}

function groupRefusal(group: number, configuration: Configuration): Rejection | null {
  return group < configuration.groups.length ? null : reject('no-such-group', `there is no group ${group}`);
}

function keyOf(signer: PartyId, configuration: Configuration): Uint8Array {
  return present(configuration.voters[voterIndex(configuration, signer)], 'a voter').memberKey;
}
