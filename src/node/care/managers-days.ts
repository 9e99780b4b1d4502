// Keys of the day (P2-09): a manager makes one for each day, some days ahead, keeps a sealed table from the hash of the public key to the
// private one, and publishes the public ones at keepers, which hand them to clinics. Keepers keep them while they may be used.
import { AppError, type Digest, type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { type Decoded, decode, encode, fixedBytes, flag, struct, uint } from '../codec/index.ts';
import { wrapPublicKey } from '../crypto/index.ts';
import { Errand, type Progress } from './errand.ts';
import { MANAGERS_REQUESTS, type DayKey, dayAnswer, dayBytes, dayKey, dayKeyId, dayWish } from './managers-formats.ts';
import { DAY_MS, MANAGER_DAYS_AHEAD, MANAGER_DAYS_BEHIND, MAX_DAY_KEYS } from './managers-limits.ts';
import type { ManagersChoice } from './managers-option.ts';
import type { PrivateTable } from './private-notes.ts';
import { done } from './requests.ts';
import type { Workplace } from './workplace.ts';

const TABLE = 'care-manager-days';
const SECRET_BYTES = 32;
const MAX_DAY_KEY_BYTES = 512;

const dayNote = struct({ day: uint(), secret: fixedBytes(SECRET_BYTES), published: flag });
type DayNote = Decoded<typeof dayNote>;

export class ManagerDays {
  private readonly work: Workplace;
  private readonly choice: ManagersChoice;
  private readonly table: PrivateTable<DayNote>;
  private readonly errand: Errand;
  /** This manager's own, by the hash of the public key. */
  private own: ReadonlyMap<Digest, DayNote> = new Map();

  constructor(work: Workplace, choice: ManagersChoice) {
    this.work = work;
    this.choice = choice;
    this.table = work.table('care-manager-keys', dayNote);
    this.errand = new Errand('manager-days', work.environment, () => this.run());
  }

  async load(): Promise<void> {
    this.own = (await this.table.all()) as ReadonlyMap<Digest, DayNote>;
  }

  forget(): void {
    this.own = new Map();
  }

  kick(): void {
    if (this.isManager()) this.errand.kick();
  }

  stop(): Promise<void> {
    return this.errand.stop();
  }

  start(): void {
    const { desk, environment } = this.work;
    desk.answer(MANAGERS_REQUESTS.putDay, dayKey, done, async (_from, key) => (await this.keep(key)) ?? { ok: true });
    desk.answer(MANAGERS_REQUESTS.days, dayWish, dayAnswer, async (_from, { day }) => {
      const entries = await environment.notes.entries(TABLE, prefixOf(day));
      const keys = entries.flatMap(([, bytes]) => {
        const key = decode(dayKey, bytes, MAX_DAY_KEY_BYTES);
        return isRejection(key) ? [] : [key];
      });
      const managers = this.choice.current()?.managers ?? [];
      return { keys: keys.filter(({ manager }) => managers.includes(manager)) };
    });
  }

  /** Forgets public keys that nobody may use any more. */
  async expire(): Promise<void> {
    const { notes } = this.work.environment;
    const oldest = prefixOf(Math.max(0, this.today() - MANAGER_DAYS_BEHIND));
    for (const [key] of await notes.entries(TABLE)) if (key < oldest) await notes.delete(TABLE, key);
  }

  today(): number {
    return Math.floor(this.work.environment.clock.nowMs() / DAY_MS);
  }

  /** The private key of one public key of this manager, or null. */
  secretOf(key: Digest): Uint8Array | null {
    return this.own.get(key)?.secret ?? null;
  }

  /** Today's keys of the managers, from linked keepers; each checked. */
  async ofToday(): Promise<readonly DayKey[]> {
    const { desk, keepers } = this.work;
    const found = new Map<PartyId, DayKey>();
    for (const keeper of keepers.linked()) {
      try {
        const { keys } = await desk.ask(keeper, MANAGERS_REQUESTS.days, dayWish, dayAnswer, { day: this.today() });
        for (const key of keys) if (key.day === this.today() && (await this.refuses(key)) === null) found.set(key.manager, key);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
    return [...found.values()];
  }

  private isManager(): boolean {
    const { environment } = this.work;
    return environment.person() !== null && this.choice.current()?.managers.includes(environment.party) === true;
  }

  /** Makes what is missing, and publishes what no keeper has yet. */
  private async run(): Promise<Progress> {
    if (!this.isManager()) return 'done';
    const today = this.today();
    for (let day = today; day <= today + MANAGER_DAYS_AHEAD; day += 1) {
      const known = [...this.own].find(([, note]) => note.day === day);
      const [id, note] = known ?? (await this.make(day));
      if (!note.published && (await this.publish(day, note.secret))) await this.store(id, { ...note, published: true });
    }
    const waiting = [...this.own.values()].some(({ day, published }) => day >= today && !published);
    return waiting ? 'later' : DAY_MS / 4;
  }

  private async make(day: number): Promise<readonly [Digest, DayNote]> {
    const secret = this.work.environment.randomness.bytes(SECRET_BYTES);
    const id = dayKeyId(wrapPublicKey(secret));
    const note = { day, secret, published: false };
    await this.store(id, note);
    const [oldest] = [...this.own].sort(([, a], [, b]) => a.day - b.day);
    if (this.own.size > MAX_DAY_KEYS && oldest !== undefined) await this.table.delete(oldest[0]);
    return [id, note];
  }

  private async store(id: Digest, note: DayNote): Promise<void> {
    await this.table.put(id, note);
    this.own = new Map(this.own).set(id, note);
  }

  /** True once every linked keeper has it. */
  private async publish(day: number, secret: Uint8Array): Promise<boolean> {
    const { desk, keepers, facts } = this.work;
    const { party, signer } = this.work.person();
    const body = { manager: party, day, publicKey: wrapPublicKey(secret) };
    const key = { ...body, signature: await signer.sign(dayBytes(facts.channelId, body)) };
    const linked = keepers.linked();
    let taken = 0;
    for (const keeper of linked) {
      try {
        await desk.ask(keeper, MANAGERS_REQUESTS.putDay, dayKey, done, key);
        taken += 1;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
    return taken > 0 && taken === linked.length;
  }

  private async keep(key: DayKey): Promise<Rejection | null> {
    if (!this.work.environment.isKeeper()) return reject('not-a-keeper', 'this node keeps no keys of days');
    // Managers that were named while this keeper was away.
    if (this.choice.current()?.managers.includes(key.manager) !== true) await this.choice.learn();
    const refused = await this.refuses(key);
    if (refused !== null) return refused;
    await this.work.environment.notes.put(TABLE, `${prefixOf(key.day)}${key.manager}`, encode(dayKey, key));
    return null;
  }

  private async refuses(key: DayKey): Promise<Rejection | null> {
    const { facts, environment } = this.work;
    if (this.choice.current()?.managers.includes(key.manager) !== true)
      return reject('not-a-manager', 'only managers publish keys of days');
    const ahead = key.day - this.today();
    if (ahead < -MANAGER_DAYS_BEHIND || ahead > MANAGER_DAYS_AHEAD + 1) return reject('bad-day', 'this day is too far away');
    const publicKey = facts.certificateOf(key.manager)?.signingKey;
    const good = publicKey !== undefined && (await environment.verifier.verify(publicKey, dayBytes(facts.channelId, key), key.signature));
    return good ? null : reject('bad-signature', 'the manager did not sign this key');
  }
}

/** Days sort as numbers do. */
function prefixOf(day: number): string {
  return `${String(day).padStart(8, '0')}/`;
}
