// The commands of people, each handed to the part that knows how.
import { AppError, type RecordId } from '../base/index.ts';
import type { CareCommands } from './api.ts';
import type { CareParts } from './care-parts.ts';
import { contactLinkOf } from './patients.ts';

export function commandsOf(parts: CareParts): CareCommands {
  const { work, patients, previews, files, writing, amending, sharing, reading, applications, searching, serials, managers } = parts;
  return {
    contactLink: () =>
      contactLinkOf({ channel: work.facts.channelId, patient: work.environment.party, name: work.environment.label?.() ?? '' }),
    registerPatient: (link, details) => patients.register(link, details),
    saveDraft: (patient, form, corrects) => patients.saveDraft(patient, form, corrects),
    loadDraft: (patient) => patients.loadDraft(patient),
    discardDraft: (patient) => patients.discardDraft(patient),
    previewVisit: (patient, form) => previews.ofVisit(patient, form),
    previewBundle: (_patient, json) => previews.ofBundle(json),
    writeRecord: (patient, preview, options) => writing.write(patient, preview, options?.replaces ?? null),
    writeUnconfirmed: (record, reason) => amending.writeUnconfirmed(record, reason),
    markEnteredInError: (record, reason) => amending.markEnteredInError(record, reason),
    requestAccess: (record, purpose, untilMs) => sharing.request(record, purpose, untilMs),
    openRecord: (record, version) => reading.open(record, version),
    files: {
      attach: (patient, source, onProgress) => files.attach(patient, source, onProgress),
      unfinished: async (patient) => files.unfinished(patient),
      discard: (patient, file) => files.discard(patient, file),
      open: (file) => reading.openFile(file),
    },
    confirmRecord: (record, version) => confirm(parts, record, version),
    disputeRecord: (record, version, reason) => dispute(parts, record, version, reason),
    grantAccess: (grant) => sharing.grant(grant),
    approveRequest: (request) => sharing.approve(request),
    declineRequest: (request) => sharing.decline(request),
    eraseRecord: (record) => parts.erasing.order(record),
    revokeGrant: (grant) => sharing.revoke(grant),
    approveApplication: (id) => applications.approve(id),
    refuseApplication: (id, reason) => applications.refuse(id, reason),
    revokeParty: (party, reason) => applications.revoke(party, reason),
    attestParty: (party, attested) => applications.attest(party, attested),
    search: searching.commands,
    serials: serials.commands,
    managers: managers.commands,
    emergency: managers.emergencies.commands,
  };
}

/** What awaits her, or what became final without her: opened and compared before her word goes on the ledger. */
async function confirm({ work, offers, reading, verdicts }: CareParts, record: RecordId, version: number): Promise<void> {
  const final = work.facts.version(record, version);
  const offer = offers.of({ record, version });
  if (final === null && offer !== null) return offers.confirm(offer);
  work.patient();
  if (final === null) throw nothingThere();
  await reading.open(record, version);
  await reading.checkCapsules(final);
  return verdicts.confirm(final);
}

async function dispute({ work, offers, verdicts }: CareParts, record: RecordId, version: number, reason: string): Promise<void> {
  const final = work.facts.version(record, version);
  const offer = offers.of({ record, version });
  if (final === null && offer !== null) return offers.dispute(offer, reason);
  work.patient();
  if (final === null) throw nothingThere();
  return verdicts.dispute(final, reason);
}

function nothingThere(): AppError {
  return new AppError({ code: 'unknown-version', message: 'There is no such version of this record.', remedy: 'Reload the page.' });
}
