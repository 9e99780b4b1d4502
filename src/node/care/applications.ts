// The supervision centre's desk (P0-02): applications of strangers, opened and checked, until a person (or, in the
// demonstration, nobody) decides. Letters stay with the keepers until then, so a reload loses none.
import { AppError, type PartyId, type Rejection, MAX_REASON_CHARS, reject } from '../base/index.ts';
import type { ApplicationView, Attested } from '../api.ts';
import { encode } from '../codec/index.ts';
import {
  type Certificate,
  type Possession,
  certificate as certificateCodec,
  checkCertificate,
  possessionChecks,
} from '../contracts/index.ts';
import { act } from './acting.ts';
import { BoxReader, type Reception } from './box-reader.ts';
import { Errand, type Progress } from './errand.ts';
import { type Box, type LetterId, type OpenedLetter, boxOf, newLetterId, writeLetter } from './letter.ts';
import { COLLECT_EVERY_MS } from './limits.ts';
import { locked } from './private-notes.ts';
import { boxProofBytes } from './serving.ts';
import { type Workplace, typed } from './workplace.ts';

interface Application {
  readonly id: LetterId;
  readonly certificate: Certificate;
  readonly possession: Possession;
  readonly receivedMs: number;
  readonly state: ApplicationView['state'];
}

/** What may be certified without a person looking. */
const APPROVED_ROLES: readonly Certificate['role'][] = ['clinic', 'patient'];

export class Applications {
  private readonly work: Workplace;
  private readonly autoApprove: boolean;
  private readonly deciding: Errand;
  private readonly byId = new Map<LetterId, Application>();
  private reader: BoxReader | null = null;

  constructor(work: Workplace, autoApprove: boolean) {
    this.work = work;
    this.autoApprove = autoApprove;
    this.deciding = new Errand('decide-applications', work.environment, () => this.decideAll());
  }

  /** At the start and after every unlock: looks into the supervision centre's box where this profile is one. */
  open(): void {
    const authority = this.work.environment.authority();
    if (authority !== null) this.reader ??= this.readerOf(authority.party);
    this.reader?.kick();
  }

  kick(): void {
    this.reader?.kick();
  }

  hint(box: Box, keeper: PartyId): void {
    if (this.reader?.box === box) this.reader.hint(keeper);
  }

  async stop(): Promise<void> {
    await Promise.all([this.deciding.stop(), this.reader?.stop()]);
  }

  /** Newest first. */
  view(): readonly ApplicationView[] {
    return [...this.byId.values()]
      .map(({ id, certificate: { role, name, clinician }, receivedMs, state }) => ({ id, role, name, clinician, receivedMs, state }))
      .sort((a, b) => b.receivedMs - a.receivedMs);
  }

  /** Resolves when the certificate is final. */
  async approve(id: string): Promise<void> {
    const authority = this.authority();
    const application = this.undecided(id);
    const { certificate, possession } = application;
    this.set({ ...application, state: 'approving' });
    try {
      const { channel, clock } = this.work.environment;
      await act(channel, clock, authority, { kind: 'certify', certificate, possession });
    } catch (error) {
      this.set({ ...application, state: 'open' });
      throw error;
    }
    this.set({ ...application, state: 'certified' });
    await this.reader?.take([application.id]);
  }

  async refuse(id: string, reason: string): Promise<void> {
    const authority = this.authority();
    const application = this.undecided(id);
    const words = typed(reason, 'The reason', MAX_REASON_CHARS);
    const answer = await writeLetter(this.work.letterTools, {
      id: newLetterId(this.work.environment.randomness),
      to: boxOf(application.id),
      recipientWrapKey: application.certificate.wrapKey,
      from: authority.party,
      signer: authority.signer,
      content: { kind: 'refusal', application: application.id, reason: words },
    });
    await this.work.outbox.send(answer, 'answer');
    this.set({ ...application, state: 'refused' });
    await this.reader?.take([application.id]);
  }

  /** Ends every right of a party at once. Resolves when it is final. */
  async revoke(party: PartyId, reason: string): Promise<void> {
    const words = typed(reason, 'The reason', MAX_REASON_CHARS);
    const { channel, clock } = this.work.environment;
    await act(channel, clock, this.authority(), { kind: 'revoke', party, reason: words });
  }

  /** Where a party is and how it is rated, as groups and elections look at it (P0-13, P0-24). Resolves when it is final. */
  async attest(party: PartyId, attested: Attested): Promise<void> {
    const { channel, clock } = this.work.environment;
    await act(channel, clock, this.authority(), { kind: 'attest', party, ...attested });
  }

  private readerOf(party: PartyId): BoxReader {
    const { work } = this;
    const { environment, facts } = work;
    const box = boxOf(party);
    return new BoxReader({
      box,
      desk: work.desk,
      keepers: work.keepers,
      clock: environment.clock,
      timers: environment.timers,
      log: environment.log,
      tools: work.letterTools,
      everyMs: COLLECT_EVERY_MS,
      privateKey: () => environment.authority()?.wrapPrivateKey ?? null,
      signingKeyOf: (author) => facts.certificateOf(author)?.signingKey ?? null,
      prove: async (keeper) => {
        const authority = environment.authority();
        if (authority === null) throw locked();
        const atMs = environment.clock.nowMs();
        return { atMs, signature: await authority.signer.sign(boxProofBytes(facts.channelId, box, keeper, atMs)) };
      },
      receive: (letter, receivedMs) => this.receive(letter, receivedMs),
    });
  }

  private async receive(letter: OpenedLetter, receivedMs: number): Promise<Reception> {
    const { content } = letter;
    if (content.kind !== 'application') return 'taken';
    const known = this.byId.get(letter.id);
    if (known !== undefined) return known.state === 'open' || known.state === 'approving' ? 'kept' : 'taken';
    const refused = (await this.refuses(letter, content.certificate, content.possession)) ?? this.refusesKnown(content.certificate);
    if (refused !== null) {
      this.work.environment.log.info('application-refused', { reason: refused.reason });
      return 'taken';
    }
    this.set({ id: letter.id, certificate: content.certificate, possession: content.possession, receivedMs, state: 'open' });
    if (this.autoApprove) this.deciding.kick();
    return 'kept';
  }

  private async refuses(letter: OpenedLetter, certificate: Certificate, possession: Possession): Promise<Rejection | null> {
    if (letter.from !== certificate.subject) return reject('wrong-author', 'an application is made by its subject');
    const wrong = checkCertificate(certificate, possession);
    if (wrong !== null) return wrong;
    const checks = possessionChecks(certificate, possession);
    const { verifier } = this.work.environment;
    const good = await Promise.all(checks.map((check) => verifier.verify(check.publicKey, check.bytes, check.signature)));
    return good.every(Boolean) ? null : reject('no-possession', 'a key of the certificate did not sign');
  }

  private refusesKnown(certificate: Certificate): Rejection | null {
    const entry = this.work.facts.party(certificate.subject);
    if (entry === null) return null;
    if (entry.revoked !== null) return reject('revoked', 'who was revoked comes back with new keys');
    return isSame(entry.certificate, certificate) ? reject('certified', 'it is certified already') : null;
  }

  private async decideAll(): Promise<Progress> {
    let progress: Progress = 'done';
    for (const application of [...this.byId.values()]) {
      if (application.state !== 'open' || !APPROVED_ROLES.includes(application.certificate.role)) continue;
      try {
        await this.approve(application.id);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        this.work.environment.log.warn('approval-failed', { code: error.code });
        if (error.code === 'no-effect') await this.refuse(application.id, error.message);
        else progress = 'later';
      }
    }
    return progress;
  }

  private authority(): NonNullable<ReturnType<Workplace['environment']['authority']>> {
    const authority = this.work.environment.authority();
    if (authority !== null) return authority;
    if (this.reader !== null) throw locked();
    throw new AppError({
      code: 'not-the-authority',
      message: 'This page is no supervision centre.',
      remedy: 'Use the supervision centre’s own page.',
    });
  }

  private undecided(id: string): Application {
    const application = this.byId.get(id as LetterId);
    if (application?.state === 'open') return application;
    throw new AppError({ code: 'already-answered', message: 'This application is not open any more.', remedy: 'Reload the page.' });
  }

  private set(application: Application): void {
    this.byId.set(application.id, application);
    this.work.environment.changed();
  }
}

/** The same keys for the same time, under the same name. */
function isSame(a: Certificate, b: Certificate): boolean {
  return encode(certificateCodec, a).join() === encode(certificateCodec, b).join();
}
