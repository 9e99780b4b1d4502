// A slip of a hidden author against the state (R12): its term is the present one, its epoch not over, its tag neither used nor barred, and the
// record's key the one that wrote the record first. Signatures were checked before.
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import { equalBytes } from '../../codec/index.ts';
import { digestOf } from '../../crypto/index.ts';
import type { Judgement } from '../author.ts';
import { type Authorship, authorOfTag, slotOf } from '../authorship.ts';
import { recordTable } from '../entries.ts';
import { barredTable, hiddenRecordTable, hiddenSlipTable, tagTable } from '../institution-entries.ts';
import { withdrawRecord, writeRecord } from '../record-actions.ts';
import type { Moment } from '../roster.ts';
import type { Slip } from '../slip.ts';
import { slipIdOf } from '../slip-bytes.ts';
import type { State } from '../state.ts';
import { signingTerm } from './enrolling.ts';
import { epochRefusal, hidesInstitutions } from './terms.ts';

/** Why the tag of a slip can never be used, or null (R12). */
export function tagRefusal(state: State, authorship: Authorship): Rejection | null {
  return tagTable.get(state, slotOf(authorship).tag) === null ? null : reject('tag-used', 'the one-time tag was used before');
}

/** The state in which the slip's tag is used. */
export function useTag(state: State, slip: Slip, authorship: Authorship): State {
  return tagTable.put(state, slotOf(authorship).tag, { slip: slipIdOf(slip) });
}

export function judgeHidden(state: State, slip: Slip, authorship: Authorship, at: Moment): Judgement {
  if (!hidesInstitutions(state)) return reject('not-hidden', 'on this channel slips name their institutions');
  const { term: number, recordKey, groupSignature } = authorship;
  const term = signingTerm(state, number);
  if (isRejection(term)) return term;
  const { epoch, tag } = slotOf(authorship);
  const late = epochRefusal(term, epoch, at.timestampMs);
  if (late !== null) return late;
  if (barredTable.get(state, tag) !== null) return reject('revoked', 'the clinic that signed was revoked');
  const { action } = slip.body;
  if (action.kind !== 'record' && action.kind !== 'withdraw') return reject('stray-group-signature', 'this names who says it');
  const before = hiddenRecordTable.get(state, action.record);
  if (before !== null && !equalBytes(before.recordKey, recordKey)) return reject('not-the-author', 'another clinic wrote this record');
  // The tag of its first version stands for the author of a record, whose key was shown to be the same.
  const party = recordTable.get(state, action.record)?.clinic ?? authorOfTag(tag);
  const author = { party, role: 'clinic' as const, at };
  const after = action.kind === 'record' ? writeRecord(state, action, author) : withdrawRecord(state, action, author);
  if (isRejection(after)) return after;
  const known = hiddenRecordTable.put(after, action.record, { recordKey });
  const signature = digestOf(groupSignature);
  return hiddenSlipTable.put(known, slipIdOf(slip), { term: number, record: action.record, signature });
}
