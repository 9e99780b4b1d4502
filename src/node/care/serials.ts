// Serial numbers as this node takes part in them (P2-05, P2-16, P2-20, T13), put together: it knows the key, may hold a share of it, keeps
// entries where it is a keeper, registers and finds as a clinic, answers as a patient, sets up as a supervision centre.
import type { SerialCommands, SerialsView } from '../api.ts';
import type { PartyId } from '../base/index.ts';
import type { Reception } from './box-reader.ts';
import { Errand } from './errand.ts';
import type { LetterContent } from './letter.ts';
import type { Patients } from './patients.ts';
import { holdersOf, missingHolders } from './serial-asking.ts';
import { SerialCentre } from './serial-centre.ts';
import { SerialConsent } from './serial-consent.ts';
import { SerialEntries } from './serial-entries.ts';
import { SerialHolding } from './serial-holding.ts';
import { SerialKeys } from './serial-keys.ts';
import { SerialRegister } from './serial-register.ts';
import type { Workplace } from './workplace.ts';

type SerialLetter = Extract<LetterContent, { kind: 'serial-wish' | 'serial-agreement' }>;

export class Serials {
  readonly commands: SerialCommands;
  private readonly work: Workplace;
  private readonly keys: SerialKeys;
  private readonly holding: SerialHolding;
  private readonly centre: SerialCentre;
  private readonly entries: SerialEntries;
  private readonly register: SerialRegister;
  private readonly consent: SerialConsent;
  private readonly learning: Errand;

  constructor(work: Workplace, patients: Patients, automatic: boolean) {
    this.work = work;
    this.keys = new SerialKeys(work);
    this.holding = new SerialHolding(work, this.keys);
    this.centre = new SerialCentre(work, this.keys, automatic);
    this.entries = new SerialEntries(work);
    this.register = new SerialRegister(work, this.keys, patients);
    this.consent = new SerialConsent(work);
    this.learning = new Errand('serial-key', work.environment, async () => {
      await this.keys.learn();
      return 'done';
    });
    const { register, consent, centre } = this;
    this.commands = {
      find: (name, identityNumber) => register.find(name, identityNumber),
      register: (registration) => register.register(registration),
      answerWish: (id, agree) => consent.answer(id, agree),
      withdraw: (id) => consent.withdraw(id),
      setUp: () => centre.setUp(),
      audits: () => centre.audits(),
    };
  }

  /** What is not sealed; then requests are answered. */
  async start(): Promise<void> {
    await this.keys.load();
    await this.entries.load();
    for (const part of [this.keys, this.holding, this.entries]) part.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.centre, this.register, this.consent, this.learning].map((part) => part.stop()));
  }

  async unlocked(): Promise<void> {
    for (const part of [this.holding, this.register, this.consent]) await part.load();
  }

  forget(): void {
    for (const part of [this.holding, this.register, this.consent]) part.forget();
  }

  /** Links came or went. */
  kick(): void {
    for (const part of [this.centre, this.register, this.consent]) part.kick();
  }

  /** Keepers that were not linked before may know a newer key. */
  learn(): void {
    this.learning.kick();
  }

  expire(): Promise<void> {
    return this.entries.expire();
  }

  receive(from: PartyId, letter: SerialLetter): Promise<Reception> {
    return letter.kind === 'serial-wish' ? this.consent.receive(from, letter) : this.register.receive(from, letter);
  }

  view(): SerialsView {
    const { environment, facts } = this.work;
    return {
      key: this.keyView(),
      registered: this.register.view(),
      wishes: this.consent.view(),
      candidates: environment.authority() === null ? null : this.centre.candidates().map((party) => facts.nameOf(party)),
    };
  }

  private keyView(): SerialsView['key'] {
    const current = this.keys.current();
    if (current === null) return null;
    const { key, label } = current;
    const reach = holdersOf(this.work, key);
    const { party: self } = this.work.environment;
    return {
      label,
      madeMs: key.plan.madeMs,
      threshold: key.plan.threshold,
      holders: reach.map(({ party, addressee }) => ({
        party,
        name: this.work.facts.nameOf(party),
        reached: addressee !== null,
        self: party === self,
      })),
      missing: missingHolders(this.work, key, reach, []),
    };
  }
}
