// A request for keys on its way: where to, its passphrase, what has come. Forgets the passphrase once the node runs.
import { MIN_PASSPHRASE_CHARS } from '../../shared/format/index.ts';
import { Refusal, Task } from '../../shared/state/index.ts';
import type { KeyWish, KeyWishView } from '../../node.ts';
import type { Session, WishPurpose } from '../../domain/index.ts';

const NO_DEMONSTRATION = { message: 'This address serves no demonstration.', remedy: 'Paste an invitation link of your consortium.' };

export class WishForm {
  readonly purpose: WishPurpose;
  invitation = $state('');
  passphrase = $state('');
  again = $state('');
  /** A clinic's new device takes over the vote. */
  votes = $state(false);
  view = $state.raw<KeyWishView | null>(null);
  readonly task = new Task();
  readonly ready = $derived(this.passphrase.length >= MIN_PASSPHRASE_CHARS && this.passphrase === this.again);
  #wish: KeyWish | null = null;
  readonly #session: Session;

  constructor(purpose: WishPurpose, session: Session) {
    this.purpose = purpose;
    this.#session = session;
  }

  make(): void {
    this.task.start(async () => {
      const door = await this.#session.door();
      const text = this.invitation.trim();
      const place = text === '' ? await door.demonstration() : door.parseInvitation(text);
      if (place === null) throw new Refusal(NO_DEMONSTRATION);
      if ('rejected' in place) throw new Refusal({ message: place.detail, remedy: 'Ask for the link again and paste all of it.' });
      this.#follow(await door.makeKeyWish(this.purpose, place, this.passphrase));
      await this.#session.relist();
    });
  }

  resume(slot: string): void {
    this.task.start(async () => this.#follow(await (await this.#session.door()).resumeKeyWish(slot, this.passphrase)));
  }

  drop(slot: string): void {
    this.task.start(async () => {
      await (await this.#session.door()).dropKeyWish(slot);
      await this.#session.relist();
    });
  }

  /** Makes the profile and starts its node. */
  finish(done: () => void): void {
    const wish = this.#wish;
    if (wish === null) return;
    this.task.start(async () => {
      const { slot } = await wish.finish({ votes: this.votes });
      await this.#session.relist();
      await this.#session.start(slot, this.passphrase);
      const { problem } = this.#session.starting;
      if (problem !== null) throw new Refusal(problem);
      this.passphrase = '';
      this.again = '';
    }, done);
  }

  /** The page goes away; the request stays. */
  close(): void {
    void this.#wish?.stop();
  }

  #follow(wish: KeyWish): void {
    this.#wish = wish;
    this.view = wish.view;
    wish.subscribe((view) => {
      this.view = view;
    });
  }
}
