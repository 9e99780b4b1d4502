// What opens one file: its secret, the list of its chunks, its true length. It travels inside the sealed part whose entry names the file, so
// that whoever can open the part can open the file, and nobody else: a record's wraps carry no more for it.
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import { fromBase64, toBase64 } from '../base64.ts';
import { isObject } from '../bundle.ts';
import { FILE_ID_BYTES, FILE_SECRET_BYTES, MAX_FILES, MAX_FILE_BYTES } from './chunks.ts';

export interface SealedFile {
  /** 16 bytes in hexadecimal. */
  readonly file: string;
  readonly secret: Uint8Array;
  /** CID of the list of its chunks. */
  readonly list: string;
  readonly sizeBytes: number;
}

const ID = new RegExp(`^[0-9a-f]{${2 * FILE_ID_BYTES}}$`, 'u');
const FIELDS = ['file', 'secret', 'list', 'sizeBytes'];

/** As it stands in a part's JSON. */
export function fileKeyToJson({ file, secret, list, sizeBytes }: SealedFile): unknown {
  return { file, secret: toBase64(secret), list, sizeBytes };
}

function fileKeyFromJson(value: unknown): SealedFile | Rejection {
  const bad = reject('malformed-file', 'the key of a file is not as it should be');
  if (!isObject(value) || Object.keys(value).join() !== FIELDS.join()) return bad;
  const { file, list, sizeBytes } = value;
  const secret = typeof value.secret === 'string' ? fromBase64(value.secret) : null;
  if (typeof file !== 'string' || !ID.test(file) || typeof list !== 'string' || !/^b[a-z2-7]+$/u.test(list)) return bad;
  if (secret?.byteLength !== FILE_SECRET_BYTES || toBase64(secret) !== value.secret) return bad;
  if (!Number.isSafeInteger(sizeBytes) || (sizeBytes as number) < 1 || (sizeBytes as number) > MAX_FILE_BYTES) return bad;
  return { file, secret, list, sizeBytes: sizeBytes as number };
}

/** The keys in a part; each file at most once. */
export function fileKeysFromJson(value: unknown): readonly SealedFile[] | Rejection {
  if (!Array.isArray(value) || value.length > MAX_FILES) return reject('malformed-file', 'a part has no list of files, or too long a one');
  const keys: SealedFile[] = [];
  for (const item of value as readonly unknown[]) {
    const key = fileKeyFromJson(item);
    if (isRejection(key)) return key;
    if (keys.some(({ file }) => file === key.file)) return reject('malformed-file', 'a file is named twice');
    keys.push(key);
  }
  return keys;
}
