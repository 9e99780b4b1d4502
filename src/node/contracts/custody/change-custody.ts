// A record goes to another clinic when three have said so: its clinic offers it, its patient agrees to this clinic and no other, and
// the other clinic accepts before the offer is over. Whoever may write the next version follows; grants stay as the patient gave them.
import { isRejection, reject } from '../../base/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import { checkPeriod } from '../deed-checks.ts';
import { type RecordHead, partyTable, recordTable } from '../entries.ts';
import { knownRecord } from '../record-actions.ts';
import { isLive } from '../roster.ts';
import type { State } from '../state.ts';
import { type CustodyEntry, MAX_PASSES, custodyTable } from './entries.ts';

type Custody = ActionOf<'custody'>;
type DeedOf<Kind extends Custody['deed']['kind']> = Extract<Custody['deed'], { readonly kind: Kind }>;

export function changeCustody(state: State, { record, deed }: Custody, author: Author): Judgement {
  const head = knownRecord(state, record);
  if (isRejection(head)) return head;
  if (head.withdrawnAtHeight !== null) return reject('withdrawn', 'the record was entered in error');
  if (deed.kind === 'offer') return offer(state, record, head, deed, author);
  const { open, passes } = custodyOf(state, record);
  if (open === null) return reject('no-offer', 'the record is offered to nobody');
  const over = author.at.timestampMs >= open.untilMs;
  switch (deed.kind) {
    case 'agree':
      if (head.patient !== author.party) return reject('not-the-patient', 'only its patient agrees');
      if (open.to !== deed.to) return reject('other-clinic', 'the record is offered to another clinic');
      if (over) return reject('offer-over', 'the offer is over');
      return custodyTable.put(state, record, { open: { ...open, agreed: true }, passes });
    case 'accept':
      if (open.to !== author.party) return reject('other-clinic', 'the record is offered to another clinic');
      if (!open.agreed) return reject('no-consent', 'the patient has not agreed');
      if (over) return reject('offer-over', 'the offer is over');
      return custodyTable.put(recordTable.put(state, record, { ...head, clinic: author.party }), record, {
        open: null,
        passes: [...passes, { from: head.clinic, height: author.at.height }],
      });
    case 'cancel':
      if (head.patient !== author.party && head.clinic !== author.party && open.to !== author.party)
        return reject('not-involved', 'only its clinic, its patient and who is offered it give up a transfer');
      return custodyTable.put(state, record, { open: null, passes });
  }
}

function offer(state: State, record: Custody['record'], head: RecordHead, deed: DeedOf<'offer'>, author: Author): Judgement {
  const { timestampMs } = author.at;
  if (head.clinic !== author.party) return reject('not-the-author', 'another clinic keeps this record');
  if (deed.to === author.party) return reject('own-record', 'the record is there already');
  const to = partyTable.get(state, deed.to);
  if (to === null || to.certificate.role !== 'clinic' || !isLive(to, timestampMs))
    return reject('not-a-clinic', 'records go to clinics whose certificate holds');
  const period = checkPeriod(timestampMs, deed.untilMs, 'offer');
  if (period !== null) return period;
  const { open, passes } = custodyOf(state, record);
  if (passes.length >= MAX_PASSES) return reject('too-many-passes', `a record passes on at most ${MAX_PASSES} times`);
  if (open !== null && timestampMs < open.untilMs) return reject('already-offered', 'the record is offered to a clinic already');
  return custodyTable.put(state, record, { open: { to: deed.to, untilMs: deed.untilMs, agreed: false }, passes });
}

export function custodyOf(state: State, record: Custody['record']): CustodyEntry {
  return custodyTable.get(state, record) ?? { open: null, passes: [] };
}
