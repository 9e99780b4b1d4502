// The parts of one profile's care workflow, put together: what is loaded when, who hears of new blocks, new links and letters.
// Holds no rules of its own; those are in the parts and on the ledger.
import type { PartyId } from '../base/index.ts';
import type { Certificate, Possession } from '../contracts/index.ts';
import type { CareEnvironment } from './access.ts';
import { Amending } from './amending.ts';
import type { CareOptions, CareView } from './api.ts';
import { Applications } from './applications.ts';
import { Countersigning } from './countersigning.ts';
import { Applying } from './applying.ts';
import { BoxReader, type Reception } from './box-reader.ts';
import { CareViewer } from './care-view.ts';
import { Delegating } from './delegating.ts';
import { Erasing } from './erasing.ts';
import { Files } from './files.ts';
import { Guardians } from './guardians.ts';
import { Involved } from './involved.ts';
import { LedgerNews } from './ledger-news.ts';
import { type Box, type OpenedLetter, boxOf } from './letter.ts';
import { COLLECT_EVERY_MS } from './limits.ts';
import { ManagersCopies } from './managers-copies.ts';
import { Offers } from './offers.ts';
import { Patients } from './patients.ts';
import { Previews } from './previews.ts';
import { Proxy } from './proxy.ts';
import { Reading } from './reading.ts';
import { ReadingKeys } from './reading-keys.ts';
import { Repair } from './repair.ts';
import { Searching } from './searching.ts';
import { Serials } from './serials.ts';
import { Serving } from './serving.ts';
import { Sharing } from './sharing.ts';
import { Verdicts } from './verdicts.ts';
import { Workplace } from './workplace.ts';
import { Writing } from './writing.ts';

/** A view is made anew after this time even where nothing came: grants expire by the clock. */
const VIEW_LIFETIME_MS = 5_000;
/** Between two looks for letters and offers that nobody fetched in time. */
const EXPIRE_EVERY_MS = 3_600_000;

/** Everything that one profile's care consists of. */
export class CareParts {
  readonly work: Workplace;
  readonly patients: Patients;
  readonly previews: Previews;
  readonly files: Files;
  readonly writing: Writing;
  readonly amending: Amending;
  readonly offers: Offers;
  readonly verdicts: Verdicts;
  readonly sharing: Sharing;
  readonly reading: Reading;
  readonly erasing: Erasing;
  readonly applications: Applications;
  private readonly countersigning: Countersigning;
  readonly applying: Applying;
  readonly guardians: Guardians;
  readonly searching: Searching;
  readonly serials: Serials;
  readonly managers: ManagersCopies;
  private readonly readingKeys: ReadingKeys;
  private readonly delegating: Delegating;
  private readonly proxy: Proxy;
  private readonly serving: Serving;
  private readonly repair: Repair;
  private readonly news: LedgerNews;
  private readonly reader: BoxReader;
  private readonly viewer: CareViewer;
  private readonly unsubscribe: (() => void)[] = [];
  private linked: ReadonlySet<PartyId> = new Set();
  private shown: { readonly view: CareView; readonly madeMs: number } | null = null;
  private cancelExpiry: () => void = () => undefined;
  /** Unlocks and locks, one after another. */
  private person: Promise<void> = Promise.resolve();

  constructor(environment: CareEnvironment, options: CareOptions) {
    const changed = (): void => {
      this.shown = null;
      environment.changed();
    };
    const work = new Workplace({ ...environment, changed });
    this.work = work;
    const involved = new Involved(environment.party, () => environment.channel.projection());
    this.patients = new Patients(work);
    this.previews = new Previews(work, this.patients);
    this.files = new Files(work);
    this.searching = new Searching(work, involved, () => this.serving.keeping);
    this.writing = new Writing(work, this.previews, this.files, this.searching.tagging);
    this.amending = new Amending(work, this.writing);
    this.readingKeys = new ReadingKeys(work, involved);
    this.offers = new Offers(work, this.readingKeys, (letter) => void this.reader.take([letter]));
    this.verdicts = new Verdicts(work);
    this.delegating = new Delegating(work, this.readingKeys);
    this.proxy = new Proxy(work, () => this.reader.kick());
    this.sharing = new Sharing(work, involved, this.delegating);
    this.reading = new Reading(work, this.readingKeys, this.offers, this.writing.notes);
    this.applications = new Applications(work, options.autoApprove === true);
    this.countersigning = new Countersigning(work);
    this.applying = new Applying(work);
    this.guardians = new Guardians(work);
    this.serials = new Serials(work, this.patients, options.autoApprove === true);
    this.managers = new ManagersCopies(work, this.reading);
    this.serving = new Serving(work, (box, keeper) => this.hint(box, keeper));
    this.repair = new Repair(work, this.serving.keeping);
    this.erasing = this.eraser();
    const { patients, writing, offers, verdicts, sharing, applications, searching, serials, managers, repair } = this;
    this.news = new LedgerNews({ work, writing, offers, verdicts, sharing, repair });
    this.reader = this.ownReader();
    this.viewer = new CareViewer({
      work,
      involved,
      patients,
      sent: writing.notes,
      offers,
      verdicts,
      sharing,
      delegating: this.delegating,
      applications,
      searching,
      serials,
      managers,
    });
  }

  view(): CareView {
    const nowMs = this.work.environment.clock.nowMs();
    if (this.shown === null || nowMs - this.shown.madeMs > VIEW_LIFETIME_MS) this.shown = { view: this.viewer.view(), madeMs: nowMs };
    return this.shown.view;
  }

  async start(): Promise<void> {
    const { channel } = this.work.environment;
    await this.serving.load();
    await this.sharing.load();
    this.serving.start();
    this.proxy.start();
    await this.searching.start();
    await this.serials.start();
    await this.managers.start();
    await this.work.outbox.load();
    this.unsubscribe.push(
      channel.onFinal(() => this.ledgerGrew()),
      channel.onPeers(() => this.peersChanged()),
      channel.onStage?.((slip, stage) => this.news.follow(slip, stage)) ?? (() => undefined),
    );
    await this.personChanged();
    this.news.kick();
    this.peersChanged();
    this.expireLater();
  }

  async stop(): Promise<void> {
    this.work.desk.close();
    this.cancelExpiry();
    for (const end of this.unsubscribe) end();
    await this.person.catch(() => undefined);
    const { outbox, ways } = this.work;
    const parts = [
      this.news,
      this.writing,
      this.offers,
      this.sharing,
      this.repair,
      this.erasing,
      this.reader,
      this.applications,
      this.countersigning,
      this.applying,
      outbox,
    ];
    await Promise.all(parts.map((part) => part.stop()));
    await Promise.all([this.searching.stop(), this.serials.stop(), this.managers.stop(), this.proxy.stop()]);
    await ways.settled();
  }

  personChanged(): Promise<void> {
    this.person = this.person.catch(() => undefined).then(() => this.loadPerson());
    return this.person;
  }

  async apply(certificate: Certificate, possession: Possession): Promise<void> {
    await this.applying.apply(certificate, possession);
  }

  private async loadPerson(): Promise<void> {
    const unlocked = this.work.environment.person() !== null;
    if (unlocked) {
      await this.patients.load();
      await this.files.load();
      await this.work.traces.load();
      await this.work.ways.load();
      await this.verdicts.load();
      await this.offers.load();
      await this.writing.load();
      await this.guardians.load();
      await this.delegating.load();
      await this.proxy.load();
      await this.searching.unlocked();
      await this.serials.unlocked();
      await this.managers.unlocked();
      this.news.unlocked();
      this.erasing.unlocked();
      this.reader.kick();
    } else {
      this.work.traces.forget();
      const { patients, files, reading, offers, verdicts, guardians, delegating, proxy, searching, serials, managers } = this;
      for (const part of [patients, files, reading, offers, verdicts, guardians, delegating, proxy, searching, serials, managers])
        part.forget();
    }
    this.readingKeys.kick();
    this.applications.open();
    this.countersigning.kick();
    this.applying.kick();
    this.work.environment.changed();
  }

  private ledgerGrew(): void {
    this.shown = null;
    this.news.kick();
    this.erasing.kick();
    this.readingKeys.kick();
    this.proxy.kick();
    this.applying.kick();
    this.managers.kick();
    this.searching.kick();
  }

  /** Work that waited for somebody to be linked goes on; keepers that are new are asked for letters at once. */
  private peersChanged(): void {
    const before = this.linked;
    this.linked = new Set(this.work.keepers.linked().map(({ party }) => party));
    for (const part of [
      this.work.outbox,
      this.writing,
      this.offers,
      this.repair,
      this.sharing,
      this.searching,
      this.serials,
      this.managers,
    ])
      part.kick();
    const fresh = [...this.linked].filter((party) => !before.has(party));
    for (const keeper of fresh) this.reader.hint(keeper);
    if (fresh.length === 0) return;
    this.applications.kick();
    this.applying.kick();
    this.serials.learn();
    this.managers.learn();
  }

  private hint(box: Box, keeper: PartyId): void {
    if (this.reader.box === box) this.reader.hint(keeper);
    this.applications.hint(box, keeper);
    this.applying.hint(box, keeper);
  }

  private eraser(): Erasing {
    const { searching, managers, files, reading, patients, verdicts } = this;
    return new Erasing(this.work, { keeping: this.serving.keeping, searching, managers, files, reading, patients, verdicts });
  }

  private ownReader(): BoxReader {
    const { environment, facts, desk, keepers, letterTools } = this.work;
    const { clock, timers, log, party } = environment;
    return new BoxReader({
      box: boxOf(party),
      desk,
      keepers,
      clock,
      timers,
      log,
      tools: letterTools,
      everyMs: COLLECT_EVERY_MS,
      privateKey: () => (facts.party(party) === null ? null : (environment.person()?.wrapPrivateKey ?? null)),
      signingKeyOf: (author) => facts.certificateOf(author)?.signingKey ?? null,
      prove: async () => null,
      receive: (letter, receivedMs) => this.receive(letter, receivedMs),
    });
  }

  private async receive(letter: OpenedLetter, receivedMs: number): Promise<Reception> {
    const { content, from } = letter;
    switch (content.kind) {
      case 'offer':
        return this.offers.receive(letter, content, receivedMs);
      case 'taken-back':
        return this.offers.takeBack(from, content, content.reason);
      case 'dispute':
        return this.amending.receiveDispute(letter, content);
      case 'keys-delivered': {
        const grant = this.work.facts.grant(content.grant);
        if (grant === null) return 'later';
        const isOurs = grant.patient === from && grant.grantee === this.work.environment.party;
        return isOurs ? this.sharing.receiveDelivered(content.grant, content.version) : 'taken';
      }
      case 'proxy-pieces':
        return this.proxy.receive(from, content);
      case 'proxy-receipt':
        return this.sharing.receiveReceipt(from, content);
      case 'guardian-share':
        return this.guardians.receiveShare(from, content);
      case 'guardian-receipt':
        return this.guardians.receiveReceipt(from, content);
      case 'guardian-end':
        return this.guardians.receiveEnd(from, content);
      case 'search-parts':
        return this.searching.receive(from, content);
      case 'serial-wish':
      case 'serial-agreement':
        return this.serials.receive(from, content);
      case 'opening-wish':
      case 'opening-share':
      case 'opening-notice':
      case 'emergency-shares':
        return this.managers.receive(from, content);
      case 'application':
      case 'refusal':
      case 'recovery-share':
      case 'handover':
        return 'taken';
    }
  }

  private expireLater(): void {
    this.cancelExpiry = this.work.environment.timers.after(EXPIRE_EVERY_MS, () => {
      this.expireLater();
      Promise.all([this.serving.expire().then(() => this.searching.expire()), this.serials.expire(), this.managers.expire()]).catch(
        (error: unknown) => this.work.environment.log.warn('expiry-failed', { message: String(error) }),
      );
    });
  }
}
