// "Why is this node an orderer?" (P1-10 to P1-16): its rank in the process, the sum R, both coefficients, every indicator with its
// counts, who stands before and behind it and by what, and what decided that it has the role or has not.
import { type PartyId, present } from '../../base/index.ts';
import { type Standing, type TrustRules, standingIn } from './formulas.ts';
import type { Process } from './indicators.ts';
import type { RankedFor, Roles, TrustCandidate } from './roles.ts';

export interface RoleExplanation {
  readonly party: PartyId;
  readonly process: Process;
  readonly hasRole: boolean;
  /** What decided it: rank alone, or what comes before rank. */
  readonly because: 'rank' | 'too-low' | 'unwilling' | 'barred' | 'other-role';
  readonly requirement: number;
  readonly ranked: RankedFor;
  /** Next in the ranking; null at its end. */
  readonly ahead: RankedFor | null;
  readonly behind: RankedFor | null;
  readonly standing: Standing;
}

const HOLDERS = { endorsing: 'endorsers', committing: 'committers', ordering: 'orderers' } as const;

export function explainRole(
  party: PartyId,
  process: Process,
  { candidates, roles, rules }: { readonly candidates: readonly TrustCandidate[]; readonly roles: Roles; readonly rules: TrustRules },
): RoleExplanation {
  const ranking = roles.rankings[process];
  const at = ranking.findIndex((entry) => entry.party === party);
  const candidate = present(
    candidates.find((entry) => entry.party === party),
    'the candidate',
  );
  const hasRole = roles[HOLDERS[process]].includes(party);
  return {
    party,
    process,
    hasRole,
    because: hasRole ? 'rank' : whyNot(candidate, process, roles),
    requirement: rules.requirement[process],
    ranked: present(ranking[at], 'a place in the ranking'),
    ahead: ranking[at - 1] ?? null,
    behind: ranking[at + 1] ?? null,
    standing: standingIn(process, candidate.history, rules),
  };
}

function whyNot({ party, willing, barred }: TrustCandidate, process: Process, roles: Roles): RoleExplanation['because'] {
  if (barred) return 'barred';
  if (!willing) return 'unwilling';
  const orders = process !== 'ordering' && roles.orderers.includes(party);
  const endorses = process === 'committing' && roles.endorsers.includes(party);
  return orders || endorses ? 'other-role' : 'too-low';
}
