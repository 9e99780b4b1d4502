// The address of a blob as records name it: a CIDv1 in base32, its text form. Checked for its alphabet only; the blob store checks the rest.
import { type Codec, MalformedError, text } from '../codec/index.ts';

export const MAX_CID_CHARS = 120;
const cidText = text(MAX_CID_CHARS);

export const cid: Codec<string> = {
  toValue: (value) => value,
  fromValue: (value, path) => {
    const found = cidText.fromValue(value, path);
    if (!/^b[a-z2-7]+$/u.test(found)) throw new MalformedError(`${path}: expected a CIDv1 in base32`);
    return found;
  },
};
