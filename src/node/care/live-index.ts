// An index of tags in its worker, made when it is first asked and made again after its worker failed. What is in it is always told by whoever
// owns it: here nothing is kept.
import { AppError } from '../base/index.ts';
import type { IndexedTags, SearchIndex } from '../ports/index.ts';

export class LiveIndex {
  private readonly create: () => SearchIndex;
  /** Everything that belongs into the index now. */
  private readonly sets: () => readonly IndexedTags[];
  private made: { readonly index: SearchIndex; readonly ready: Promise<void> } | null = null;

  constructor(create: () => SearchIndex, sets: () => readonly IndexedTags[]) {
    this.create = create;
    this.sets = sets;
  }

  /** What the index answers; once more where its worker failed. */
  async use<Answer>(ask: (index: SearchIndex) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(await this.ready());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'worker-failed') throw error;
      this.close();
      return ask(await this.ready());
    }
  }

  /** To be called after `sets` changed. An index that nobody has asked for yet is made with the new sets. */
  async change(removed: readonly IndexedTags[], added: readonly IndexedTags[]): Promise<void> {
    const { made } = this;
    if (made === null) return;
    try {
      await made.ready;
      if (removed.length > 0) await made.index.remove(removed);
      if (added.length > 0) await made.index.add(added);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (this.made === made) this.close();
    }
  }

  close(): void {
    this.made?.index.close();
    this.made = null;
  }

  private async ready(): Promise<SearchIndex> {
    if (this.made === null) {
      const index = this.create();
      this.made = { index, ready: index.add(this.sets()) };
      // Whoever waits for it hears of a failure.
      this.made.ready.catch(() => undefined);
    }
    const { index, ready } = this.made;
    await ready;
    return index;
  }
}
