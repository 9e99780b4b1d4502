// Copies for the managers (P2-08, T14): the clinic that wrote a version splits the key of each part into shares, seals each to one manager's
// key of the day, and hands them to keepers, which give them to managers only. The threshold is the option's: fewer shares tell nothing of a
// key. Nothing that was written before the managers were named is copied.
import { AppError, type RecordId, type Rejection, reject } from '../base/index.ts';
import { type Decoded, decode, encode, struct, uint } from '../codec/index.ts';
import { recordId } from '../contracts/index.ts';
import { type Manifest, wrapContext, wrapsFor } from '../records/index.ts';
import type { Correspondent } from './access.ts';
import { Errand, type Progress } from './errand.ts';
import type { FinalVersion } from './facts.ts';
import { erasedRecord } from './kept-manifests.ts';
import type { ManagerDays } from './managers-days.ts';
import {
  type DayKey,
  MANAGERS_REQUESTS,
  type ManagersCopy,
  type ManagersOption,
  copyWish,
  dayKeyId,
  managersCopy,
  shareContextBytes,
} from './managers-formats.ts';
import { COPY_KEEPERS, MAX_COPY_BYTES } from './managers-limits.ts';
import type { ManagersChoice } from './managers-option.ts';
import type { PrivateTable } from './private-notes.ts';
import { done } from './requests.ts';
import type { Workplace } from './workplace.ts';

const TABLE = 'care-manager-copies';
/** Keepers answer at once, or the errand comes back. */
const OWN_PATIENCE_MS = 3_000;

const copiedNote = struct({ record: recordId, version: uint(10_000) });

export class ManagersCopying {
  private readonly work: Workplace;
  private readonly choice: ManagersChoice;
  private readonly days: ManagerDays;
  private readonly table: PrivateTable<Decoded<typeof copiedNote>>;
  private readonly errand: Errand;
  private copied: ReadonlySet<string> = new Set();

  constructor(work: Workplace, choice: ManagersChoice, days: ManagerDays) {
    this.work = work;
    this.choice = choice;
    this.days = days;
    this.table = work.table('care-managers-copied', copiedNote);
    this.errand = new Errand('managers-copy', work.environment, () => this.run());
  }

  async load(): Promise<void> {
    this.copied = new Set([...(await this.table.all()).values()].map(({ record, version }) => nameOf(record, version)));
    this.kick();
  }

  forget(): void {
    this.copied = new Set();
  }

  kick(): void {
    if (this.uncopied().length > 0) this.errand.kick();
  }

  stop(): Promise<void> {
    return this.errand.stop();
  }

  start(): void {
    const { desk } = this.work;
    desk.answer(MANAGERS_REQUESTS.putCopy, managersCopy, done, async (from, copy) => (await this.keep(from, copy)) ?? { ok: true });
    desk.answer(MANAGERS_REQUESTS.copy, copyWish, managersCopy, (from, wish) => this.give(from, wish));
  }

  /** Versions of this clinic that became final since the managers were named, and have no copy yet. */
  uncopied(): readonly FinalVersion[] {
    const { environment, facts } = this.work;
    const option = this.choice.current();
    if (option === null || environment.role !== 'clinic' || environment.person() === null) return [];
    const found: FinalVersion[] = [];
    for (const row of environment.channel.projection().records.newestFirst()) {
      if (row.clinic !== environment.party || row.erased !== null) continue;
      for (const { version, writtenMs } of row.versions) {
        if (writtenMs < option.madeMs || this.copied.has(nameOf(row.record, version))) continue;
        const final = facts.version(row.record, version);
        if (final !== null) found.push(final);
      }
    }
    return found;
  }

  /** Destroys the copies of a record that are kept here, and never makes another (T16). */
  async erase(record: RecordId): Promise<void> {
    const { notes } = this.work.environment;
    for (const [name] of await notes.entries(TABLE)) if (name.startsWith(`${record}/`)) await notes.delete(TABLE, name);
  }

  /** A copy from a linked keeper, for a manager. Throws AppError `no-copy`. */
  async fetch(record: RecordId, version: number): Promise<ManagersCopy> {
    for (const keeper of this.work.keepers.linked()) {
      try {
        return await this.work.desk.ask(keeper, MANAGERS_REQUESTS.copy, copyWish, managersCopy, { record, version });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
    throw new AppError({
      code: 'no-copy',
      message: 'No keeper that can be reached has a managers’ copy of this version.',
      remedy: 'It may have been written before the managers were named, or its clinic has not been connected since.',
    });
  }

  private async run(): Promise<Progress> {
    const waiting = this.uncopied();
    const option = this.choice.current();
    if (waiting.length === 0 || option === null) return 'done';
    const keys = await this.days.ofToday();
    if (keys.length < option.threshold) return 'later';
    let progress: Progress = 'done';
    for (const version of waiting) if (!(await this.copyOne(version, option, keys))) progress = 'later';
    return progress;
  }

  private async copyOne(version: FinalVersion, option: ManagersOption, keys: readonly DayKey[]): Promise<boolean> {
    const { custody, keepers, desk, environment } = this.work;
    try {
      const copy = await this.make(version, option, keys, await custody.manifest(version, null, OWN_PATIENCE_MS));
      const linked = keepers.linked();
      const answers = await Promise.allSettled(
        linked.map((keeper) => desk.ask(keeper, MANAGERS_REQUESTS.putCopy, managersCopy, done, copy)),
      );
      const taken = answers.filter(({ status }) => status === 'fulfilled').length;
      if (taken < Math.min(COPY_KEEPERS, keepers.count())) return false;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      environment.log.debug('managers-copy-failed', { code: error.code });
      return false;
    }
    const { record, version: number } = version;
    await this.table.put(nameOf(record, number), { record, version: number });
    this.copied = new Set(this.copied).add(nameOf(record, number));
    environment.changed();
    return true;
  }

  private async make(version: FinalVersion, option: ManagersOption, keys: readonly DayKey[], manifest: Manifest): Promise<ManagersCopy> {
    const { keyWrap, secretSharing } = this.work.environment;
    const { party, wrapPrivateKey } = this.work.person();
    const { channelId } = this.work.facts;
    const parts: ManagersCopy['parts'][number][] = [];
    for (const { class: partClass, wrapped } of wrapsFor(manifest, party)) {
      const key = await keyWrap.unwrap(wrapPrivateKey, wrapped, wrapContext(version, partClass, party));
      const pieces = await secretSharing.split(key, keys.length, option.threshold);
      key.fill(0);
      const shares = await Promise.all(
        keys.map(async ({ manager, publicKey }, index) => {
          const context = shareContextBytes(channelId, version, partClass, manager);
          return { manager, key: dayKeyId(publicKey), wrapped: await keyWrap.wrap(publicKey, pieces[index] ?? new Uint8Array(), context) };
        }),
      );
      parts.push({ class: partClass, shares });
    }
    const { record, version: number } = version;
    return { record, version: number, envelope: manifest.envelope, salt: manifest.salt, threshold: option.threshold, parts };
  }

  /** The first copy of a version stays: its clinic may not take it back unnoticed. */
  private async keep(from: Correspondent, copy: ManagersCopy): Promise<Rejection | null> {
    const { environment, facts } = this.work;
    if (!environment.isKeeper()) return reject('not-a-keeper', 'this node keeps no copies');
    const version = facts.version(copy.record, copy.version);
    if (facts.isErased(copy.record)) return erasedRecord();
    if (version === null || from.party !== version.clinic)
      return reject('not-the-author', 'only its clinic hands in a copy of a final version');
    if ((await this.choice.newest()) === null) return reject('no-managers', 'this channel keeps no managers’ copy');
    const bytes = encode(managersCopy, copy);
    if (bytes.byteLength > MAX_COPY_BYTES) return reject('oversized', `a copy has at most ${MAX_COPY_BYTES} bytes`);
    const name = nameOf(copy.record, copy.version);
    if ((await environment.notes.get(TABLE, name)) === null) await environment.notes.put(TABLE, name, bytes);
    return null;
  }

  private async give(from: Correspondent, { record, version }: Decoded<typeof copyWish>): Promise<ManagersCopy | Rejection> {
    const managers = this.choice.current()?.managers ?? [];
    const may = from.party !== null && (managers.includes(from.party) || this.work.facts.hasEmergency(record, version, from.party));
    if (from.party === null || !may || this.work.facts.certificateOf(from.party) === null)
      return reject('not-a-manager', 'only managers get a managers’ copy, and a clinic whose emergency was released');
    const bytes = await this.work.environment.notes.get(TABLE, nameOf(record, version));
    return bytes === null ? reject('not-held', 'there is no copy of that version here') : decode(managersCopy, bytes, MAX_COPY_BYTES);
  }
}

function nameOf(record: RecordId, version: number): string {
  return `${record}/${version}`;
}
