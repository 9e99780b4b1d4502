// relay/: helps nodes find each other and serves the built app. It can read nothing and forge nothing. Imports nothing of src/.
export { RelayError } from './relay-error.ts';
export { startRelay } from './start.ts';
export type { Relay, RelayOptions } from './start.ts';
export type { DocumentSource } from './pages.ts';
