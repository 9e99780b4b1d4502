// Passkeys that keep a key: WebAuthn with the extension `prf`, by the browser. What an authenticator answers never leaves this
// page; the relying party is this address, and no server checks anything, so the challenge is random and forgotten.
// Source: Web Authentication Level 3, sections 5.1, 10.1.4.
import { AppError, toHex } from '../../base/index.ts';
import { passkeyKeyOf } from '../../crypto/index.ts';
import type { PasskeyAnswer, Passkeys } from '../../ports/index.ts';
import { owned } from './bytes.ts';

const CHALLENGE_BYTES = 32;
/** COSE numbers of Ed25519, ES256 and RS256: authenticators know at least one. Nobody checks the signatures. */
const ALGORITHMS = [-8, -7, -257] as const;
/** A person looks for her key or her phone. */
const PATIENCE_MS = 60_000;
const PRF_CAPABILITY = 'extension:prf';

export function createPasskeys(): Passkeys {
  return {
    offered: async () => {
      if (typeof PublicKeyCredential === 'undefined' || !('credentials' in navigator) || isNumber(location.hostname)) return false;
      if (!('getClientCapabilities' in PublicKeyCredential)) return true;
      const capabilities = await PublicKeyCredential.getClientCapabilities();
      return capabilities[PRF_CAPABILITY] === true;
    },
    create: async ({ name, user, input }) => {
      const created = await asked(() =>
        navigator.credentials.create({
          publicKey: {
            challenge: challenge(),
            rp: { name: 'Clinicord' },
            user: { id: owned(user), name, displayName: name },
            pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
            authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
            extensions: { prf: { eval: { first: owned(input) } } },
            timeout: PATIENCE_MS,
          },
        }),
      );
      const { prf } = created.getClientExtensionResults();
      if (prf?.enabled !== true) throw notOffered();
      const id = new Uint8Array(created.rawId);
      // Some authenticators answer at once, others only when they are asked again.
      return prf.results === undefined ? ask([{ id, input }]) : { id, key: keyOf(prf.results.first) };
    },
    use: ask,
  };
}

async function ask(known: readonly { readonly id: Uint8Array; readonly input: Uint8Array }[]): Promise<PasskeyAnswer> {
  const inputs = known.map(({ id, input }) => [base64Url(id), { first: owned(input) }] as const);
  const used = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: challenge(),
        allowCredentials: known.map(({ id }) => ({ type: 'public-key', id: owned(id) })),
        userVerification: 'required',
        extensions: { prf: { evalByCredential: Object.fromEntries(inputs) } },
        timeout: PATIENCE_MS,
      },
    }),
  );
  const id = new Uint8Array(used.rawId);
  const answer = used.getClientExtensionResults().prf?.results?.first;
  if (answer === undefined || !known.some((one) => toHex(one.id) === toHex(id))) throw notOffered();
  return { id, key: keyOf(answer) };
}

function keyOf(answer: BufferSource): Uint8Array {
  const bytes = ArrayBuffer.isView(answer) ? new Uint8Array(answer.buffer, answer.byteOffset, answer.byteLength) : new Uint8Array(answer);
  const key = passkeyKeyOf(bytes);
  bytes.fill(0);
  return key;
}

async function asked(question: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let answer: Credential | null;
  try {
    answer = await question();
  } catch (cause) {
    if (cause instanceof DOMException && (cause.name === 'NotSupportedError' || cause.name === 'SecurityError')) throw notOffered(cause);
    throw new AppError({
      code: 'passkey-refused',
      message: 'The passkey was not used: it was refused, it took too long, or it is not on this device.',
      remedy: 'Try again, or use the passphrase.',
      cause,
    });
  }
  // By shape, not by class: what came was asked for as a public key credential.
  if (answer === null) throw notOffered();
  return answer as PublicKeyCredential;
}

function notOffered(cause?: unknown): AppError {
  return new AppError({
    code: 'passkeys-not-offered',
    message: 'This browser, this passkey or the address of this page cannot keep a key (the extension “prf” of WebAuthn is missing).',
    remedy: 'Use the passphrase. A passkey that was made a moment ago can be deleted in the settings of the device.',
    cause,
  });
}

/** Passkeys belong to a domain name; a page at an address of numbers gets none. */
function isNumber(host: string): boolean {
  return host.startsWith('[') || /^[\d.]+$/u.test(host);
}

function challenge(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(CHALLENGE_BYTES));
}

/** As WebAuthn names credentials in `evalByCredential`: base64url without padding. */
function base64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/u, '');
}
