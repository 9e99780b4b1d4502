// Named limits of the relay with their units. The library's defaults serve a public relay for strangers (15 reservations, 128 KiB and
// two minutes for each relayed connection); a channel needs more, and a relay of one's own can give it.

/** Nodes that others can reach through this relay at once. */
export const MAX_RESERVATIONS = 512;
/** How long a place is kept without being renewed. Nodes renew it well before. */
export const RESERVATION_MS = 30 * 60_000;
/** How long one relayed connection lasts. Most last seconds: until the two ends have a direct one. */
export const RELAYED_MS = 30 * 60_000;
/** What one relayed connection may carry, both ways together: enough for nodes that can only meet here. */
export const RELAYED_BYTES = 256n * 1024n * 1024n;
/** Setting up one relayed connection. */
export const HOP_TIMEOUT_MS = 30_000;
/** Relayed connections that one node may have begun, and that one node may be the end of. */
export const MAX_CIRCUITS_PER_NODE = 256;
/** WebSocket connections at once. */
export const MAX_CONNECTIONS = 1_024;
/** Open sockets, those of pages that are being loaded included. */
export const MAX_SOCKETS = 4_096;
/** New connections from one host in a second: a clinic's many tabs share an address. */
export const MAX_CONNECTIONS_PER_HOST_SECOND = 100;
/** Connections that are being set up. */
export const MAX_PENDING_CONNECTIONS = 256;
/** How long a document route may take to answer. */
export const DOCUMENT_TIMEOUT_MS = 5_000;
/** Compressed files of the app that are kept in memory. */
export const MAX_COMPRESSED_BYTES = 64 * 1024 * 1024;
