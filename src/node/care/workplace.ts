// What every part of the care workflow has in common: the environment, the facts, the way to keepers and into mailboxes, the
// person's sealed tables. Made once per node.
import { AppError, type PartyId } from '../base/index.ts';
import type { Codec } from '../codec/index.ts';
import type { Certificate } from '../contracts/index.ts';
import type { CareEnvironment, PersonKeys } from './access.ts';
import { Custody } from './custody.ts';
import { Desk } from './desk.ts';
import { Facts } from './facts.ts';
import { Keepers } from './keepers.ts';
import { type LetterContent, type LetterId, type LetterTools, boxOf, newLetterId, writeLetter } from './letter.ts';
import { Outbox } from './outbox.ts';
import { PrivateTable, locked } from './private-notes.ts';
import { Traces, trace } from './traces.ts';
import { Ways, way } from './ways.ts';

export class Workplace {
  readonly environment: CareEnvironment;
  readonly facts: Facts;
  readonly desk: Desk;
  readonly keepers: Keepers;
  readonly custody: Custody;
  readonly outbox: Outbox;
  readonly ways: Ways;
  readonly traces: Traces;
  readonly letterTools: LetterTools;
  private readonly postedListeners: ((id: LetterId) => void)[] = [];

  constructor(environment: CareEnvironment) {
    const { channel, clock, timers, log, notes } = environment;
    this.environment = environment;
    this.facts = new Facts(channel, clock);
    this.desk = new Desk(environment.bulk, environment.party);
    this.keepers = new Keepers(environment, this.facts);
    this.custody = new Custody({ desk: this.desk, keepers: this.keepers, clock, timers });
    this.letterTools = { ...environment, channel: this.facts.channelId };
    this.outbox = new Outbox({
      notes,
      clock,
      timers,
      log,
      desk: this.desk,
      keepers: this.keepers,
      onPosted: (id) => {
        for (const listener of this.postedListeners) listener(id);
      },
    });
    this.traces = new Traces(environment.blobs, this.table('care-traces', trace));
    this.ways = new Ways({
      table: this.table('care-ways', way),
      clock,
      isUnlocked: () => environment.person() !== null,
      changed: () => environment.changed(),
    });
  }

  /** A table of notes that only this person can read. */
  table<T>(name: string, codec: Codec<T>): PrivateTable<T> {
    const { notes, aead, log } = this.environment;
    return new PrivateTable({ notes, aead, log, key: () => this.environment.person()?.notesKey ?? null }, name, codec);
  }

  /** Throws AppError `locked`. */
  person(): PersonKeys {
    const person = this.environment.person();
    if (person === null) throw locked();
    return person;
  }

  /** The person of a clinic whose certificate holds. Throws AppError `locked`, `not-a-clinic`, `not-certified`, `revoked`, `expired`. */
  clinic(): { readonly person: PersonKeys; readonly certificate: Certificate } {
    const person = this.person();
    if (this.environment.role !== 'clinic') {
      throw new AppError({
        code: 'not-a-clinic',
        message: 'Only a clinic can do this.',
        remedy: 'Open this page with a clinic’s profile.',
      });
    }
    return { person, certificate: this.facts.certified(this.environment.party, 'This clinic') };
  }

  /** The person of a patient whose certificate holds. Throws AppError as `clinic`. */
  patient(): { readonly person: PersonKeys; readonly certificate: Certificate } {
    const person = this.person();
    if (this.environment.role !== 'patient') {
      throw new AppError({
        code: 'not-a-patient',
        message: 'Only a patient can do this.',
        remedy: 'Open this page with the patient’s profile.',
      });
    }
    return { person, certificate: this.facts.certified(this.environment.party, 'This patient') };
  }

  /** Signs, seals and sends to a party. Throws AppError where the recipient is not certified, or the outbox is full. */
  async write(to: PartyId, content: LetterContent): Promise<LetterId> {
    const person = this.person();
    const recipient = this.facts.certified(to, 'The recipient');
    const id = newLetterId(this.environment.randomness);
    const letter = await writeLetter(this.letterTools, {
      id,
      to: boxOf(to),
      recipientWrapKey: recipient.wrapKey,
      from: person.party,
      signer: person.signer,
      content,
    });
    await this.outbox.send(letter, 'letter');
    return id;
  }

  /** Told when a letter is where its recipient will find it. */
  onPosted(listener: (id: LetterId) => void): void {
    this.postedListeners.push(listener);
  }
}

/** Text that a person typed, trimmed and bounded. Throws AppError `missing`, `too-long`. */
export function typed(text: string, what: string, maxChars: number): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new AppError({ code: 'missing', message: `${what} is missing.`, remedy: 'Fill it in.' });
  if (trimmed.length > maxChars) {
    throw new AppError({ code: 'too-long', message: `${what} has more than ${maxChars} characters.`, remedy: 'Shorten it.' });
  }
  return trimmed;
}
