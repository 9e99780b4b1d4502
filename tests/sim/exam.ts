// What a changed engine has to pass: the same scenarios with the same seeds for every planted bug. Run in a process of its own in a
// copied tree; prints which scenario failed first and how. An unchanged engine passes all.
import { pathToFileURL } from 'node:url';
import { FORK_SEARCH, SCENARIOS } from './scenarios.ts';

export interface ExamResult {
  /** The first scenario that failed, or null where all passed. */
  readonly by: string | null;
  readonly why: string | null;
}

export function examine(only = ''): ExamResult {
  for (const { name, run } of only === FORK_SEARCH.name ? [FORK_SEARCH] : SCENARIOS) {
    if (!name.includes(only)) continue;
    try {
      const why = run();
      if (why !== null) return { by: name, why };
    } catch (error) {
      // An assert of the engine stops the node: as good as being caught.
      return { by: name, why: error instanceof Error ? error.message : String(error) };
    }
  }
  return { by: null, why: null };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(examine(process.argv[2])));
