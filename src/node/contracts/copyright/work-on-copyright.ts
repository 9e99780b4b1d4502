// Copyright of medical data (P1-18): whoever registers a fingerprint first owns the work; the owner licenses it for a time, hands it over to
// who takes it, and every use by a licence is on the ledger. Whether a copy was used without a licence no ledger can see.
import { type Rejection, reject } from '../../base/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import { partyTable } from '../entries.ts';
import { isLive } from '../roster.ts';
import type { State } from '../state.ts';
import { type LicenceEntry, type WorkEntry, fingerprintTable, licenceTable, workTable } from './entries.ts';

type Copyright = ActionOf<'copyright'>;
type Deed = Copyright['deed'];
type DeedOf<Kind extends Deed['kind']> = Extract<Deed, { readonly kind: Kind }>;

export function workOnCopyright(state: State, { work, deed }: Copyright, author: Author): Judgement {
  const entry = workTable.get(state, work);
  if (deed.kind === 'register') return register(state, work, entry, deed, author);
  if (entry === null) return reject('unknown-work', 'the ledger knows no such work');
  if (deed.kind === 'use') return use(state, work, deed, author);
  if (deed.kind === 'take') {
    if (entry.offeredTo !== author.party) return reject('not-offered', 'the work is not offered to this party');
    return workTable.put(state, work, { ...entry, owner: author.party, offeredTo: null });
  }
  if (entry.owner !== author.party) return reject('not-the-owner', 'the work belongs to another party');
  switch (deed.kind) {
    case 'license':
      return license(state, work, deed, author);
    case 'end-licence':
      return endLicence(state, work, deed, author);
    case 'offer':
      return partyRefusal(state, deed.to, author) ?? workTable.put(state, work, { ...entry, offeredTo: deed.to });
  }
}

function register(
  state: State,
  work: Copyright['work'],
  before: WorkEntry | null,
  { fingerprint }: DeedOf<'register'>,
  author: Author,
): Judgement {
  if (author.role !== 'clinic' && author.role !== 'data-user') return reject('not-an-owner', 'only clinics and data users register works');
  if (before !== null) return reject('known-work', 'this work was registered before');
  if (fingerprintTable.get(state, fingerprint) !== null) return reject('known-fingerprint', 'the same data was registered before');
  const entry = { owner: author.party, fingerprint, registeredAtHeight: author.at.height, offeredTo: null };
  return fingerprintTable.put(workTable.put(state, work, entry), fingerprint, { work });
}

function license(state: State, work: Copyright['work'], deed: DeedOf<'license'>, author: Author): Judgement {
  if (deed.untilMs <= author.at.timestampMs) return reject('bad-period', 'the licence is over before it begins');
  if (licenceTable.get(state, deed.licence) !== null) return reject('known-licence', 'this licence was given before');
  const refusal = partyRefusal(state, deed.licensee, author);
  if (refusal !== null) return refusal;
  const { licensee, fromMs, untilMs } = deed;
  return licenceTable.put(state, deed.licence, { work, licensee, fromMs, untilMs, endedAtHeight: null, uses: 0 });
}

function endLicence(state: State, work: Copyright['work'], { licence }: DeedOf<'end-licence'>, author: Author): Judgement {
  const entry = licenceTable.get(state, licence);
  if (entry?.work !== work) return reject('unknown-licence', 'there is no such licence of this work');
  if (entry.endedAtHeight !== null) return reject('already-ended', 'the licence was ended before');
  return licenceTable.put(state, licence, { ...entry, endedAtHeight: author.at.height });
}

function use(state: State, work: Copyright['work'], { licence }: DeedOf<'use'>, author: Author): Judgement {
  const entry = licenceTable.get(state, licence);
  if (entry?.work !== work) return reject('unknown-licence', 'there is no such licence of this work');
  const refusal = useRefusal(entry, author);
  return refusal ?? licenceTable.put(state, licence, { ...entry, uses: entry.uses + 1 });
}

function useRefusal(entry: LicenceEntry, { party, at }: Author): Rejection | null {
  if (entry.licensee !== party) return reject('not-the-licensee', 'the licence is for another party');
  if (entry.endedAtHeight !== null) return reject('licence-ended', 'the owner ended the licence');
  if (at.timestampMs < entry.fromMs) return reject('licence-not-yet', 'the licence has not begun');
  return at.timestampMs >= entry.untilMs ? reject('licence-over', 'the licence is over') : null;
}

/** Why nothing can be given to this party, or null. */
function partyRefusal(state: State, party: Author['party'], author: Author): Rejection | null {
  if (party === author.party) return reject('own-work', 'the owner needs no licence');
  const entry = partyTable.get(state, party);
  const may = entry !== null && entry.certificate.role !== 'patient' && isLive(entry, author.at.timestampMs);
  return may ? null : reject('not-a-party', 'nobody whose certificate holds is known by this name');
}
