// Takes the place of the resolver that libp2p and Helia bring: theirs asks public servers over HTTPS, which would learn whom a clinic
// looks for. Names of relays are resolved by the machine itself when a WebSocket is opened.
import type { Libp2pOptions } from 'libp2p';

/** Resolves nothing. */
export const NO_NAMES: NonNullable<Libp2pOptions['dns']> = {
  query: () => Promise.reject(new Error('names are not looked up at third parties')),
};
