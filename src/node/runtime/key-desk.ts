// A person's commands about her keys, in the order of her page: ways in, words, guardians, requests of other browsers. Everything
// that touches the root secret asks for a way in again; nothing of it is logged or stored unsealed.
import { AppError, MAX_NAME_CHARS, type PartyId, isRejection, toHex } from '../base/index.ts';
import type { KeyCommands, KeysView, Opener } from '../api.ts';
import { type Guardians, type KeyRequest, readKeyRequest, wordsOfRequest } from '../care/index.ts';
import { wordsOf } from '../crypto/index.ts';
import { type Estate, estateBytes, shareEstate } from './estate.ts';
import type { Person } from './person.ts';
import type { Platform } from './platform.ts';
import { withPasskey, withPassphrase, withoutPasskey } from './ways-in.ts';

const MIN_GUARDIANS = 2;
const MAX_GUARDIANS = 16;

export interface KeyDeskInit {
  readonly platform: Platform;
  readonly person: Person;
  readonly unlock: (opener: Opener) => Promise<void>;
  /** Throws AppError `connecting`, `read-only`. */
  readonly guardians: () => Guardians;
  readonly channel: () => KeyRequest['channel'];
  readonly changed: () => void;
}

/** `offered`: what the browser said of passkeys; null before it has answered. */
export function keysView(person: Person, offered: boolean | null, guardians: Guardians | null): KeysView {
  const { passphraseSinceMs, passkeys, label } = person.profile();
  const kept = person.keys() === null ? null : (guardians?.view() ?? null);
  return {
    passphraseSinceMs,
    passkeys: passkeys.map((passkey) => ({ id: toHex(passkey.id), label: passkey.label, addedMs: passkey.addedMs })),
    passkeysOffered: offered,
    label,
    guardians: kept?.guardians ?? null,
    wards: kept?.wards ?? [],
  };
}

export function createKeyDesk(init: KeyDeskInit): KeyCommands {
  const { platform, person } = init;

  async function change(opener: Opener, how: (root: Uint8Array) => Promise<ReturnType<Person['profile']>>): Promise<void> {
    await person.withRoot(opener, async (root) => person.save(await how(root)));
    init.changed();
  }

  function estateOf(root: Uint8Array): Estate {
    const { role, certificate } = person.profile();
    if (role !== 'clinic' && role !== 'patient') throw notForServers();
    return { root, role, name: person.name(), clinician: certificate.clinician };
  }

  async function appoint(root: Uint8Array, parties: readonly PartyId[], threshold: number): Promise<void> {
    const { sealed, shares } = await shareEstate(platform, estateOf(root), parties.length, threshold);
    const dealt = parties.map((party, index) => ({ party, share: shares[index] ?? new Uint8Array() }));
    await init.guardians().appoint({ threshold, name: person.name(), estate: sealed, shares: dealt });
  }

  return {
    unlockWithPasskey: () => init.unlock({ kind: 'passkey' }),
    changePassphrase: (opener, passphrase) => change(opener, (root) => withPassphrase(platform, person.profile(), root, passphrase)),
    addPasskey: (opener, label) => change(opener, (root) => withPasskey(platform, person.profile(), root, label)),
    removePasskey: async (id) => {
      unlocked(person);
      await person.save(withoutPasskey(person.profile(), id));
      init.changed();
    },
    renew: async (opener, passphrase) => {
      unlocked(person);
      const plan = init.guardians().view().guardians;
      const parties = plan?.guardians.map(({ party }) => party) ?? [];
      init.guardians().refuseUnfit(parties);
      await person.withRoot(opener, async (root) => {
        await person.save({ ...(await withPassphrase(platform, person.profile(), root, passphrase)), passkeys: [] });
        if (plan !== null) await appoint(root, parties, plan.threshold);
      });
      init.changed();
    },
    words: (opener) => person.withRoot(opener, async (root) => wordsOf(root)),
    setLabel: async (label) => {
      unlocked(person);
      await person.save({ ...person.profile(), label: label.trim().slice(0, MAX_NAME_CHARS) });
      init.changed();
    },
    appointGuardians: async (opener, parties, threshold) => {
      const chosen = [...new Set(parties)];
      refuseNumbers(chosen.length, threshold);
      unlocked(person);
      init.guardians().refuseUnfit(chosen);
      await person.withRoot(opener, (root) => appoint(root, chosen, threshold));
    },
    checkGuardians: async () => init.guardians().check(),
    dismissGuardians: async () => init.guardians().dismiss(),
    stopGuarding: async (ward) => init.guardians().stopGuarding(ward),
    ...createAnswers(init, estateOf),
  };
}

type Answers = Pick<KeyCommands, 'readRequest' | 'answerAsGuardian' | 'answerAsOwner'>;

/** What is done with requests that other browsers made. */
function createAnswers({ platform, person, channel, guardians }: KeyDeskInit, estateOf: (root: Uint8Array) => Estate): Answers {
  return {
    readRequest: async (link) => {
      const request = requestOf(link, channel());
      return { purpose: request.purpose, words: await wordsOfRequest(platform.passphraseHash, request) };
    },
    answerAsGuardian: async (link, ward) => {
      const request = requestOf(link, channel());
      if (request.purpose !== 'guardians') throw otherPurpose('It asks for all keys, which only their owner hands over.');
      await guardians().handOut(request, ward);
    },
    answerAsOwner: async (link, opener) => {
      const request = requestOf(link, channel());
      if (request.purpose !== 'device') throw otherPurpose('It asks guardians, not another device of yours.');
      unlocked(person);
      await person.withRoot(opener, async (root) => guardians().handOver(request, estateBytes(estateOf(root))));
    },
  };
}

function requestOf(link: string, channel: KeyRequest['channel']): KeyRequest {
  const request = readKeyRequest(link);
  if (!isRejection(request) && request.channel === channel) return request;
  throw new AppError({
    code: 'bad-request',
    message: isRejection(request) ? 'This is no request for keys, or it was cut off.' : 'This request is for another consortium.',
    remedy: 'Ask for the link again, and paste all of it.',
  });
}

function refuseNumbers(guardians: number, threshold: number): void {
  if (guardians >= MIN_GUARDIANS && guardians <= MAX_GUARDIANS && threshold >= MIN_GUARDIANS && threshold <= guardians) return;
  throw new AppError({
    code: 'bad-threshold',
    message: `Choose ${MIN_GUARDIANS} to ${MAX_GUARDIANS} guardians, of whom at least ${MIN_GUARDIANS} are needed.`,
    remedy: 'One alone must never be enough.',
  });
}

function unlocked(person: Person): void {
  if (person.keys() !== null) return;
  throw new AppError({ code: 'locked', message: 'This page is locked.', remedy: 'Unlock it first.' });
}

function otherPurpose(message: string): AppError {
  return new AppError({ code: 'bad-request', message, remedy: 'Ask for the right link.' });
}

function notForServers(): AppError {
  return new AppError({
    code: 'not-a-person',
    message: 'A server’s keys are kept with its folder.',
    remedy: 'Back the folder up instead.',
  });
}
