// What a patient allows and what is done with it (P3-24 to P3-26): request, decline, grant, its end, and every read, on the
// ledger before keys are released.
import { type GrantId, type Rejection, isRejection, reject } from '../base/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { type GrantEntry, type RequestEntry, grantTable, partyTable, readKey, readTable, recordTable, requestTable } from './entries.ts';
import { MAX_PERIOD_MS } from './deed-checks.ts';
import { erasureTable } from './erasure/index.ts';
import { knownRecord } from './record-actions.ts';
import { isLive } from './roster.ts';
import type { Role } from './slip.ts';
import type { State } from './state.ts';

/** Who may be allowed to read somebody else's record. */
const READERS: readonly Role[] = ['clinic', 'data-user'];

export function askAccess(state: State, action: ActionOf<'request'>, author: Author): Judgement {
  if (!READERS.includes(author.role)) return reject('not-a-reader', 'only clinics and data users ask for access');
  const { timestampMs } = author.at;
  if (action.untilMs <= timestampMs || action.untilMs - timestampMs > MAX_PERIOD_MS)
    return reject('bad-period', 'the access asked for is over, or lasts too long');
  const head = knownRecord(state, action.record);
  if (isRejection(head)) return head;
  if (head.patient !== action.patient) return reject('other-patient', 'the record belongs to another patient');
  if (head.clinic === author.party) return reject('own-record', 'who wrote a record needs no grant');
  if (requestTable.get(state, action.request) !== null) return reject('known-request', 'this request was made before');
  const { record, patient, untilMs } = action;
  return requestTable.put(state, action.request, { record, patient, requester: author.party, untilMs, answer: 'open' });
}

export function declineRequest(state: State, action: ActionOf<'decline'>, author: Author): Judgement {
  const request = openRequest(state, action.request);
  if (isRejection(request)) return request;
  if (request.patient !== author.party) return reject('not-the-patient', 'the request is for another patient');
  return requestTable.put(state, action.request, { ...request, answer: 'declined' });
}

export function grantAccess(state: State, action: ActionOf<'grant'>, author: Author): Judgement {
  const { timestampMs } = author.at;
  const head = knownRecord(state, action.record);
  if (isRejection(head)) return head;
  if (head.patient !== author.party) return reject('not-the-patient', 'only its patient shares a record');
  if (action.untilMs <= timestampMs) return reject('bad-period', 'the grant is over before it begins');
  if (grantTable.get(state, action.grant) !== null) return reject('known-grant', 'this grant was made before');
  const grantee = partyTable.get(state, action.grantee);
  if (grantee === null || !READERS.includes(grantee.certificate.role))
    return reject('not-a-reader', 'only clinics and data users are granted access');
  if (!isLive(grantee, timestampMs)) return reject('grantee-not-live', "the grantee's certificate is revoked or out of its period");
  const { record, classes, actions, fromMs, untilMs } = action;
  const entry: GrantEntry = {
    record,
    patient: author.party,
    grantee: action.grantee,
    classes,
    actions,
    fromMs,
    untilMs,
    endedAtHeight: null,
  };
  const next = grantTable.put(state, action.grant, entry);
  return action.answers === null ? next : answered(next, action.answers, entry);
}

/** The request that a grant approves must be the grantee's own, about the same record. */
function answered(state: State, id: GrantId, grant: GrantEntry): Judgement {
  const request = openRequest(state, id);
  if (isRejection(request)) return request;
  if (request.record !== grant.record || request.requester !== grant.grantee)
    return reject('other-request', 'the request asks for something else');
  return requestTable.put(state, id, { ...request, answer: 'granted' });
}

/** P3-25. What was read before cannot be taken back. */
export function endGrant(state: State, action: ActionOf<'end-grant'>, author: Author): Judgement {
  const grant = grantTable.get(state, action.grant);
  if (grant === null) return reject('unknown-grant', 'the ledger knows no such grant');
  if (grant.patient !== author.party) return reject('not-the-patient', 'only who gave a grant ends it');
  if (grant.endedAtHeight !== null) return reject('already-ended', 'the grant was ended before');
  return grantTable.put(state, action.grant, { ...grant, endedAtHeight: author.at.height });
}

export function readRecord(state: State, action: ActionOf<'read'>, author: Author): Judgement {
  const grant = grantTable.get(state, action.grant);
  if (grant === null) return reject('unknown-grant', 'the ledger knows no such grant');
  if (grant.grantee !== author.party) return reject('not-the-grantee', 'the grant is for somebody else');
  if (grant.record !== action.record) return reject('other-record', 'the grant is for another record');
  if (erasureTable.get(state, action.record) !== null) return reject('erased', 'its patient had the record erased');
  const refusal = grantRefusal(grant, author.at.timestampMs);
  if (refusal !== null) return refusal;
  if ((recordTable.get(state, action.record)?.version ?? 0) < action.version)
    return reject('unknown-version', 'the record has no such version');
  const { height, timestampMs } = author.at;
  return readTable.put(state, readKey(action.grant, action.version), { height, timestampMs });
}

/** Why a grant allows no reading at this time, or null. While it lives it covers every version of its record. */
export function grantRefusal(grant: GrantEntry, timestampMs: number): Rejection | null {
  if (grant.endedAtHeight !== null) return reject('grant-ended', 'the patient ended the grant');
  if (timestampMs < grant.fromMs) return reject('grant-not-yet', 'the grant has not begun');
  if (timestampMs >= grant.untilMs) return reject('grant-over', 'the grant is over');
  return grant.actions.includes('read') ? null : reject('not-readable', 'the grant does not allow reading');
}

function openRequest(state: State, id: GrantId): RequestEntry | Rejection {
  const request = requestTable.get(state, id);
  if (request === null) return reject('unknown-request', 'the ledger knows no such request');
  return request.answer === 'open' ? request : reject('already-answered', 'the request was answered before');
}
