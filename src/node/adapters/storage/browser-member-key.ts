// The member key of a tab: an Ed25519 CryptoKey that cannot be exported, kept in the profile's database beside the vote
// journal, so that losing one loses both (R14). Making one where there is one is refused: a seat has one key.
import type { MemberKeyStore } from '../../ports/index.ts';
import { signerOf } from '../keys/index.ts';
import { type ProfileDatabase, STRICT } from './profile-database.ts';
import { guarded, keyExists } from './trouble.ts';

const KEY = 'member';

export function createBrowserMemberKeys(database: ProfileDatabase): MemberKeyStore {
  return {
    load: () =>
      guarded(async () => {
        const stored = await database.use().get('keys', KEY);
        return stored === undefined ? null : signerOf(stored.privateKey, stored.publicKey);
      }),
    create: () =>
      guarded(async () => {
        const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
        const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
        const transaction = database.use().transaction('keys', 'readwrite', STRICT);
        transaction.done.catch(() => undefined);
        if ((await transaction.store.count(KEY)) > 0) {
          transaction.abort();
          throw keyExists();
        }
        await transaction.store.put({ privateKey: pair.privateKey, publicKey }, KEY);
        await transaction.done;
        return signerOf(pair.privateKey, publicKey);
      }),
    erase: () =>
      guarded(async () => {
        const transaction = database.use().transaction('keys', 'readwrite', STRICT);
        await Promise.all([transaction.store.delete(KEY), transaction.done]);
      }),
  };
}
