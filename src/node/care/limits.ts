// Named limits of the care workflow, with their units (R18). What exceeds one is refused with a reason. Limits that other
// folders share are in base/.

/** Letters that one poster may have waiting at one keeper, over all recipients. */
export const MAX_LETTERS_PER_POSTER = 1024;
/** Sealed bytes that one poster may have waiting at one keeper. */
export const MAX_LETTER_BYTES_PER_POSTER = 64 * 1024 * 1024;
/** Applications of strangers that one keeper holds for one supervision centre. */
export const MAX_APPLICATIONS = 128;
/** An application that its author no longer repeats is forgotten. */
export const APPLICATION_LIFETIME_MS = 24 * 3_600_000;
/** An application is small: a certificate, its proof, a sealed key. */
export const MAX_APPLICATION_BYTES = 8 * 1024;
/** Posts of strangers that a keeper looks at: per peer, and of all strangers together. */
export const STRANGER_POSTS_PER_MINUTE = 12;
export const ALL_STRANGER_POSTS_PER_MINUTE = 240;
/** Strangers that are counted apart; beyond that they share one count. */
export const MAX_COUNTED_STRANGERS = 512;
/** One answer to `collect`; what is left comes with the next. */
export const MAX_COLLECTED_LETTERS = 64;
export const MAX_COLLECTED_BYTES = 4 * 1024 * 1024;
/** How old a signed wish to collect may be, and how far ahead of the keeper's clock. */
export const COLLECT_PROOF_LIFETIME_MS = 300_000;
/** Peers that a keeper tells when a letter comes for a box. */
export const MAX_WATCHERS_PER_BOX = 4;
export const MAX_WATCHED_BOXES = 2048;

/** Letters that this node keeps until keepers have them. */
export const MAX_OUTBOX_LETTERS = 512;
/** Keepers that take a letter before it counts as posted. */
export const LETTER_COPIES = 2;

/** Manifests that one author may have at a keeper for versions that are not final. */
export const MAX_OPEN_KEEPS_PER_AUTHOR = 256;
/** Sealed bytes of versions that are not final, per author, at one keeper. */
export const MAX_OPEN_KEEP_BYTES_PER_AUTHOR = 1024 * 1024 * 1024;
/** A manifest that never became final is forgotten with its blobs. */
export const OPEN_KEEP_LIFETIME_MS = 30 * 24 * 3_600_000;

/** Sealed notes about records on their way; older ones that ended are forgotten. */
export const MAX_WAYS = 200;
/** One sealed note. */
export const MAX_NOTE_BYTES = 4 * 1024 * 1024;
/** Patients of one clinic's private list. */
export const MAX_PATIENTS = 10_000;

/** Attached files of one clinic that no record names yet; those older than this are forgotten with their chunks. */
export const MAX_OPEN_FILES = 64;
export const OPEN_FILE_LIFETIME_MS = 30 * 24 * 3_600_000;
/** Files whose keys a reader holds in memory after opening records. */
export const MAX_OPENED_FILES = 1_024;
/** Chunks of one file that are being sealed while those before them are stored. */
export const CHUNKS_AHEAD = 3;
/** One chunk of a file from linked peers. */
export const CHUNK_TIMEOUT_MS = 60_000;
/** A keeper that is still fetching answers after this time with how far it is. */
export const KEEP_ANSWER_MS = 15_000;

/** What the page is told of an unanswered wish before work goes on in the background. */
export const KEEP_PATIENCE_MS = 15_000;
/** A keeper fetches sealed parts from the asker before it answers. */
export const KEEP_TIMEOUT_MS = 60_000;
/** One question to a keeper. */
export const ASK_TIMEOUT_MS = 10_000;
/** Sealed parts from linked peers. */
export const FETCH_TIMEOUT_MS = 20_000;
/** How long a reader waits for keepers to have executed its read slip and to hold its keys. */
export const HANDOUT_PATIENCE_MS = 20_000;

/** Between two looks into the mailbox where no hint came. */
export const COLLECT_EVERY_MS = 15_000;
/** The same for a stranger who waits for an answer, and between two applications. */
export const APPLY_EVERY_MS = 3_000;
/** First and longest pause before something that failed is tried again. */
export const RETRY_FIRST_MS = 1_000;
export const RETRY_LONGEST_MS = 60_000;

/** Guardians of one person. */
export const MAX_GUARDIANS = 16;
/** People for whom one party holds a share. */
export const MAX_WARDS = 1_000;
/** One share: a byte more than the key that is shared. */
export const MAX_SHARE_BYTES = 64;
/** Root secret, role and names, sealed. */
export const MAX_ESTATE_BYTES = 1_024;
/** Keepers that get one answer to a request for keys: the browser that asks may reach any of them. */
export const MAX_ANSWER_COPIES = 8;

/** How long a command waits for a party that the ledger here does not name yet. */
export const PARTY_ARRIVAL_MS = 10_000;
