// An index of search tags in a worker of its own, which lives as long as the index: looking up never holds up the page.
import type { Remote } from 'comlink';
import type { SearchIndex } from '../../ports/index.ts';
import type { SearchProgram } from './search-program.ts';
import { started } from './started.ts';

export function createSearchIndex(): SearchIndex {
  const worker = started<SearchProgram>(new Worker(new URL('./search-program.ts', import.meta.url), { type: 'module' }));
  const ask = <Answer>(question: (program: Remote<SearchProgram>) => Promise<Answer>): Promise<Answer> =>
    Promise.race([question(worker.api), worker.failed]);
  return {
    add: (sets) => ask((program) => program.add(sets)),
    remove: (sets) => ask((program) => program.remove(sets)),
    answer: (query, keeperParts) => ask(async (program) => program.answer(query, keeperParts)),
    about: (query, keeperParts, record, seed) => ask(async (program) => program.about(query, keeperParts, record, seed)),
    scopesOf: (query) => ask(async (program) => program.scopesOf(query)),
    find: (scopeKeys, keywords) => ask(async (program) => program.find(scopeKeys, keywords)),
    tagsFor: (scopeKey, record, keywords, seed) => ask(async (program) => program.tagsFor(scopeKey, record, keywords, seed)),
    close: () => worker.end(),
  };
}
