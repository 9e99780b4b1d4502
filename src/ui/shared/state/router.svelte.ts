// Where the person is, kept behind the hash of the address: works from any host and folder, survives a reload, and never
// reaches a server. Parsing routes is the views' business.
import { createSubscriber } from 'svelte/reactivity';

export interface Place {
  /** Decoded, without empty ones. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** Reads `#/patients/ab%20c?x=1`. A damaged escape is kept as it is. */
export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const segments = path.split('/').filter((segment) => segment !== '');
  return { segments: segments.map(decoded), query: new URLSearchParams(query) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

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
