// The deeds of the families of contracts (P1-08, P1-18, P1-19, P3-24), as slips hold them: what a party does to a record's custody, to
// its existence, to a policy of consent, to a work, to a sensitive use, to a contract that the consortium wrote itself. Formats only; the
// rules are in the folder of each family.
import { MAX_NAME_CHARS, MAX_REASON_CHARS } from '../base/index.ts';
import { boundedBytes, flag, list, nullable, oneOf, struct, text, uint, union } from '../codec/index.ts';
import { digest, grantAction, grantId, itemId, partyId, recordId, role, sensitivityClass } from './fields.ts';

/** transferMedical (P1-19): a record goes to another clinic when its clinic, its patient and the other clinic have all said so. */
export const custody = struct({
  record: recordId,
  deed: union({
    offer: struct({ to: partyId, untilMs: uint() }),
    /** By the patient, about this clinic and no other. */
    agree: struct({ to: partyId }),
    accept: struct({}),
    cancel: struct({}),
  }),
});

/** delete (P1-19, T16): the patient orders it, everybody who holds something destroys it and leaves a receipt. */
export const erasure = struct({ record: recordId, deed: union({ order: struct({}), receipt: struct({}) }) });

/** Why a record has to be opened without its patient. */
export const EMERGENCY_CAUSES = ['unconscious', 'life-threatening', 'cannot-decide'] as const;

/** Emergency access (design, step 9): stated first, then released by others, reviewed by a supervision centre. */
export const emergency = struct({
  emergency: itemId,
  deed: union({
    ask: struct({
      record: recordId,
      version: uint(10_000),
      cause: oneOf(...EMERGENCY_CAUSES),
      words: text(MAX_REASON_CHARS),
      untilMs: uint(),
    }),
    release: struct({}),
    review: struct({ verdict: oneOf('accepted', 'contested'), words: text(MAX_REASON_CHARS) }),
  }),
});

/** Parties that one policy names, or members of a committee. */
export const MAX_NAMED_PARTIES = 32;
const MAX_PURPOSES = 8;
/** A purpose that a policy lists: compared word for word. */
export const MAX_PURPOSE_CHARS = 80;
const purpose = text(MAX_PURPOSE_CHARS);

/** Consent that is given in advance (P3-24): a request that meets every condition is released by the ledger, without the patient. */
export const policy = struct({
  policy: itemId,
  deed: union({
    preset: struct({
      /** Null: every record of hers. */
      record: nullable(recordId),
      /** Who may: these, and whoever has one of these roles. */
      grantees: list(partyId, MAX_NAMED_PARTIES),
      roles: list(role, 2),
      purposes: list(purpose, MAX_PURPOSES),
      classes: list(sensitivityClass, 4),
      actions: list(grantAction, 3),
      /** The longest that one release lasts. */
      durationMs: uint(),
      fromMs: uint(),
      untilMs: uint(),
      /** Releases in all. */
      releases: uint(10_000),
    }),
    end: struct({}),
    /** By the reader: becomes a grant of this id. */
    release: struct({
      grant: grantId,
      record: recordId,
      classes: list(sensitivityClass, 4),
      actions: list(grantAction, 3),
      purpose,
      untilMs: uint(),
    }),
  }),
});

/** Copyright of medical data (P1-18): who registered a work first, who owns it now, who may use it for what. */
export const copyright = struct({
  work: itemId,
  deed: union({
    /** The fingerprint of a data set (copyright/fingerprint.ts), or the hash of any other work. */
    register: struct({ fingerprint: digest, title: text(MAX_NAME_CHARS) }),
    license: struct({ licence: itemId, licensee: partyId, terms: text(MAX_REASON_CHARS), fromMs: uint(), untilMs: uint() }),
    'end-licence': struct({ licence: itemId }),
    use: struct({ licence: itemId, purpose }),
    offer: struct({ to: partyId }),
    take: struct({}),
  }),
});

/** Secure use of sensitive data (P1-18): a purpose, approved by t of a committee's named members, and a log of every use. */
export const sensitiveUse = struct({
  use: itemId,
  deed: union({
    /** By the authority; `use` is the committee's own id. */
    committee: struct({ members: list(partyId, MAX_NAMED_PARTIES), threshold: uint(MAX_NAMED_PARTIES) }),
    /** `subject` is the fingerprint of what is used. */
    propose: struct({ committee: itemId, subject: digest, purpose: text(MAX_REASON_CHARS), uses: uint(10_000), untilMs: uint() }),
    vote: struct({ approve: flag }),
    /** `result` binds what came out, kept elsewhere. */
    log: struct({ note: text(MAX_PURPOSE_CHARS), result: nullable(digest) }),
    stop: struct({ reason: text(MAX_REASON_CHARS) }),
  }),
});

export const MAX_SCRIPT_PART_BYTES = 3 * 1024;
export const MAX_SCRIPT_PARTS = 11;
export const MAX_SCRIPT_VERSION = 10_000;
export const MAX_METHOD_CHARS = 64;
export const MAX_ARGUMENT_CHARS = 2_000;
const version = uint(MAX_SCRIPT_VERSION);

/** A contract that the consortium wrote itself (P0-49): uploaded in parts, approved by vote, called. */
export const script = struct({
  script: itemId,
  version,
  deed: union({
    /** `runtime` is the machine that it is written for, `source` the hash of its text. */
    upload: struct({ name: text(MAX_NAME_CHARS), runtime: digest, source: digest, parts: uint(MAX_SCRIPT_PARTS) }),
    part: struct({ index: uint(MAX_SCRIPT_PARTS - 1), bytes: boundedBytes(MAX_SCRIPT_PART_BYTES) }),
    vote: struct({ approve: flag }),
    /** `argument` is JSON; `steps` is how many it may take, reserved in its block. */
    call: struct({ method: text(MAX_METHOD_CHARS), argument: text(MAX_ARGUMENT_CHARS), steps: uint() }),
  }),
});
