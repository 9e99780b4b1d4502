// `npm run sim -- planted`: plants each fault of mutations.ts in a copy of the engine and lets the exam find it, two copies at a time.
// The work tree is never touched. First the unchanged copy has to pass, or nothing that follows would mean anything.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Values } from './arguments.ts';
import type { ExamResult } from './exam.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ENGINE = 'src/node/consensus';
/** What the exam reads. */
const COPIED = ['src/node/base', 'src/node/codec', ENGINE, 'tests/sim', 'package.json'];
const COPIES = 2;
/** Far above what the exam takes unchanged: whoever never ends is caught. */
const MAX_EXAM_MS = 150_000;

export interface PlantedResult {
  readonly planted: number;
  readonly caught: number;
  readonly escaped: readonly string[];
}

export async function plantedCommand({ only, json }: Values): Promise<number> {
  const wanted = MUTATIONS.filter(({ name, file }) => name.includes(only) || file.includes(only));
  const result = await plant(wanted, (line) => console.error(line));
  console.log(json ? JSON.stringify(result) : JSON.stringify(result, null, 2));
  return result.escaped.length === 0 ? 0 : 1;
}

/** `part`: only scenarios whose name has it. Throws where a text is not there exactly once, or where the unchanged engine fails the exam. */
export async function plant(mutations: readonly Mutation[], say: (line: string) => void, part = ''): Promise<PlantedResult> {
  for (const mutation of mutations) for (const edit of editsOf(mutation)) textWith(edit);
  const queue = [...mutations];
  const folder = mkdtempSync(path.join(tmpdir(), 'planted-'));
  try {
    const copies = Array.from({ length: COPIES }, (_, index) => copyTo(path.join(folder, String(index))));
    const unchanged = await examIn(copies[0] ?? folder, part);
    if (unchanged.by !== null) throw new Error(`the unchanged engine fails "${unchanged.by}": ${unchanged.why}`);
    const escaped: string[] = [];
    await Promise.all(
      copies.map(async (copy) => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const mutation = next;
          const edits = editsOf(mutation);
          const targets = edits.map(({ file }) => path.join(copy, ENGINE, file));
          const before = targets.map((target) => readFileSync(target, 'utf8'));
          for (const [index, edit] of edits.entries()) writeFileSync(targets[index] ?? '', textWith(edit));
          const { by, why } = await examIn(copy, part);
          for (const [index, target] of targets.entries()) writeFileSync(target, before[index] ?? '');
          if (by === null) escaped.push(mutation.name);
          say(
            by === null
              ? `ESCAPED  ${mutation.name} (${mutation.rule})`
              : `caught   ${mutation.name} (${mutation.rule}): ${by}: ${why ?? ''}`,
          );
        }
      }),
    );
    return { planted: mutations.length, caught: mutations.length - escaped.length, escaped };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Edit = Pick<Mutation, 'name' | 'file' | 'find' | 'replace'>;

function editsOf(mutation: Mutation): readonly Edit[] {
  const { also } = mutation;
  return also === undefined ? [mutation] : [mutation, { name: mutation.name, ...also }];
}

/** The file with the fault in it. */
export function textWith({ name, file, find, replace }: Edit): string {
  const text = readFileSync(path.join(ROOT, ENGINE, file), 'utf8');
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`"${name}": its text is ${parts.length - 1} times in ${file}, once is needed`);
  return parts.join(replace);
}

function copyTo(copy: string): string {
  mkdirSync(copy, { recursive: true });
  for (const item of COPIED) cpSync(path.join(ROOT, item), path.join(copy, item), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'), 'dir');
  return copy;
}

/** In a process of its own: a fault may never end, or eat its memory. */
function examIn(copy: string, part: string): Promise<ExamResult> {
  return new Promise((resolve) => {
    const limits = { cwd: copy, timeout: MAX_EXAM_MS, killSignal: 'SIGKILL' as const };
    execFile(process.execPath, ['--max-old-space-size=1024', 'tests/sim/exam.ts', part], limits, (error, output) => {
      const line = output.trim().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) resolve(JSON.parse(line) as ExamResult);
      else resolve({ by: 'the process', why: error?.killed === true ? 'never ends' : (error?.message.slice(0, 300) ?? 'no result') });
    });
  });
}
