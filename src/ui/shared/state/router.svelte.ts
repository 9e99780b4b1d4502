// Where the person is, kept behind the hash of the address: works from any host and folder, survives a reload, and never
// reaches a server. Parsing routes is the views' business.
import { createSubscriber } from 'svelte/reactivity';
import { type Place, readPlace } from './place.ts';

export class Router {
  readonly #follow = createSubscriber((update) => {
    addEventListener('hashchange', update);
    return () => {
      removeEventListener('hashchange', update);
    };
  });

  get place(): Place {
    this.#follow();
    return readPlace(location.hash);
  }

  /** Goes to `#/…`, a new entry of the history. */
  go(href: string): void {
    location.hash = href;
  }

  /** Goes there instead of here: back does not return. */
  replace(href: string): void {
    location.replace(href);
  }
}
