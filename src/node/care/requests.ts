// What parties ask keepers on the bulk stream, and what keepers tell parties. Every body is declared here once; who may ask
// what is decided where it is answered (keeper.ts, mailbox.ts).
import { type ChannelId, DIGEST_BYTES, ID_BYTES, MAX_LETTERS_PER_RECIPIENT } from '../base/index.ts';
import { type Decoded, boundedBytes, fixedBytes, flag, hex, list, nullable, oneOf, struct, uint } from '../codec/index.ts';
import { SIGNATURE_BYTES, digest, partyId, recordId } from '../contracts/index.ts';
import { CLASS_ORDER, MAX_FILES, MAX_MANIFEST_BYTES, MAX_WRAPS, cid, keyWrap } from '../records/index.ts';
import { box, letter, letterId } from './letter.ts';
import { MAX_COLLECTED_LETTERS } from './limits.ts';

/** The envelope, a part for each class, the list of each file. */
export const MAX_NAMED_BLOBS = 1 + CLASS_ORDER.length + MAX_FILES;

/** A clinic asks a keeper to fetch and keep the sealed parts of a version and its manifest. Answer: `kept`. */
export const keep = struct({ manifest: boundedBytes(MAX_MANIFEST_BYTES) });
/**
 * CIDs of all that the keeper now holds for it: the envelope, its parts, the lists of its files with every chunk behind them. None while it
 * is still fetching; then `heldBytes` says how far it is, and the author asks again.
 */
export const kept = struct({ cids: list(cid, MAX_NAMED_BLOBS), heldBytes: uint() });

/** Asks for the manifest of a version with the wraps that are for the asker. `commitment` names one that is not final yet. */
export const manifestWish = struct({ record: recordId, version: uint(10_000), commitment: nullable(digest) });
/** Answer to `manifest`, and to `replicate`, by which one keeper asks another for the whole manifest of a final version. */
export const manifestAnswer = struct({ manifest: boundedBytes(MAX_MANIFEST_BYTES) });

/** The patient hands over part keys, wrapped for those whom she granted. Answer: `done`. */
export const addWraps = struct({
  record: recordId,
  version: uint(10_000),
  wraps: list(keyWrap, MAX_WRAPS),
});

/** Answer: `done`. */
export const post = struct({ purpose: oneOf('letter', 'application', 'answer'), letter });
export type Post = Decoded<typeof post>;
export const done = struct({ ok: flag });

/** For a box that is not the asker's own party: signed by the key of the box's party. */
const proofOfBox = struct({ atMs: uint(), signature: fixedBytes(SIGNATURE_BYTES) });
export type BoxProof = Decoded<typeof proofOfBox>;
const proof = nullable(proofOfBox);
/** Letters of a box, without those that the asker has. Answer: `collected`. */
export const collect = struct({ box, proof, have: list(letterId, MAX_LETTERS_PER_RECIPIENT) });
export const collected = struct({ letters: list(struct({ receivedMs: uint(), letter }), MAX_COLLECTED_LETTERS), more: flag });
/** Takes letters out of a box. Answer: `done`. */
export const discard = struct({ box, proof, ids: list(letterId, MAX_LETTERS_PER_RECIPIENT) });

/** A keeper's hint: something waits for this box. Answer: `done`. */
export const mailWaits = struct({ box });

/** What the key of a box signs, for one keeper and a short time. */
export const boxProof = struct({
  domain: oneOf('clinicord/box/1'),
  channel: hex<ChannelId>(DIGEST_BYTES),
  box: hex<string>(ID_BYTES),
  keeper: partyId,
  atMs: uint(),
});

export const REQUEST_KINDS = {
  keep: 'keep',
  manifest: 'manifest',
  replicate: 'replicate',
  addWraps: 'add-wraps',
  post: 'post',
  collect: 'collect',
  discard: 'discard',
  mailWaits: 'mail-waits',
} as const;
