// Passkeys: in memory, and by WebAuthn over an authenticator that stands in for a browser's. The browser's own is in the stories.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createPasskeys } from '../../../src/node/adapters/index.ts';
import { createMemoryPasskeys } from '../../../src/node/adapters/memory.ts';
import { passkeyKeyOf, sha256 } from '../../../src/node/crypto/index.ts';
import { codeOf } from '../storage/places.ts';

const user = new Uint8Array(16).fill(5);
const input = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);

interface Asked {
  readonly publicKey: {
    readonly allowCredentials?: readonly { readonly id: Uint8Array }[];
    readonly extensions: {
      readonly prf: {
        readonly eval?: { readonly first: Uint8Array };
        readonly evalByCredential?: Readonly<Record<string, { readonly first: Uint8Array }>>;
      };
    };
  };
}

/** What navigator.credentials is in a browser with an authenticator. `prf` false: one that is too old. */
function standIn({ prf = true, answersAtOnce = true, hostname = 'localhost' } = {}) {
  const held: Uint8Array[] = [];
  const answer = (id: Uint8Array, of: Uint8Array | undefined, enabled: boolean) => ({
    rawId: id.slice().buffer,
    getClientExtensionResults: () => ({
      prf: { ...(enabled ? { enabled: prf } : {}), ...(of === undefined || !prf ? {} : { results: { first: sha256(id, of).buffer } }) },
    }),
  });
  const credentials = {
    create: async ({ publicKey }: Asked) => {
      const id = new Uint8Array(16).fill(held.length + 1);
      held.push(id);
      return answer(id, answersAtOnce ? publicKey.extensions.prf.eval?.first : undefined, true);
    },
    get: async ({ publicKey }: Asked) => {
      const known = held.find((id) => publicKey.allowCredentials?.some((wanted) => Buffer.from(wanted.id).equals(id)));
      if (known === undefined) throw new DOMException('no such credential', 'NotAllowedError');
      return answer(known, publicKey.extensions.prf.evalByCredential?.[Buffer.from(known).toString('base64url')]?.first, false);
    },
  };
  vi.stubGlobal('navigator', { credentials });
  vi.stubGlobal('location', { hostname });
  vi.stubGlobal('PublicKeyCredential', { getClientCapabilities: async () => ({ 'extension:prf': prf }) });
  return { passkeys: createPasskeys(), lose: () => void held.splice(0) };
}

afterEach(() => vi.unstubAllGlobals());

describe.each([
  [
    'memory',
    () => {
      const passkeys = createMemoryPasskeys('a seed');
      return { passkeys, lose: () => passkeys.lose() };
    },
  ],
  ['WebAuthn', () => standIn()],
  ['WebAuthn, answering only when asked again', () => standIn({ answersAtOnce: false })],
] as const)('passkeys in %s', (_, make) => {
  test('give the same 32 bytes for the same input, and others for another', async () => {
    const { passkeys } = make();
    expect(await passkeys.offered()).toBe(true);
    const made = await passkeys.create({ name: 'Clinicord', user, input });
    expect(made.key.byteLength).toBe(32);
    expect(await passkeys.use([{ id: made.id, input }])).toEqual(made);
    expect((await passkeys.use([{ id: made.id, input: other }])).key).not.toEqual(made.key);
  });

  test('say which of several was used, with its own input', async () => {
    const { passkeys, lose } = make();
    const lost = await passkeys.create({ name: 'lost', user, input });
    lose();
    // What is made after a loss may have the lost one's name in a stand-in: make one to spare.
    await passkeys.create({ name: 'spare', user, input });
    const kept = await passkeys.create({ name: 'kept', user, input: other });
    const used = await passkeys.use([
      { id: new Uint8Array(16).fill(99), input },
      { id: kept.id, input: other },
    ]);
    expect(used).toEqual(kept);
    expect(used.key).not.toEqual(lost.key);
  });

  test('that are not here are refused', async () => {
    const { passkeys, lose } = make();
    const made = await passkeys.create({ name: 'Clinicord', user, input });
    lose();
    expect(await codeOf(passkeys.use([{ id: made.id, input }]))).toBe('passkey-refused');
  });
});

describe('WebAuthn', () => {
  test('without the extension is not offered, and a passkey made all the same is not taken for a key', async () => {
    const { passkeys } = standIn({ prf: false });
    expect(await passkeys.offered()).toBe(false);
    expect(await codeOf(passkeys.create({ name: 'Clinicord', user, input }))).toBe('passkeys-not-offered');
  });

  test('is not offered at an address of numbers, where browsers make no passkeys', async () => {
    for (const hostname of ['127.0.0.1', '[::1]']) expect(await standIn({ hostname }).passkeys.offered()).toBe(false);
  });

  test('that the browser lacks altogether is not offered', async () => {
    expect(await createPasskeys().offered()).toBe(false);
  });

  test('never gives out what the authenticator answered, only a key of it for this use', async () => {
    const { passkeys } = standIn();
    const { id, key } = await passkeys.create({ name: 'Clinicord', user, input });
    expect(key).toEqual(passkeyKeyOf(sha256(id, input)));
    expect(key).not.toEqual(sha256(id, input));
  });
});
