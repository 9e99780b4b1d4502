// A worker's whole program: sealing and opening chunks of large files. Bytes come and go without being copied.
import { expose, transfer } from 'comlink';
import { AppError } from '../../base/index.ts';
import { createChunkAead } from '../keys/chunk-aead.ts';

const cipher = createChunkAead();
const handedOver = (bytes: Uint8Array): Uint8Array => transfer(bytes, [bytes.buffer]);

const fileProgram = {
  seal: async (key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array> =>
    handedOver(await cipher.seal(key, nonce, plaintext, context)),
  /** Null where it does not open: errors lose their fields on the way. */
  open: async (key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array | null> => {
    try {
      return handedOver(await cipher.open(key, nonce, sealed, context));
    } catch (error) {
      if (error instanceof AppError && error.code === 'cannot-open') return null;
      throw error;
    }
  },
};
export type FileProgram = typeof fileProgram;

expose(fileProgram);
