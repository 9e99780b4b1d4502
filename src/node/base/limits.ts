// Named limits with their units (R18). What exceeds one is refused with a reason.

/** One consensus or ledger frame between peers. */
export const MAX_VOTE_FRAME_BYTES = 2 * 1024 * 1024;
/** One request or answer on the bulk stream. */
export const MAX_BULK_FRAME_BYTES = 8 * 1024 * 1024;
/** One slip with its signatures. */
export const MAX_SLIP_BYTES = 4 * 1024;
/** Slips in one block (P3-17). */
export const MAX_SLIPS_PER_BLOCK = 128;
/** One block with its slips and its parent's certificate. */
export const MAX_BLOCK_BYTES = 1024 * 1024;
/** Voters of a channel: P2-18 advises 100; twice that leaves room. */
export const MAX_VOTERS = 200;
/** Members of a channel, voting or not. */
export const MAX_MEMBERS = 400;
/** Batches that one block orders. */
export const MAX_CUT_BATCHES = 64;
/** Requests that a lane's author gathers at most; a batch of one request may be larger. */
export const MAX_BATCH_BYTES = 64 * 1024;
/** Slips that wait to be ordered. */
export const MAX_POOL_SLIPS = 4096;
/** Views of one height that a member keeps messages for, above its own. */
export const MAX_VIEWS_AHEAD = 8;
/** How far a block's time may run ahead of a voter's clock. */
export const MAX_CLOCK_AHEAD_MS = 60_000;
/** One sealed part of a record. */
export const MAX_PART_BYTES = 32 * 1024 * 1024;
/** A FHIR bundle that is imported. */
export const MAX_BUNDLE_BYTES = 16 * 1024 * 1024;
/** One letter in a mailbox. */
export const MAX_LETTER_BYTES = 256 * 1024;
/** Letters that a mailbox keeps for one recipient. */
export const MAX_LETTERS_PER_RECIPIENT = 512;
/** How long a letter that nobody fetched is kept. */
export const LETTER_LIFETIME_MS = 30 * 24 * 3_600_000;
/** A name that a person types. */
export const MAX_NAME_CHARS = 120;
/** A reason or purpose that a person types. */
export const MAX_REASON_CHARS = 500;
