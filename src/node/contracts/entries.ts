// What the state holds, table by table (docs/data.md). Entries are the least that the rules need to judge the next slip and
// that a light client may want proved; whole slips stay in their blocks.
import { MAX_MEMBERS, MAX_REASON_CHARS, MAX_VOTERS, type GrantId, type PartyId, type RecordId, type SlipId } from '../base/index.ts';
import { type Decoded, fixedBytes, flag, list, nullable, oneOf, struct, text, uint } from '../codec/index.ts';
import { certificate, channelSettings, digest, grantAction, partyId, publicKey, rating, recordId, sensitivityClass, site } from './slip.ts';
import { table } from './table.ts';

/** Bits of the replay window (R12). */
export const WINDOW_BYTES = 8;

const founded = struct({ settings: channelSettings, authority: partyId, timestampMs: uint() });
export type Founded = Decoded<typeof founded>;

const party = struct({
  certificate,
  /** Attested by the authority; null: not known. */
  place: nullable(site),
  rating: nullable(rating),
  /** Of the newest certificate. */
  certifiedAtHeight: uint(),
  revoked: nullable(struct({ reason: text(MAX_REASON_CHARS), height: uint() })),
});
export type PartyEntry = Decoded<typeof party>;

/** Every member key ever certified: it never serves another party, nor again after it was replaced (R14). */
const memberKeyOwner = struct({ party: partyId });

/** Bit i is set where the counter `highest - i` was used. */
const replayWindow = struct({ highest: uint(), used: fixedBytes(WINDOW_BYTES) });
export type ReplayWindow = Decoded<typeof replayWindow>;

/** A record slip that failed for good: it has no counter that would stop it from coming back. */
const spent = struct({ height: uint() });

const record = struct({
  patient: partyId,
  clinic: partyId,
  /** The newest. */
  version: uint(),
  /** "Entered in error" since this height. */
  withdrawnAtHeight: nullable(uint()),
});
export type RecordHead = Decoded<typeof record>;

const version = struct({
  commitment: digest,
  classes: list(sensitivityClass, 4),
  status: oneOf('confirmed', 'unconfirmed', 'disputed'),
  height: uint(),
});
export type VersionEntry = Decoded<typeof version>;

const request = struct({
  record: recordId,
  patient: partyId,
  requester: partyId,
  untilMs: uint(),
  answer: oneOf('open', 'granted', 'declined'),
});
export type RequestEntry = Decoded<typeof request>;

const grant = struct({
  record: recordId,
  patient: partyId,
  grantee: partyId,
  classes: list(sensitivityClass, 4),
  actions: list(grantAction, 3),
  fromMs: uint(),
  untilMs: uint(),
  endedAtHeight: nullable(uint()),
});
export type GrantEntry = Decoded<typeof grant>;

/** The newest read of one version by one grant: what keepers look at before they hand out wraps (P3-26). */
const read = struct({ height: uint(), timestampMs: uint() });
export type ReadEntry = Decoded<typeof read>;

export const memberKind = oneOf('archive', 'clinic');
export type MemberKind = Decoded<typeof memberKind>;

const member = struct({
  party: partyId,
  memberKey: publicKey,
  kind: memberKind,
  voting: flag,
  /** Epoch since which it votes, or has not voted. */
  sinceEpoch: uint(),
  /** Block time of its newest seat slip. */
  readyMs: uint(),
});
export type Member = Decoded<typeof member>;

/** The members of the epoch (R13). Changed only at the end of a block. */
const roster = struct({
  epoch: uint(),
  /** First height of the epoch. */
  sinceHeight: uint(),
  /** Time of the block that began it. */
  sinceMs: uint(),
  /** Ordered by party. */
  members: list(member, MAX_MEMBERS),
  /** Before this time no member's certificate expires. */
  nextExpiryMs: uint(),
});
export type Roster = Decoded<typeof roster>;

/** Changes that wait for the end of the epoch. */
const asks = struct({
  /** In order of arrival. */
  seats: list(struct({ party: partyId, readyMs: uint() }), MAX_MEMBERS),
  departures: list(struct({ party: partyId, cause: oneOf('leave', 'silent', 'revoked', 'rating') }), MAX_MEMBERS),
  /** A voter was convicted: seats are elected anew (P0-27). */
  reelect: flag,
});
export type Asks = Decoded<typeof asks>;

/** Voters who say that they do not hear this member (R17). */
const absence = struct({ statements: list(struct({ by: partyId, timestampMs: uint() }), MAX_VOTERS) });
export type Absence = Decoded<typeof absence>;

/** Who was convicted, by whom, and when (P0-27, R15). For good: it never takes a seat again. */
const mark = struct({ height: uint(), by: partyId });
export type Mark = Decoded<typeof mark>;

/** What a signature of an epoch is checked by: of the open one and some before (R15). */
const epochKeys = struct({
  /** Digest of its configuration. */
  configuration: digest,
  voters: list(struct({ party: partyId, memberKey: publicKey }), MAX_VOTERS),
});
export type EpochKeys = Decoded<typeof epochKeys>;

/** The id of a table's only entry. */
export const ONLY = 'only';

/** The newest configuration that a supervision centre countersigned, and when (R13). */
const countersigned = struct({ epoch: uint(), timestampMs: uint() });

export const foundedTable = table<typeof ONLY, Founded>('founded', founded);
export const partyTable = table<PartyId, PartyEntry>('party', party);
export const memberKeyTable = table<string, Decoded<typeof memberKeyOwner>>('member-key', memberKeyOwner);
export const windowTable = table<PartyId, ReplayWindow>('window', replayWindow);
export const spentTable = table<SlipId, Decoded<typeof spent>>('spent', spent);
export const recordTable = table<RecordId, RecordHead>('record', record);
export const versionTable = table<string, VersionEntry>('version', version);
export const requestTable = table<GrantId, RequestEntry>('request', request);
export const grantTable = table<GrantId, GrantEntry>('grant', grant);
export const readTable = table<string, ReadEntry>('read', read);
export const rosterTable = table<typeof ONLY, Roster>('roster', roster);
export const asksTable = table<typeof ONLY, Asks>('asks', asks);
export const absenceTable = table<PartyId, Absence>('absence', absence);
export const markTable = table<PartyId, Mark>('mark', mark);
export const countersignedTable = table<typeof ONLY, Decoded<typeof countersigned>>('countersigned', countersigned);
export const epochTable = table<string, EpochKeys>('epoch', epochKeys);

/** Id of a version in its table. */
export function versionKey(recordId: RecordId, versionNumber: number): string {
  return `${recordId}/${versionNumber}`;
}

/** Id of a read in its table. */
export function readKey(grantIdentifier: GrantId, versionNumber: number): string {
  return `${grantIdentifier}/${versionNumber}`;
}
