// The one place where the page meets the node: its types, and the functions that its door exports. The code behind them is
// fetched when it is first needed (`OpenDoor`), so that the first page stays small.
import type {
  ClinicordNode,
  FhirBundle,
  Invitation,
  Joining,
  KeyRequestView,
  KeyWish,
  KeyWishSummary,
  MissingFeatures,
  NewProfile,
  ProfileSummary,
  ReadableSection,
  Rejection,
  VisitForm,
} from '../node/index.ts';

export type * from '../node/index.ts';

/** What src/node/index.ts exports for the page. */
export interface NodeDoor {
  listProfiles(): Promise<readonly ProfileSummary[]>;
  createProfile(profile: NewProfile, joining: Joining): Promise<{ readonly slot: string; readonly words: string }>;
  startNode(slot: string): Promise<ClinicordNode>;
  removeProfile(slot: string): Promise<void>;
  listKeyWishes(): Promise<readonly KeyWishSummary[]>;
  makeKeyWish(purpose: KeyRequestView['purpose'], invitation: Invitation, passphrase: string): Promise<KeyWish>;
  resumeKeyWish(slot: string, passphrase: string): Promise<KeyWish>;
  dropKeyWish(slot: string): Promise<void>;
  demonstration(): Promise<Invitation | null>;
  parseInvitation(text: string): Invitation | Rejection;
  invitationLink(invitation: Invitation, baseUrl: string): string;
  missingFeatures(): MissingFeatures;
  readableRecord(bundle: FhirBundle): readonly ReadableSection[];
  /** The visit form that a record was written from, or null where a form cannot hold it. */
  visitFormOf(bundle: FhirBundle): VisitForm | null;
}

export type OpenDoor = () => Promise<NodeDoor>;
