// Sealing and opening chunks of large files in a pool of workers: what is given to it is handed over and gone afterwards, so that nothing is
// copied. Small things are sealed on the page's own thread (adapters/keys), where the way to a worker would cost more than the work.
import { type Remote, transfer } from 'comlink';
import type { ChunkCipher } from '../../ports/index.ts';
import { cannotOpen } from '../keys/aead.ts';
import type { FileProgram } from './file-program.ts';
import { WorkerPool } from './pool.ts';
import { started } from './started.ts';

/** Reading and storing take longer than sealing: two workers keep up with any disk and any network. */
const WORKERS = 2;

export function createChunkCipher(): ChunkCipher {
  const pool = new WorkerPool<Remote<FileProgram>>({
    start: () => started<FileProgram>(new Worker(new URL('./file-program.ts', import.meta.url), { type: 'module' })),
    size: WORKERS,
  });
  return {
    seal: (key, nonce, plaintext, context) => pool.submit((program) => program.seal(key, nonce, given(plaintext), context)).done,
    open: async (key, nonce, sealed, context) => {
      const plaintext = await pool.submit((program) => program.open(key, nonce, given(sealed), context)).done;
      if (plaintext === null) throw cannotOpen();
      return plaintext;
    },
  };
}

function given(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength ? transfer(bytes, [bytes.buffer]) : bytes;
}
