// runtime/: a node that runs: profiles, the queue, links, views. Its only door.
export { clinicordNode } from './commands.ts';
export { type RunningNode } from './node.ts';
export { type LedgerAudit, type LedgerFault, type LedgerReport, createLedgerAudit } from './ledger-audit.ts';
export { invitationLink, parseInvitation } from './invitation.ts';
export type { NetworkAndBlobs, Platform, ProfileStores, StorageEstimate } from './platform.ts';
export { type NewNode, type Registry, createRegistry } from './registry.ts';
