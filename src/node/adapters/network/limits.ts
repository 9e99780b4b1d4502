// Named limits of network and blob store with their units (R18). Limits on frames are the protocol's and stand in base/.
import { MAX_BULK_FRAME_BYTES, MAX_PART_BYTES, MAX_VOTE_FRAME_BYTES } from '../../base/index.ts';

/** Dials under way at once: ten tabs that all dial all others at once fail with time-outs on a small machine. */
export const DIALS_AT_ONCE = 4;
/** One dial with its WebRTC handshake. The library's default of 5 s is too short for a busy machine. */
export const DIAL_TIMEOUT_MS = 30_000;
/** First pause after a failed dial; doubles up to the last, with jitter. */
export const FIRST_RETRY_MS = 1_000;
export const LAST_RETRY_MS = 30_000;
/** After a handshake that visibly failed a new one usually succeeds: so often it is tried again almost at once. */
export const MAX_QUICK_RETRIES = 4;
export const QUICK_RETRY_MS = 200;
/** Pause between attempts to replace a relayed link by a direct one. */
export const UPGRADE_RETRY_MS = 60_000;
/** How long a wished peer that is already dialling us is given before we dial it ourselves. */
export const INCOMING_DIAL_MS = 5_000;
/** How long a relayed connection waits for a direct one before votes go through it. */
export const RELAYED_GRACE_MS = 8_000;
/** When connections that bear no link are closed after a link came up. */
export const SURPLUS_GRACE_MS = 5_000;
/** Both streams of a link opened and greeted. */
export const GREETING_TIMEOUT_MS = 20_000;
/** A direct connection that closes within this time of opening had its handshake fail. */
export const DEAD_ON_ARRIVAL_MS = 3_000;
/**
 * From the exchange of addresses to the WebRTC connection, at the first try; doubles with each. A handshake that fails can leave the
 * library waiting for its own time-out, and a new try usually succeeds at once.
 */
export const FIRST_HANDSHAKE_MS = 5_000;
/** Tries to open a link on one connection before the connection is given up. */
export const MAX_GREETINGS = 3;
/** How often a link is asked whether it lives; also the measure of the round trip. */
export const HEARTBEAT_MS = 5_000;
/** Heartbeats without a sign of life after which a link is dead. Counted in beats, not in time: a frozen tab that wakes is not deaf. */
export const MAX_SILENT_HEARTBEATS = 5;
/** A link that neither end wishes for is closed after this time. */
export const UNWISHED_MS = 30_000;
/** Links and passing connections of one node. */
export const MAX_CONNECTIONS = 512;

/** First pause after losing a relay; doubles up to the last, with jitter. A relay that restarts has everybody back within a minute. */
export const FIRST_RELAY_RETRY_MS = 500;
export const LAST_RELAY_RETRY_MS = 10_000;
/** From the connection to a relay until it holds a place for us. */
export const RESERVATION_TIMEOUT_MS = 15_000;
/** How often a relay is asked whether it lives. */
export const RELAY_HEARTBEAT_MS = 15_000;
/** Heartbeats without an answer after which a relay is taken for gone. */
export const MAX_SILENT_RELAY_HEARTBEATS = 2;
export const MAX_RELAYS = 4;

/** Votes that wait for one peer's link to take them; beyond, the link is dropped: that peer is too slow to be of use. */
export const MAX_VOTE_QUEUE_BYTES = 4 * MAX_VOTE_FRAME_BYTES;
/**
 * Bytes of one stream that wait inside WebRTC. All streams of a connection share its way, so a vote stands behind what bulk traffic
 * has put there: half a second on a line of 1 Mbit/s.
 */
export const CHANNEL_BUFFER_BYTES = 64 * 1024;
/** A long frame goes out in pieces of this size, so that short ones of other requests pass it. */
export const BULK_PIECE_BYTES = 64 * 1024;
/** Requests to one peer under way at once; more wait in turn. */
export const MAX_REQUESTS_UNDER_WAY = 32;
/** Requests to one peer that wait their turn; more are refused. */
export const MAX_REQUESTS_WAITING = 512;
/** Requests of one peer that are being received or answered here; more are refused. */
export const MAX_REQUESTS_SERVED = 64;
/** Pieces of requests that one peer may have begun and not finished. */
export const MAX_UNFINISHED_BYTES = 4 * MAX_BULK_FRAME_BYTES;
/** Answers to one peer that wait for its link to take them; beyond, it is told that we are busy. */
export const MAX_ANSWER_QUEUE_BYTES = 8 * MAX_BULK_FRAME_BYTES;
export const REQUEST_TIMEOUT_MS = 15_000;

/** One sealed part with what sealing adds. */
export const MAX_BLOB_BYTES = MAX_PART_BYTES + 64 * 1024;
/** Leaf of a blob's tree: small enough to cross a slow link within the exchange's own time-outs, and to resume by. */
export const BLOCK_BYTES = 256 * 1024;
/** Blocks of one blob: leaves and the nodes above them. */
export const MAX_BLOB_BLOCKS = 2 * Math.ceil(MAX_BLOB_BYTES / BLOCK_BYTES) + 8;
/** Blocks of one blob fetched at once. */
export const BLOCKS_AT_ONCE = 8;
export const BLOB_TIMEOUT_MS = 30_000;
/** How long one peer is given to say whether it has a blob before the next is asked as well. */
export const ASK_NEXT_MS = 1_000;
/** How long one peer is asked for a block before it is asked anew; the exchange does not repeat itself. */
export const ASK_AGAIN_MS = 4_000;
/** One block of a blob that a peer said it has. */
export const BLOCK_TIMEOUT_MS = 20_000;
