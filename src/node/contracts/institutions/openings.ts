// Open (P2-11, P2-20): somebody asks on the ledger who signed a slip, and says why; openers answer with their parts, each with a proof that
// every member checks; with enough of them the ledger names the clinic. Nothing is opened in silence by the ledger's own rules; that
// enough openers could do it among themselves is said in docs/cryptography.md.
import { type SlipId, isRejection, present, reject, toHex } from '../../base/index.ts';
import {
  type OpeningPart,
  type VerifiedGroupSignature,
  decodeGroupSignature,
  decodeOpeningPart,
  digestOf,
  encodeG1,
  openSignature,
  refusesOpeningPart,
} from '../../crypto/index.ts';
import type { Author, Judgement } from '../author.ts';
import { recordTable } from '../entries.ts';
import { type OpeningEntry, enrolledPointTable, hiddenSlipTable, openingTable, pointKey } from '../institution-entries.ts';
import type { State } from '../state.ts';
import { type DeedOf, groupOfTerm, termIn } from './terms.ts';

export function openingIn(state: State, slip: SlipId): OpeningEntry | null {
  return openingTable.get(state, slip);
}

export function ask(state: State, deed: DeedOf<'ask'>, author: Author): Judgement {
  const signed = hiddenSlipTable.get(state, deed.slip);
  if (signed === null) return reject('unknown-slip', 'the ledger has no slip of a hidden author with this id');
  const ofPatient = recordTable.get(state, signed.record)?.patient === author.party;
  if (author.role !== 'authority' && !ofPatient)
    return reject('not-entitled', "a supervision centre or the record's patient asks for an opening");
  if (deed.reason.trim() === '') return reject('no-reason', 'who asks says why');
  if (openingTable.get(state, deed.slip) !== null) return reject('asked-already', 'somebody asked for this opening before');
  if (digestOf(deed.signature) !== signed.signature) return reject('other-signature', 'this is not the signature under the slip');
  const { signature, reason } = deed;
  const { term, record } = signed;
  const entry = { term, record, signature, askedBy: author.party, reason, height: author.at.height, parts: [], opened: null };
  return openingTable.put(state, deed.slip, entry);
}

export function answer(state: State, deed: DeedOf<'answer'>, author: Author): Judgement {
  const entry = openingTable.get(state, deed.slip);
  if (entry === null) return reject('not-asked', 'nobody asked for this opening');
  if (entry.opened !== null) return reject('opened-already', 'the signature is opened');
  const { openers, threshold, groupKey } = present(termIn(state, entry.term), 'the term of a signed slip');
  const number = openers.indexOf(author.party) + 1;
  if (number === 0) return reject('not-an-opener', 'only an opener of the term opens');
  if (entry.parts.some((part) => part[0] === number)) return reject('said-already', 'an opener says so once');
  const group = groupOfTerm(present(groupKey, 'the key of a signed slip'));
  // It was verified before its slip took effect.
  const signature = decodeGroupSignature(entry.signature);
  if (isRejection(signature)) return signature;
  const verified = signature as VerifiedGroupSignature;
  const part = decodeOpeningPart(deed.part);
  if (isRejection(part)) return part;
  if (part.holder !== number) return reject('bad-holder', 'an opener speaks under its own number');
  const refusal = refusesOpeningPart(group, verified, part);
  if (refusal !== null) return refusal;
  const parts = [...entry.parts, deed.part];
  if (parts.length < threshold) return openingTable.put(state, deed.slip, { ...entry, parts });
  const identity = openSignature(
    group,
    verified,
    parts.map(decodeOpeningPart).filter((each): each is OpeningPart => !isRejection(each)),
  );
  if (isRejection(identity)) return identity;
  const clinic = enrolledPointTable.get(state, pointKey(entry.term, toHex(encodeG1(identity))))?.party ?? null;
  return openingTable.put(state, deed.slip, { ...entry, parts, opened: { clinic, height: author.at.height } });
}
