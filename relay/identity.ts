// The relay's own key: made once and kept, so that its address stays the same across restarts. It is worth nothing to whoever relies on
// the relay: a relay reads and forges nothing.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import type { PrivateKey } from '@libp2p/interface';
import { RelayError } from './relay-error.ts';

const FILE = 'relay-key';
const SEED_BYTES = 32;
const HEX = /^[0-9a-f]{64}\n?$/u;

/** Reads the key in a directory, or makes it there. Throws RelayError `damaged-key`. */
export async function loadIdentity(directory: string): Promise<PrivateKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, FILE);
  const text = await readOrMake(file);
  if (!HEX.test(text)) throw new RelayError('damaged-key', `${file} is not a relay's key. Delete it and a new one is made.`);
  return generateKeyPairFromSeed('Ed25519', Buffer.from(text.trim(), 'hex'));
}

async function readOrMake(file: string): Promise<string> {
  const fresh = `${Buffer.from(crypto.getRandomValues(new Uint8Array(SEED_BYTES))).toString('hex')}\n`;
  try {
    // `wx`: of two that start at once one makes the key and both use it.
    await writeFile(file, fresh, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFile(file, 'utf8');
  }
}
