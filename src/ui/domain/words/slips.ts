// What each kind of ledger entry and message is called on the screen.
import type { ActionKind } from '../../node.ts';

export const SLIP_WORDS: Readonly<Record<ActionKind, string>> = {
  found: 'Founding',
  certify: 'Certificate',
  revoke: 'Revocation of a certificate',
  'open-channel': 'Channel opened',
  'join-channel': 'Channel joined',
  'leave-channel': 'Channel left',
  anchor: 'Blocks of a channel shown',
  summary: 'Summary of a channel',
  seat: 'Seat asked for',
  leave: 'Goodbye',
  absent: 'Absence stated',
  accuse: 'Fault proved',
  attest: 'Place and rating attested',
  countersign: 'Members countersigned',
  record: 'Record',
  verdict: "Patient's verdict",
  withdraw: 'Entered in error',
  request: 'Request for access',
  decline: 'Request declined',
  grant: 'Grant',
  'end-grant': 'Grant revoked',
  'reading-keys': 'Reading keys published',
  'receiving-key': 'Receiving key published',
  'search-key': 'Search key',
  read: 'Read',
  custody: 'Record passed on',
  emergency: 'Emergency',
  erasure: 'Erasure',
  policy: 'Consent in advance',
  copyright: 'Copyright',
  'sensitive-use': 'Use of sensitive data',
  script: 'Contract of the consortium',
  institutions: 'Hidden institutions',
};

/** Said wherever a record is erased. */
export const ERASING_CANNOT =
  'Erasing cannot take back what somebody has read, copied or printed, and it cannot be undone: nobody, not even you, can open the record again. The ledger keeps that there was a record, who wrote it and when, and who read it.';

/** Said wherever a grant is ended or given. */
export const REVOKING_CANNOT =
  'Revoking stops this clinic from reading later versions and from fetching keys again; the proxies delete their pieces and sign that they did. It cannot take back what was already read, copied or printed.';
