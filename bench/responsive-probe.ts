// What runs inside the built page for `npm run bench -- responsive`: an index of tags of 1,000 records, searched through the product's own
// workers, while the browser's Long Tasks API and a ticking timer watch the page's thread. The same search on the page's own thread is the
// control: it shows that the watch sees what it is to see.
import { createInlineSearchIndex } from '../src/node/adapters/memory/memory-work.ts';
import { createSchemeWorker, createSearchIndex } from '../src/node/adapters/workers/index.ts';
import type { GrantId, RecordId } from '../src/node/base/index.ts';
import type { SearchIndex } from '../src/node/ports/index.ts';

const TICK_MS = 4;
const WORDS = ['718-7', '4548-4', '2345-7', '8480-6'];

export interface Watched {
  /** The longest task that the browser reported; it reports those of 50 ms and more. 0 where there was none. */
  readonly longestTaskMs: number;
  /** The longest time that a timer of 4 ms was late. */
  readonly longestDelayMs: number;
  readonly searchMs: number;
  readonly found: number;
}

function accepted<T>(value: T): Exclude<T, { readonly rejected: true }> {
  if (typeof value === 'object' && value !== null && 'rejected' in value) throw new Error('a value that a benchmark made was refused');
  return value as Exclude<T, { readonly rejected: true }>;
}

async function watched(search: () => Promise<number>, searches: number): Promise<Watched> {
  let longestTaskMs = 0;
  const note = (list: PerformanceObserverEntryList): void => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
  };
  const observer = new PerformanceObserver(note);
  observer.observe({ type: 'longtask' });
  let longestDelayMs = 0;
  let tickedMs = performance.now();
  const ticker = setInterval(() => {
    longestDelayMs = Math.max(longestDelayMs, performance.now() - tickedMs - TICK_MS);
    tickedMs = performance.now();
  }, TICK_MS);
  const startMs = performance.now();
  let found = 0;
  for (let turn = 0; turn < searches; turn += 1) found = await search();
  const searchMs = (performance.now() - startMs) / searches;
  // The browser reports a task after it has ended.
  await new Promise((resolve) => setTimeout(resolve, 200));
  clearInterval(ticker);
  observer.disconnect();
  return { longestTaskMs: Math.round(longestTaskMs), longestDelayMs: Math.round(longestDelayMs), searchMs: Math.round(searchMs), found };
}

/** Fills an index with so many records of one patient, then searches it, in workers and on this thread. */
export async function measure(records: number, searches: number): Promise<{ readonly workers: Watched; readonly control: Watched }> {
  const seed = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));
  const schemes = createSchemeWorker();
  const [writer, patient] = [seed(), seed()];
  const scope = {
    writerKey: await schemes.call('searchPublicKey', { root: writer }).done,
    patientKey: await schemes.call('searchPublicKey', { root: patient }).done,
    sensitivityClass: 'general',
    epoch: 1,
  };
  const { scopeKey, scopeId } = accepted(await schemes.call('searchScopeKey', { root: writer, scope }).done);
  const keywords = await Promise.all(
    WORDS.map(async (code) => accepted(await schemes.call('searchKeyword', { system: 'http://loinc.org', code }).done)),
  );
  const indices: readonly SearchIndex[] = [createSearchIndex(), createInlineSearchIndex()];
  const [index, inline] = indices;
  if (index === undefined || inline === undefined) throw new Error('two indices');
  for (let number = 0; number < records; number += 1) {
    const record = number.toString(16).padStart(32, '0') as RecordId;
    const words = keywords.filter((_, at) => number % (at + 1) === 0);
    const set = accepted(await index.tagsFor(scopeKey, record, words, seed()));
    for (const each of indices) await each.add([set]);
  }
  const { readerPart, keeperPart } = accepted(await schemes.call('searchSplit', { scopeKey, seed: seed() }).done);
  const grant = 'ab'.repeat(16) as GrantId;
  // What a reader and a keeper do for one search of two words.
  const searchIn = (where: SearchIndex) => async (): Promise<number> => {
    const asked = schemes.call('searchQuery', { grant, scopes: [{ scopeId, readerPart }], keywords: keywords.slice(0, 2) });
    return accepted(await where.answer(accepted(await asked.done), [keeperPart])).length;
  };
  const workers = await watched(searchIn(index), searches);
  const everything = async (): Promise<number> => {
    let found = 0;
    for (let turn = 0; turn < 10; turn += 1) found = await searchIn(inline)();
    return found;
  };
  const control = await watched(everything, 3);
  index.close();
  schemes.close();
  return { workers, control };
}
