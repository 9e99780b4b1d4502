// Whether a channel keeps a managers' copy, and who the managers are (P2-08, T14): a statement that the supervision centre signed, handed on by
// whoever has it, shown on every page. Off until there is one, and again once one names nobody. The newest counts; that a centre shows some
// parties another one than others would take a ledger entry to notice.
import { AppError, type PartyId, type Rejection, MAX_CLOCK_AHEAD_MS, isRejection, reject } from '../base/index.ts';
import type { ManagersOptionView } from '../api.ts';
import { decode, encode } from '../codec/index.ts';
import {
  MANAGERS_REQUESTS,
  MAX_OPTION_BYTES,
  type ManagersOption,
  type SignedOption,
  optionAnswer,
  optionBytes,
  optionWish,
  signedOption,
} from './managers-formats.ts';
import { MAX_MANAGERS, MIN_MANAGERS_TO_OPEN } from './managers-limits.ts';
import { done } from './requests.ts';
import type { Workplace } from './workplace.ts';

const TABLE = 'care-managers-option';
const ONLY = 'only';
const MAX_SOURCES = 3;

export class ManagersChoice {
  private readonly work: Workplace;
  private readonly onChanged: () => void;
  private known: SignedOption | null = null;

  constructor(work: Workplace, onChanged: () => void) {
    this.work = work;
    this.onChanged = onChanged;
  }

  async load(): Promise<void> {
    const bytes = await this.work.environment.notes.get(TABLE, ONLY);
    const kept = bytes === null ? null : decode(signedOption, bytes, MAX_OPTION_BYTES);
    if (kept !== null && !isRejection(kept)) await this.take(kept);
  }

  start(): void {
    const { desk } = this.work;
    desk.answer(MANAGERS_REQUESTS.option, optionWish, optionAnswer, async () => ({ option: this.known }));
    desk.answer(MANAGERS_REQUESTS.publish, signedOption, done, async (_from, option) => (await this.take(option)) ?? { ok: true });
  }

  /** Who the managers are now; null where no copies are made. */
  current(): ManagersOption | null {
    const option = this.known?.option;
    return option === undefined || option.managers.length === 0 || this.authorityKey(option) === null ? null : option;
  }

  /** As `current`, after asking others where nothing is known here. */
  async newest(): Promise<ManagersOption | null> {
    const known = this.current();
    if (known !== null) return known;
    await this.learn();
    return this.current();
  }

  view(): ManagersOptionView | null {
    const option = this.current();
    const { environment, facts } = this.work;
    return (
      option && {
        sinceMs: option.madeMs,
        threshold: option.threshold,
        managers: option.managers.map((party) => ({ party, name: facts.nameOf(party), self: party === environment.party })),
      }
    );
  }

  async take(signed: SignedOption): Promise<Rejection | null> {
    if (this.known !== null && this.known.option.madeMs >= signed.option.madeMs) return null;
    const refused = await this.refuses(signed);
    if (refused !== null) return refused;
    this.known = signed;
    await this.work.environment.notes.put(TABLE, ONLY, encode(signedOption, signed));
    this.work.environment.changed();
    this.onChanged();
    return null;
  }

  async learn(): Promise<void> {
    const { desk, keepers } = this.work;
    for (const keeper of keepers.others().slice(0, MAX_SOURCES)) {
      try {
        const { option } = await desk.ask(keeper, MANAGERS_REQUESTS.option, optionWish, optionAnswer, {
          domain: 'clinicord/managers-wish/1',
        });
        if (option !== null) await this.take(option);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
  }

  /** The supervision centre's. Throws AppError `not-the-authority`, `bad-managers`. */
  async choose(managers: readonly PartyId[], threshold: number): Promise<void> {
    const { environment, facts, desk } = this.work;
    const authority = environment.authority();
    if (authority === null) {
      throw new AppError({
        code: 'not-the-authority',
        message: 'This page is no supervision centre, or it is locked.',
        remedy: 'Use the supervision centre’s own page, unlocked.',
      });
    }
    const option: ManagersOption = {
      domain: 'clinicord/managers/1',
      channel: facts.channelId,
      authority: authority.party,
      madeMs: environment.clock.nowMs(),
      threshold,
      managers,
    };
    const signed = { option, signature: await authority.signer.sign(optionBytes(option)) };
    const refused = await this.take(signed);
    if (refused !== null) throw new AppError({ code: 'bad-managers', message: `${refused.detail}.`, remedy: 'Choose others.' });
    // Everybody who is linked; others ask keepers.
    for (const peer of environment.channel.peers()) {
      try {
        await desk.ask(peer, MANAGERS_REQUESTS.publish, signedOption, done, signed);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
  }

  private async refuses({ option, signature }: SignedOption): Promise<Rejection | null> {
    const { environment, facts } = this.work;
    const { managers, threshold } = option;
    if (option.channel !== facts.channelId) return reject('foreign-option', 'This is of another channel');
    if (option.madeMs > environment.clock.nowMs() + MAX_CLOCK_AHEAD_MS) return reject('option-ahead', 'This was made in the future');
    if (managers.length > 0) {
      const fit = threshold >= MIN_MANAGERS_TO_OPEN && threshold <= managers.length && managers.length <= MAX_MANAGERS;
      if (!fit) return reject('bad-threshold', `At least ${MIN_MANAGERS_TO_OPEN} managers open together, at most all of them`);
      if (new Set(managers).size !== managers.length) return reject('bad-managers', 'Each manager is named once');
      if (managers.some((party) => facts.party(party)?.certificate.role !== 'clinic'))
        return reject('bad-managers', 'A manager is a clinic');
    }
    const publicKey = this.authorityKey(option);
    if (publicKey === null) return reject('not-the-authority', 'Managers are named by a supervision centre');
    const good = await environment.verifier.verify(publicKey, optionBytes(option), signature);
    return good ? null : reject('bad-signature', 'The supervision centre did not sign this');
  }

  private authorityKey({ authority }: ManagersOption): Uint8Array | null {
    const entry = this.work.facts.party(authority);
    return entry?.certificate.role === 'authority' && entry.revoked === null ? entry.certificate.signingKey : null;
  }
}
