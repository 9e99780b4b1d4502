// Invitations as links: public, in the fragment of an address, never sent to a server. Everything in one is checked when read.
import { DIGEST_BYTES, MAX_NAME_CHARS, type ChannelId, type Rejection, isRejection, reject } from '../base/index.ts';
import type { Invitation } from '../api.ts';
import { decode, encode, hex, list, struct, text } from '../codec/index.ts';

export const invitation = struct({
  channel: hex<ChannelId>(DIGEST_BYTES),
  name: text(MAX_NAME_CHARS),
  relays: list(text(300), 8),
  peers: list(text(120), 16),
});

const MAX_INVITATION_BYTES = 4_096;
/** Where the page's router finds an invitation. */
const ROUTE = '#/join/';

/** `baseUrl` is the page's address without a fragment. */
export function invitationLink(value: Invitation, baseUrl: string): string {
  return `${baseUrl.replace(/#.*$/, '')}${ROUTE}${toBase64Url(encode(invitation, value))}`;
}

/** From a link, the part of a link after `#/join/`, or an invitation's JSON. */
export function parseInvitation(typed: string): Invitation | Rejection {
  const trimmed = typed.trim();
  if (trimmed.length > 3 * MAX_INVITATION_BYTES) return reject('oversized', 'this is too long for an invitation');
  if (trimmed.startsWith('{')) return fromJson(trimmed);
  const at = trimmed.indexOf(ROUTE);
  const bytes = fromBase64Url(at >= 0 ? trimmed.slice(at + ROUTE.length) : trimmed);
  return bytes === null ? reject('malformed', 'this is no invitation link') : readable(decode(invitation, bytes, MAX_INVITATION_BYTES));
}

function fromJson(json: string): Invitation | Rejection {
  try {
    const value = JSON.parse(json) as Invitation;
    // Through the codec: bounds and types are checked in one place.
    return readable(decode(invitation, encode(invitation, value), MAX_INVITATION_BYTES));
  } catch {
    return reject('malformed', 'this is no invitation');
  }
}

function readable(value: Invitation | Rejection): Invitation | Rejection {
  return isRejection(value) ? reject('malformed', 'this is no invitation link, or it was cut off') : value;
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(typed: string): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]+$/.test(typed)) return null;
  try {
    const binary = atob(typed.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
