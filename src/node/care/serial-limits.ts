// Named limits of serial numbers at work, with their units (R18). The allowance is per clinic and holder: with t of n holders needed for
// one serial, a clinic that asks them in turns gets n / t times as much.

/** Holders of shares of the key. */
export const MAX_SERIAL_HOLDERS = 16;
/** Shares of keys that one holder keeps; the oldest goes. */
export const MAX_SERIAL_SHARES = 8;
/** Serial numbers that a clinic may ask for at once, after a quiet time: a busy morning at the front desk. */
export const SERIAL_BURST = 60;
/** One more after each such time: 288 a day, 105,180 a year with the burst. */
export const SERIAL_REFILL_MS = 300_000;
/** How long the making of a key may take, and how far the clocks of its holders may lie apart. */
export const SERIAL_SET_UP_LIFETIME_MS = 600_000;
/** A holder checks and adds up all dealings in one answer. */
export const SERIAL_SET_UP_TIMEOUT_MS = 60_000;
/** The demonstration's centre makes a key once the same holders have been linked for so long. */
export const SERIAL_SETTLE_MS = 20_000;
/** Linked keepers that are asked for the newest key before a serial is asked for. */
export const MAX_KEY_SOURCES = 3;

/** Entries of a holder's audit; beyond it the oldest go, and the authority's page has seen them or never looked. */
export const MAX_SERIAL_AUDIT_ENTRIES = 100_000;
/** One answer to the authority; what is left comes with the next. */
export const MAX_AUDIT_ANSWER_ENTRIES = 512;
/** Clinics that the authority's page counts for one holder. */
export const MAX_AUDITED_CLINICS = 4_096;

/** A sealed entry under a serial's place. */
export const MAX_SERIAL_ENTRY_BYTES = 512;
/** Clinics that have an entry under one place: a person, and somebody who got it wrong. */
export const MAX_ENTRIES_PER_LOCATOR = 4;
/** Entries of one clinic at one keeper. */
export const MAX_SERIAL_ENTRIES_PER_CLINIC = 10_000;
/** A patient's agreement ends after this time, and with it every entry. */
export const SERIAL_ENTRY_LIFETIME_MS = 365 * 24 * 3_600_000;
/** Wishes of clinics that a patient has before her, and answered ones that she is shown; the oldest go. */
export const MAX_SERIAL_WISHES = 64;
