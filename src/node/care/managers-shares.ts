// What managers do with their shares of a version's keys (P2-08, P2-09), for openings and for emergencies: each unwraps its own by its keys of
// days, and who has enough of them makes the manifest that a reader of the version would get.
import { AppError } from '../base/index.ts';
import { type Decoded, list, struct } from '../codec/index.ts';
import { partyId } from '../contracts/index.ts';
import { type KeyWrapEntry, type Manifest, wrapContext } from '../records/index.ts';
import type { FinalVersion } from './facts.ts';
import type { ManagerDays } from './managers-days.ts';
import { type ManagersCopy, openedShares, shareContextBytes } from './managers-formats.ts';
import { MAX_MANAGERS } from './managers-limits.ts';
import type { Workplace } from './workplace.ts';

const givenShares = struct({ manager: partyId, shares: openedShares });
/** What each manager gave, each once. */
export const givenByManagers = list(givenShares, MAX_MANAGERS);
export type Given = Decoded<typeof givenByManagers>;
export type Shares = Decoded<typeof openedShares>;

/** This manager's share of each part, by its table of keys of days. Throws AppError `no-share`. */
export async function ownShares(work: Workplace, days: ManagerDays, copy: ManagersCopy, version: FinalVersion): Promise<Shares> {
  const { keyWrap, party } = work.environment;
  const shares: Shares[number][] = [];
  for (const part of copy.parts) {
    const entry = part.shares.find(({ manager }) => manager === party);
    const secret = entry === undefined ? null : days.secretOf(entry.key);
    if (entry === undefined || secret === null) throw noShare();
    const context = shareContextBytes(work.facts.channelId, version, part.class, party);
    shares.push({ class: part.class, share: await keyWrap.unwrap(secret, entry.wrapped, context) });
  }
  return shares;
}

/** The manifest that a reader of this version would get, with keys that come of the shares. */
export async function manifestFrom(
  work: Workplace,
  given: Given,
  copy: ManagersCopy,
  { record, version, patient }: FinalVersion,
): Promise<Manifest> {
  const { keyWrap, secretSharing } = work.environment;
  const { party, wrapPublicKey } = work.person();
  const wraps: KeyWrapEntry[] = [];
  for (const { class: partClass } of copy.parts) {
    const shares = given.flatMap(({ shares: all }) => all.filter((one) => one.class === partClass).map(({ share }) => share));
    const key = await secretSharing.combine(shares.slice(0, copy.threshold));
    const context = wrapContext({ record, version, patient }, partClass, party);
    wraps.push({ class: partClass, recipient: party, wrapped: await keyWrap.wrap(wrapPublicKey, key, context) });
    key.fill(0);
  }
  return { record, version, patient, envelope: copy.envelope, salt: copy.salt, wraps, capsules: null };
}

function noShare(): AppError {
  return new AppError({
    code: 'no-share',
    message: 'This manager has no share of this version, or lost its key of that day.',
    remedy: 'Ask the other managers.',
  });
}
