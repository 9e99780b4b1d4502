// What must hold of a deed whatever the state says (R4), for the families of contracts.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import { parseJson } from '../codec/index.ts';
import { MAX_SCRIPT_STEPS } from '../ports/index.ts';
import type { ActionOf } from './author.ts';
import { MAX_ARGUMENT_CHARS } from './deeds.ts';

const DAY_MS = 24 * 3_600_000;
/** The longest period of a certificate, a grant, a request or a deed. */
export const MAX_PERIOD_MS = 10 * 366 * DAY_MS;

/** The longest that an emergency lasts. */
export const MAX_EMERGENCY_MS = DAY_MS;

export function checkEmergency({ deed }: ActionOf<'emergency'>): Rejection | null {
  if (deed.kind === 'ask' && deed.version === 0) return reject('version-zero', 'versions count from 1');
  return deed.kind !== 'release' && deed.words.trim() === '' ? reject('no-reason', 'an emergency and its review state why') : null;
}

export function checkSet(items: readonly string[], what: string): Rejection | null {
  if (items.length === 0) return reject('empty-list', `no ${what}`);
  return checkDistinct(items, what);
}

function checkDistinct(items: readonly string[], what: string): Rejection | null {
  return new Set(items).size === items.length ? null : reject('repeated-item', `the same ${what} twice`);
}

export function checkPeriod(fromMs: number, untilMs: number, what: string): Rejection | null {
  if (untilMs > fromMs && untilMs - fromMs <= MAX_PERIOD_MS) return null;
  return reject('bad-period', `the ${what} ends before it begins, or lasts too long`);
}

type Policy = ActionOf<'policy'>;

export function checkPolicy({ deed }: Policy): Rejection | null {
  if (deed.kind === 'end') return null;
  const sets = checkSet(deed.classes, 'classes') ?? checkSet(deed.actions, 'actions');
  if (sets !== null || deed.kind === 'release') return sets;
  const lists = checkDistinct(deed.grantees, 'grantees') ?? checkDistinct(deed.roles, 'roles') ?? checkSet(deed.purposes, 'purposes');
  if (lists !== null) return lists;
  if (deed.grantees.length + deed.roles.length === 0) return reject('empty-list', 'the policy names nobody who may');
  if (deed.durationMs === 0 || deed.releases === 0) return reject('zero-limit', 'a policy releases at least once, for some time');
  return checkPeriod(deed.fromMs, deed.untilMs, 'policy') ?? checkPeriod(0, deed.durationMs, 'release');
}

export function checkCopyright({ deed }: ActionOf<'copyright'>): Rejection | null {
  if (deed.kind === 'register' && deed.title.trim() === '') return reject('no-name', 'the work has no title');
  return deed.kind === 'license' ? checkPeriod(deed.fromMs, deed.untilMs, 'licence') : null;
}

export function checkSensitiveUse({ deed }: ActionOf<'sensitive-use'>): Rejection | null {
  if (deed.kind === 'propose' && deed.uses === 0) return reject('zero-limit', 'a use that is never made needs nobody');
  if (deed.kind === 'propose' && deed.purpose.trim() === '') return reject('no-purpose', 'a use states its purpose');
  if (deed.kind !== 'committee') return null;
  const members = checkSet(deed.members, 'members');
  if (members !== null) return members;
  const reachable = deed.threshold > 0 && deed.threshold <= deed.members.length;
  return reachable ? null : reject('bad-threshold', 'as many must approve as the committee can give');
}

export function checkScript({ version, deed }: ActionOf<'script'>): Rejection | null {
  if (version === 0) return reject('version-zero', 'versions count from 1');
  if (deed.kind === 'upload' && (deed.parts === 0 || deed.name.trim() === '')) return reject('empty-script', 'it has no name or no source');
  if (deed.kind !== 'call') return null;
  if (deed.steps === 0 || deed.steps > MAX_SCRIPT_STEPS) return reject('bad-steps', `a call reserves 1 to ${MAX_SCRIPT_STEPS} steps`);
  const argument = parseJson(deed.argument, MAX_ARGUMENT_CHARS);
  return isRejection(argument) ? argument : null;
}
