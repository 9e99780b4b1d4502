// Rev (P2-11): once a clinic is revoked, openers name its tags of every epoch in which it could still sign, and nobody takes a slip with such
// a tag. Epochs that are over for good are not named: what was signed in them stays unlinked.
import { isRejection, reject } from '../../base/index.ts';
import {
  type RevocationPart,
  decodeEnrolmentRequest,
  decodeRevocationPart,
  refusesRevocationPart,
  tagsFromParts,
} from '../../crypto/index.ts';
import type { Author, Judgement } from '../author.ts';
import { partyTable } from '../entries.ts';
import { barredTable, barringKey, barringTable } from '../institution-entries.ts';
import type { State } from '../state.ts';
import { enrolmentIn, signingTerm } from './enrolling.ts';
import { type DeedOf, epochAt, groupOfTerm } from './terms.ts';

/** By an opener, about one epoch. With the part that makes enough, the tags of the epoch are barred. */
export function bar(state: State, deed: DeedOf<'bar'>, author: Author): Judgement {
  const term = signingTerm(state, deed.term);
  if (isRejection(term)) return term;
  const number = term.openers.indexOf(author.party) + 1;
  if (number === 0) return reject('not-an-opener', 'only an opener of the term names tags');
  const enrolment = enrolmentIn(state, deed.term, deed.clinic);
  if (enrolment === null) return reject('not-enrolled', 'the clinic has not enrolled');
  if ((partyTable.get(state, deed.clinic)?.revoked ?? null) === null)
    return reject('not-revoked', 'tags are named of a revoked clinic alone');
  const group = groupOfTerm(term.groupKey);
  const part = decodeRevocationPart(group, deed.part);
  if (isRejection(part)) return part;
  if (part.holder !== number) return reject('bad-holder', 'an opener speaks under its own number');
  const lastPeriod = Math.max(-1, ...enrolment.credentials.map(({ period }) => period));
  const first = epochAt(term, author.at.timestampMs) - term.graceEpochs;
  if (part.epoch < first || part.epoch >= (lastPeriod + 1) * term.epochsPerPeriod)
    return reject('wrong-epoch', 'in this epoch the clinic cannot sign');
  const key = barringKey(deed.term, deed.clinic, part.epoch);
  const before = barringTable.get(state, key) ?? { parts: [], done: false };
  if (before.done) return reject('barred-already', 'the tags of this epoch are barred');
  const member = decodeEnrolmentRequest(group, enrolment.request);
  if (isRejection(member)) return member;
  const others: RevocationPart[] = [];
  for (const bytes of before.parts) {
    const other = decodeRevocationPart(group, bytes);
    if (isRejection(other)) return other;
    if (other.holder === number) return reject('said-already', 'an opener says so once');
    others.push(other);
  }
  const refusal = refusesRevocationPart(group, member, part);
  if (refusal !== null) return refusal;
  const parts = [...before.parts, deed.part];
  if (parts.length < term.threshold) return barringTable.put(state, key, { parts, done: false });
  const tags = tagsFromParts(group, [...others, part]);
  if (isRejection(tags)) return tags;
  const barred = tags.reduce((after, tag) => barredTable.put(after, tag, { term: deed.term, epoch: part.epoch }), state);
  return barringTable.put(barred, key, { parts: [], done: true });
}

/** Epochs whose tags an opener still has to name of a revoked clinic; empty where the clinic is not revoked or cannot sign. */
export function epochsToBar(
  state: State,
  about: { readonly term: number; readonly clinic: Author['party']; readonly opener: Author['party']; readonly nowMs: number },
): readonly number[] {
  const term = signingTerm(state, about.term);
  const enrolment = enrolmentIn(state, about.term, about.clinic);
  const revoked = (partyTable.get(state, about.clinic)?.revoked ?? null) !== null;
  if (isRejection(term) || enrolment === null || !revoked) return [];
  const number = term.openers.indexOf(about.opener) + 1;
  const lastPeriod = Math.max(-1, ...enrolment.credentials.map(({ period }) => period));
  const epochs: number[] = [];
  const first = Math.max(0, epochAt(term, about.nowMs) - term.graceEpochs);
  for (let epoch = first; epoch < (lastPeriod + 1) * term.epochsPerPeriod; epoch += 1) {
    const entry = barringTable.get(state, barringKey(about.term, about.clinic, epoch));
    // A part begins with its holder's number.
    if (entry?.done !== true && entry?.parts.some((part) => part[0] === number) !== true) epochs.push(epoch);
  }
  return number === 0 ? [] : epochs;
}
