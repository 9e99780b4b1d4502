// A worker's whole program: Argon2id away from the main thread. The page ends the worker after each call, which gives
// its memory back and leaves no passphrase behind.
import { expose } from 'comlink';
import { argon2id } from '../keys/passphrase.ts';

const argon2Worker = { derive: argon2id };
export type Argon2Worker = typeof argon2Worker;

expose(argon2Worker);
