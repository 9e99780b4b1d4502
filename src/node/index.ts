// src/node: the participant. Its only door: what the page and the archive program may use.
import { openBrowserRegistry } from './browser.ts';
import type { ClinicordNode, Invitation, Joining, KeyRequestView, KeyWish, KeyWishSummary, NewProfile, ProfileSummary } from './api.ts';
import { isRejection } from './base/index.ts';
import { type Registry, clinicordNode, parseInvitation } from './runtime/index.ts';

export type * from './api.ts';
export { AppError, isRejection } from './base/index.ts';
export type { ChannelId, Digest, GrantId, ItemId, PartyId, RecordId, Rejection } from './base/index.ts';
export type { ActionKind, ChannelSettings, Role, SensitivityClass } from './contracts/index.ts';
export { type ReadableRow, type ReadableSection, readableRecord, visitFormOf } from './records/index.ts';
export { missingFeatures } from './browser.ts';
export { clinicordNode, createRegistry, invitationLink, parseInvitation } from './runtime/index.ts';
export type { NetworkAndBlobs, NewNode, Platform, ProfileStores, Registry, RunningNode, StorageEstimate } from './runtime/index.ts';

let registry: Promise<Registry> | null = null;

function browserRegistry(): Promise<Registry> {
  registry ??= openBrowserRegistry();
  return registry;
}

/** Profiles of this browser. */
export async function listProfiles(): Promise<readonly ProfileSummary[]> {
  return (await browserRegistry()).list();
}

/** Makes keys and joins or founds; the words are to be shown once. */
export async function createProfile(profile: NewProfile, joining: Joining): Promise<{ readonly slot: string; readonly words: string }> {
  return (await browserRegistry()).create(profile, joining);
}

/** Starts a profile's node; read-only where another tab runs it (R16). */
export async function startNode(slot: string): Promise<ClinicordNode> {
  const node = await (await browserRegistry()).open(slot);
  // Others notice at once that this tab is gone, instead of after some seconds of silence.
  addEventListener('pagehide', (event) => {
    if (!event.persisted) void node.stop();
  });
  return clinicordNode(node);
}

/** Destroys a profile in this browser: keys, records, ledger. */
export async function removeProfile(slot: string): Promise<void> {
  await (await browserRegistry()).remove(slot);
}

/** Requests for keys that this browser made and that are not done. */
export async function listKeyWishes(): Promise<readonly KeyWishSummary[]> {
  return (await browserRegistry()).keyWishes.list();
}

/** Asks guardians, or another device, for keys. The passphrase will lock the profile. */
export async function makeKeyWish(purpose: KeyRequestView['purpose'], invitation: Invitation, passphrase: string): Promise<KeyWish> {
  return (await browserRegistry()).keyWishes.make(purpose, invitation, passphrase);
}

export async function resumeKeyWish(slot: string, passphrase: string): Promise<KeyWish> {
  return (await browserRegistry()).keyWishes.resume(slot, passphrase);
}

export async function dropKeyWish(slot: string): Promise<void> {
  await (await browserRegistry()).keyWishes.drop(slot);
}

/** The demonstration that this address serves, or null. */
export async function demonstration(): Promise<Invitation | null> {
  try {
    const response = await fetch('./demonstration.json', { cache: 'no-store' });
    if (!response.ok) return null;
    const invitation = parseInvitation(await response.text());
    return isRejection(invitation) ? null : invitation;
  } catch {
    return null;
  }
}
