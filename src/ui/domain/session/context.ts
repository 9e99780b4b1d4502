// How components reach the session, the running node and the address, without passing them through every level.
import { createContext } from 'svelte';
import type { Router } from '../../shared/index.ts';
import type { Live } from './live.svelte.ts';
import type { Session } from './session.svelte.ts';

export const [useSession, provideSession] = createContext<Session>();
/** Only below the shell, which stands while a node runs. */
export const [useLive, provideLive] = createContext<Live>();
export const [useRouter, provideRouter] = createContext<Router>();
