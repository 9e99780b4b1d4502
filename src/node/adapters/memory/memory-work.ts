// Heavy work inline: the same calls on the calling thread, for tests, the simulator and Node.js members, which have no page to hold up.
// What crosses is cloned, so that a value which no worker could be sent is noticed here too.
import { AppError } from '../../base/index.ts';
import { SCHEME_CALLS, type SchemeCalls, SearchDesk } from '../../crypto/index.ts';
import type { SchemeWorker, SearchIndex } from '../../ports/index.ts';

type AnyCall = (input: unknown, progress: (done: number, of: number) => void) => unknown;

export function createInlineSchemeWorker(): SchemeWorker<SchemeCalls> {
  let open = true;
  return {
    call: (name, input, onProgress) => {
      let wanted = open;
      const run = async (): Promise<never> => {
        await Promise.resolve();
        if (!wanted || !open) throw aborted();
        const answer = (SCHEME_CALLS[name] as AnyCall)(structuredClone(input), onProgress ?? (() => undefined));
        return structuredClone(answer) as never;
      };
      return {
        done: run(),
        abort: () => {
          wanted = false;
        },
      };
    },
    close: () => {
      open = false;
    },
  };
}

export function createInlineSearchIndex(): SearchIndex {
  const desk = new SearchDesk();
  return {
    add: async (sets) => desk.add(structuredClone(sets)),
    remove: async (sets) => desk.remove(sets),
    answer: async (query, keeperParts) => desk.answer(query, keeperParts),
    about: async (query, keeperParts, record, seed) => desk.about(query, keeperParts, record, seed),
    scopesOf: async (query) => desk.scopesOf(query),
    find: async (scopeKeys, keywords) => desk.find(scopeKeys, keywords),
    tagsFor: async (scopeKey, record, keywords, seed) => desk.tagsFor(scopeKey, record, keywords, seed),
    close: () => undefined,
  };
}

function aborted(): AppError {
  return new AppError({ code: 'aborted', message: 'This was stopped.', remedy: 'Begin it again when you want it.' });
}
