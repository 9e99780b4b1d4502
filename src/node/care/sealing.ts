// Sealing one version of a record and opening it again (P0-09, P2-06, P2-07): a fresh key per part, bound to its context;
// keys wrapped to patient and author; the envelope bound by the commitment that the slip carries. Whoever opens checks all
// of it: nothing that does not match is ever shown.
import { AppError, type Digest, type PartyId, type Rejection, MAX_PART_BYTES, isRejection, reject } from '../base/index.ts';
import { bytesToText, textToBytes } from '../codec/index.ts';
import type { Certificate, SensitivityClass } from '../contracts/index.ts';
import type { Aead, BlobStore, KeyWrap, Randomness } from '../ports/index.ts';
import {
  type CommittedTags,
  type Envelope,
  type FhirBundle,
  type KeyWrapEntry,
  type Manifest,
  type OpenedPart,
  type PartCapsule,
  type RecordVersion,
  type SealedFile,
  type SealedFileEntry,
  type SealedPart,
  SALT_BYTES,
  addressContext,
  capsulesDigest,
  commitmentOf,
  envelopeBytes,
  joinOpened,
  partContext,
  planSealing,
  readEnvelope,
  sealedBytesOf,
  shapeOf,
  wrapContext,
  wrapsFor,
} from '../records/index.ts';
import { FETCH_TIMEOUT_MS } from './limits.ts';

const PART_KEY_BYTES = 32;

export interface SealingTools {
  readonly aead: Aead;
  readonly keyWrap: KeyWrap;
  readonly randomness: Randomness;
  readonly blobs: BlobStore;
}

export interface SealedVersion {
  readonly manifest: Manifest;
  readonly commitment: Digest;
  readonly classes: readonly SensitivityClass[];
  /** The envelope's CID, wrapped to the patient (P0-10). */
  readonly sealedAddress: Uint8Array;
}

/** Who holds a private key that some wraps are for. */
export interface Reader {
  readonly party: PartyId;
  readonly wrapPrivateKey: Uint8Array;
}

/** Seals part keys to one epoch of a patient's reading keys. */
export interface CapsuleSealer {
  readonly epoch: number;
  seal(key: Uint8Array, of: RecordVersion, partClass: SensitivityClass): Promise<PartCapsule>;
}

/** What a version is sealed with: the content, and the keys of the files that it points to, which are sealed already. */
export interface Sealable {
  readonly bundle: FhirBundle;
  readonly files: readonly SealedFile[];
  /** The commitments to the search tags of its parts; none where it has no tags. */
  readonly tags?: readonly CommittedTags[];
}

/** Seals into the blob store; part keys go to the recipients, and under capsules where the patient has reading keys. Throws AppError `too-large`, `storage-full`. */
export async function sealVersion(
  tools: Omit<SealingTools, 'blobs'> & { readonly blobs: Pick<BlobStore, 'put'> },
  { bundle, files, tags = [] }: Sealable,
  of: RecordVersion,
  recipients: readonly Pick<Certificate, 'subject' | 'wrapKey'>[],
  sealer: CapsuleSealer | null = null,
): Promise<SealedVersion> {
  const plan = planSealing(bundle, of, files);
  const oversized = plan.find((part) => part.plaintext.byteLength > MAX_PART_BYTES - 64);
  if (oversized !== undefined) {
    throw new AppError({
      code: 'too-large',
      message: `The ${oversized.class} part of this record is larger than ${MAX_PART_BYTES / 1024 / 1024} MB.`,
      remedy: 'Attach large documents as files, or leave them out.',
    });
  }
  const parts: SealedPart[] = [];
  const wraps: KeyWrapEntry[] = [];
  const capsuled: PartCapsule[] = [];
  for (const part of plan) {
    const key = tools.randomness.bytes(PART_KEY_BYTES);
    const sealed = await tools.aead.seal(key, part.plaintext, part.context);
    parts.push({ class: part.class, cid: await tools.blobs.put(sealed), sizeBytes: sealed.byteLength });
    for (const recipient of recipients) wraps.push(await wrapKey(tools.keyWrap, key, of, part.class, recipient));
    if (sealer !== null) capsuled.push(await sealer.seal(key, of, part.class));
    key.fill(0);
  }
  const capsules = sealer === null ? null : { epoch: sealer.epoch, parts: capsuled };
  const bytes = envelopeBytes(parts, files.map(entryOf), tags, capsules === null ? null : capsulesDigest(capsules));
  const envelope = await tools.blobs.put(bytes);
  const salt = tools.randomness.bytes(SALT_BYTES);
  const patient = recipients.find((recipient) => recipient.subject === of.patient);
  if (patient === undefined)
    throw new AppError({ code: 'no-patient', message: 'This patient is not certified.', remedy: 'Ask her to open her page once.' });
  return {
    manifest: { ...of, envelope, salt, wraps, capsules },
    commitment: commitmentOf(salt, bytes),
    classes: plan.map((part) => part.class),
    sealedAddress: await tools.keyWrap.wrap(patient.wrapKey, textToBytes(envelope), addressContext(of)),
  };
}

/** The envelope that a manifest names, fetched where it is not here. Throws AppError `blob-missing`. */
export async function fetchEnvelope(
  blobs: BlobStore,
  manifest: Manifest,
  timeoutMs: number = FETCH_TIMEOUT_MS,
): Promise<{ readonly envelope: Envelope; readonly commitment: Digest } | Rejection> {
  const bytes = await blobs.get(manifest.envelope, { timeoutMs });
  const envelope = readEnvelope(bytes);
  return isRejection(envelope) ? envelope : { envelope, commitment: commitmentOf(manifest.salt, bytes) };
}

export interface OpenedVersion extends Sealable {
  readonly classes: readonly SensitivityClass[];
}

/** How the envelope names a file. */
function entryOf({ list, sizeBytes }: SealedFile): SealedFileEntry {
  return { list, sizeBytes: sealedBytesOf(shapeOf(sizeBytes)) };
}

/**
 * Opens all parts for which the manifest holds a wrap of this reader, or whose keys `given` has. A Rejection says what does not match: manifest,
 * envelope, key or part. Throws AppError `blob-missing`.
 */
export async function openVersion(
  tools: SealingTools,
  manifest: Manifest,
  of: RecordVersion,
  commitment: Digest,
  reader: Reader,
  given: ReadonlyMap<SensitivityClass, Uint8Array> = new Map(),
): Promise<OpenedVersion | Rejection> {
  if (!isAbout(manifest, of)) return reject('wrong-manifest', 'the keys are of another record or version');
  const found = await fetchEnvelope(tools.blobs, manifest);
  if (isRejection(found)) return found;
  if (found.commitment !== commitment) return reject('wrong-commitment', 'the sealed parts are not those that the signed entry names');
  const opened: OpenedPart[] = [];
  for (const part of found.envelope.parts) {
    const key = given.get(part.class)?.slice() ?? (await partKeyOf(tools.keyWrap, manifest, of, part.class, reader));
    if (key === null) continue;
    if (isRejection(key)) return key;
    const plaintext = await openPart(tools, part, key, of);
    key.fill(0);
    if (isRejection(plaintext)) return plaintext;
    opened.push({ class: part.class, plaintext });
  }
  if (opened.length === 0) return reject('no-keys', 'no part of this version is sealed for this reader');
  const joined = joinOpened(opened);
  if (isRejection(joined)) return joined;
  const wrong = refusesFiles(found.envelope, joined.files, opened.length === found.envelope.parts.length);
  return wrong ?? { ...joined, classes: opened.map((part) => part.class) };
}

/** Files are those of the envelope, which the keepers hold; who opens every part has the key of every file. */
function refusesFiles({ files }: Envelope, keys: readonly SealedFile[], whole: boolean): Rejection | null {
  const named = new Map(files.map((file) => [file.list, file.sizeBytes]));
  const stray = keys.find((key) => named.get(key.list) !== entryOf(key).sizeBytes);
  if (stray !== undefined) return reject('stray-file', 'a part points to a file that is not stored with this version');
  const hidden = whole && new Set(keys.map(({ list }) => list)).size < files.length;
  return hidden ? reject('hidden-file', 'a file is stored with this version that no part opens') : null;
}

/** Classes of a version, from its envelope. The commitment must have been checked. */
export function classesOf(envelope: Envelope): readonly SensitivityClass[] {
  return envelope.parts.map((part) => part.class);
}

/** The patient's own part keys, wrapped anew for somebody whom she granted these classes. */
export async function wrapForGrantee(
  keyWrap: KeyWrap,
  manifest: Manifest,
  of: RecordVersion,
  reader: Reader,
  grantee: Pick<Certificate, 'subject' | 'wrapKey'>,
  classes: readonly SensitivityClass[],
): Promise<readonly KeyWrapEntry[] | Rejection> {
  if (!isAbout(manifest, of)) return reject('wrong-manifest', 'the keys are of another record or version');
  const wraps: KeyWrapEntry[] = [];
  for (const { class: partClass } of wrapsFor(manifest, reader.party)) {
    if (!classes.includes(partClass)) continue;
    const key = await partKeyOf(keyWrap, manifest, of, partClass, reader);
    if (key === null) continue;
    if (isRejection(key)) return key;
    wraps.push(await wrapKey(keyWrap, key, of, partClass, grantee));
    key.fill(0);
  }
  return wraps;
}

/** Whether the address on the ledger leads to this envelope (P0-10). Only the patient can tell. */
export async function leadsTo(
  keyWrap: KeyWrap,
  sealedAddress: Uint8Array,
  of: RecordVersion,
  patient: Reader,
  envelope: string,
): Promise<boolean> {
  try {
    return bytesToText(await keyWrap.unwrap(patient.wrapPrivateKey, sealedAddress, addressContext(of))) === envelope;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

function isAbout(manifest: Manifest, of: RecordVersion): boolean {
  return manifest.record === of.record && manifest.version === of.version && manifest.patient === of.patient;
}

async function wrapKey(
  keyWrap: KeyWrap,
  key: Uint8Array,
  of: RecordVersion,
  partClass: SensitivityClass,
  to: Pick<Certificate, 'subject' | 'wrapKey'>,
): Promise<KeyWrapEntry> {
  const wrapped = await keyWrap.wrap(to.wrapKey, key, wrapContext(of, partClass, to.subject));
  return { class: partClass, recipient: to.subject, wrapped };
}

/** The key of a part from the wrap for this reader; null where there is none. */
export async function partKeyOf(
  keyWrap: KeyWrap,
  manifest: Manifest,
  of: RecordVersion,
  partClass: SensitivityClass,
  reader: Reader,
): Promise<Uint8Array | Rejection | null> {
  const entry = wrapsFor(manifest, reader.party).find((wrap) => wrap.class === partClass);
  if (entry === undefined) return null;
  try {
    const key = await keyWrap.unwrap(reader.wrapPrivateKey, entry.wrapped, wrapContext(of, partClass, reader.party));
    return key.byteLength === PART_KEY_BYTES ? key : reject('bad-key', `the key of the ${partClass} part has a wrong length`);
  } catch (error) {
    if (error instanceof AppError) return reject('bad-key', `the key of the ${partClass} part does not open`);
    throw error;
  }
}

async function openPart(tools: SealingTools, part: SealedPart, key: Uint8Array, of: RecordVersion): Promise<Uint8Array | Rejection> {
  const sealed = await tools.blobs.get(part.cid, { timeoutMs: FETCH_TIMEOUT_MS });
  if (sealed.byteLength !== part.sizeBytes) return reject('wrong-size', `the ${part.class} part has not the size that it was sealed with`);
  try {
    return await tools.aead.open(key, sealed, partContext(of, part.class));
  } catch (error) {
    if (error instanceof AppError) return reject('bad-part', `the ${part.class} part is damaged, or was sealed for something else`);
    throw error;
  }
}
