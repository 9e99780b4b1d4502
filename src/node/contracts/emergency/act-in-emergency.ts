// Emergency access (design, step 9; T23): a clinic states on the ledger why it must read a record now, others release it, one entry each, and
// a supervision centre says afterwards whether it was right. The rule knows no keys: who holds shares gives them only after these entries.
import { type ItemId, isRejection, reject } from '../../base/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import { MAX_NAMED_PARTIES } from '../deeds.ts';
import { MAX_EMERGENCY_MS } from '../deed-checks.ts';
import { knownRecord } from '../record-actions.ts';
import type { State } from '../state.ts';
import { emergencyTable } from './entries.ts';

type Emergency = ActionOf<'emergency'>;
type Asked = Extract<Emergency['deed'], { readonly kind: 'ask' }>;

export function actInEmergency(state: State, { emergency, deed }: Emergency, author: Author): Judgement {
  if (deed.kind === 'ask') return ask(state, emergency, deed, author);
  const entry = emergencyTable.get(state, emergency);
  if (entry === null) return reject('unknown-emergency', 'the ledger knows no such emergency');
  if (deed.kind === 'review') {
    if (author.role !== 'authority') return reject('not-the-authority', 'a supervision centre reviews emergencies');
    if (entry.review !== null) return reject('already-reviewed', 'it was reviewed before');
    return emergencyTable.put(state, emergency, { ...entry, review: deed.verdict });
  }
  if (author.role !== 'clinic' && author.role !== 'authority') return reject('no-keyholder', 'clinics and authorities release');
  if (entry.by === author.party) return reject('own-emergency', 'nobody releases to itself');
  if (author.at.timestampMs >= entry.untilMs) return reject('emergency-over', 'the time of the emergency is over');
  const head = knownRecord(state, entry.record);
  if (isRejection(head)) return head;
  if (entry.releases.includes(author.party)) return reject('already-said', 'it released before');
  if (entry.releases.length >= MAX_NAMED_PARTIES) return reject('too-many-releases', 'more than can hold shares');
  return emergencyTable.put(state, emergency, { ...entry, releases: [...entry.releases, author.party] });
}

function ask(state: State, emergency: ItemId, { record, version, untilMs }: Asked, author: Author): Judgement {
  if (author.role !== 'clinic') return reject('not-a-clinic', 'only a clinic has emergencies');
  const head = knownRecord(state, record);
  if (isRejection(head)) return head;
  if (head.clinic === author.party) return reject('own-record', 'who wrote a record can read it');
  if (version > head.version) return reject('unknown-version', 'the record has no such version');
  const { timestampMs } = author.at;
  if (untilMs <= timestampMs || untilMs - timestampMs > MAX_EMERGENCY_MS)
    return reject('bad-period', 'an emergency lasts a day at most, and is not over when it begins');
  if (emergencyTable.get(state, emergency) !== null) return reject('known-emergency', 'this emergency was stated before');
  return emergencyTable.put(state, emergency, { record, version, by: author.party, untilMs, releases: [], review: null });
}
