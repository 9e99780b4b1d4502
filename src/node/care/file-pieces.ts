// A chosen file as it will be sealed: looked through once, then read piece by piece without what was left out of it. Never more than a chunk
// of it is in memory.
import { AppError, isRejection } from '../base/index.ts';
import type { FileSource } from '../api.ts';
import { type FilePiece, type FilePlan, type WantedBytes, planFile } from '../records/index.ts';

/** Small looks that lie near each other are one read. */
const WINDOW_BYTES = 64 * 1024;

/** Reads with the last window kept. */
function windowed(source: FileSource): (wanted: WantedBytes) => Promise<Uint8Array> {
  let from = 0;
  let held = new Uint8Array();
  return async (wanted) => {
    const to = Math.min(wanted.to, source.sizeBytes);
    if (wanted.from >= to) return new Uint8Array();
    if (to - wanted.from > WINDOW_BYTES) return source.read(wanted.from, to);
    if (wanted.from < from || to > from + held.byteLength) {
      from = wanted.from;
      held = new Uint8Array(await source.read(from, Math.min(from + WINDOW_BYTES, source.sizeBytes)));
    }
    return held.subarray(wanted.from - from, to - from);
  };
}

/** What is to be sealed of a file. Throws AppError `bad-image`, `unknown-kind`, `oversized`, `empty-file`, and what reading throws. */
export async function planOf(source: FileSource): Promise<FilePlan> {
  const read = windowed(source);
  const walk = planFile(source.sizeBytes);
  let step = walk.next();
  while (step.done !== true) step = walk.next(await read(step.value));
  if (!isRejection(step.value)) return step.value;
  throw new AppError({
    code: step.value.reason,
    message: `“${source.name}” cannot be attached: ${step.value.detail}.`,
    remedy: 'Choose a JPEG, PNG or WebP picture, a PDF or a DICOM image that other programs can open.',
  });
}

const sizeOf = (piece: FilePiece): number => ('made' in piece ? piece.made.byteLength : piece.to - piece.from);

/** Bytes `from` to `to` of what is to be sealed. Where they are one range of the file they are what the source gave. */
export async function readPlanned(source: FileSource, plan: FilePlan, from: number, to: number): Promise<Uint8Array> {
  const [only] = plan.pieces;
  if (plan.pieces.length === 1 && only !== undefined && !('made' in only)) {
    const bytes = await source.read(only.from + from, only.from + to);
    if (bytes.byteLength !== to - from) throw changed(source);
    return bytes;
  }
  const bytes = new Uint8Array(to - from);
  let at = 0;
  for (const piece of plan.pieces) {
    const end = at + sizeOf(piece);
    if (end > from && at < to) {
      const [first, last] = [Math.max(from, at) - at, Math.min(to, end) - at];
      const part = 'made' in piece ? piece.made.subarray(first, last) : await source.read(piece.from + first, piece.from + last);
      if (part.byteLength !== last - first) throw changed(source);
      bytes.set(part, at + first - from);
    }
    at = end;
    if (at >= to) break;
  }
  return bytes;
}

export function changed(source: FileSource): AppError {
  return new AppError({
    code: 'other-file',
    message: `“${source.name}” is not the file whose sealing was begun, or it has changed since.`,
    remedy: 'Choose the same file, or remove it from the list and begin anew.',
  });
}
