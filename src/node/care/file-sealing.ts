// Sealing a file's chunks in order, a few at a time: while one is stored the next are being sealed, so that neither waits for the other. What
// is in memory is bounded by how many are under way, whatever the file's length.
import type { FileSource } from '../api.ts';
import type { ChunkCipher, Randomness } from '../ports/index.ts';
import {
  CHUNK_NONCE_BYTES,
  type FileOwner,
  type FilePlan,
  type FileShape,
  chunkContext,
  chunkOf,
  fileKey,
  spanOf,
} from '../records/index.ts';
import { readPlanned } from './file-pieces.ts';
import { CHUNKS_AHEAD } from './limits.ts';

export interface PlannedFile {
  readonly owner: FileOwner;
  readonly secret: Uint8Array;
  readonly source: FileSource;
  readonly plan: FilePlan;
  readonly shape: FileShape;
}

/** The padded plaintext of a chunk, in memory of its own. */
export async function plaintextOf({ source, plan, shape }: PlannedFile, index: number): Promise<Uint8Array> {
  const { from, to } = spanOf(shape, index);
  return chunkOf(shape, index, await readPlanned(source, plan, Math.min(from, shape.sizeBytes), Math.min(to, shape.sizeBytes)));
}

export interface FileSealingTools {
  readonly chunkCipher: ChunkCipher;
  readonly randomness: Randomness;
}

export interface SealedChunk {
  readonly nonce: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Sealed chunks from number `from` on, in order. Throws what reading throws. */
export async function* sealChunks(tools: FileSealingTools, file: PlannedFile, from: number): AsyncGenerator<SealedChunk> {
  const key = fileKey(file.secret, file.owner);
  const { chunks } = file.shape;
  const sealOne = async (index: number): Promise<SealedChunk> => {
    const nonce = tools.randomness.bytes(CHUNK_NONCE_BYTES);
    const context = chunkContext(index, index === chunks - 1);
    return { nonce, bytes: await tools.chunkCipher.seal(key, nonce, await plaintextOf(file, index), context) };
  };
  const underWay: Promise<SealedChunk>[] = [];
  for (let next = from, done = from; done < chunks; done += 1) {
    for (; next < Math.min(done + CHUNKS_AHEAD, chunks); next += 1) {
      const sealed = sealOne(next);
      // A failure is told when its turn comes; whoever stops reading does not want to hear of it.
      sealed.catch(() => undefined);
      underWay.push(sealed);
    }
    const first = underWay.shift();
    if (first !== undefined) yield await first;
  }
}
