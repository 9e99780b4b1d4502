// The bridge between another channel and the consortium's chain (P3-06, P3-16, P3-17). Voters of the consortium see nothing of the other
// channel, and need not: headers prove themselves by the signatures of its members, items by the tree under a header that was shown.
import { type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { type SignatureCheck, certificateChecks, quorum, toleratedFaults } from '../consensus/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { bareDigest } from './bare-header.ts';
import { channelTable } from './channel-entries.ts';
import { partyTable } from './entries.ts';
import { verifyMany } from './many-inclusion.ts';
import {
  type AnchoredBlock,
  anchorHeadIn,
  anchorHeadTable,
  anchoredIn,
  anchoredKey,
  anchoredTable,
  hasItem,
  noItems,
  withItem,
} from './summary-entries.ts';
import { MAX_SUMMARY_ITEMS } from './summary-fields.ts';
import type { State } from './state.ts';

type SummarisedBlock = ActionOf<'summary'>['blocks'][number];

/** Why these headers are no piece of one chain, whatever the state says; or null. */
export function anchorRefusal({ opened, headers, certificate }: ActionOf<'anchor'>): Rejection | null {
  const last = headers.at(-1);
  if (last === undefined) return reject('empty-list', 'no headers');
  const follows = headers.every((header, at) => {
    const before = headers[at - 1];
    return (
      header.channel === opened && (before === undefined || (header.height === before.height + 1 && header.parent === bareDigest(before)))
    );
  });
  if (!follows) return reject('broken-chain', 'a header does not follow the one before');
  const isOfLast = certificate.height === last.height && certificate.epoch === last.epoch && certificate.digest === bareDigest(last);
  return isOfLast ? null : reject('wrong-certificate', 'the certificate is about another block');
}

/** Why no state could take these items, or null. */
export function summaryRefusal({ blocks }: ActionOf<'summary'>): Rejection | null {
  const count = blocks.reduce((sum, { items }) => sum + items.length, 0);
  if (count === 0 || count > MAX_SUMMARY_ITEMS || blocks.some(({ items }) => items.length === 0))
    return reject('bad-count', `a summary has up to ${MAX_SUMMARY_ITEMS} items, and some of every block that it names`);
  const ascends = blocks.every(({ height }, at) => height > (blocks[at - 1]?.height ?? 0));
  return ascends ? null : reject('repeated-item', 'the same block twice');
}

/**
 * The signatures of the newest header, by the keys that the consortium certifies for the channel's members: a quorum of all who have
 * joined, or nobody outside could tell it from one that a few made up.
 */
export function anchorChecks(state: State, { opened, headers, certificate }: ActionOf<'anchor'>): readonly SignatureCheck[] | Rejection {
  const last = headers.at(-1);
  const members = channelTable.get(state, opened)?.members.filter(({ standing }) => standing === 'joined') ?? [];
  if (last === undefined || members.length === 0) return reject('unknown-channel', 'no such channel was opened');
  const voters = members.flatMap(({ party }) => voterOf(state, party)).sort((a, b) => (a.party < b.party ? -1 : 1));
  const tolerated = toleratedFaults(members.length);
  const { epoch, configuration: digest } = last;
  const asKnownHere = { tolerated, quorum: quorum(members.length, tolerated), baseTimeoutMs: 0, groups: [], seats: [] };
  return certificateChecks(certificate, { channel: opened, epoch, digest, voters, ...asKnownHere }, 'commit');
}

function voterOf(state: State, party: PartyId): readonly { readonly party: PartyId; readonly memberKey: Uint8Array }[] {
  const memberKey = partyTable.get(state, party)?.certificate.memberKey ?? null;
  return memberKey === null ? [] : [{ party, memberKey }];
}

/** Headers from where the consortium's knowledge of the channel ends. */
export function anchorHeaders(state: State, { opened, headers }: ActionOf<'anchor'>, author: Author): Judgement {
  const refusal = bridgeRefusal(state, opened, author);
  if (refusal !== null) return refusal;
  const head = anchorHeadIn(state, opened);
  const [first] = headers;
  if (first === undefined || first.height <= head.height) return reject('already-anchored', 'these blocks were shown before');
  if (first.height !== head.height + 1) return reject('anchor-gap', `block ${head.height + 1} comes next`);
  if (first.parent !== head.digest) return reject('wrong-parent', 'the header follows another block than the one that was shown');
  let next = state;
  for (const header of headers) {
    const { height, slipsRoot, slipCount } = header;
    if (slipCount > 0) next = anchoredTable.put(next, anchoredKey(opened, height), { slipsRoot, slipCount, summarised: noItems });
    next = anchorHeadTable.put(next, opened, { height, digest: bareDigest(header) });
  }
  return next;
}

/** Items of blocks that were shown: each proved to be in its block, each once. All or none. */
export function summarise(state: State, { opened, blocks }: ActionOf<'summary'>, author: Author): Judgement {
  const refusal = bridgeRefusal(state, opened, author);
  if (refusal !== null) return refusal;
  let next = state;
  for (const block of blocks) {
    const entry = anchoredIn(next, opened, block.height);
    if (entry === null) return reject('not-anchored', 'the block was not shown to the consortium, or has no slips');
    const after = withItems(entry, block);
    if (isRejection(after)) return after;
    next = anchoredTable.put(next, anchoredKey(opened, block.height), after);
  }
  return next;
}

function withItems(entry: AnchoredBlock, { items, siblings }: SummarisedBlock): AnchoredBlock | Rejection {
  if (items.some(({ index }) => hasItem(entry, index))) return reject('already-summarised', 'a slip has its item already');
  if (!verifyMany(entry.slipsRoot, entry.slipCount, items, siblings)) return reject('wrong-proof', 'an item is not in its block');
  return items.reduce((after, { index }) => withItem(after, index), entry);
}

/** P3-06: whoever is in both. */
function bridgeRefusal(state: State, opened: ActionOf<'anchor'>['opened'], { party }: Author): Rejection | null {
  const member = channelTable.get(state, opened)?.members.find((candidate) => candidate.party === party);
  return member?.standing === 'joined' ? null : reject('not-a-bridge', 'only members of a channel tell of it');
}
