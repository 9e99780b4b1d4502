// What a supervision centre types of a party's place and rating, read as the ledger takes it: whole numbers within its bounds, or
// nothing where it is not known. Nothing is guessed or rounded.
import type { Attested } from '../../node.ts';

/** The circumference of the earth: the farthest that the ledger takes. */
const MOST_METRES = 40_000_000;
const MOST_RATING = 1_000_000;

export interface AttestInput {
  readonly eastMetres: string;
  readonly northMetres: string;
  readonly rating: string;
}

export type AttestFaults = Partial<Record<keyof AttestInput, string>>;

export function attestInput({ place, rating }: Attested): AttestInput {
  const text = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return { eastMetres: text(place?.xMetres), northMetres: text(place?.yMetres), rating: text(rating ?? undefined) };
}

/** What was typed, or a sentence for each field that is wrong. */
export function readAttestInput(input: AttestInput): { readonly attested: Attested } | { readonly faults: AttestFaults } {
  const east = wholeNumber(input.eastMetres, MOST_METRES);
  const north = wholeNumber(input.northMetres, MOST_METRES);
  const rating = wholeNumber(input.rating, MOST_RATING);
  const half = 'A place has both, or neither where it is not known.';
  const faults: AttestFaults = {
    ...(typeof east === 'string' ? { eastMetres: east } : east === null && north !== null ? { eastMetres: half } : {}),
    ...(typeof north === 'string' ? { northMetres: north } : north === null && east !== null ? { northMetres: half } : {}),
    ...(typeof rating === 'string' ? { rating } : {}),
  };
  if (typeof east === 'string' || typeof north === 'string' || typeof rating === 'string' || Object.keys(faults).length > 0)
    return { faults };
  return { attested: { place: east === null || north === null ? null : { xMetres: east, yMetres: north }, rating } };
}

/** Null for nothing, a sentence for what is no whole number from 0 to `most`. */
function wholeNumber(text: string, most: number): number | string | null {
  const typed = text.trim();
  if (typed === '') return null;
  const value = /^\d{1,9}$/.test(typed) ? Number(typed) : most + 1;
  return value <= most ? value : `A whole number from 0 to ${most.toLocaleString('en-GB')}, without a sign or separators.`;
}
