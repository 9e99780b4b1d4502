// What becomes of a clinic's record after it was sent: without the patient it becomes final as unconfirmed, a dispute comes
// back, a mistake is marked as entered in error. Amend, never edit: nothing that was final is taken away.
import { AppError, type RecordId, MAX_REASON_CHARS } from '../base/index.ts';
import { textToBytes } from '../codec/index.ts';
import type { Slip } from '../contracts/index.ts';
import { reasonContext } from '../records/index.ts';
import type { SlipStage } from './access.ts';
import { act, handIn } from './acting.ts';
import type { Reception } from './box-reader.ts';
import type { LetterContent, OpenedLetter } from './letter.ts';
import { recordActionOf } from './offers.ts';
import type { SentNote } from './sent-notes.ts';
import type { Writing } from './writing.ts';
import { type Workplace, typed } from './workplace.ts';

/** A wrapped reason must fit into its slip: text in UTF-8, before it is wrapped. */
export const MAX_SEALED_REASON_BYTES = 1_100;

export class Amending {
  private readonly work: Workplace;
  private readonly writing: Writing;

  constructor(work: Workplace, writing: Writing) {
    this.work = work;
    this.writing = writing;
  }

  /** Proposes what was sent without the patient's signature. Resolves when it is final. */
  async writeUnconfirmed(record: RecordId, reason: string): Promise<void> {
    const { person } = this.work.clinic();
    const words = typed(reason, 'The reason why the patient cannot sign', MAX_REASON_CHARS);
    const note = this.writing.notes.newestOf(record);
    if (note === null)
      throw new AppError({ code: 'nothing-waits', message: 'No version of this record waits.', remedy: 'Reload the record.' });
    refuseState(note);
    const signed = await this.writing.unconfirmedBody(note, person, words);
    await this.writing.notes.put({ ...note, ...signed, state: 'proposing', reason: words });
    this.work.ways.reach(note, 'signed', 'by the clinic alone');
    const slip: Slip = { ...signed, consent: null };
    const { channel, clock } = this.work.environment;
    try {
      await handIn(channel, clock, slip, (stage) => this.follow(note, stage));
    } catch (error) {
      // The patient may have signed the same version a moment before.
      if (this.work.facts.version(record, note.version)?.commitment === recordActionOf(note.body).commitment) return;
      if (this.writing.notes.of(note)?.state === 'proposing') await this.writing.notes.put(note);
      throw error;
    }
  }

  /** A final record by a slip, one that waits by a letter. Resolves when it is final, or sent. */
  async markEnteredInError(record: RecordId, reason: string): Promise<void> {
    const { person } = this.work.clinic();
    const words = typed(reason, 'The reason', MAX_REASON_CHARS);
    const head = this.work.facts.record(record);
    const open = this.writing.notes.newestOf(record);
    if (head === null && open === null)
      throw new AppError({ code: 'unknown-record', message: 'There is no such record.', remedy: 'Reload the page.' });
    if (head !== null) {
      const patient = this.work.facts.party(head.patient);
      const of = { patient: head.patient, record, version: head.version };
      const { channel, clock, keyWrap } = this.work.environment;
      const sealedReason = await keyWrap.wrap(
        patient?.certificate.wrapKey ?? person.wrapPublicKey,
        sealable(words),
        reasonContext(of, head.patient),
      );
      await act(channel, clock, person, { kind: 'withdraw', record, sealedReason });
    }
    if (open !== null) await this.takeBack(open, words);
  }

  /** The patient's letter about a version that she will not sign. */
  async receiveDispute(letter: OpenedLetter, dispute: Extract<LetterContent, { kind: 'dispute' }>): Promise<Reception> {
    const note = this.writing.notes.of(dispute);
    const isHers = note !== null && note.patient === letter.from && recordActionOf(note.body).commitment === dispute.commitment;
    if (!isHers || note.state === 'taken-back' || note.state === 'proposing') return 'taken';
    await this.writing.notes.put({ ...note, state: 'disputed', reason: dispute.reason });
    this.work.ways.trouble(note, 'The patient disputes this version. Correct it, or mark it as entered in error.');
    return 'taken';
  }

  private async takeBack(note: SentNote, words: string): Promise<void> {
    const { record, version, patient } = note;
    if (note.letter !== null && this.work.facts.certificateOf(patient) !== null) {
      await this.work.write(patient, { kind: 'taken-back', record, version, reason: words });
    }
    await this.writing.notes.put({ ...note, state: 'taken-back', reason: words });
    this.work.ways.trouble(note, null);
  }

  private follow(note: SentNote, stage: SlipStage): void {
    const { ways, facts } = this.work;
    if (stage.stage === 'proposed') ways.reach(note, 'proposed', `by ${facts.nameOf(stage.proposer)}`);
    if (stage.stage !== 'final' || stage.outcome !== 'done') return;
    ways.finish(note, { proposed: '', agreed: `${stage.signers} of ${stage.voters}`, final: `height ${stage.height}` });
  }
}

function refuseState(note: SentNote): void {
  if (note.state === 'awaiting' || note.state === 'posting') return;
  const [message, remedy] = {
    storing: ['The keepers do not hold this record yet.', 'Wait until it is stored.'],
    disputed: ['The patient has disputed this version.', 'Correct it, or mark it as entered in error.'],
    proposing: ['This version is being put on the ledger already.', 'Wait until it is final.'],
    'taken-back': ['This version was taken back.', 'Write it again.'],
  }[note.state] as [string, string];
  throw new AppError({ code: `record-${note.state}`, message, remedy });
}

/** Throws AppError `too-long`. */
export function sealable(words: string): Uint8Array {
  const bytes = textToBytes(words);
  if (bytes.byteLength <= MAX_SEALED_REASON_BYTES) return bytes;
  throw new AppError({ code: 'too-long', message: 'The reason is too long to be sealed.', remedy: 'Shorten it.' });
}
