// The one place where the page meets the node: its types, and the functions that its door exports. The code behind them is
// fetched when it is first needed (`OpenDoor`), so that the first page stays small.
import type {
  ClinicordNode,
  FhirBundle,
  Invitation,
  Joining,
  MissingFeatures,
  NewProfile,
  ProfileSummary,
} from '../node/api.ts';
import type { Rejection } from '../node/base/index.ts';

export type {
  ApplicationView,
  BlockCheck,
  BlockSummary,
  BlockView,
  BundleFault,
  ClinicordNode,
  FhirBundle,
  GrantView,
  Identity,
  Invitation,
  Joining,
  MemberView,
  MissingFeatures,
  NetworkView,
  NewProfile,
  NodeView,
  OpenedRecord,
  PartyView,
  PatientEntry,
  ProfileSummary,
  ReadView,
  RecordStatus,
  RecordView,
  RecordWay,
  RequestView,
  SealPreview,
  Seat,
  SlipView,
  Standing,
  TrafficEntry,
  VisitForm,
} from '../node/api.ts';
export type { ChannelId, Digest, GrantId, PartyId, RecordId, Rejection } from '../node/base/index.ts';
export type { ActionKind, Role, SensitivityClass } from '../node/contracts/index.ts';

/** A row of a record as shown; `flag` is said in words beside the value. */
export interface ReadableRow {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly range?: string;
  readonly flag?: 'high' | 'low';
}

export interface ReadableSection {
  readonly title: string;
  readonly rows: readonly ReadableRow[];
}

/** What src/node/index.ts exports for the page. */
export interface NodeDoor {
  listProfiles(): Promise<readonly ProfileSummary[]>;
  createProfile(profile: NewProfile, joining: Joining): Promise<{ readonly slot: string; readonly words: string }>;
  startNode(slot: string): Promise<ClinicordNode>;
  removeProfile(slot: string): Promise<void>;
  demonstration(): Promise<Invitation | null>;
  parseInvitation(text: string): Invitation | Rejection;
  invitationLink(invitation: Invitation, baseUrl: string): string;
  missingFeatures(): MissingFeatures;
  readableRecord(bundle: FhirBundle): readonly ReadableSection[];
}

export type OpenDoor = () => Promise<NodeDoor>;
