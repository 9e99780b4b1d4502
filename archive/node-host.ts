// The real host: src/node with files on disk and WebRTC in this process. One folder is one member; its passphrase lies beside
// its keys, for a server has nobody to type it, so whoever reads the folder has the member.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type Joining, type Platform, clinicordNode, createRegistry, isRejection, parseInvitation } from '../src/node/index.ts';
import {
  createAead,
  createChunkAead,
  createBundleValidator,
  createClock,
  createJsonLog,
  createKeyWrap,
  createLibp2pNode,
  createLockFile,
  createPassphraseHash,
  createRandomness,
  createSchemeWorker,
  createScriptMachine,
  createSearchIndex,
  createSecretSharing,
  createSeedSigners,
  createTimers,
  createVerifier,
  newPeerKey,
  openFileNotes,
  openFileShelf,
  openFileStores,
  peerIdOf,
} from '../src/node/adapters/node.ts';
import type { ArchiveHost, FoundingSettings, Invitation, Member, MemberOptions } from './host.ts';

/** A folder holds one profile. */
const SLOT = 'member';
const LOCK_FILE = 'lock';
const PASSPHRASE_FILE = 'passphrase';

function platformOf(folder: string): Platform {
  const clock = createClock();
  const timers = createTimers();
  const log = createJsonLog((process.env.CLINICORD_LOG ?? 'warn') as 'warn', (line) => process.stderr.write(`${line}\n`));
  return {
    openStores: async () => ({ ...(await openFileStores(folder)), lock: createLockFile(path.join(folder, LOCK_FILE)) }),
    eraseStores: async () => rm(folder, { recursive: true, force: true }),
    newPeerKey: async () => newPeerKey(),
    peerIdOf: async (peerKey) => peerIdOf(peerKey),
    createNetwork: async ({ peerKey, relays }) =>
      createLibp2pNode({ peerKey, relays, shelf: await openFileShelf(path.join(folder, 'blocks')), clock, timers, log }),
    storage: async () => ({ persisted: true, usedBytes: null, quotaBytes: null }),
    seedSigners: createSeedSigners(),
    verifier: createVerifier(),
    aead: createAead(),
    chunkCipher: createChunkAead(),
    schemes: createSchemeWorker(),
    searchIndex: createSearchIndex,
    validator: createBundleValidator(),
    scripts: createScriptMachine(),
    keyWrap: createKeyWrap(),
    passphraseHash: createPassphraseHash(),
    passkeys: null,
    secretSharing: createSecretSharing(),
    randomness: createRandomness(),
    clock,
    timers,
    log,
  };
}

async function registryOf(folder: string): Promise<ReturnType<typeof createRegistry>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return createRegistry(platformOf(folder), await openFileNotes(path.join(folder, 'profiles')));
}

async function passphraseOf(folder: string): Promise<string> {
  return (await readFile(path.join(folder, PASSPHRASE_FILE), 'utf8')).trim();
}

async function open({ folder, relays, autoApprove = false }: MemberOptions): Promise<Member> {
  const registry = await registryOf(folder);
  const node = await registry.open(SLOT, { passphrase: await passphraseOf(folder), relays, autoApprove });
  return clinicordNode(node);
}

async function create(
  options: MemberOptions & { readonly name: string; readonly settings?: FoundingSettings },
  joining: Joining,
): Promise<Member> {
  const registry = await registryOf(options.folder);
  const passphrase = randomBytes(24).toString('base64url');
  await writeFile(path.join(options.folder, PASSPHRASE_FILE), `${passphrase}\n`, { mode: 0o600, flag: 'wx' });
  const settings = options.settings === undefined ? {} : { settings: options.settings };
  await registry.create({ role: 'clinic', archive: true, name: options.name, clinician: '', passphrase, ...settings }, joining, SLOT);
  return open(options);
}

export function createNodeHost(): ArchiveHost {
  return {
    exists: async (folder) => existsSync(path.join(folder, PASSPHRASE_FILE)),
    found: (options) => create(options, { kind: 'found', consortiumName: options.settings.name, relays: options.relays }),
    join: (options) => {
      const invitation = parseInvitation(JSON.stringify({ ...options.invitation, relays: options.relays }));
      if (isRejection(invitation)) throw new TypeError(invitation.detail);
      return create(options, { kind: 'invitation', invitation });
    },
    open,
    words: async (folder) => (await registryOf(folder)).words(SLOT, await passphraseOf(folder)),
    parseInvitation: (text): Invitation | null => {
      const invitation = parseInvitation(text);
      return isRejection(invitation) ? null : invitation;
    },
    lock: (folder) => {
      const lock = createLockFile(path.join(folder, LOCK_FILE));
      return {
        acquire: async () => {
          await mkdir(folder, { recursive: true, mode: 0o700 });
          return lock.acquire(() => undefined);
        },
        release: () => lock.release(),
      };
    },
    votingPaths: ['journal'],
    lockPath: LOCK_FILE,
  };
}
