// How a contract of the consortium comes to be (P1-08, P0-49): uploaded in parts by one party, approved by as many voters as agree on
// blocks, then called. A later version goes the same way and finds what the earlier one kept. What is refused or replaced leaves nothing.
import { type ItemId, isRejection, reject } from '../../base/index.ts';
import { bytesToText } from '../../codec/index.ts';
import { digestOf } from '../../crypto/index.ts';
import { SCRIPT_RUNTIME } from '../../ports/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import { ONLY } from '../entries.ts';
import { rosterOf, tally } from '../roster.ts';
import type { State } from '../state.ts';
import { callScript } from './call-script.ts';
import {
  type ScriptEntry,
  type WaitingEntry,
  MAX_SCRIPTS,
  partKey,
  scriptListTable,
  scriptPartTable,
  scriptSourceTable,
  scriptTable,
  sourceKey,
} from './entries.ts';

type Script = ActionOf<'script'>;
type Deed = Script['deed'];
type DeedOf<Kind extends Deed['kind']> = Extract<Deed, { readonly kind: Kind }>;

export function workOnScript(state: State, action: Script, author: Author): Judgement {
  const { script, version, deed } = action;
  const entry = scriptTable.get(state, script);
  if (deed.kind === 'upload') return upload(state, script, entry, { version, ...deed }, author);
  if (entry === null) return reject('unknown-contract', 'the ledger knows no such contract');
  if (deed.kind === 'call') return callScript(state, script, entry, { version, ...deed }, author);
  const { waiting } = entry;
  if (waiting?.version !== version) return reject('other-version', 'this version does not wait');
  if (deed.kind === 'part') return part(state, script, { ...entry, waiting }, deed, author);
  return vote(state, script, { ...entry, waiting }, deed, author);
}

type Waiting = ScriptEntry & { readonly waiting: WaitingEntry };

function upload(
  state: State,
  script: ItemId,
  before: ScriptEntry | null,
  { version, name, runtime, source, parts }: DeedOf<'upload'> & { readonly version: number },
  author: Author,
): Judgement {
  if (author.role === 'patient') return reject('not-a-member', 'patients upload no contracts');
  if (before !== null && before.author !== author.party) return reject('not-the-author', 'another party uploaded this contract');
  if (runtime !== SCRIPT_RUNTIME) return reject('unknown-runtime', 'it is written for another machine');
  if (version !== (before?.judged ?? 0) + 1) return reject('other-version', `version ${(before?.judged ?? 0) + 1} comes next`);
  const listed = before === null ? withListed(state, script) : withoutWaiting(state, script, before);
  if (isRejection(listed)) return listed;
  const waiting: WaitingEntry = { version, runtime, source, parts, here: 0, votes: [] };
  const { judged = 0, active = null, kept = 0 } = before ?? {};
  return scriptTable.put(listed, script, { author: author.party, name, judged, active, waiting, kept });
}

function withListed(state: State, script: ItemId): Judgement {
  const scripts = scriptListTable.get(state, ONLY)?.scripts ?? [];
  if (scripts.length >= MAX_SCRIPTS) return reject('too-many-contracts', `a channel has at most ${MAX_SCRIPTS}`);
  return scriptListTable.put(state, ONLY, { scripts: [...scripts, script] });
}

/** Without parts and source of the version that waits. */
function withoutWaiting(state: State, script: ItemId, { waiting }: Pick<ScriptEntry, 'waiting'>): State {
  if (waiting === null) return state;
  let next = scriptSourceTable.remove(state, sourceKey(script, waiting.version));
  for (let index = 0; index < waiting.parts; index += 1) next = scriptPartTable.remove(next, partKey(script, index));
  return next;
}

function part(state: State, script: ItemId, entry: Waiting, { index, bytes }: DeedOf<'part'>, author: Author): Judgement {
  const { waiting } = entry;
  if (entry.author !== author.party) return reject('not-the-author', 'another party uploads this contract');
  if (index >= waiting.parts) return reject('no-such-part', `it was announced with ${waiting.parts} parts`);
  if ((waiting.here & (1 << index)) !== 0) return reject('known-part', 'this part is there');
  const here = waiting.here | (1 << index);
  const next = scriptPartTable.put(state, partKey(script, index), { bytes });
  if (!isWhole({ ...waiting, here })) return scriptTable.put(next, script, { ...entry, waiting: { ...waiting, here } });
  const source = joined(next, script, waiting.parts);
  if (digestOf(source) !== waiting.source || isRejection(bytesToText(source)))
    return reject('wrong-source', 'the parts are not the text that was announced');
  const stored = scriptSourceTable.put(withoutWaiting(next, script, entry), sourceKey(script, waiting.version), { bytes: source });
  return scriptTable.put(stored, script, { ...entry, waiting: { ...waiting, here } });
}

function isWhole({ parts, here }: WaitingEntry): boolean {
  return here === (1 << parts) - 1;
}

function joined(state: State, script: ItemId, parts: number): Uint8Array {
  const all = Array.from({ length: parts }, (_, index) => scriptPartTable.get(state, partKey(script, index))?.bytes ?? new Uint8Array());
  const whole = new Uint8Array(all.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of all) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}

/** As many voters as agree on blocks approve; once they can no longer, the version is refused. Votes of those who left do not count. */
function vote(state: State, script: ItemId, entry: Waiting, { approve }: DeedOf<'vote'>, author: Author): Judgement {
  const { waiting } = entry;
  const { members } = rosterOf(state);
  const voting = new Set(members.filter((member) => member.voting).map((member) => member.party));
  if (!voting.has(author.party)) return reject('not-a-voter', 'only voters judge contracts');
  if (!isWhole(waiting)) return reject('not-uploaded', 'parts of it are missing');
  const standing = waiting.votes.filter(({ party }) => voting.has(party));
  if (standing.some(({ party }) => party === author.party)) return reject('already-said', 'a voter votes once');
  const votes = [...standing, { party: author.party, approve }];
  const approvals = votes.filter((one) => one.approve).length;
  const { quorum, voters } = tally(members);
  const { version, runtime, source } = waiting;
  if (approvals >= quorum) {
    const next = entry.active === null ? state : scriptSourceTable.remove(state, sourceKey(script, entry.active.version));
    return scriptTable.put(next, script, { ...entry, judged: version, active: { version, runtime, source }, waiting: null });
  }
  if (votes.length - approvals > voters - quorum)
    return scriptTable.put(withoutWaiting(state, script, entry), script, { ...entry, judged: version, waiting: null });
  return scriptTable.put(state, script, { ...entry, waiting: { ...waiting, votes } });
}
