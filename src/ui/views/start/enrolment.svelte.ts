// The forms by which a person comes in: as a clinic, as a patient, as a founder, by invitation, or with 24 words. Checks what
// was typed, asks the node for keys and a profile, and forgets the passphrase once the node runs.
import { MIN_PASSPHRASE_CHARS, passphraseAdvice } from '../../shared/format/index.ts';
import { Refusal, Task } from '../../shared/state/index.ts';
import type { Invitation, Joining, NewProfile, NodeDoor } from '../../node.ts';
import type { Session, StartPane } from '../../domain/index.ts';

export type EnrolmentField = 'role' | 'name' | 'clinician' | 'passphrase' | 'again' | 'consortium' | 'invitation' | 'words';

const WORD_COUNT = 24;
const NO_DEMONSTRATION = {
  message: 'This address serves no demonstration.',
  remedy: 'Join by an invitation link, or found a consortium of your own.',
};

export class Enrolment {
  readonly pane: StartPane;
  /** Chosen in panes that serve both; fixed in the others. */
  role = $state<'' | 'clinic' | 'patient'>('');
  name = $state('');
  clinician = $state('');
  passphrase = $state('');
  again = $state('');
  consortium = $state('');
  relays = $state('');
  invitation = $state('');
  words = $state('');
  /** Faults are shown once the person has tried. */
  tried = $state(false);
  /** What was made, while the words are shown. */
  made = $state.raw<{ readonly slot: string; readonly words: string } | null>(null);
  readonly task = new Task();
  readonly #session: Session;

  readonly faults = $derived(this.#faults());

  constructor(pane: StartPane, session: Session) {
    this.pane = pane;
    this.#session = session;
    if (pane === 'clinic' || pane === 'found') this.role = 'clinic';
    if (pane === 'patient') this.role = 'patient';
  }

  fault(field: EnrolmentField): string | undefined {
    return this.tried ? this.faults[field] : undefined;
  }

  /** Makes keys and profile; then the words are shown, or, where the person has them already, the node is started. */
  submit(done: () => void): void {
    this.tried = true;
    if (Object.keys(this.faults).length > 0) return;
    this.task.start(
      async () => {
        const door = await this.#session.door();
        const missing = door.missingFeatures()[0];
        if (missing !== undefined) throw new Refusal({ message: `This browser lacks: ${missing.feature}.`, remedy: missing.remedy });
        return this.#session.create(this.#profile(), await this.#joining(door));
      },
      (made) => {
        this.made = made;
        if (this.pane === 'restore') this.goOn(done);
      },
    );
  }

  /** Starts the node of the profile that was made. */
  goOn(done: () => void): void {
    const { made } = this;
    if (made === null) return;
    this.task.start(async () => {
      await this.#session.start(made.slot, this.passphrase);
      const { problem } = this.#session.starting;
      if (problem !== null) throw new Refusal(problem);
      this.passphrase = '';
      this.again = '';
    }, done);
  }

  #profile(): NewProfile {
    const profile = {
      role: this.role === 'patient' ? ('patient' as const) : ('clinic' as const),
      name: this.name.trim(),
      clinician: this.role === 'patient' ? '' : this.clinician.trim(),
      passphrase: this.passphrase,
    };
    return this.pane === 'restore' ? { ...profile, words: plainWords(this.words).join(' ') } : profile;
  }

  async #joining(door: NodeDoor): Promise<Joining> {
    if (this.pane === 'found') {
      const typed = this.relays.split(/\s+/).filter((relay) => relay !== '');
      const relays = typed.length > 0 ? typed : ((await door.demonstration())?.relays ?? []);
      return { kind: 'found', consortiumName: this.consortium.trim(), relays };
    }
    return { kind: 'invitation', invitation: await this.#invitation(door) };
  }

  async #invitation(door: NodeDoor): Promise<Invitation> {
    const text = this.invitation.trim();
    if (text === '') {
      const served = await door.demonstration();
      if (served === null) throw new Refusal(NO_DEMONSTRATION);
      return served;
    }
    const read = door.parseInvitation(text);
    if ('rejected' in read) throw new Refusal({ message: read.detail, remedy: 'Ask for the link again and paste all of it.' });
    return read;
  }

  #faults(): Partial<Record<EnrolmentField, string>> {
    const faults: Partial<Record<EnrolmentField, string>> = {};
    if (this.role === '') faults.role = 'Choose one.';
    if (this.name.trim() === '') faults.name = 'Enter a name.';
    if (this.role === 'clinic' && this.clinician.trim() === '') faults.clinician = 'Enter who signs for the clinic.';
    if (passphraseAdvice(this.passphrase).strength === 'none' || passphraseAdvice(this.passphrase).strength === 'too-short') {
      faults.passphrase = `At least ${MIN_PASSPHRASE_CHARS} characters.`;
    }
    if (this.again !== this.passphrase) faults.again = 'The two passphrases differ.';
    if (this.pane === 'found' && this.consortium.trim() === '') faults.consortium = 'Enter a name.';
    if (this.pane === 'invitation' && this.invitation.trim() === '') faults.invitation = 'Paste the invitation link.';
    if (this.pane === 'restore' && plainWords(this.words).length !== WORD_COUNT) {
      faults.words = `There must be ${WORD_COUNT} words; these are ${plainWords(this.words).length}.`;
    }
    return faults;
  }
}

/** Words as typed or pasted: numbering, commas and capitals do not matter. */
export function plainWords(typed: string): readonly string[] {
  return typed
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}
