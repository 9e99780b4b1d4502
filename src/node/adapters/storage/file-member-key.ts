// The member key of a server: its seed in a file that only its owner may read, beside the vote journal (R14). In memory it
// is a CryptoKey that cannot be exported.
import { join } from 'node:path';
import type { MemberKeyStore } from '../../ports/index.ts';
import { createRandomness, createSeedSigners } from '../keys/index.ts';
import { prepareFolder, readChecked, removeFile, replaceFile } from './files.ts';
import { damagedMemberKey, guarded, keyExists } from './trouble.ts';

const SEED_BYTES = 32;

export async function openFileMemberKeys(folder: string): Promise<MemberKeyStore> {
  await guarded(() => prepareFolder(folder));
  const path = join(folder, 'member-key');
  const signers = createSeedSigners();
  return {
    load: () =>
      guarded(async () => {
        const seed = await readChecked(path);
        if (seed === null) return null;
        if (seed === 'damaged' || seed.byteLength !== SEED_BYTES) throw damagedMemberKey();
        return signers.signerOf(seed);
      }),
    create: () =>
      guarded(async () => {
        if ((await readChecked(path)) !== null) throw keyExists();
        const seed = createRandomness().bytes(SEED_BYTES);
        await replaceFile(path, seed);
        return signers.signerOf(seed);
      }),
    erase: () => guarded(() => removeFile(path)),
  };
}
