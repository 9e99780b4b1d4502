// The managers' copy as this node takes part in it (P2-08, P2-09, T14), put together: it knows who the managers are, copies as a clinic, keeps as
// a keeper, opens as a manager, is told as a patient, chooses as a supervision centre. Off where nobody was chosen.
import type { ManagersCommands, ManagersView } from '../api.ts';
import type { PartyId, RecordId } from '../base/index.ts';
import type { Reception } from './box-reader.ts';
import { Emergencies } from './emergencies.ts';
import { Errand } from './errand.ts';
import type { LetterContent } from './letter.ts';
import { ManagersCopying } from './managers-copying.ts';
import { ManagerDays } from './managers-days.ts';
import { OPTION_EVERY_MS } from './managers-limits.ts';
import { ManagersOpening } from './managers-opening.ts';
import { ManagersChoice } from './managers-option.ts';
import type { Reading } from './reading.ts';
import type { Workplace } from './workplace.ts';

type ManagersLetter = Extract<LetterContent, { kind: 'opening-wish' | 'opening-share' | 'opening-notice' | 'emergency-shares' }>;

export class ManagersCopies {
  readonly commands: ManagersCommands;
  private readonly work: Workplace;
  private readonly choice: ManagersChoice;
  private readonly days: ManagerDays;
  private readonly copying: ManagersCopying;
  private readonly opening: ManagersOpening;
  readonly emergencies: Emergencies;
  private readonly learning: Errand;

  constructor(work: Workplace, reading: Reading) {
    this.work = work;
    const choice = new ManagersChoice(work, () => this.kick());
    const days = new ManagerDays(work, choice);
    const copying = new ManagersCopying(work, choice, days);
    const opening = new ManagersOpening(work, { choice, days, copying, reading });
    this.choice = choice;
    this.days = days;
    this.copying = copying;
    this.opening = opening;
    this.emergencies = new Emergencies(work, { choice, days, copying, reading });
    this.learning = new Errand('managers-option', work.environment, async () => {
      await choice.learn();
      return OPTION_EVERY_MS;
    });
    this.commands = {
      choose: (managers, threshold) => choice.choose(managers, threshold),
      askOpening: (record, version, reason) => opening.ask(record, version, reason),
      answerOpening: (id, give) => opening.answer(id, give),
      readOpening: (id) => opening.read(id),
    };
  }

  async start(): Promise<void> {
    await this.choice.load();
    for (const part of [this.choice, this.days, this.copying]) part.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.learning, this.days, this.copying, this.emergencies].map((part) => part.stop()));
  }

  async unlocked(): Promise<void> {
    for (const part of [this.days, this.copying, this.opening, this.emergencies]) await part.load();
    this.kick();
  }

  forget(): void {
    for (const part of [this.days, this.copying, this.opening, this.emergencies]) part.forget();
  }

  /** Blocks, links or the option are new. */
  kick(): void {
    this.days.kick();
    this.copying.kick();
  }

  learn(): void {
    this.learning.kick();
  }

  expire(): Promise<void> {
    return this.days.expire();
  }

  /** Copies and shares of a record that are here (T16). Returns whether shares were. */
  async erase(record: RecordId): Promise<boolean> {
    await this.copying.erase(record);
    if (this.work.environment.person() === null) return false;
    const ofEmergency = await this.emergencies.erase(record);
    return (await this.opening.erase(record)) || ofEmergency;
  }

  receive(from: PartyId, letter: ManagersLetter): Promise<Reception> {
    switch (letter.kind) {
      case 'opening-wish':
        return this.opening.receiveWish(from, letter);
      case 'opening-share':
        return this.opening.receiveShare(from, letter);
      case 'emergency-shares':
        return this.emergencies.receive(from, letter);
      case 'opening-notice':
        return this.opening.receiveNotice(from, letter);
    }
  }

  view(): ManagersView {
    return {
      option: this.choice.view(),
      openings: this.opening.view(),
      notices: this.opening.noticesView(),
      uncopied: this.copying.uncopied().length,
    };
  }
}
