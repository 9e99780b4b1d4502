// Terms of a channel that hides institutions: who issues and who opens, how their key comes about (Setup, P2-11), which epoch it is. Each
// opener deals, so that nobody ever holds the opening key (T14). A later term takes over when its key is there; what was signed before is
// opened by the openers of then.
import { type ChannelId, type Rejection, MAX_CLOCK_AHEAD_MS, DIGEST_BYTES, isRejection, present, reject } from '../../base/index.ts';
import { encode, hex, oneOf, struct, uint } from '../../codec/index.ts';
import {
  type Group,
  type GroupKey,
  type OpenerDealing,
  decodeGroupKey,
  decodeOpenerDealing,
  groupOf,
  openingCommitments,
  refusesDealing,
  sha256,
} from '../../crypto/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import { ONLY, foundedTable, partyTable } from '../entries.ts';
import { MAX_TERMS } from '../institution-deeds.ts';
import { type TermEntry, termTable, termsTable } from '../institution-entries.ts';
import { isLive } from '../roster.ts';
import type { State } from '../state.ts';

type Deed = ActionOf<'institutions'>['deed'];
export type DeedOf<Kind extends Deed['kind']> = Extract<Deed, { readonly kind: Kind }>;

/** Fewer than two openers would be one party who reads everything (T14). */
export const MIN_OPENERS_TOGETHER = 2;
const MIN_EPOCH_MS = 60_000;

const label = struct({ domain: oneOf('clinicord/institutions/1'), channel: hex<ChannelId>(DIGEST_BYTES), term: uint(MAX_TERMS) });

/** What a term's key is for: 32 bytes, in every hash of the scheme. */
export function termLabel(channel: ChannelId, term: number): Uint8Array {
  return sha256(encode(label, { domain: 'clinicord/institutions/1', channel, term }));
}

/** Whether this channel's slips about records show no institution. */
export function hidesInstitutions(state: State): boolean {
  return foundedTable.get(state, ONLY)?.settings.institutions === 'hidden';
}

/** The term by whose key is signed now; null until a first key is there. */
export function currentTerm(state: State): number | null {
  return termsTable.get(state, ONLY)?.current ?? null;
}

export function termIn(state: State, term: number): TermEntry | null {
  return termTable.get(state, String(term));
}

/** Epoch of a block time. */
export function epochAt(term: Pick<TermEntry, 'sinceMs' | 'epochMs'>, timestampMs: number): number {
  return Math.max(0, Math.floor((timestampMs - term.sinceMs) / term.epochMs));
}

/** Why a signature of this epoch does not count in a block at `timestampMs`, or null. */
export function epochRefusal(term: TermEntry, epoch: number, timestampMs: number): Rejection | null {
  if (epoch > epochAt(term, timestampMs + MAX_CLOCK_AHEAD_MS)) return reject('epoch-ahead', 'the signature is of an epoch to come');
  return epoch < epochAt(term, timestampMs) - term.graceEpochs
    ? reject('epoch-past', 'the signature is of an epoch that is over: its clinic signs again')
    : null;
}

// The state's entries keep their bytes, so what is prepared from a key is kept with it.
const groups = new WeakMap<Uint8Array, Group>();

/** The group of a term whose key is there; it was checked when it came. */
export function groupOfTerm(groupKey: Uint8Array): Group {
  const known = groups.get(groupKey);
  if (known !== undefined) return known;
  const key = decodeGroupKey(groupKey);
  const group = groupOf(present(isRejection(key) ? null : key, 'a key that the ledger took'));
  groups.set(groupKey, group);
  return group;
}

export function appoint(state: State, deed: DeedOf<'appoint'>, author: Author): Judgement {
  if (author.role !== 'authority') return reject('not-the-authority', 'only a supervision centre appoints openers');
  const terms = termsTable.get(state, ONLY);
  const next = terms === null ? 0 : terms.newest + 1;
  if (deed.term !== next) return reject('wrong-term', `term ${next} comes next`);
  const { openers, threshold, tagsPerEpoch, epochMs, epochsPerPeriod, graceEpochs } = deed;
  if (new Set(openers).size !== openers.length) return reject('repeated-item', 'the same opener twice');
  if (threshold < MIN_OPENERS_TOGETHER || threshold > openers.length)
    return reject('bad-threshold', `at least ${MIN_OPENERS_TOGETHER} of the openers open together`);
  if (tagsPerEpoch === 0 || epochsPerPeriod === 0 || epochMs < MIN_EPOCH_MS) return reject('zero-limit', 'an epoch has tags and lasts');
  if (graceEpochs >= epochsPerPeriod) return reject('long-grace', 'a signature does not outlast the period of its credential');
  for (const opener of openers) {
    const entry = partyTable.get(state, opener);
    const holds = entry !== null && (entry.certificate.role === 'archive' || entry.certificate.role === 'clinic');
    if (!holds || !isLive(entry, author.at.timestampMs))
      return reject('not-an-opener', 'openers are archive members and clinics whose certificate holds');
  }
  const appointed: TermEntry = {
    issuer: author.party,
    openers,
    threshold,
    tagsPerEpoch,
    epochMs,
    epochsPerPeriod,
    graceEpochs,
    sinceMs: author.at.timestampMs,
    dealings: openers.map(() => null),
    groupKey: null,
  };
  const after = termsTable.put(state, ONLY, { newest: next, current: terms?.current ?? null });
  return termTable.put(after, String(next), appointed);
}

/** The term that is being set up: appointed last, without a key. */
function openTerm(state: State, term: number): TermEntry | Rejection {
  const entry = termIn(state, term);
  if (entry === null) return reject('unknown-term', 'nobody was appointed for this term');
  if (termsTable.get(state, ONLY)?.newest !== term) return reject('wrong-term', 'a later term was appointed');
  return entry.groupKey === null ? entry : reject('has-key', 'the term has its key');
}

export function deal(state: State, deed: DeedOf<'deal'>, author: Author, channel: ChannelId): Judgement {
  const term = openTerm(state, deed.term);
  if (isRejection(term)) return term;
  const dealer = term.openers.indexOf(author.party) + 1;
  if (dealer === 0) return reject('not-an-opener', 'only an opener of the term deals');
  if ((term.dealings[dealer - 1] ?? null) !== null) return reject('dealt-already', 'an opener deals once');
  if (deed.shares.length !== term.openers.length) return reject('wrong-count', 'a share for each opener');
  const dealing = decodeOpenerDealing(deed.dealing, term.threshold);
  if (isRejection(dealing)) return dealing;
  if (dealing.dealer !== dealer) return reject('bad-holder', 'an opener deals under its own number');
  const refusal = refusesDealing(termLabel(channel, deed.term), term.threshold, dealing);
  if (refusal !== null) return refusal;
  const dealings = term.dealings.with(dealer - 1, { dealing: deed.dealing, shares: deed.shares });
  return termTable.put(state, String(deed.term), { ...term, dealings });
}

/** The key is made of everybody's dealing and the issuer's own key, by who issues; from here on clinics enrol and sign. */
export function openTermKey(state: State, deed: DeedOf<'open'>, author: Author, channel: ChannelId): Judgement {
  const term = openTerm(state, deed.term);
  if (isRejection(term)) return term;
  if (term.issuer !== author.party) return reject('not-the-issuer', 'who appointed the openers issues');
  const dealings: OpenerDealing[] = [];
  for (const entry of term.dealings) {
    const dealing = entry === null ? reject('not-dealt', 'an opener has not dealt') : decodeOpenerDealing(entry.dealing, term.threshold);
    if (isRejection(dealing)) return dealing;
    dealings.push(dealing);
  }
  const key = decodeGroupKey(deed.groupKey);
  if (isRejection(key)) return key;
  const refusal = keyRefusal(key, term, dealings, termLabel(channel, deed.term));
  if (refusal !== null) return refusal;
  const after = termsTable.put(state, ONLY, { newest: deed.term, current: deed.term });
  return termTable.put(after, String(deed.term), { ...term, groupKey: deed.groupKey });
}

function keyRefusal(key: GroupKey, term: TermEntry, dealings: readonly OpenerDealing[], expected: Uint8Array): Rejection | null {
  if (!key.label.every((byte, index) => byte === expected[index])) return reject('other-term', 'the key is for another term');
  const same =
    key.openers === term.openers.length && key.slotsPerEpoch === term.tagsPerEpoch && key.epochsPerPeriod === term.epochsPerPeriod;
  if (!same) return reject('other-terms', 'the key is for other openers, tags or periods');
  const opening = openingCommitments(dealings);
  return key.opening.length === opening.length && opening.every((point, index) => key.opening[index]?.equals(point) === true)
    ? null
    : reject('other-dealings', 'the opening key is not what the openers dealt');
}
