// A profile that is no party yet asks for its certificate (P0-02): one sealed letter to the supervision centre, posted through
// any keeper until it is answered. The ledger shows the certificate; a refusal comes back to a box that only the applicant knows.
import { AppError, type PartyId, MAX_REASON_CHARS } from '../base/index.ts';
import type { Standing } from '../api.ts';
import { decode, encode, nullable, struct, text, uint } from '../codec/index.ts';
import { isRejection } from '../base/index.ts';
import { type Certificate, type Possession, certificate, isLive, possession } from '../contracts/index.ts';
import { BoxReader, type Reception } from './box-reader.ts';
import { Errand, type Progress } from './errand.ts';
import { type Box, type OpenedLetter, boxOf, letter, letterId, newLetterId, writeLetter } from './letter.ts';
import { APPLY_EVERY_MS, COLLECT_EVERY_MS, LETTER_COPIES, MAX_APPLICATION_BYTES } from './limits.ts';
import { REQUEST_KINDS, done, post } from './requests.ts';
import type { Workplace } from './workplace.ts';

const TABLE = 'care-application';
const ONLY = 'only';

/** Nothing in it is private: it is what will be on the ledger. The letter is sealed. */
const note = struct({
  id: letterId,
  certificate,
  possession,
  letter: nullable(letter),
  sinceMs: uint(),
  refused: nullable(text(MAX_REASON_CHARS)),
});

interface Note {
  readonly id: ReturnType<typeof newLetterId>;
  readonly certificate: Certificate;
  readonly possession: Possession;
  readonly letter: ReturnType<typeof letter.fromValue> | null;
  readonly sinceMs: number;
  readonly refused: string | null;
}

export class Applying {
  private readonly work: Workplace;
  private readonly errand: Errand;
  private current: Note | null = null;
  private reader: BoxReader | null = null;
  /** When a keeper last took the letter. */
  private postedMs: number | null = null;
  /** When one was last asked to. */
  private askedMs: number | null = null;

  constructor(work: Workplace) {
    this.work = work;
    this.errand = new Errand('apply', work.environment, () => this.run());
  }

  /** Where the same was asked before, it goes on; a refusal stands. */
  async apply(wanted: Certificate, proof: Possession): Promise<void> {
    const { notes, randomness, clock } = this.work.environment;
    const bytes = await notes.get(TABLE, ONLY);
    const kept = bytes === null ? null : decode(note, bytes, 4 * MAX_APPLICATION_BYTES);
    if (kept !== null && !isRejection(kept) && same(kept.certificate, wanted)) this.current = kept;
    else
      await this.keep({
        id: newLetterId(randomness),
        certificate: wanted,
        possession: proof,
        letter: null,
        sinceMs: clock.nowMs(),
        refused: null,
      });
    this.kick();
  }

  kick(): void {
    if (this.current === null) return;
    this.errand.kick();
    this.reader?.kick();
  }

  hint(box: Box, keeper: PartyId): void {
    if (this.reader?.box === box) this.reader.hint(keeper);
  }

  async stop(): Promise<void> {
    await Promise.all([this.errand.stop(), this.reader?.stop()]);
  }

  standing(): Standing {
    const { environment, facts } = this.work;
    const entry = facts.party(environment.party);
    if (entry !== null) {
      if (entry.revoked !== null) return { kind: 'revoked', reason: entry.revoked.reason };
      return isLive(entry, environment.clock.nowMs()) ? { kind: 'certified' } : { kind: 'expired' };
    }
    if (this.current !== null && this.current.refused !== null) return { kind: 'refused', reason: this.current.refused };
    return this.current !== null && this.postedMs !== null ? { kind: 'applied', sinceMs: this.current.sinceMs } : { kind: 'connecting' };
  }

  private async run(): Promise<Progress> {
    const { current } = this;
    if (current === null || current.refused !== null) return 'done';
    const entry = this.work.facts.party(this.work.environment.party);
    if (entry !== null && (entry.revoked !== null || same(entry.certificate, current.certificate))) {
      await this.finish();
      return 'done';
    }
    this.reader ??= this.readerOf(current);
    const written = await this.written(current);
    if (written === null || written.letter === null) return APPLY_EVERY_MS;
    if (this.postedMs === null) this.reader.kick();
    // Every block kicks; keepers count what strangers post.
    const { clock } = this.work.environment;
    const dueMs = this.askedMs === null ? clock.nowMs() : this.askedMs + this.pauseMs();
    if (clock.nowMs() < dueMs) return dueMs - clock.nowMs();
    await this.postOnce(written.letter);
    return this.pauseMs();
  }

  private pauseMs(): number {
    return this.postedMs === null ? APPLY_EVERY_MS : COLLECT_EVERY_MS;
  }

  /** The sealed letter; written once, while the keys are there. */
  private async written(current: Note): Promise<Note | null> {
    if (current.letter !== null) return current;
    const { environment, facts } = this.work;
    const person = environment.person();
    const authority = [...environment.channel.projection().parties.values()].find(
      (row) => row.role === 'authority' && facts.certificateOf(row.party) !== null,
    );
    const recipient = authority === undefined ? null : facts.certificateOf(authority.party);
    if (person === null || recipient === null) return null;
    const sealed = await writeLetter(this.work.letterTools, {
      id: current.id,
      to: boxOf(recipient.subject),
      recipientWrapKey: recipient.wrapKey,
      from: person.party,
      signer: person.signer,
      content: { kind: 'application', certificate: current.certificate, possession: current.possession },
    });
    const next: Note = { ...current, letter: sealed };
    await this.keep(next);
    return next;
  }

  private async postOnce(sealed: NonNullable<Note['letter']>): Promise<void> {
    const { desk, keepers, environment } = this.work;
    let taken = 0;
    for (const keeper of keepers.linked()) {
      if (taken === LETTER_COPIES) break;
      this.askedMs = environment.clock.nowMs();
      try {
        await desk.ask(keeper, REQUEST_KINDS.post, post, done, { purpose: 'application', letter: sealed });
        taken += 1;
        this.postedMs = environment.clock.nowMs();
        environment.changed();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        environment.log.debug('application-not-posted', { code: error.code });
      }
    }
  }

  private readerOf(current: Note): BoxReader {
    const { work } = this;
    const { environment, facts } = work;
    return new BoxReader({
      box: boxOf(current.id),
      desk: work.desk,
      keepers: work.keepers,
      clock: environment.clock,
      timers: environment.timers,
      log: environment.log,
      tools: work.letterTools,
      everyMs: APPLY_EVERY_MS,
      privateKey: () => environment.person()?.wrapPrivateKey ?? null,
      signingKeyOf: (author) => facts.certificateOf(author)?.signingKey ?? null,
      prove: async () => null,
      receive: (opened) => this.receive(opened),
    });
  }

  private async receive({ from, content }: OpenedLetter): Promise<Reception> {
    const { current } = this;
    const isAnswer = content.kind === 'refusal' && content.application === current?.id;
    if (current === null || !isAnswer || this.work.facts.certificateOf(from)?.role !== 'authority') return 'taken';
    await this.keep({ ...current, refused: content.reason });
    return 'taken';
  }

  private async finish(): Promise<void> {
    this.current = null;
    const { reader } = this;
    this.reader = null;
    await this.work.environment.notes.delete(TABLE, ONLY);
    this.work.environment.changed();
    await reader?.stop();
  }

  private async keep(next: Note): Promise<void> {
    this.current = next;
    await this.work.environment.notes.put(TABLE, ONLY, encode(note, next));
    this.work.environment.changed();
  }
}

/** The same keys for the same time: what the supervision centre certifies is what was asked for. */
function same(a: Certificate, b: Certificate): boolean {
  return encode(certificate, a).join() === encode(certificate, b).join();
}
