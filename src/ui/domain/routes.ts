// Every address of the page, both ways: hash to route and route to hash. Unknown addresses are a route of their own.
import type { Place } from '../shared/index.ts';

export const START_PANES = ['clinic', 'patient', 'found', 'invitation', 'restore'] as const;
export type StartPane = (typeof START_PANES)[number];

const WISH_PURPOSES = ['guardians', 'device'] as const;
export type WishPurpose = (typeof WISH_PURPOSES)[number];

export type Route =
  | { readonly name: 'start' }
  | { readonly name: 'enrol'; readonly pane: StartPane }
  /** An invitation that was opened as a link. */
  | { readonly name: 'invited' }
  /** A patient's contact link that was opened in a clinic's browser. */
  | { readonly name: 'contact' }
  | { readonly name: 'home' | 'joining' | 'patients' | 'register' | 'records' | 'access' | 'reads' | 'code' }
  | { readonly name: 'settings' | 'centre' | 'ledger' | 'network' | 'help' | 'unknown' }
  | { readonly name: 'patient'; readonly patient: string }
  | { readonly name: 'visit' | 'import'; readonly patient: string; readonly replaces: string | null }
  | { readonly name: 'record'; readonly record: string }
  | { readonly name: 'block'; readonly height: number }
  /** Keys and recovery; `request` is the link of a request for keys that was opened. */
  | { readonly name: 'keys'; readonly request: string | null }
  /** A new browser asks guardians, or another device, for keys. */
  | { readonly name: 'wish'; readonly purpose: WishPurpose };

const PLAIN = ['home', 'joining', 'records', 'access', 'reads', 'code', 'settings', 'centre', 'network', 'help'] as const;

export function readRoute({ segments, query }: Place): Route {
  const [first, second, third] = segments;
  if (first === undefined) return { name: 'start' };
  if (first === 'join') return { name: 'invited' };
  if (first === 'contact') return { name: 'contact' };
  if (first === 'start') {
    const purpose = WISH_PURPOSES.find((known) => known === second);
    if (purpose !== undefined) return { name: 'wish', purpose };
    const pane = START_PANES.find((known) => known === second);
    return pane === undefined ? { name: 'start' } : { name: 'enrol', pane };
  }
  if (first === 'patients') return patientRoute(second, third, query['replaces'] ?? null);
  if (first === 'records' && second !== undefined) return { name: 'record', record: second };
  if (first === 'keys') return { name: 'keys', request: second === 'answer' && third !== undefined ? third : null };
  if (first === 'ledger') {
    if (second === undefined) return { name: 'ledger' };
    return /^\d{1,15}$/.test(second) ? { name: 'block', height: Number(second) } : { name: 'unknown' };
  }
  const plain = PLAIN.find((known) => known === first);
  return { name: plain ?? 'unknown' };
}

function patientRoute(patient: string | undefined, deed: string | undefined, replaces: string | null): Route {
  if (patient === undefined) return { name: 'patients' };
  if (patient === 'register') return { name: 'register' };
  if (deed === 'visit' || deed === 'import') return { name: deed, patient, replaces };
  return deed === undefined ? { name: 'patient', patient } : { name: 'unknown' };
}

function replacing(path: string, replaces: string | undefined): string {
  return replaces === undefined ? path : `${path}?replaces=${replaces}`;
}

/** Addresses by name. */
export const href = {
  start: '#/',
  enrol: (pane: StartPane) => `#/start/${pane}`,
  wish: (purpose: WishPurpose) => `#/start/${purpose}`,
  keys: '#/keys',
  home: '#/home',
  joining: '#/joining',
  patients: '#/patients',
  register: '#/patients/register',
  patient: (patient: string) => `#/patients/${patient}`,
  visit: (patient: string, replaces?: string) => replacing(`#/patients/${patient}/visit`, replaces),
  import: (patient: string, replaces?: string) => replacing(`#/patients/${patient}/import`, replaces),
  records: '#/records',
  record: (record: string) => `#/records/${record}`,
  access: '#/access',
  reads: '#/reads',
  code: '#/code',
  settings: '#/settings',
  centre: '#/centre',
  ledger: '#/ledger',
  block: (height: number) => `#/ledger/${height}`,
  network: '#/network',
  help: '#/help',
} as const;

/** Routes that a node without keys in memory can show: nothing on them is private. */
export function isPublic(route: Route): boolean {
  return ['ledger', 'block', 'network', 'help', 'joining', 'unknown'].includes(route.name);
}
