// Named limits of keyword search, with their units (R18).

/** Queries of one request to a keeper, one for each grant. */
export const MAX_QUERIES = 32;
/** Grants that one search looks into. */
export const MAX_SEARCHED_GRANTS = 512;
/** Requests for look-ups that a keeper answers one party in a minute: each may ask for 32 grants. */
export const SEARCHES_PER_MINUTE = 120;
/** Index entries of one answer. */
export const MAX_ENTRIES_PER_ANSWER = 64;
/** Grants of one question for receipts. */
export const MAX_RECEIPTS = 64;
/** Scopes (writer, class, epoch) of own records that one search looks into, and how many the index is asked for at once. */
export const MAX_OWN_SCOPES = 2_048;
export const SCOPES_AT_ONCE = 64;
/** Keepers that are asked the same: what one leaves out another shows. */
export const ASKED_KEEPERS = 3;
/** One look-up at a keeper. */
export const SEARCH_TIMEOUT_MS = 20_000;
/** What a person types into the search box. */
export const MAX_TYPED_CHARS = 400;
