// Addresses of blobs. They come in slips and envelopes from other people, so only one form is taken: CIDv1, SHA-256, raw or UnixFS.
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';

/** The codec of UnixFS nodes above raw leaves (multicodec table). */
export const DAG_PB_CODE = 0x70;

export { CID };
export const RAW_CODE: number = raw.code;

/** Whether a CID is one that this store makes and reads. */
export function isBlobAddress(cid: CID): boolean {
  const hashed = cid.multihash.code === sha256.code && cid.multihash.digest.length === 32;
  return cid.version === 1 && hashed && (cid.code === RAW_CODE || cid.code === DAG_PB_CODE);
}

/** The CID that a text spells, or null where it is no address of a blob. */
export function parseAddress(text: string): CID | null {
  try {
    const cid = CID.parse(text);
    return isBlobAddress(cid) && cid.toString() === text ? cid : null;
  } catch {
    return null;
  }
}
