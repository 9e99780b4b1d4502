// A keeper's entries by which a clinic that knows name and number finds a patient who agreed to it (P2-20). An entry lies under a place that
// follows from the serial and is sealed with a key that does: the keeper learns neither serial, person nor pseudonym, only which clinic
// handed it in and which ask for its place. Bounded per clinic and place, ends with its date, or when the patient shows her secret.
import { type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { type Decoded, decode, encode, flag, struct } from '../codec/index.ts';
import { partyId } from '../contracts/index.ts';
import { type SerialLocator, digestOf } from '../crypto/index.ts';
import type { Correspondent } from './access.ts';
import { done } from './requests.ts';
import { type Deposit, SERIAL_REQUESTS, deposit, entryAnswer, entryWish, removal } from './serial-formats.ts';
import {
  MAX_ENTRIES_PER_LOCATOR,
  MAX_SERIAL_ENTRIES_PER_CLINIC,
  MAX_SERIAL_ENTRY_BYTES,
  SERIAL_ENTRY_LIFETIME_MS,
} from './serial-limits.ts';
import type { Workplace } from './workplace.ts';

const TABLE = 'care-serial-entries';
/** How far a clinic's clock may be ahead when it dates an entry. */
const MAX_AHEAD_MS = 60_000;

/** `removed`: a mark that stays until the entry would have ended, so that nobody hands it in again. */
export const serialEntry = struct({ from: partyId, removed: flag, deposit });
type Entry = Decoded<typeof serialEntry>;

export class SerialEntries {
  private readonly work: Workplace;
  private readonly places = new Map<SerialLocator, Map<PartyId, Entry>>();
  private readonly counts = new Map<PartyId, number>();

  constructor(work: Workplace) {
    this.work = work;
  }

  async load(): Promise<void> {
    const { notes } = this.work.environment;
    for (const [key, bytes] of await notes.entries(TABLE)) {
      const kept = decode(serialEntry, bytes, 2 * MAX_SERIAL_ENTRY_BYTES);
      if (isRejection(kept)) await notes.delete(TABLE, key);
      else this.index(kept);
    }
    await this.expire();
  }

  start(): void {
    const { desk } = this.work;
    desk.answer(SERIAL_REQUESTS.deposit, deposit, done, async (from, asked) => (await this.take(from, asked)) ?? { ok: true });
    desk.answer(SERIAL_REQUESTS.find, entryWish, entryAnswer, async (from, { locator }) => this.find(from, locator));
    desk.answer(SERIAL_REQUESTS.remove, removal, done, async (_from, { locator, secret }) => {
      await this.remove(locator, secret);
      return { ok: true };
    });
  }

  async expire(): Promise<void> {
    const nowMs = this.work.environment.clock.nowMs();
    for (const place of [...this.places.values()])
      for (const kept of [...place.values()]) if (kept.deposit.untilMs <= nowMs) await this.forget(kept);
  }

  private async take(from: Correspondent, asked: Deposit): Promise<Rejection | null> {
    const party = this.clinicOf(from);
    if (isRejection(party)) return party;
    const { environment } = this.work;
    if (!environment.isKeeper()) return reject('not-a-keeper', 'this node keeps no entries');
    const nowMs = environment.clock.nowMs();
    if (asked.untilMs <= nowMs || asked.untilMs > nowMs + SERIAL_ENTRY_LIFETIME_MS + MAX_AHEAD_MS)
      return reject('bad-period', 'an entry ends within a year');
    const place = this.places.get(asked.locator);
    if ([...(place?.values() ?? [])].some((kept) => kept.removed && kept.deposit.removal === asked.removal))
      return reject('removed', 'the patient has taken this entry back');
    if (place?.has(party) !== true) {
      if ((place?.size ?? 0) >= MAX_ENTRIES_PER_LOCATOR) return reject('place-full', 'too many clinics have an entry there');
      if ((this.counts.get(party) ?? 0) >= MAX_SERIAL_ENTRIES_PER_CLINIC)
        return reject('too-many-entries', 'this clinic has too many entries');
    }
    await this.keep({ from: party, removed: false, deposit: asked });
    return null;
  }

  private find(from: Correspondent, locator: SerialLocator): Decoded<typeof entryAnswer> | Rejection {
    const party = this.clinicOf(from);
    if (isRejection(party)) return party;
    const nowMs = this.work.environment.clock.nowMs();
    const kept = [...(this.places.get(locator)?.values() ?? [])].filter(({ removed, deposit: { untilMs } }) => !removed && untilMs > nowMs);
    return { sealed: kept.map(({ deposit: { sealed } }) => sealed) };
  }

  /** Removes what the secret belongs to, whoever shows it: the patient may use any page to reach this keeper. */
  private async remove(locator: SerialLocator, secret: Uint8Array): Promise<void> {
    const hash = digestOf(secret);
    for (const kept of [...(this.places.get(locator)?.values() ?? [])]) {
      if (kept.removed || kept.deposit.removal !== hash) continue;
      await this.keep({ ...kept, removed: true, deposit: { ...kept.deposit, sealed: new Uint8Array() } });
    }
  }

  private clinicOf({ party }: Correspondent): PartyId | Rejection {
    const certificate = party === null ? null : this.work.facts.certificateOf(party);
    return party !== null && certificate?.role === 'clinic' ? party : reject('not-a-clinic', 'only certified clinics find patients');
  }

  private async keep(kept: Entry): Promise<void> {
    this.index(kept);
    await this.work.environment.notes.put(TABLE, keyOf(kept), encode(serialEntry, kept));
  }

  private index(kept: Entry): void {
    const place = this.places.get(kept.deposit.locator) ?? new Map<PartyId, Entry>();
    if (!place.has(kept.from)) this.counts.set(kept.from, (this.counts.get(kept.from) ?? 0) + 1);
    place.set(kept.from, kept);
    this.places.set(kept.deposit.locator, place);
  }

  private async forget(kept: Entry): Promise<void> {
    const place = this.places.get(kept.deposit.locator);
    if (place?.delete(kept.from) === true) this.counts.set(kept.from, (this.counts.get(kept.from) ?? 1) - 1);
    if (place?.size === 0) this.places.delete(kept.deposit.locator);
    await this.work.environment.notes.delete(TABLE, keyOf(kept));
  }
}

function keyOf({ from, deposit: { locator } }: Entry): string {
  return `${locator}/${from}`;
}
