// `npm run bench -- crypto`: the schemes of src/node/crypto beside the fastest builds that one can have of the same, as ratios of one run,
// sealing a file beside bare AES, and what a search among 10,000 records takes. Each figure is the shortest of several turns, taken by turns, so that a busy machine
// slows both sides alike.
import { createRequire } from 'node:module';
import { instantiateSecp256k1 } from '@bitauth/libauth';
import type * as UmbralPre from '@nucypher/umbral-pre';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import type * as Mcl from 'mcl-wasm';
import type { GrantId, RecordId, Rejection } from '../src/node/base/index.ts';
import * as crypto from '../src/node/crypto/index.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { sealing } from './crypto-sealing.ts';
import { rounded } from './statistics.ts';

const TURNS = 7;
const SIGNATURES = 100;
const RECORDS = 10_000;
const PEKS_MEASURED = 100;
const load = createRequire(import.meta.url);

function accepted<T>(value: T): Exclude<T, Rejection> {
  if (typeof value === 'object' && value !== null && 'rejected' in value) throw new Error('a value that a benchmark made was refused');
  return value as Exclude<T, Rejection>;
}

/** Milliseconds of the shortest turn of each piece of work; the pieces take turns. */
function shortest(works: readonly (() => unknown)[], turns = TURNS): readonly number[] {
  const best = works.map(() => Infinity);
  for (let turn = 0; turn <= turns; turn += 1) {
    works.forEach((work, index) => {
      const start = performance.now();
      work();
      // The first turn warms up.
      if (turn > 0) best[index] = Math.min(best[index] ?? Infinity, performance.now() - start);
    });
  }
  return best;
}

const ten = (work: () => unknown) => () => {
  for (let i = 0; i < 10; i += 1) work();
};
const ratioOf = (ours = NaN, theirs = NaN): number => rounded(ours / theirs, 2);
const random = crypto.seededRandomness(globalThis.crypto.getRandomValues(new Uint8Array(32)));

/** Re-encrypting one capsule, and opening with two fragments: pure, with a fast multiplication, and the reference in WebAssembly. */
async function umbral(): Promise<Readonly<Record<string, number>>> {
  const theirs = load('@nucypher/umbral-pre') as typeof UmbralPre;
  const fast = crypto.acceleratedUmbral(await instantiateSecp256k1());
  const [owner, reader, signer] = [crypto.umbralKeyPair(random), crypto.umbralKeyPair(random), crypto.umbralKeyPair(random)];
  const { capsule } = crypto.encapsulate(owner.publicKey, random);
  const order = { delegating: owner, signer, receivingKey: reader.publicKey, threshold: 2, shares: 2 };
  const keys = crypto.generateKeyFragments(order, random);
  const [key] = keys;
  if (key === undefined) throw new Error('no fragment');
  const fragments = keys.map((each) => crypto.reencrypt(capsule, each, random));
  const their = [theirs.SecretKey.random(), theirs.SecretKey.random(), theirs.SecretKey.random()] as const;
  const [theirCapsule, ciphertext] = theirs.encrypt(their[0].publicKey(), new Uint8Array(32));
  const theirKeys = theirs.generateKFrags(their[0], their[1].publicKey(), new theirs.Signer(their[2]), 2, 2, true, true);
  const [theirKey] = theirKeys;
  if (theirKey === undefined) throw new Error('no fragment');
  // Their opening uses fragments up, so it is measured with the re-encrypting that makes them, and that is taken off.
  const open = (parameters: crypto.UmbralParameters) => crypto.openReencrypted(reader, owner.publicKey, capsule, fragments, parameters);
  const [pure = NaN, quick = NaN, reference = NaN, openPure = NaN, openQuick = NaN, both = NaN] = shortest([
    ten(() => crypto.reencrypt(capsule, key, random)),
    ten(() => crypto.reencrypt(capsule, key, random, fast)),
    ten(() => theirs.reencrypt(theirCapsule, theirKey)),
    ten(() => open(crypto.UMBRAL_PRE)),
    ten(() => open(fast)),
    ten(() =>
      theirs.decryptReencrypted(
        their[1],
        their[0].publicKey(),
        theirCapsule,
        theirKeys.map((each) => theirs.reencrypt(theirCapsule, each)),
        ciphertext,
      ),
    ),
  ]);
  const openReference = both - 2 * reference;
  return {
    reencryptVsWasm: ratioOf(quick, reference),
    openVsWasm: ratioOf(openQuick, openReference),
    reencryptPureVsWasm: ratioOf(pure, reference),
    openPureVsWasm: ratioOf(openPure, openReference),
  };
}

/** A group with 64 slots in an epoch and ten members, as `SIGNATURES` signatures of one epoch need it. */
function signedMessages(): { readonly group: crypto.Group; readonly items: readonly crypto.SignedMessage[] } {
  const label = random.bytes(32);
  const issuer = crypto.issuerKey(random);
  const { dealing } = crypto.dealOpening(label, 1, 1, 1, random);
  const opening = crypto.openingCommitments([dealing]);
  const group = crypto.groupOf({ label, slotsPerEpoch: 64, epochsPerPeriod: 30, openers: 1, opening, issuer: issuer.publicKey });
  const members = Array.from({ length: 10 }, (_, number) => {
    const { secret, request } = crypto.requestEnrolment(group, Uint8Array.of(number), random);
    return accepted(crypto.acceptCredential(group, secret, 0, crypto.issueCredential(issuer, request, 0, random)));
  });
  const items = Array.from({ length: SIGNATURES }, (_, number) => {
    const message = random.bytes(32);
    const member = members[number % members.length];
    if (member === undefined) throw new Error('no member');
    return {
      message,
      signature: crypto.groupSign(group, member, { epoch: 7, slot: Math.floor(number / members.length) }, message, random),
    };
  });
  return { group, items };
}

function groupSignatures(): Readonly<Record<string, number>> {
  const { group, items } = signedMessages();
  const encoded = items.map(({ signature }) => crypto.encodeGroupSignature(signature));
  const [singly = NaN, together = NaN, decoding = NaN] = shortest(
    [
      () => items.forEach(({ message, signature }) => accepted(crypto.groupVerify(group, message, signature, new Set()))),
      () => crypto.groupVerifyBatch(group, items, new Set()).forEach((answer) => accepted(answer)),
      () => encoded.forEach((bytes) => accepted(crypto.decodeGroupSignature(bytes))),
    ],
    2,
  );
  return {
    groupVerifyBatch: ratioOf(singly, together),
    groupVerifyBatchWithDecoding: ratioOf(singly + decoding, together + decoding),
    groupVerifyMs: rounded(singly / SIGNATURES, 2),
    groupVerifyInBatchMs: rounded(together / SIGNATURES, 2),
    groupDecodeMs: rounded(decoding / SIGNATURES, 2),
  };
}

async function pairing(): Promise<Readonly<Record<string, number>>> {
  const mcl = load('mcl-wasm') as typeof Mcl;
  await mcl.init(mcl.BLS12_381);
  const [p, q] = [mcl.hashAndMapToG1('p'), mcl.hashAndMapToG2('q')];
  const [g1, g2] = [bls12_381.G1.Point.BASE, bls12_381.G2.Point.BASE];
  const [ours, theirs] = shortest([ten(() => bls12_381.pairing(g1, g2)), ten(() => mcl.pairing(p, q))]);
  return { pairingVsWasm: ratioOf(ours, theirs) };
}

const word = (number: number): crypto.Keyword => accepted(crypto.keywordOf('http://loinc.org', `code-${number}`));

/** One keyword over the records of one patient: a word that stands in one record in a hundred, and one that stands in all. */
function search(): Readonly<Record<string, number>> {
  const [writer, patient] = [crypto.searchKeyPair(random), crypto.searchKeyPair(random)];
  const scope = { writerKey: writer.publicKey, patientKey: patient.publicKey, sensitivityClass: 'normal', epoch: 1 };
  const scopeKey = crypto.scopeKeyOf(writer, scope);
  const parts = crypto.splitScopeKey(scopeKey, random);
  const index = crypto.emptyTagIndex();
  const tagsEverywhere = crypto.tagsOf(crypto.wordKeyOf(scopeKey, word(0)));
  const tagsBelow = Array.from({ length: 100 }, (_, number) => crypto.tagsOf(crypto.wordKeyOf(scopeKey, word(number + 1))));
  for (let record = 0; record < RECORDS; record += 1) {
    const own = tagsBelow[record % 100];
    if (own === undefined) throw new Error('no word');
    const id = record.toString(16).padStart(32, '0') as RecordId;
    crypto.addTags(index, { record: id, tags: [tagsEverywhere(record), own(Math.floor(record / 100))] });
  }
  const grant = '0'.repeat(32) as GrantId;
  const scopes = [{ scopeId: crypto.scopeIdOf(scopeKey), readerPart: parts.readerPart }];
  const ask = (...numbers: readonly number[]) => {
    const query = crypto.searchQuery(grant, scopes, numbers.map(word));
    return () => accepted(crypto.answerQuery(index, () => parts.keeperPart, query));
  };
  const [rare = NaN, everywhere = NaN, two = NaN] = shortest([ask(5), ask(0), ask(5, 0)]);
  return { searchMs10k: rounded(rare, 2), searchEveryRecordMs10k: rounded(everywhere, 2), searchTwoWordsMs10k: rounded(two, 2) };
}

/** The paper's scheme, a pairing for each record: measured on some, extrapolated. */
function peks(): Readonly<Record<string, number>> {
  const keys = crypto.peksKeyPair(random);
  const ciphertexts = Array.from({ length: 10 }, (_, number) => crypto.peksEncrypt(keys.publicKey, word(number), random));
  const trapdoor = crypto.peksTrapdoor(keys, word(3));
  const scan = () => {
    for (let turn = 0; turn < PEKS_MEASURED / ciphertexts.length; turn += 1) {
      ciphertexts.forEach((ciphertext) => crypto.peksTest(trapdoor, ciphertext));
    }
  };
  const [measured = NaN] = shortest([scan], 2);
  return { peksMs10k: Math.round((measured * RECORDS) / PEKS_MEASURED), peksExtrapolatedFrom: PEKS_MEASURED };
}

export async function run({ say }: BenchOptions): Promise<BenchResult> {
  say('sealing a file');
  const files = await sealing();
  say('re-encryption');
  const reencryption = await umbral();
  say('group signatures');
  const group = groupSignatures();
  say('pairing, search');
  const others = { ...(await pairing()), ...search(), ...peks() };
  const figures: Readonly<Record<string, number>> = { ...files, ...reencryption, ...group, ...others };
  const { sealVsRawAes, reencryptVsWasm, openVsWasm, groupVerifyBatch, pairingVsWasm, ...rest } = figures;
  const ratios = { sealVsRawAes, reencryptVsWasm, openVsWasm, groupVerifyBatch, pairingVsWasm };
  const lines = Object.entries(figures).map(([name, value]) => `${name.padEnd(30)} ${value}`);
  return { document: { ratios, ...rest }, lines };
}
