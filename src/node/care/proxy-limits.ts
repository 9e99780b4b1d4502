// Named limits of re-encryption at work, with their units (R18).

/** Proxies of one grant: the first of the channel's keepers, in the ledger's order. */
export const MAX_PROXIES = 16;
/** Delegations (a grant in an epoch) that one proxy holds pieces of, of one patient and of all. */
export const MAX_HELD_PER_PATIENT = 1_024;
export const MAX_HELD_DELEGATIONS = 65_536;
/** Plans of one grant that a proxy tells of: the newest epochs. */
export const MAX_TOLD_PLANS = 64;
/** How long after a grant's end by the clock, at the latest, a proxy looks again. */
export const PIECES_CHECK_MS = 3_600_000;
/** Between two rounds of a reader that waits for proxies. */
export const PROXY_ROUND_MS = 200;
