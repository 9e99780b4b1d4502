// What must hold of a message before the engine sees it (R1, R5, R6): its structure, judged here, and every signature in
// it, listed here and checked by the verify stage. A certificate is all or nothing: every signature, no strangers.
import { type PartyId, type Rejection, isRejection, present, reject } from '../base/index.ts';
import type { Configuration, Verified } from './engine.ts';
import type { Audit, Bundle, Certificate, ConsensusMessage, Inquiry, Proposal, ViewChange } from './messages.ts';
import { batchChecks, laneCertificateChecks, laneMoveChecks, laneVoteChecks } from './lane-checks.ts';
import { leaderOf, voterIndex } from './roster.ts';
import { type SignatureCheck, auditBytes, saidBytes, statementBytes, voteSaid } from './statement.ts';

type Checks = readonly SignatureCheck[] | Rejection;

/**
 * Says that all `signatureChecks` of a message held and that its bytes hash to its digest. Called by the verify stage, and
 * by tests in its place; nobody else may.
 */
export function asVerified<M extends object>(message: M): Verified<M> {
  return message as Verified<M>;
}

/** Every signature in a message under the configuration of its epoch, or why no signature can save it. */
export function signatureChecks(message: ConsensusMessage, configuration: Configuration): Checks {
  switch (message.kind) {
    case 'proposal':
      return proposalChecks(message, configuration);
    case 'vote':
      return ownCheck(message, configuration);
    case 'view-change':
      return viewChangeChecks(message, configuration);
    case 'decided':
      if (message.certificate.height !== message.height) return reject('wrong-certificate', 'the certificate is about another height');
      return certificateChecks(message.certificate, configuration, 'commit');
    case 'bundle':
      return bundleChecks(message, configuration);
    case 'certified':
      return certificateChecks(message.certificate, configuration, message.certificate.phase);
    case 'inquiry':
      return inquiryChecks(message, configuration);
    case 'batch':
      return batchChecks(message, configuration);
    case 'lane-vote':
      return laneVoteChecks(message, configuration);
    case 'lane-move':
      return laneMoveChecks(message, configuration);
    case 'certified-batch':
      return laneCertificateChecks(message.certificate, configuration);
    case 'audit':
      return auditChecks(message, configuration);
    case 'paper-proposal':
    case 'paper-vote':
    case 'paper-replace':
    case 'paper-package':
      return reject('other-engine', 'where members are counted, nobody votes for a group');
  }
}

/** By an auditor of this epoch; whose turn it was is looked at where the verdict counts. */
function auditChecks(audit: Audit, configuration: Configuration): Checks {
  if (audit.epoch !== configuration.epoch) return wrongEpoch(audit.epoch, configuration);
  const auditor = configuration.observers?.find((candidate) => candidate.party === audit.signer);
  if (auditor === undefined) return reject('no-auditor', 'the verdict comes from nobody who audits in this epoch');
  return [{ publicKey: auditor.memberKey, bytes: auditBytes(audit, configuration), signature: audit.signature }];
}

/**
 * One check for each vote, in their order: whoever verifies drops the votes that fail and blames the carrier
 * (`withoutBadVotes`), for one bad vote must not silence a group.
 */
function bundleChecks(bundle: Bundle, configuration: Configuration): Checks {
  if (bundle.epoch !== configuration.epoch) return wrongEpoch(bundle.epoch, configuration);
  const signers = bundle.votes.map((vote) => vote.signer);
  if (signers.length === 0) return reject('empty-bundle', 'a bundle without votes');
  return orderRefusal(signers, configuration, 'bundle') ?? votesChecks(bundle, configuration);
}

/** The bundle's votes whose signatures hold; null where none does. `holds` is by vote, as `signatureChecks` lists them. */
export function withoutBadVotes(bundle: Bundle & { readonly kind: 'bundle' }, holds: readonly boolean[]): typeof bundle | null {
  const votes = bundle.votes.filter((_, index) => holds[index] === true);
  if (votes.length === bundle.votes.length) return bundle;
  return votes.length === 0 ? null : { ...bundle, votes };
}

function inquiryChecks(inquiry: Inquiry, configuration: Configuration): Checks {
  if (inquiry.epoch !== configuration.epoch) return wrongEpoch(inquiry.epoch, configuration);
  return voterIndex(configuration, inquiry.asker) < 0 ? stranger(inquiry.asker) : [];
}

/** R6: distinct voters of this epoch, ordered, at least Q, each signature over the same (height, view, digest). */
export function certificateChecks(certificate: Certificate, configuration: Configuration, expectedPhase: Certificate['phase']): Checks {
  if (certificate.epoch !== configuration.epoch) return wrongEpoch(certificate.epoch, configuration);
  if (certificate.phase !== expectedPhase)
    return reject('wrong-phase', `a certificate of phase ${certificate.phase} where ${expectedPhase} is needed`);
  const signers = certificate.votes.map((vote) => vote.signer);
  const refusal = quorumRefusal(signers, configuration, 'certificate');
  return refusal ?? votesChecks(certificate, configuration);
}

function votesChecks(certificate: Certificate, configuration: Configuration): readonly SignatureCheck[] {
  return certificate.votes.map((vote) => ({
    publicKey: keyOf(vote.signer, configuration),
    bytes: saidBytes(voteSaid(certificate, vote.signer, configuration), configuration),
    signature: vote.signature,
  }));
}

type Signed = Extract<ConsensusMessage, { kind: 'proposal' | 'vote' | 'view-change' | 'lane-vote' }>;

/** The message's own signature, and nothing of what it carries. */
export function ownCheck(message: Signed, configuration: Configuration): Checks {
  if (message.kind === 'lane-vote') return laneVoteChecks(message, configuration);
  if (message.epoch !== configuration.epoch) return wrongEpoch(message.epoch, configuration);
  if (voterIndex(configuration, message.signer) < 0) return stranger(message.signer);
  const bytes = statementBytes(message, configuration);
  return [{ publicKey: keyOf(message.signer, configuration), bytes, signature: message.signature }];
}

function viewChangeChecks(message: ViewChange & { kind: 'view-change' }, configuration: Configuration): Checks {
  const own = ownCheck(message, configuration);
  if (isRejection(own)) return own;
  const refusal = statementRefusal(message);
  if (refusal !== null) return refusal;
  if (message.lockedView === null) {
    return message.certificate === null ? own : reject('stray-certificate', 'a certificate of a lock that is not stated');
  }
  return joined(own, lockChecks(message.certificate, message, message, configuration));
}

function proposalChecks(message: Proposal & { kind: 'proposal' }, configuration: Configuration): Checks {
  const own = ownCheck(message, configuration);
  if (isRejection(own)) return own;
  if (message.signer !== leaderOf(configuration, message.height, message.view)) {
    return reject('not-the-leader', 'the proposal comes from a voter that does not lead this view');
  }
  const carried = carriedChecks(message, configuration);
  if (isRejection(carried)) return carried;
  const { justification } = message;
  const all = [...own, ...carried];
  if (message.view === 0) return justification === null ? all : reject('stray-justification', 'view 0 needs no justification');
  if (justification === null) return reject('unjustified', 'a new view without the view changes that it follows from');
  return joined(all, justificationChecks(message, justification, configuration));
}

/** T6: every batch that a proposal lists was certified by its group. */
function carriedChecks(message: Proposal, configuration: Configuration): Checks {
  let checks: readonly SignatureCheck[] = [];
  for (const { certificate } of message.carried) {
    const own = laneCertificateChecks(certificate, configuration);
    if (isRejection(own)) return own;
    checks = checks.concat(own);
  }
  return checks;
}

/** R5: Q signed statements for exactly this height and view, and one certificate for the highest lock that they state. */
function justificationChecks(
  proposal: Proposal,
  justification: NonNullable<Proposal['justification']>,
  configuration: Configuration,
): Checks {
  const { viewChanges, certificate } = justification;
  const refusal = quorumRefusal(
    viewChanges.map((viewChange) => viewChange.signer),
    configuration,
    'new view',
  );
  if (refusal !== null) return refusal;
  let checks: readonly SignatureCheck[] = [];
  for (const viewChange of viewChanges) {
    if (viewChange.height !== proposal.height || viewChange.view !== proposal.view) {
      return reject('mixed-views', 'a view change in the new view asks for another height or view');
    }
    if (viewChange.certificate !== null) return reject('stray-certificate', 'a new view holds one certificate, beside its view changes');
    const structure = statementRefusal(viewChange);
    if (structure !== null) return structure;
    const signature = ownCheck({ kind: 'view-change', ...viewChange }, configuration);
    if (isRejection(signature)) return signature;
    checks = checks.concat(signature);
  }
  const highest = highestLock(viewChanges);
  if (highest === null) return certificate === null ? checks : reject('stray-certificate', 'a certificate of a lock that nobody states');
  return joined(checks, lockChecks(certificate, highest, proposal, configuration));
}

/** R5: the view change that states the highest lock, or null where none states any. What a new view must propose is its digest. */
export function highestLock(viewChanges: readonly ViewChange[]): ViewChange | null {
  return viewChanges.reduce<ViewChange | null>(
    (highest, candidate) => ((candidate.lockedView ?? -1) > (highest?.lockedView ?? -1) ? candidate : highest),
    null,
  );
}

/** The certificate must prove exactly the lock that is stated. */
function lockChecks(
  certificate: Certificate | null,
  stated: Pick<ViewChange, 'lockedView' | 'lockedDigest'>,
  at: { readonly height: number },
  configuration: Configuration,
): Checks {
  if (certificate === null) return reject('unproven-lock', 'a lock is stated without its prepare certificate');
  const matches = certificate.height === at.height && certificate.view === stated.lockedView && certificate.digest === stated.lockedDigest;
  if (!matches) return reject('wrong-certificate', 'the certificate is about another height, view or digest than the lock');
  return certificateChecks(certificate, configuration, 'prepare');
}

/** What no correct voter states, whoever carries it. */
function statementRefusal(viewChange: ViewChange): Rejection | null {
  if (viewChange.view === 0) return reject('view-0', 'nobody asks for view 0');
  if ((viewChange.lockedView === null) !== (viewChange.lockedDigest === null))
    return reject('half-a-lock', 'a lock has a view and a digest');
  if (viewChange.lockedView !== null && viewChange.lockedView >= viewChange.view)
    return reject('lock-above-view', 'a lock lies below the view asked for');
  return null;
}

function quorumRefusal(signers: readonly PartyId[], configuration: Configuration, what: string): Rejection | null {
  if (signers.length < configuration.quorum) {
    return reject('below-quorum', `a ${what} of ${signers.length} voters where ${configuration.quorum} are needed`);
  }
  return orderRefusal(signers, configuration, what);
}

/** Distinct, in order, and no strangers. */
function orderRefusal(signers: readonly PartyId[], configuration: Configuration, what: string): Rejection | null {
  const unordered = signers.findIndex((signer, i) => i > 0 && present(signers[i - 1], 'a signer') >= signer);
  if (unordered >= 0) return reject('unordered', `the signers of a ${what} are not distinct and in order`);
  const unknown = signers.find((signer) => voterIndex(configuration, signer) < 0);
  return unknown === undefined ? null : stranger(unknown);
}

function joined(first: readonly SignatureCheck[], second: Checks): Checks {
  return isRejection(second) ? second : [...first, ...second];
}

function stranger(signer: PartyId): Rejection {
  return reject('stranger', `${signer} does not vote in this epoch`);
}

function wrongEpoch(epoch: number, configuration: Configuration): Rejection {
  return reject('wrong-epoch', `epoch ${epoch}, but ${configuration.epoch} is open`);
}

function keyOf(signer: PartyId, configuration: Configuration): Uint8Array {
  return present(configuration.voters[voterIndex(configuration, signer)], 'a voter').memberKey;
}
