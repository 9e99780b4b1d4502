// What one slip that took effect changes in the projection. The contracts have judged it: what it refers to is there.
import { type PartyId, type RecordId, type SlipId, present } from '../base/index.ts';
import type { Action, ActionKind, SlipBody } from '../contracts/index.ts';
import type { Chain, OrderedIndex } from './ordered-index.ts';
import type { PartyRow, Projection, RecordRow, VersionRow } from './projection-rows.ts';

export interface Where {
  readonly height: number;
  /** Block time. */
  readonly timestampMs: number;
  readonly slip: SlipId;
}

type ActionOf<Kind extends ActionKind> = Extract<Action, { readonly kind: Kind }>;

export function applySlip(before: Projection, body: SlipBody, where: Where): Projection {
  const { action, author } = body;
  switch (action.kind) {
    case 'certify':
      return applyCertificate(before, action, where);
    case 'revoke':
      return withParty(before, action.party, { revoked: { reason: action.reason, height: where.height } });
    case 'record':
      return applyRecord(before, body, action, where);
    case 'verdict':
      return applyVerdict(before, action, where);
    case 'withdraw': {
      const withdrawn = { height: where.height, sealedReason: action.sealedReason };
      return withRecord(before, { ...recordRow(before, action.record), withdrawn });
    }
    case 'request':
      return applyRequest(before, author, action, where);
    case 'decline': {
      const request = present(before.requests.get(action.request), 'the declined request');
      return { ...before, requests: before.requests.set(action.request, { ...request, answer: 'declined' }) };
    }
    case 'grant':
      return applyGrant(before, author, action, where);
    case 'end-grant': {
      const grant = present(before.grants.get(action.grant), 'the ended grant');
      return { ...before, grants: before.grants.set(action.grant, { ...grant, endedAtHeight: where.height }) };
    }
    case 'read':
      return applyRead(before, body, action, where);
    case 'attest': {
      const { party, place, rating } = action;
      return withParty(before, party, { place, rating });
    }
    case 'accuse':
      return withParty(before, action.culprit, { convicted: { height: where.height } });
    case 'summary':
      return applySummary(before, action, where);
    case 'custody':
      if (action.deed.kind !== 'accept') return before;
      return withRecord(before, { ...recordRow(before, action.record), clinic: author });
    case 'erasure':
      return applyErasure(before, author, action, where);
    case 'emergency':
      return applyEmergency(before, author, action, where);
    case 'policy':
      return action.deed.kind === 'release' ? applyRelease(before, author, action.deed, where) : before;
    case 'found':
    case 'anchor':
    case 'countersign':
    case 'open-channel':
    case 'join-channel':
    case 'leave-channel':
    case 'seat':
    case 'leave':
    case 'absent':
    case 'copyright':
    case 'sensitive-use':
    case 'script':
    case 'search-key':
    case 'reading-keys':
    case 'receiving-key':
    case 'institutions':
      return before;
  }
}

/** P3-28: where the consortium's chain says that a patient has slips. */
function applySummary(before: Projection, { opened, blocks }: ActionOf<'summary'>, { height }: Where): Projection {
  let { itemsOfPatient } = before;
  for (const block of blocks)
    for (const item of block.items)
      itemsOfPatient = linked(itemsOfPatient, item.patient, { channel: opened, block: block.height, ...item, height });
  return { ...before, itemsOfPatient };
}

function applyRequest(before: Projection, requester: PartyId, action: ActionOf<'request'>, { height, timestampMs }: Where): Projection {
  const { kind: _kind, ...asked } = action;
  const row = { ...asked, requester, height, timestampMs, answer: 'open' as const, grant: null };
  const requestsOfRecord = linked(before.requestsOfRecord, action.record, action.request);
  return { ...before, requests: before.requests.set(action.request, row), requestsOfRecord };
}

function applyCertificate(before: Projection, { certificate }: ActionOf<'certify'>, { height }: Where): Projection {
  const { subject: party, role, name, clinician, notBeforeMs, notAfterMs } = certificate;
  const { place = null, rating = null, convicted = null } = before.parties.get(party) ?? {};
  const certified = { party, role, name, clinician, certifiedAtHeight: height, notBeforeMs, notAfterMs, revoked: null };
  return { ...before, parties: before.parties.set(party, { ...certified, place, rating, convicted }) };
}

function withParty(before: Projection, party: PartyId, change: Partial<PartyRow>): Projection {
  const row = present(before.parties.get(party), 'the party of a slip that took effect');
  return { ...before, parties: before.parties.set(party, { ...row, ...change }) };
}

function applyRecord(before: Projection, body: SlipBody, action: ActionOf<'record'>, where: Where): Projection {
  const { record, patient, version, unconfirmedReason, classes, commitment, sealedAddress } = action;
  const added: VersionRow = {
    version,
    height: where.height,
    timestampMs: where.timestampMs,
    writtenMs: body.timestampMs,
    status: unconfirmedReason === null ? 'confirmed' : 'unconfirmed',
    unconfirmedReason,
    classes,
    commitment,
    sealedAddress,
    slip: where.slip,
    verdict: null,
  };
  const known = before.records.get(record);
  if (known !== undefined) return withRecord(before, { ...known, versions: [...known.versions, added] });
  const recordsOfPatient = linked(before.recordsOfPatient, patient, record);
  return withRecord(
    { ...before, recordsOfPatient },
    { record, patient, clinic: body.author, versions: [added], withdrawn: null, erased: null },
  );
}

function applyVerdict(before: Projection, action: ActionOf<'verdict'>, { height }: Where): Projection {
  const row = recordRow(before, action.record);
  const verdict = { height, sealedReason: action.sealedReason };
  const versions = row.versions.map((entry) => (entry.version === action.version ? { ...entry, status: action.verdict, verdict } : entry));
  return withRecord(before, { ...row, versions });
}

function applyErasure(before: Projection, author: PartyId, { record, deed }: ActionOf<'erasure'>, where: Where): Projection {
  const row = recordRow(before, record);
  const { height, timestampMs } = where;
  if (deed.kind === 'order') return withRecord(before, { ...row, erased: { height, timestampMs, receipts: [] } });
  const erased = present(row.erased, 'the order that a receipt answers');
  return withRecord(before, { ...row, erased: { ...erased, receipts: [...erased.receipts, { party: author, height, timestampMs }] } });
}

function applyEmergency(
  before: Projection,
  author: PartyId,
  { emergency, deed }: ActionOf<'emergency'>,
  { height, timestampMs }: Where,
): Projection {
  const { emergencies } = before;
  if (deed.kind === 'ask') {
    const { kind: _kind, ...asked } = deed;
    const { patient } = recordRow(before, deed.record);
    const row = { ...asked, emergency, by: author, patient, height, timestampMs, releases: [], review: null };
    return { ...before, emergencies: emergencies.set(emergency, row) };
  }
  const row = present(emergencies.get(emergency), 'the emergency that was stated');
  if (deed.kind === 'release')
    return { ...before, emergencies: emergencies.set(emergency, { ...row, releases: [...row.releases, author] }) };
  const review = { verdict: deed.verdict, words: deed.words, by: author, timestampMs };
  return { ...before, emergencies: emergencies.set(emergency, { ...row, review }) };
}

function applyGrant(before: Projection, patient: PartyId, action: ActionOf<'grant'>, { height, timestampMs }: Where): Projection {
  const { kind: _kind, ...granted } = action;
  const grants = before.grants.set(action.grant, { ...granted, patient, height, timestampMs, endedAtHeight: null });
  const after = { ...before, grants, grantsOfRecord: linked(before.grantsOfRecord, action.record, action.grant) };
  if (action.answers === null) return after;
  const request = present(before.requests.get(action.answers), 'the approved request');
  return { ...after, requests: before.requests.set(action.answers, { ...request, answer: 'granted', grant: action.grant }) };
}

/** A grant that the patient's policy made, to whoever asked by it. */
function applyRelease(
  before: Projection,
  grantee: PartyId,
  deed: Extract<ActionOf<'policy'>['deed'], { readonly kind: 'release' }>,
  where: Where,
): Projection {
  const { patient } = recordRow(before, deed.record);
  const action = { ...deed, kind: 'grant' as const, grantee, fromMs: where.timestampMs, answers: null };
  return applyGrant(before, patient, action, where);
}

function applyRead(before: Projection, body: SlipBody, action: ActionOf<'read'>, { height, timestampMs }: Where): Projection {
  const { grant, record, version } = action;
  const { purpose } = present(before.grants.get(grant), "the reader's grant");
  const row = { record, version, grant, reader: body.author, purpose, timestampMs, height };
  return { ...before, reads: before.reads.append(row), readsOfRecord: linked(before.readsOfRecord, record, row) };
}

function recordRow(before: Projection, record: RecordId): RecordRow {
  return present(before.records.get(record), 'the record');
}

function withRecord(before: Projection, row: RecordRow): Projection {
  return { ...before, records: before.records.set(row.record, row) };
}

function linked<Id extends string, T>(index: OrderedIndex<Id, Chain<T>>, id: Id, newest: T): OrderedIndex<Id, Chain<T>> {
  return index.set(id, { newest, older: index.get(id) ?? null });
}
