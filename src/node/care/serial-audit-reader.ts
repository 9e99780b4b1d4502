// What a supervision centre remembers of a holder's audit: how far it has read, the digest of the newest entry, and counts per clinic. New
// entries must follow what was read; a holder that changed its past, or forgot it, is found out. Pure.
import { type Rejection, reject } from '../base/index.ts';
import { type Decoded, list, struct, uint } from '../codec/index.ts';
import { digest, partyId } from '../contracts/index.ts';
import { type AuditEntry, NO_ENTRY, type auditAnswer, auditDigest } from './serial-formats.ts';
import { MAX_AUDITED_CLINICS } from './serial-limits.ts';

const clinicRow = struct({ party: partyId, answered: uint(), refused: uint(), newestMs: uint() });
type ClinicRow = Decoded<typeof clinicRow>;
export const seenAudit = struct({ next: uint(), newest: digest, clinics: list(clinicRow, MAX_AUDITED_CLINICS) });
export type SeenAudit = Decoded<typeof seenAudit>;

/** What was seen, with the entries of an answer; or why they cannot follow. The first reading may begin late: the oldest entries go. */
export function extendAudit(seen: SeenAudit | null, { entries, next }: Decoded<typeof auditAnswer>): SeenAudit | Rejection {
  if (seen !== null && next < seen.next) return reject('audit-shortened', 'Entries that were there before are gone.');
  const rows = new Map<string, ClinicRow>((seen?.clinics ?? []).map((row) => [row.party, row]));
  let state = { next: seen?.next ?? entries[0]?.index ?? 0, newest: seen?.newest ?? entries[0]?.previous ?? NO_ENTRY };
  for (const entry of entries) {
    if (entry.index !== state.next || entry.previous !== state.newest)
      return reject('audit-rewritten', 'Its entries do not follow those read before.');
    state = { next: entry.index + 1, newest: auditDigest(entry) };
    count(rows, entry);
  }
  return { ...state, clinics: [...rows.values()] };
}

/** Clinics beyond the limit are left out of the counts: a channel has fewer members than that. */
function count(rows: Map<string, ClinicRow>, { party, atMs, outcome }: AuditEntry): void {
  const before = rows.get(party);
  if (before === undefined && rows.size >= MAX_AUDITED_CLINICS) return;
  const { answered, refused, newestMs } = before ?? { answered: 0, refused: 0, newestMs: 0 };
  rows.set(party, {
    party,
    answered: answered + (outcome === 'answered' ? 1 : 0),
    refused: refused + (outcome === 'answered' ? 0 : 1),
    newestMs: Math.max(newestMs, atMs),
  });
}
