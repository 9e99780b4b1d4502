// The decoders of records/ with good encodings. Their bytes are canonical where they are bound by a hash; what is JSON travels sealed.
import type { PartyId, RecordId } from '../../src/node/base/index.ts';
import { isRejection, reject } from '../../src/node/base/index.ts';
import { bytesToText, parseJson, textToBytes } from '../../src/node/codec/index.ts';
import { fromBase64, toBase64 } from '../../src/node/records/base64.ts';
import {
  type Envelope,
  type Manifest,
  type PartCapsules,
  type SealedFile,
  capsulesDigest,
  commitmentOf,
  envelopeBytes,
  fileKeyToJson,
  fileKeysFromJson,
  fileListBytes,
  manifestBytes,
  readEnvelope,
  readFileList,
  readManifest,
  readTagEntry,
  shapeOf,
  splitBundle,
  committedTagsOf,
  tagEntryBytes,
} from '../../src/node/records/index.ts';
import { pad, unpad } from '../../src/node/records/padding.ts';
import { partBytes, readPart } from '../../src/node/records/part.ts';
import { CID, type DecoderEntry, PARTY, entry } from './decoder-table.ts';

const asText = <Value>(decode: (text: string) => Value) => (bytes: Uint8Array) => {
  const text = bytesToText(bytes);
  return typeof text === 'string' ? decode(text) : text;
};

export function recordDecoders(): readonly DecoderEntry[] {
  const salt = new Uint8Array(32).fill(3);
  const envelope = envelopeBytes([{ class: 'general', cid: CID, sizeBytes: 4_124 }], [{ list: CID, sizeBytes: 5_000 }]);
  const tags = {
    format: 'clinicord/tags/1' as const,
    record: 'ab'.repeat(16) as RecordId,
    version: 1,
    epoch: 3,
    writerKey: new Uint8Array(32).fill(4),
    patientKey: new Uint8Array(32).fill(5),
    sets: [{ class: 'general' as const, scopeId: new Uint8Array(32).fill(6), salt, tags: [new Uint8Array(16).fill(7)] }],
  };
  const tagged = envelopeBytes([{ class: 'general', cid: CID, sizeBytes: 4_124 }], [], committedTagsOf(tags));
  const plain: Manifest = {
    record: 'ab'.repeat(16) as RecordId,
    version: 1,
    patient: PARTY as PartyId,
    envelope: CID,
    salt,
    wraps: [{ class: 'general', recipient: PARTY as PartyId, wrapped: new Uint8Array(80) }],
    capsules: null,
  };
  const manifest = manifestBytes(plain);
  const capsules: PartCapsules = {
    epoch: 2,
    parts: [{ class: 'general', capsule: new Uint8Array(98).fill(8), sealedKey: new Uint8Array(72).fill(9) }],
  };
  const delegable = envelopeBytes([{ class: 'general', cid: CID, sizeBytes: 4_124 }], [], [], capsulesDigest(capsules));
  const bytesOf = ({ parts, files, tags, capsules }: Envelope) => envelopeBytes(parts, files, tags, capsules);
  const shape = shapeOf(5_000);
  const list = fileListBytes(shape.paddedBytes, [{ cid: CID, nonce: salt.slice(0, 12) }]);
  const key: SealedFile = { file: 'cd'.repeat(16), secret: salt, list: CID, sizeBytes: 5_000 };
  const [part] = splitBundle({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Basic', id: 'a' } }] });
  if (part === undefined) throw new Error('no part');
  const keysJson = textToBytes(JSON.stringify([fileKeyToJson(key)]));
  return [
    ...[envelope, tagged, delegable].map((good) =>
      entry('readEnvelope', good, readEnvelope, {
        encode: bytesOf,
        holds: (value) => commitmentOf(salt, bytesOf(value)) === commitmentOf(salt, good),
      }),
    ),
    entry('readTagEntry', tagEntryBytes(tags), readTagEntry, { encode: tagEntryBytes }),
    entry('readManifest', manifest, readManifest, { encode: manifestBytes }),
    entry('readManifest', manifestBytes({ ...plain, capsules }), readManifest, { encode: manifestBytes }),
    entry('readFileList', list, readFileList, { encode: ({ paddedBytes, chunks }) => fileListBytes(paddedBytes, chunks) }),
    entry('fileKeysFromJson', keysJson, asText((text) => {
      const value = parseJson(text, 10_000);
      return isRejection(value) ? value : fileKeysFromJson(value);
    })),
    entry('readPart', partBytes(part), readPart),
    entry('unpad', pad(salt), unpad, { encode: pad }),
    // Trailing bits that are not zero are taken, as FHIR's own readers do: two spellings of an attachment, never of anything that is signed.
    entry(
      'fromBase64',
      textToBytes(toBase64(salt)),
      asText((text) => fromBase64(text) ?? reject('bad-base64', 'no Base64 with padding')),
    ),
  ];
}
