// The page's view of records and of all that belongs to them. Made anew only where something changed: a record whose ledger
// row, own notes, names and grants are the same gives the same object again.
import type { PartyId, RecordId } from '../base/index.ts';
import type { ErasureView, GrantView, ReadView, RecordStatus, RecordView, RequestView } from '../api.ts';
import type { GrantRow, RecordRow } from '../ledger/index.ts';
import type { CareView } from './api.ts';
import type { Applications } from './applications.ts';
import type { Delegating } from './delegating.ts';
import { erasureOf } from './erasing.ts';
import { shortForm } from './facts.ts';
import type { Involved } from './involved.ts';
import type { ManagersCopies } from './managers-copies.ts';
import { type OfferNote, type Offers, recordActionOf } from './offers.ts';
import type { Patients } from './patients.ts';
import type { SentNote, SentNotes } from './sent-notes.ts';
import { type Sharing, isCovered } from './sharing.ts';
import type { Searching } from './searching.ts';
import type { Serials } from './serials.ts';
import type { Verdicts } from './verdicts.ts';
import type { Workplace } from './workplace.ts';

export interface ViewSources {
  readonly work: Workplace;
  readonly involved: Involved;
  readonly patients: Patients;
  readonly sent: SentNotes;
  readonly offers: Offers;
  readonly verdicts: Verdicts;
  readonly sharing: Sharing;
  readonly delegating: Delegating;
  readonly applications: Applications;
  readonly searching: Searching;
  readonly serials: Serials;
  readonly managers: ManagersCopies;
}

/** A version that is not final, on either side. */
type Pending = SentNote | OfferNote;

export class CareViewer {
  private readonly sources: ViewSources;
  private readonly cache = new Map<RecordId, { readonly inputs: readonly unknown[]; readonly view: RecordView }>();

  constructor(sources: ViewSources) {
    this.sources = sources;
  }

  view(): CareView {
    const { work, patients, delegating, applications, searching, serials, managers } = this.sources;
    const records = this.records();
    return {
      records,
      ways: work.ways.view(),
      patients: patients.view(countsOf(records)),
      grants: this.grants(),
      proxies: delegating.candidates(),
      requests: this.requests(),
      reads: this.reads(),
      applications: applications.view(),
      search: searching.view(),
      serials: serials.view(),
      managers: managers.view(),
      emergencies: managers.emergencies.view(),
    };
  }

  private records(): readonly RecordView[] {
    const { work, involved, sent, offers } = this.sources;
    const pending = new Map<RecordId, Pending>();
    for (const note of [...sent.all(), ...offers.all()])
      if ((pending.get(note.record)?.version ?? 0) < note.version) pending.set(note.record, note);
    const grantByRecord = new Map<RecordId, GrantRow>();
    for (const grant of involved.grants()) {
      if (grant.grantee === work.environment.party && work.facts.grantRefusal(grant) === null) grantByRecord.set(grant.record, grant);
    }
    const { records } = work.environment.channel.projection();
    const fresh = [...pending.values()]
      .filter((note) => records.get(note.record) === undefined)
      .sort((a, b) => b.body.timestampMs - a.body.timestampMs);
    const shown = fresh.map((note) => this.record(note.record, null, note, null));
    for (const row of records.newestFirst()) {
      const note = pending.get(row.record) ?? null;
      const open = note !== null && note.version > row.versions.length && note.state !== 'taken-back' ? note : null;
      shown.push(this.record(row.record, row, open, grantByRecord.get(row.record) ?? null));
    }
    return shown;
  }

  private record(record: RecordId, row: RecordRow | null, note: Pending | null, grant: GrantRow | null): RecordView {
    const { work, verdicts } = this.sources;
    const patient = row?.patient ?? patientOf(note);
    const clinic = row?.clinic ?? clinicOf(note, work.environment.party);
    const newest = row?.versions.at(-1);
    const names = [this.patientName(patient), work.facts.nameOf(clinic), work.facts.party(clinic)?.certificate.clinician ?? ''] as const;
    const words = newest?.status === 'disputed' ? verdicts.wordsOf({ record, version: newest.version }) : null;
    const erasure = row === null ? null : erasureOf(work, row);
    const inputs = [row, note, grant, words, JSON.stringify(erasure), ...names];
    const known = this.cache.get(record);
    if (known?.inputs.every((input, index) => input === inputs[index]) === true) return known.view;
    const view = recordView({ record, row, note, grant, words, erasure, patient, clinic, names, self: work.environment.party });
    this.cache.set(record, { inputs, view });
    return view;
  }

  private patientName(patient: PartyId): string {
    const { work, patients } = this.sources;
    const own = patient === work.environment.party ? work.environment.label?.() : null;
    return patients.of(patient)?.name ?? own ?? shortForm(patient);
  }

  private grants(): readonly GrantView[] {
    const { work, involved, sharing, delegating } = this.sources;
    const nowMs = work.environment.clock.nowMs();
    return [...involved.grants()].reverse().map(({ grant, record, grantee, purpose, fromMs, untilMs, height, endedAtHeight }) => ({
      grant,
      record,
      grantee,
      granteeName: work.facts.nameOf(grantee),
      purpose,
      fromMs,
      untilMs,
      height,
      ended: endedAtHeight !== null ? 'revoked' : nowMs >= untilMs ? 'expired' : work.facts.isErased(record) ? 'erased' : 'no',
      delivered: sharing.isDelivered(grant),
      proxies: delegating.view(grant),
    }));
  }

  private requests(): readonly RequestView[] {
    const { work, involved } = this.sources;
    return [...involved.requests()].reverse().map(({ request, record, requester, purpose, untilMs, answer }) => ({
      request,
      record,
      clinic: requester,
      clinicName: work.facts.nameOf(requester),
      purpose,
      untilMs,
      answer,
    }));
  }

  private reads(): readonly ReadView[] {
    const { work, involved } = this.sources;
    return [...involved.reads()].reverse().map(({ record, version, reader, purpose, timestampMs, height }) => ({
      record,
      version,
      reader,
      readerName: work.facts.nameOf(reader),
      purpose,
      timestampMs,
      height,
    }));
  }
}

interface RecordParts {
  readonly record: RecordId;
  readonly row: RecordRow | null;
  readonly note: Pending | null;
  readonly grant: GrantRow | null;
  readonly words: string | null;
  readonly erasure: ErasureView | null;
  readonly patient: PartyId;
  readonly clinic: PartyId;
  readonly names: readonly [patient: string, clinic: string, clinician: string];
  readonly self: PartyId;
}

function recordView({ record, row, note, grant, words, erasure, patient, clinic, names, self }: RecordParts): RecordView {
  const final: RecordView['versions'] = (row?.versions ?? []).map(({ version, height, timestampMs, status, unconfirmedReason }) => ({
    version,
    height,
    timestampMs,
    status,
    unconfirmedReason,
  }));
  const versions = note === null ? final : [...final, pendingVersion(note)];
  const newest = versions.at(-1);
  const newestFinal = row?.versions.at(-1);
  const classes = note === null ? (newestFinal?.classes ?? []) : recordActionOf(note.body).classes;
  const access = self === clinic ? 'author' : self === patient ? 'patient' : grant !== null ? 'grant' : 'none';
  return {
    record,
    patient,
    patientName: names[0],
    clinic,
    clinicName: names[1],
    clinician: names[2],
    version: newest?.version ?? 0,
    versions,
    status: erasure !== null ? 'erased' : row !== null && row.withdrawn !== null ? 'entered-in-error' : (newest?.status ?? 'sealing'),
    classes,
    height: newestFinal?.height ?? null,
    timestampMs: newest?.timestampMs ?? 0,
    access,
    readableVersion:
      access === 'none' || erasure !== null ? null : access === 'grant' ? newestCovered(row, grant) : (newest?.version ?? null),
    disputeReason: note?.state === 'disputed' ? note.reason : words,
    erasure,
  };
}

function pendingVersion(note: Pending): RecordView['versions'][number] {
  const status = statusOf(note);
  return {
    version: note.version,
    height: null,
    timestampMs: note.body.timestampMs,
    status,
    unconfirmedReason: status === 'proposed' && note.state === 'proposing' ? note.reason : null,
  };
}

function statusOf({ state }: Pending): RecordStatus {
  switch (state) {
    case 'storing':
    case 'posting':
      return 'sealing';
    case 'awaiting':
    case 'checking':
    case 'wrong':
      return 'awaiting-patient';
    case 'disputed':
      return 'disputed';
    case 'proposing':
    case 'signed':
      return 'proposed';
    case 'taken-back':
      return 'entered-in-error';
  }
}

function newestCovered(row: RecordRow | null, grant: GrantRow | null): number | null {
  if (row === null || grant === null) return null;
  return row.versions.findLast((version) => isCovered(grant, version))?.version ?? null;
}

function patientOf(note: Pending | null): PartyId {
  return note === null ? ('' as PartyId) : recordActionOf(note.body).patient;
}

function clinicOf(note: Pending | null, self: PartyId): PartyId {
  return note !== null && 'clinic' in note ? note.clinic : self;
}

function countsOf(records: readonly RecordView[]): ReadonlyMap<PartyId, { readonly records: number; readonly awaiting: number }> {
  const counts = new Map<PartyId, { records: number; awaiting: number }>();
  for (const { patient, status } of records) {
    const count = counts.get(patient) ?? { records: 0, awaiting: 0 };
    count.records += 1;
    if (status === 'awaiting-patient') count.awaiting += 1;
    counts.set(patient, count);
  }
  return counts;
}
