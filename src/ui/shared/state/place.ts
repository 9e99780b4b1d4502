// An address of the page, taken apart.

export interface Place {
  /** Decoded, without empty ones. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string | undefined>>;
}

/** Reads `#/patients/ab%20c?x=1`. A damaged escape is kept as it is. */
export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const segments = path.split('/').filter((segment) => segment !== '');
  return { segments: segments.map(decoded), query: Object.fromEntries(new URLSearchParams(query)) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
