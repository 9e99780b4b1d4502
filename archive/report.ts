// What this program says while it runs: to the process that started it, over its channel, or to a person at a terminal. Never names,
// keys or contents of records.
import type { Invitation } from './host.ts';
import { SUPERVISED } from './stop.ts';

export type Report =
  | { readonly kind: 'progress'; readonly text: string }
  /** The channel is there and its members vote. */
  | { readonly kind: 'ready'; readonly invitation: Invitation; readonly height: number }
  /** Trouble that ends the program. */
  | { readonly kind: 'failed'; readonly message: string; readonly remedy: string };

export type Reporter = (report: Report) => void;

/** Trouble with what a person asked for or with the machine; printed without a stack. */
export class Trouble extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Trouble';
    this.remedy = remedy;
  }
}

/** Message and remedy of anything that was thrown; null for our own bugs, which keep their stack. */
export function troubleOf(error: unknown): { readonly message: string; readonly remedy: string } | null {
  if (!(error instanceof Error) || !('remedy' in error)) return null;
  return { message: error.message, remedy: String(error.remedy) };
}

function asText(report: Report): string {
  if (report.kind === 'progress') return report.text;
  if (report.kind === 'failed') return `\n${report.message}\n${report.remedy}`;
  return `Ready at height ${report.height}. Invitation:\n${JSON.stringify(report.invitation)}`;
}

/** Reports to the supervisor where there is one, else on standard error. */
export function createReporter(): Reporter {
  const send = SUPERVISED ? process.send?.bind(process) : undefined;
  if (send !== undefined) return (report) => void send(report);
  return (report) => void process.stderr.write(`${asText(report)}\n`);
}
