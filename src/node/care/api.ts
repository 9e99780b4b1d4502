// What the node around it calls of the care workflow: the commands of people, the part of the view that is about
// records, and the way of a certificate. One instance serves one profile: a clinic, a patient, an archive member, a
// supervision centre, or several of these at once.
import type { ClinicordNode, NodeView, Standing } from '../api.ts';
import type { Certificate, Possession } from '../contracts/index.ts';
import type { Guardians } from './guardians.ts';

/** The parts of the node's view that care answers for. */
export type CareView = Pick<
  NodeView,
  | 'records'
  | 'ways'
  | 'patients'
  | 'grants'
  | 'proxies'
  | 'requests'
  | 'reads'
  | 'applications'
  | 'search'
  | 'serials'
  | 'managers'
  | 'emergencies'
>;

/** The commands of `ClinicordNode` that care carries out. They throw AppError `locked` while the person's keys are not in memory. */
export type CareCommands = Pick<
  ClinicordNode,
  | 'contactLink'
  | 'registerPatient'
  | 'saveDraft'
  | 'loadDraft'
  | 'discardDraft'
  | 'previewVisit'
  | 'previewBundle'
  | 'writeRecord'
  | 'writeUnconfirmed'
  | 'markEnteredInError'
  | 'requestAccess'
  | 'openRecord'
  | 'confirmRecord'
  | 'disputeRecord'
  | 'grantAccess'
  | 'files'
  | 'approveRequest'
  | 'declineRequest'
  | 'revokeGrant'
  | 'eraseRecord'
  | 'approveApplication'
  | 'attestParty'
  | 'refuseApplication'
  | 'revokeParty'
  | 'search'
  | 'serials'
  | 'managers'
  | 'emergency'
>;

export interface CareOptions {
  /** The supervision centre certifies every applicant whose keys prove themselves, without a person (the demonstration). */
  readonly autoApprove?: boolean;
}

export interface Care extends CareCommands {
  /** The same object until something changed. */
  view(): CareView;
  /** Answers requests of others, collects letters, goes on with what was begun before a reload. Does not wait for the network. */
  start(): Promise<void>;
  /** No request is answered and no timer runs afterwards. */
  stop(): Promise<void>;
  /** To be called after every unlock and lock: loads or forgets what is private. */
  personChanged(): Promise<void>;
  /** Posts the application of a profile that is no party yet, again and again until it is answered. Resolves once it is under way; `standing` tells the rest. */
  applyForCertificate(certificate: Certificate, possession: Possession): Promise<void>;
  standing(): Standing;
  readonly guardians: Guardians;
}
