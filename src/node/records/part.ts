// The plaintext of one part: JSON in a padded bucket, and back with every check that bytes from another clinic need.
import { type Rejection, MAX_PART_BYTES, isRejection, reject } from '../base/index.ts';
import { bytesToText, parseJson, textToBytes } from '../codec/index.ts';
import { type BundleEntry, isObject } from './bundle.ts';
import { CLASS_ORDER } from './classes.ts';
import { fileKeyToJson, fileKeysFromJson } from './files/index.ts';
import { pad, unpad } from './padding.ts';
import type { BundlePart } from './split.ts';

const FORMAT = 'clinicord/part/2';

/** Padded bytes of a part. */
export function partBytes(part: BundlePart): Uint8Array {
  return pad(textToBytes(JSON.stringify({ format: FORMAT, ...part, files: part.files.map(fileKeyToJson) })));
}

/** The part that the padded bytes hold. */
export function readPart(padded: Uint8Array): BundlePart | Rejection {
  if (padded.byteLength > MAX_PART_BYTES) return reject('oversized', `a part has at most ${MAX_PART_BYTES} bytes`);
  const bytes = unpad(padded);
  if (isRejection(bytes)) return bytes;
  const text = bytesToText(bytes);
  if (typeof text !== 'string') return text;
  const value = parseJson(text, MAX_PART_BYTES);
  return isRejection(value) ? value : checkPart(value);
}

function checkPart(value: unknown): BundlePart | Rejection {
  if (!isObject(value) || value.format !== FORMAT) return reject('malformed-part', 'not a part of this format');
  const sensitivityClass = CLASS_ORDER.find((each) => each === value.class);
  const { frame, rest, entries } = value;
  if (sensitivityClass === undefined || !isObject(frame) || !(rest === null || isObject(rest)) || !Array.isArray(entries)) {
    return reject('malformed-part', 'a field of the part is missing');
  }
  let last = -1;
  for (const item of entries as readonly unknown[]) {
    if (!isPlaced(item) || item[0] <= last) return reject('malformed-part', 'an entry of the part has no place');
    last = item[0];
  }
  const files = fileKeysFromJson(value.files);
  return isRejection(files) ? files : { class: sensitivityClass, frame, rest, entries: entries as BundlePart['entries'], files };
}

function isPlaced(item: unknown): item is readonly [number, BundleEntry] {
  return Array.isArray(item) && item.length === 2 && Number.isSafeInteger(item[0]) && isObject(item[1]);
}
