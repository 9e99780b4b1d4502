// What is done on a channel that hides institutions so that clinics can sign as "a member" (P2-11, P2-20, P2-24, T14): openers are appointed
// and make their key together, a supervision centre issues, clinics enrol, signatures are opened with a reason, the tags of a revoked
// clinic are named. Formats only; the rules are in institutions/. Shares are sealed to their holder, so all may hold them.
import { ID_BYTES, type SlipId, MAX_REASON_CHARS } from '../base/index.ts';
import { boundedBytes, fixedBytes, flag, hex, list, struct, text, uint, union } from '../codec/index.ts';
import { CREDENTIAL_BYTES, GROUP_SIGNATURE_BYTES, OPENING_PART_BYTES } from '../crypto/index.ts';
import { partyId } from './fields.ts';

/** Openers of one term: dealings and applications hold a sealed share for each, in one slip. */
export const MAX_OPENERS = 16;
/** Signatures of a clinic in one epoch: an opener names the tags of them all in one slip. */
export const MAX_TAGS_PER_EPOCH = 64;
/** Epochs that a credential lasts. */
export const MAX_EPOCHS_PER_TERM_PERIOD = 64;
/** Terms of a channel, each with its own key. */
export const MAX_TERMS = 65_535;
export const MAX_TAG_EPOCH = 0xffff_ffff;
const MAX_SEALED_SHARE_BYTES = 160;
const DAY_MS = 24 * 3_600_000;

const term = uint(MAX_TERMS);
const slipId = hex<SlipId>(ID_BYTES);
const shares = list(boundedBytes(MAX_SEALED_SHARE_BYTES), MAX_OPENERS);

export const institutions = struct({
  deed: union({
    /** By a supervision centre, which issues in this term. Of the openers, `threshold` open. Epoch 0 begins with the block. */
    appoint: struct({
      term,
      openers: list(partyId, MAX_OPENERS),
      threshold: uint(MAX_OPENERS),
      tagsPerEpoch: uint(MAX_TAGS_PER_EPOCH),
      epochMs: uint(31 * DAY_MS),
      epochsPerPeriod: uint(MAX_EPOCHS_PER_TERM_PERIOD),
      /** A signature counts in its epoch and so many after it: as long as its slip may wait for the patient. */
      graceEpochs: uint(MAX_EPOCHS_PER_TERM_PERIOD),
    }),
    /** By an opener: its dealing, and a share of it for each opener. */
    deal: struct({ term, dealing: boundedBytes(1_024), shares }),
    /** By who issues, once all have dealt: the group's key. */
    open: struct({ term, groupKey: boundedBytes(1_536) }),
    /** By a clinic: points of its secrets with proof, and a share of the tag secret for each opener. */
    enrol: struct({ term, request: boundedBytes(1_024), shares }),
    /** By an opener: whether the clinic's share for it is good. */
    hold: struct({ term, clinic: partyId, good: flag }),
    /** By who issues: a credential for a period, useless to anybody but the clinic. */
    admit: struct({ term, clinic: partyId, period: uint(MAX_TAG_EPOCH), credential: fixedBytes(CREDENTIAL_BYTES) }),
    /** By an opener, about a revoked clinic: its part of the tags of one epoch. */
    bar: struct({ term, clinic: partyId, part: boundedBytes(3_400) }),
    /** By a supervision centre or the record's patient: who signed, and why that has to be known. */
    ask: struct({ slip: slipId, signature: fixedBytes(GROUP_SIGNATURE_BYTES), reason: text(MAX_REASON_CHARS) }),
    /** By an opener: its part of the opening. */
    answer: struct({ slip: slipId, part: fixedBytes(OPENING_PART_BYTES) }),
  }),
});
