// The slip: the ledger entry about a record or an action (P2-13, P3-15). Its body is what is signed; every field is bounded.
// Nothing here names a patient: parties are the hashes of their keys (P3-13).
import { MAX_NAME_CHARS, MAX_REASON_CHARS, MAX_SLIPS_PER_BLOCK, MAX_VOTERS } from '../base/index.ts';
import { type Decoded, boundedBytes, flag, list, nullable, oneOf, struct, text, uint, union } from '../codec/index.ts';
import { MAX_PLACE_METRES, MILLIONTHS, phase } from '../consensus/index.ts';
import { GROUP_SIGNATURE_BYTES } from '../crypto/index.ts';
import { copyright, custody, emergency, erasure, policy, script, sensitiveUse } from './deeds.ts';
import { institutions } from './institution-deeds.ts';
import {
  KEY_BYTES,
  MAX_READING_EPOCHS,
  SIGNATURE_BYTES,
  channelId,
  classKeys,
  curveKey,
  digest,
  grantAction,
  grantId,
  partyId,
  publicKey,
  recordId,
  role,
  sensitivityClass,
  signature,
} from './fields.ts';
import { anchor, summary } from './summary-fields.ts';

export * from './fields.ts';

/** P0-02, with T10: keys are made by their owner, the authority signs the slip that carries this. */
export const certificate = struct({
  subject: partyId,
  role,
  /** A clinic's, archive member's or authority's name; empty for a patient, whose name is nowhere on the ledger. */
  name: text(MAX_NAME_CHARS),
  /** Who signs for a clinic, as shown beside a record; empty otherwise. */
  clinician: text(MAX_NAME_CHARS),
  /** Ed25519: signs slips. */
  signingKey: publicKey,
  /** X25519: what is sealed for the subject. */
  wrapKey: publicKey,
  /** Ed25519: votes; null for those who never vote. */
  memberKey: nullable(publicKey),
  notBeforeMs: uint(),
  notAfterMs: uint(),
});
export type Certificate = Decoded<typeof certificate>;

/** Proof of possession: the certificate's bytes signed with each key that can sign. */
export const possession = struct({ bySigningKey: signature, byMemberKey: nullable(signature) });
export type Possession = Decoded<typeof possession>;

/** How a channel agrees (docs/protocol.md). Engines that a channel can be founded with: its proofs are members' votes, so `grouped-paper` runs in the simulator alone. */
export const engineName = oneOf('pbft', 'grouped');
export type EngineName = Decoded<typeof engineName>;

/** Members that a further channel is opened for: their names fit into one slip. */
export const MAX_CHANNEL_MEMBERS = 64;

/** A member's rating: higher is better. */
export const rating = uint(MILLIONTHS);
/** On a plane, in whole metres (P0-13). */
export const site = struct({ xMetres: uint(MAX_PLACE_METRES), yMetres: uint(MAX_PLACE_METRES) });

/** What channels differ in beside their engine (P1-05). */
const channelRules = {
  /** `consortium`: certifies, and carries the other channels' openings. `private`: one institution's nodes and archive members (P3-03). */
  kind: oneOf('consortium', 'shared', 'private'),
  /** Who must endorse what is written here, as an expression (P1-02); empty: nobody beside the slip's authors. */
  endorsement: text(MAX_REASON_CHARS),
  /** A block is made of so many slips, or so long after the one before (P3-17); at once where `blockMs` is 0. */
  blockSlips: uint(MAX_SLIPS_PER_BLOCK),
  blockMs: uint(3_600_000),
  /** Whether slips name their institution. */
  institutions: oneOf('named', 'hidden'),
};

/** Fixed at the founding of a channel. */
export const channelSettings = struct({
  name: text(MAX_NAME_CHARS),
  engine: engineName,
  /** Keepers that must hold every sealed block before a record counts as stored. */
  copies: uint(16),
  /** Whether archive members alone must be able to reach the quorum (R17); beyond that, tabs observe. */
  archiveQuorum: flag,
  /** Silence after which members may declare a voter absent. */
  silenceMs: uint(3_600_000),
  /** Least time between two epochs. */
  epochMinMs: uint(3_600_000),
  /** First time-out of a view; doubles from view to view. */
  baseTimeoutMs: uint(600_000),
  /** Groups (P0-12); null: as many as suit the voters. */
  groupCount: nullable(uint(MAX_VOTERS)),
  /** Which mean the Distance algorithm's R is (P0-15, T2). */
  radius: oneOf('pseudo-code', 'formula-1'),
  /** Weight of the distance in the election score, of 1,000,000; the rest is the rating's (P0-24). */
  alphaMillionths: uint(MILLIONTHS),
  /** T: how long groups stay before all are made anew (P0-23, P0-42); 0: until the next epoch. */
  epochLengthMs: uint(366 * 86_400_000),
  /** A member rated below it has no seat (P0-26); 0 excludes nobody. */
  ratingThreshold: rating,
  ...channelRules,
});
export type ChannelSettings = Decoded<typeof channelSettings>;

const found = struct({ settings: channelSettings });
const certify = struct({ certificate, possession });
/**
 * By the authority: where a party is and how it is rated; null: not known. No part of the certificate, which its subject asks
 * for and signs: a new rating needs nobody's consent (P0-26).
 */
const attest = struct({ party: partyId, place: nullable(site), rating: nullable(rating) });
/** By the authority. Ends every right of the party at once, its vote at the next epoch. */
const revoke = struct({ party: partyId, reason: text(MAX_REASON_CHARS) });
/**
 * On the consortium's chain, by the member that founded the channel: its founding block is the one with this digest (P1-05). Those
 * who are named may join.
 */
const openChannel = struct({ opened: channelId, settings: channelSettings, members: list(partyId, MAX_CHANNEL_MEMBERS) });
/** By the member key of one who was named: it takes part from here on. */
const joinChannel = struct({ opened: channelId });
/** By the member key: takes no part, or no part any more. */
const leaveChannel = struct({ opened: channelId });
/** By the subject's member key: asks for a voting seat; it has synchronised up to `height` ("ready", R13). */
const seat = struct({ height: uint() });
/** Goodbye, by the member key (R17). */
const leave = struct({});
/** By a voter's member key: it has not heard from these for `silenceMs` (R17). One slip for all, so that many who leave cost few. */
const absent = struct({ parties: list(partyId, MAX_VOTERS), epoch: uint() });

const said = struct({ phase, view: uint(), digest: nullable(digest), lockedView: nullable(uint()), signature });
const saidInLane = struct({ digest, signature });
/** Two signed statements of one member about one height, or about one position of a lane (R15), as far as they differ. */
export const proof = union({
  height: struct({ epoch: uint(), height: uint(), first: said, second: said }),
  lane: struct({
    epoch: uint(),
    group: uint(MAX_VOTERS),
    localView: uint(),
    sequence: uint(),
    phase: oneOf('batch', 'prepare', 'commit'),
    first: saidInLane,
    second: saidInLane,
  }),
});
export type Proof = Decoded<typeof proof>;
/** By a voter's member key: the culprit signed two things that no correct member signs both of. */
const accuse = struct({ culprit: partyId, proof });

/** P3-15. Author is the clinic; `consent` of the slip is the patient's signature unless `unconfirmed`. */
const record = struct({
  record: recordId,
  version: uint(10_000),
  patient: partyId,
  /** Why her signature is missing: null when she signed. */
  unconfirmedReason: nullable(text(MAX_REASON_CHARS)),
  classes: list(sensitivityClass, 4),
  /** SHA-256 of salt and envelope (T24): binds the sealed parts, proves nothing once the salt is destroyed. */
  commitment: digest,
  /** The envelope's CID, wrapped to the patient (P0-10). */
  sealedAddress: boundedBytes(160),
});
/** By the patient, about a final unconfirmed version. `sealedReason` is wrapped to the clinic. */
const verdict = struct({
  record: recordId,
  version: uint(10_000),
  verdict: oneOf('confirmed', 'disputed'),
  sealedReason: nullable(boundedBytes(1_200)),
});
/** "Entered in error", by the clinic that wrote it: a status, never a deletion. `sealedReason` is wrapped to the patient. */
const withdraw = struct({ record: recordId, sealedReason: boundedBytes(1_200) });
/** By a clinic: asks the patient for access. */
const request = struct({
  request: grantId,
  patient: partyId,
  record: recordId,
  purpose: text(MAX_REASON_CHARS),
  untilMs: uint(),
});
const decline = struct({ request: grantId });
/** By the patient (P3-24, P3-25). `answers` is the request it approves. */
const grant = struct({
  grant: grantId,
  grantee: partyId,
  record: recordId,
  classes: list(sensitivityClass, 4),
  actions: list(grantAction, 3),
  purpose: text(MAX_REASON_CHARS),
  fromMs: uint(),
  untilMs: uint(),
  answers: nullable(grantId),
});
const endGrant = struct({ grant: grantId });
/** By a clinic or a patient: what search tags are shared by (P3-11, T20); ristretto255, 32 bytes. */
const searchKey = struct({ key: publicKey });
/** By the reader (P3-26): on the ledger before the keys are released. */
const read = struct({ grant: grantId, record: recordId, version: uint(10_000) });
/** By the patient (P3-10): public halves of the keys to which clinics seal for one epoch, and of the one that signs her key fragments. */
const readingKeys = struct({ epoch: uint(MAX_READING_EPOCHS - 1), signer: curveKey, keys: classKeys });
/** By a reader: the key towards which proxies re-encrypt what it was granted. */
const receivingKey = struct({ key: curveKey });

/** By an authority: these are the true members (R13). */
const countersign = struct({ epoch: uint(), configuration: digest });

export const action = union({
  found,
  certify,
  attest,
  countersign,
  revoke,
  'open-channel': openChannel,
  'join-channel': joinChannel,
  'leave-channel': leaveChannel,
  anchor,
  summary,
  seat,
  leave,
  absent,
  accuse,
  record,
  verdict,
  withdraw,
  request,
  decline,
  grant,
  'end-grant': endGrant,
  'search-key': searchKey,
  read,
  'reading-keys': readingKeys,
  custody,
  erasure,
  policy,
  copyright,
  'sensitive-use': sensitiveUse,
  script,
  emergency,
  'receiving-key': receivingKey,
  institutions,
});
export type Action = Decoded<typeof action>;
export type ActionKind = Action['kind'];

/** Actions that the member key signs, so that a locked tab still takes part; all others are signed by the signing key. */
export const MEMBER_ACTIONS: readonly ActionKind[] = [
  'seat',
  'leave',
  'absent',
  'accuse',
  'join-channel',
  'leave-channel',
  'anchor',
  'summary',
];

/** Term, group signature, the record's key, its signature: 553 bytes. */
export const MAX_AUTHOR_SIGNATURE_BYTES = 2 + GROUP_SIGNATURE_BYTES + KEY_BYTES + SIGNATURE_BYTES;

export const slipBody = struct({
  protocol: uint(1),
  /** All zero in the founding block, which has no id yet. */
  channel: channelId,
  author: partyId,
  /** Per author, for R12: used once. */
  counter: uint(),
  timestampMs: uint(),
  action,
});
export type SlipBody = Decoded<typeof slipBody>;

export const slip = struct({
  body: slipBody,
  /** The author's, 64 bytes; of a hidden author what stands in its place (authorship.ts). */
  signature: boundedBytes(MAX_AUTHOR_SIGNATURE_BYTES),
  /** The patient's signature over the same body; null except on a record that she confirmed. */
  consent: nullable(signature),
});
export type Slip = Decoded<typeof slip>;
