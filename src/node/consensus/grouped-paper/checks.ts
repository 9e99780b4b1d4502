// What must hold of a message before this engine sees it (R1). It stands in the place of `../checks.ts`, and each refuses what the
// other accepts: statements of primaries sign a layer of their own, and members' votes have no say here.
import { type PartyId, type Rejection, present, reject } from '../../base/index.ts';
import { placeOf } from '../circle.ts';
import type { Configuration } from '../engine.ts';
import type { Certificate, ConsensusMessage, PaperVote } from '../messages.ts';
import { voterIndex } from '../roster.ts';
import { type PaperWords, type SignatureCheck, paperBytes } from '../statement.ts';
import { groupOfRequest, isPrimary, paperLeaderOf, primariesQuorum } from './primaries.ts';

type Checks = readonly SignatureCheck[] | Rejection;

/** Every signature in a message, or why no signature can save it. */
export function paperSignatureChecks(message: ConsensusMessage, configuration: Configuration): Checks {
  switch (message.kind) {
    case 'paper-proposal': {
      const leads = message.signer === paperLeaderOf(configuration, message.height, message.view);
      if (message.epoch === configuration.epoch && !leads)
        return reject('not-the-leader', 'the pre-prepare comes from a member that is not the primary of the request');
      return own(message.epoch, { ...message, phase: 'pre-prepare' }, message.signature, configuration);
    }
    case 'paper-vote':
      return voteRefusal(message, configuration) ?? own(message.epoch, message, message.signature, configuration);
    case 'paper-replace': {
      if (message.view === 0) return reject('view-0', 'nobody waits for view 0');
      const words = { ...message, round: 'group', phase: 'replace', digest: null } as const;
      return own(message.epoch, words, message.signature, configuration);
    }
    case 'paper-package':
      return paperCertificateChecks(message.certificate, configuration);
    // How final values are handed to whoever was away.
    case 'decided':
      if (message.certificate.height !== message.height) return reject('wrong-certificate', 'the certificate is about another height');
      return paperCertificateChecks(message.certificate, configuration);
    default:
      return reject('other-engine', 'where primaries vote for their groups, members’ votes are not counted');
  }
}

/** P0-33, the signature collection: distinct primaries of that view, in order, at least a quorum of them, every signature checked. */
export function paperCertificateChecks(certificate: Certificate, configuration: Configuration): Checks {
  const { epoch, phase, height, view, digest, votes } = certificate;
  if (epoch !== configuration.epoch) return wrongEpoch(epoch, configuration);
  if (phase !== 'commit') return reject('wrong-phase', 'a package holds the commits of primaries');
  const needed = primariesQuorum(configuration.groups.length);
  if (votes.length < needed) return reject('below-quorum', `a package of ${votes.length} primaries where ${needed} are needed`);
  if (votes.some((vote, i) => i > 0 && present(votes[i - 1], 'a vote').signer >= vote.signer))
    return reject('unordered', 'the signers of a package are not distinct and in order');
  const other = votes.find((vote) => !isPrimary(configuration, height, view, vote.signer));
  if (other !== undefined) return reject('not-a-primary', `${other.signer} was no primary in that view`);
  return votes.map(({ signer, signature }) => ({
    publicKey: keyOf(signer, configuration),
    bytes: paperBytes({ round: 'primaries', phase: 'commit', height, view, digest, signer }, configuration),
    signature,
  }));
}

/** Members of its group vote about a request first, then the primaries. */
function voteRefusal({ epoch, round, phase, height, view, signer }: PaperVote, configuration: Configuration): Rejection | null {
  if (epoch !== configuration.epoch) return wrongEpoch(epoch, configuration);
  if (round === 'primaries' && !isPrimary(configuration, height, view, signer))
    return reject('not-a-primary', `${signer} is no primary in that view`);
  if (round === 'group' && placeOf(configuration, signer)?.group !== groupOfRequest(configuration, height, view))
    return reject('stranger', `${signer} is not of the group that has the request`);
  if (phase === 'pre-prepare' && signer !== paperLeaderOf(configuration, height, view))
    return reject('not-the-leader', 'a member that is not the primary of the request proposes nothing');
  return null;
}

function own(
  epoch: number,
  { round, phase, height, view, digest, signer }: PaperWords,
  signature: Uint8Array,
  configuration: Configuration,
): Checks {
  if (epoch !== configuration.epoch) return wrongEpoch(epoch, configuration);
  if (voterIndex(configuration, signer) < 0) return reject('stranger', `${signer} does not vote in this epoch`);
  return [
    {
      publicKey: keyOf(signer, configuration),
      bytes: paperBytes({ round, phase, height, view, digest, signer }, configuration),
      signature,
    },
  ];
}

function wrongEpoch(epoch: number, configuration: Configuration): Rejection {
  return reject('wrong-epoch', `epoch ${epoch}, but ${configuration.epoch} is open`);
}

function keyOf(signer: PartyId, configuration: Configuration): Uint8Array {
  return present(configuration.voters[voterIndex(configuration, signer)], 'a voter').memberKey;
}
