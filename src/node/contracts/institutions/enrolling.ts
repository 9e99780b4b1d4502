// Enrolling (P2-11): a clinic puts points of its secrets on the ledger with proof, each opener says whether it holds its share of the tag
// secret, and who issues admits it for a period. Nobody learns a clinic's secrets: the issuer signs points, the credential is useless to
// others, and openers together have the tags and nothing to sign with.
import { type PartyId, type Rejection, isRejection, reject, toHex } from '../../base/index.ts';
import {
  type EnrolmentRequest,
  decodeCredential,
  decodeEnrolmentRequest,
  encodeG1,
  periodOf,
  refusesEnrolment,
} from '../../crypto/index.ts';
import type { Author, Judgement } from '../author.ts';
import { partyTable } from '../entries.ts';
import { type EnrolmentEntry, type TermEntry, enrolledPointTable, enrolmentKey, enrolmentTable, pointKey } from '../institution-entries.ts';
import { isLive } from '../roster.ts';
import { certificateBytes } from '../slip-bytes.ts';
import type { State } from '../state.ts';
import { type DeedOf, currentTerm, epochAt, groupOfTerm, termIn } from './terms.ts';

/** Credentials that are kept of a clinic: of a period and the next. */
const KEPT_CREDENTIALS = 2;

interface OpenTerm extends TermEntry {
  readonly groupKey: Uint8Array;
}

/** The term by whose key is signed. */
export function signingTerm(state: State, term: number): OpenTerm | Rejection {
  const entry = termIn(state, term);
  if (entry === null || entry.groupKey === null) return reject('unknown-term', 'the term has no key');
  return currentTerm(state) === term ? { ...entry, groupKey: entry.groupKey } : reject('wrong-term', 'a later term has taken over');
}

export function enrolmentIn(state: State, term: number, clinic: PartyId): EnrolmentEntry | null {
  return enrolmentTable.get(state, enrolmentKey(term, clinic));
}

/** The points I and S of an application, in hexadecimal: none may stand in the registry twice. */
function pointsOf({ identity, tagCommitments }: EnrolmentRequest): readonly string[] {
  return [identity, ...tagCommitments.slice(0, 1)].map((point) => toHex(encodeG1(point)));
}

export function enrol(state: State, deed: DeedOf<'enrol'>, author: Author): Judgement {
  if (author.role !== 'clinic') return reject('not-a-clinic', 'only clinics sign as a member');
  const term = signingTerm(state, deed.term);
  if (isRejection(term)) return term;
  if (enrolmentIn(state, deed.term, author.party) !== null) return reject('enrolled-already', 'a clinic enrols once in a term');
  if (deed.shares.length !== term.openers.length) return reject('wrong-count', 'a share for each opener');
  const group = groupOfTerm(term.groupKey);
  const request = decodeEnrolmentRequest(group, deed.request);
  if (isRejection(request)) return request;
  const points = pointsOf(request).map((point) => pointKey(deed.term, point));
  if (points.some((key) => enrolledPointTable.get(state, key) !== null))
    return reject('known-point', 'another clinic enrolled with this secret');
  const refusal = refusesEnrolment(group, certificateBytes(author.certificate), request);
  if (refusal !== null) return refusal;
  const marked = points.reduce((after, key) => enrolledPointTable.put(after, key, { party: author.party }), state);
  const entry = { request: deed.request, shares: deed.shares, holders: [], complaints: [], credentials: [] };
  return enrolmentTable.put(marked, enrolmentKey(deed.term, author.party), entry);
}

export function hold(state: State, deed: DeedOf<'hold'>, author: Author): Judgement {
  const term = signingTerm(state, deed.term);
  if (isRejection(term)) return term;
  const number = term.openers.indexOf(author.party) + 1;
  if (number === 0) return reject('not-an-opener', 'only an opener of the term holds shares');
  const entry = enrolmentIn(state, deed.term, deed.clinic);
  if (entry === null) return reject('not-enrolled', 'the clinic has not enrolled');
  if (entry.holders.includes(number) || entry.complaints.includes(number)) return reject('said-already', 'an opener says so once');
  const said = deed.good ? { holders: [...entry.holders, number] } : { complaints: [...entry.complaints, number] };
  return enrolmentTable.put(state, enrolmentKey(deed.term, deed.clinic), { ...entry, ...said });
}

export function admit(state: State, deed: DeedOf<'admit'>, author: Author): Judgement {
  const term = signingTerm(state, deed.term);
  if (isRejection(term)) return term;
  if (term.issuer !== author.party) return reject('not-the-issuer', 'another supervision centre issues in this term');
  const entry = enrolmentIn(state, deed.term, deed.clinic);
  if (entry === null) return reject('not-enrolled', 'the clinic has not enrolled');
  const party = partyTable.get(state, deed.clinic);
  if (party === null || !isLive(party, author.at.timestampMs)) return reject('revoked', "the clinic's certificate does not hold");
  // Without them its tags could never be named.
  if (entry.holders.length < term.threshold) return reject('few-holders', `${term.threshold} openers must hold a good share first`);
  const period = periodOf(groupOfTerm(term.groupKey).key, epochAt(term, author.at.timestampMs));
  if (deed.period !== period && deed.period !== period + 1)
    return reject('wrong-period', `credentials are for period ${period} or the next`);
  if (entry.credentials.some((each) => each.period === deed.period)) return reject('admitted-already', 'the clinic has this credential');
  const credential = decodeCredential(deed.credential);
  if (isRejection(credential)) return credential;
  const credentials = [...entry.credentials, { period: deed.period, credential: deed.credential }].slice(-KEPT_CREDENTIALS);
  return enrolmentTable.put(state, enrolmentKey(deed.term, deed.clinic), { ...entry, credentials });
}
