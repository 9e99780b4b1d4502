// A worker's whole program: sealing and opening chunks of large files. Bytes come and go without being copied.
import { expose, transfer } from 'comlink';
import { AppError } from '../../base/index.ts';
import { createAead } from '../keys/aead.ts';

const aead = createAead();

/** Whole buffers are handed over; a view of a larger one is copied. */
function handedOver(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength ? transfer(bytes, [bytes.buffer]) : bytes;
}

const fileProgram = {
  seal: async (key: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array> =>
    handedOver(await aead.seal(key, plaintext, context)),
  /** Null where it does not open: errors lose their fields on the way. */
  open: async (key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array | null> => {
    try {
      return handedOver(await aead.open(key, sealed, context));
    } catch (error) {
      if (error instanceof AppError && error.code === 'cannot-open') return null;
      throw error;
    }
  },
};
export type FileProgram = typeof fileProgram;

expose(fileProgram);
