// A patient's own name, sealed under the key of her private notes: it stands nowhere in clear in the browser.
import { MAX_NAME_CHARS, isRejection } from '../base/index.ts';
import { decode, encode, struct, text, textToBytes } from '../codec/index.ts';
import type { PersonSecrets } from '../crypto/index.ts';
import type { Platform } from './platform.ts';
import type { Profile } from './profile.ts';

const ownName = struct({ name: text(MAX_NAME_CHARS) });
const MAX_NAME_BYTES = 1_024;
const CONTEXT = textToBytes('clinicord/own-name/1');

export function sealName({ aead }: Pick<Platform, 'aead'>, { privateStoreKey }: PersonSecrets, name: string): Promise<Uint8Array> {
  return aead.seal(privateStoreKey, encode(ownName, { name }), CONTEXT);
}

/** The name that the profile goes by while it is unlocked. */
export async function openName({ aead }: Pick<Platform, 'aead'>, { privateStoreKey }: PersonSecrets, stored: Profile): Promise<string> {
  const { certificate, label, sealedName } = stored;
  if (certificate.name !== '') return certificate.name;
  if (sealedName === null) return label;
  const opened = decode(ownName, await aead.open(privateStoreKey, sealedName, CONTEXT), MAX_NAME_BYTES);
  return isRejection(opened) ? label : opened.name;
}
