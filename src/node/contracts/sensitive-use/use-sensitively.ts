// Secure use of sensitive data (P1-18): whoever wants to use it states what for; as many members of a committee as its rule asks
// approve; each use is logged before it is made, up to the number and the time that were approved. One of the committee can stop it.
import { reject } from '../../base/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import { checkPeriod } from '../deed-checks.ts';
import { partyTable } from '../entries.ts';
import { isLive } from '../roster.ts';
import type { State } from '../state.ts';
import { type CommitteeEntry, type UseEntry, committeeTable, usageKey, usageTable, useTable } from './entries.ts';

type SensitiveUse = ActionOf<'sensitive-use'>;
type Deed = SensitiveUse['deed'];
type DeedOf<Kind extends Deed['kind']> = Extract<Deed, { readonly kind: Kind }>;

export function useSensitively(state: State, { use, deed }: SensitiveUse, author: Author): Judgement {
  if (deed.kind === 'committee') return appoint(state, use, deed, author);
  if (deed.kind === 'propose') return propose(state, use, deed, author);
  const entry = useTable.get(state, use);
  if (entry === null) return reject('unknown-use', 'the ledger knows no such use');
  switch (deed.kind) {
    case 'vote':
      return vote(state, use, entry, deed.approve, author);
    case 'log':
      return log(state, use, entry, deed, author);
    case 'stop': {
      const named = committeeOf(state, entry).members.includes(author.party);
      if (!named && author.role !== 'authority') return reject('not-in-committee', 'only its committee and the authority stop a use');
      if (entry.status !== 'approved' && entry.status !== 'open') return reject('not-running', 'the use is not running');
      return useTable.put(state, use, { ...entry, status: 'stopped' });
    }
  }
}

function appoint(state: State, id: SensitiveUse['use'], { members, threshold }: DeedOf<'committee'>, author: Author): Judgement {
  if (author.role !== 'authority') return reject('not-the-authority', 'only a supervision centre appoints a committee');
  if (committeeTable.get(state, id) !== null) return reject('known-committee', 'this committee is there');
  const live = members.every((member) => {
    const entry = partyTable.get(state, member);
    return entry !== null && isLive(entry, author.at.timestampMs);
  });
  return live ? committeeTable.put(state, id, { members, threshold }) : reject('unknown-party', 'a member is not certified');
}

function propose(state: State, use: SensitiveUse['use'], deed: DeedOf<'propose'>, author: Author): Judgement {
  if (author.role !== 'clinic' && author.role !== 'data-user') return reject('not-a-reader', 'only clinics and data users ask for a use');
  if (useTable.get(state, use) !== null) return reject('known-use', 'this use was proposed before');
  const { committee, subject, uses, untilMs } = deed;
  const members = committeeTable.get(state, committee)?.members;
  if (members === undefined) return reject('unknown-committee', 'the ledger knows no such committee');
  if (members.includes(author.party)) return reject('own-use', 'nobody judges its own use');
  const period = checkPeriod(author.at.timestampMs, untilMs, 'use');
  if (period !== null) return period;
  return useTable.put(state, use, { committee, user: author.party, subject, untilMs, uses, used: 0, votes: [], status: 'open' });
}

function vote(state: State, use: SensitiveUse['use'], entry: UseEntry, approve: boolean, author: Author): Judgement {
  const { members, threshold } = committeeOf(state, entry);
  if (!members.includes(author.party)) return reject('not-in-committee', 'only members of its committee judge a use');
  if (entry.status !== 'open') return reject('already-judged', 'the committee has spoken');
  if (entry.votes.some(({ party }) => party === author.party)) return reject('already-said', 'a member votes once');
  const votes = [...entry.votes, { party: author.party, approve }];
  const approvals = votes.filter((one) => one.approve).length;
  const lost = votes.length - approvals > members.length - threshold;
  const status = approvals >= threshold ? 'approved' : lost ? 'refused' : 'open';
  return useTable.put(state, use, { ...entry, votes, status });
}

function log(state: State, use: SensitiveUse['use'], entry: UseEntry, { result }: DeedOf<'log'>, author: Author): Judgement {
  const { height, timestampMs } = author.at;
  if (entry.user !== author.party) return reject('not-the-user', 'the use was proposed by another party');
  if (entry.status !== 'approved') return reject(`use-${entry.status}`, 'the use is not approved');
  if (timestampMs >= entry.untilMs) return reject('use-over', 'the time that was approved is over');
  if (entry.used >= entry.uses) return reject('used-up', 'it was used as often as was approved');
  const next = useTable.put(state, use, { ...entry, used: entry.used + 1 });
  return usageTable.put(next, usageKey(use, entry.used), { height, timestampMs, result });
}

function committeeOf(state: State, { committee }: UseEntry): CommitteeEntry {
  return committeeTable.get(state, committee) ?? { members: [], threshold: 1 };
}
