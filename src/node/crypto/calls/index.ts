// crypto/calls/: all schemes as calls from plain data to plain data, as a worker runs them (ports/work.ts). Its door.
import { GROUP_OFFICE_CALLS } from './group-offices.ts';
import { GROUP_CALLS } from './groups.ts';
import { SEARCH_CALLS } from './searching.ts';
import { SERIAL_CALLS } from './serials.ts';
import { UMBRAL_CALLS } from './umbral.ts';

export { GROUP_CALLS, type MemberKeyBytes, type MemberSecretBytes, type SignatureFacts, type SignedBytes } from './groups.ts';
export { type ScopeBytes, SearchDesk } from './searching.ts';
export type { DelegationBytes, UmbralKeyBytes, UmbralOpened, UmbralSealedBytes } from './umbral.ts';

/** Every call by its name. Only workers and tests run them; everybody else asks a `SchemeWorker`. */
export const SCHEME_CALLS = { ...UMBRAL_CALLS, ...SEARCH_CALLS, ...GROUP_CALLS, ...GROUP_OFFICE_CALLS, ...SERIAL_CALLS };
export type SchemeCalls = typeof SCHEME_CALLS;
