// The decoders of crypto/ with good encodings, as one small group, one delegation and one search scope make them.
import { concatBytes } from '@noble/hashes/utils.js';
import { isRejection } from '../../src/node/base/index.ts';
import type { GrantId } from '../../src/node/base/index.ts';
import { bytesToText, textToBytes } from '../../src/node/codec/index.ts';
import * as curves from '../../src/node/crypto/curves/index.ts';
import { decodeIssuerPublicKey, encodeIssuerPublicKey } from '../../src/node/crypto/group-signature/issuer.ts';
import { refusesOpeningPart } from '../../src/node/crypto/group-signature/opening.ts';
import * as crypto from '../../src/node/crypto/index.ts';
import { decodePoint } from '../../src/node/crypto/umbral/points.ts';
import { accepted } from './accepted.ts';
import { type DecoderEntry, type FieldKind, entry } from './decoder-table.ts';
import { exampleGroup, exampleMember } from './group.ts';
import { testRandomness } from './randomness.ts';

const random = testRandomness('decoders');
const message = textToBytes('a message');
const { G1, G2, RISTRETTO, BLS_SCALARS, RISTRETTO_SCALARS } = curves;

/** So many numbers of one kind, one after the other. */
const row = (kind: FieldKind, from: number, sizeBytes: number, count: number): readonly (readonly [number, FieldKind])[] =>
  Array.from({ length: count }, (_, index) => [from + index * sizeBytes, kind] as const);

function umbralDecoders(): readonly DecoderEntry[] {
  const [owner, reader, signer] = [crypto.umbralKeyPair(random), crypto.umbralKeyPair(random), crypto.umbralKeyPair(random)];
  const delegation = { delegatingKey: owner.publicKey, receivingKey: reader.publicKey, verifyingKey: signer.publicKey };
  const order = { delegating: owner, signer, receivingKey: reader.publicKey, threshold: 1, shares: 1 };
  const [fragment] = crypto.generateKeyFragments(order, random);
  if (fragment === undefined) throw new Error('no fragment');
  const { capsule } = crypto.encapsulate(owner.publicKey, random);
  const work = crypto.reencrypt(capsule, fragment, random);
  const ownKey = crypto.encodeUmbralPublicKey(owner.publicKey);
  const sevenPoints = [...row('secp', 0, 33, 2), ...row('secp', 98, 33, 5)];
  return [
    entry('decodePoint', ownKey, (bytes) => decodePoint(bytes, 'a point'), { encode: crypto.encodeUmbralPublicKey, fields: [[0, 'secp']] }),
    entry('decodeUmbralPublicKey', ownKey, crypto.decodeUmbralPublicKey, { encode: crypto.encodeUmbralPublicKey, fields: [[0, 'secp']] }),
    entry('decodeUmbralSecretKey', crypto.encodeUmbralSecretKey(owner), crypto.decodeUmbralSecretKey, {
      encode: crypto.encodeUmbralSecretKey,
      fields: [[0, 'secp-scalar']],
      holds: ({ publicKey }) => publicKey.equals(owner.publicKey),
    }),
    entry('decodeCapsule', crypto.encodeCapsule(capsule), (bytes) => crypto.decodeCapsule(bytes), {
      encode: crypto.encodeCapsule,
      fields: [...row('secp', 0, 33, 2), [66, 'secp-scalar']],
      holds: (value) => crypto.encodeCapsule(value).every((byte, index) => byte === crypto.encodeCapsule(capsule)[index]),
    }),
    entry('decodeKeyFragment', crypto.encodeKeyFragment(fragment), crypto.decodeKeyFragment, {
      encode: crypto.encodeKeyFragment,
      fields: [[32, 'secp-scalar'], ...row('secp', 64, 33, 2), ...row('secp-scalar', 130, 32, 4)],
      holds: (value) => !isRejection(crypto.verifyKeyFragment(value, delegation)),
      runs: 30,
    }),
    entry('decodeCapsuleFragment', crypto.encodeCapsuleFragment(work), crypto.decodeCapsuleFragment, {
      encode: crypto.encodeCapsuleFragment,
      fields: [...sevenPoints, ...row('secp-scalar', 263, 32, 3)],
      holds: (value) => !isRejection(crypto.verifyCapsuleFragment(value, capsule, delegation)),
      runs: 30,
    }),
  ];
}

function searchDecoders(): readonly DecoderEntry[] {
  const keys = crypto.searchKeyPair(random);
  const word = accepted(crypto.keywordOf('http://loinc.org', '718-7'));
  const scope = { writerKey: keys.publicKey, patientKey: crypto.searchKeyPair(random).publicKey, sensitivityClass: 'general', epoch: 1 };
  const scopeKey = crypto.scopeKeyOf(keys, scope);
  const { readerPart, keeperPart } = crypto.splitScopeKey(scopeKey, random);
  const query = crypto.searchQuery('ab'.repeat(16) as GrantId, [{ scopeId: crypto.scopeIdOf(scopeKey), readerPart }], [word, word]);
  const peks = crypto.peksKeyPair(random);
  const sealed = crypto.peksEncrypt(peks.publicKey, word, random);
  const trapdoor = crypto.peksTrapdoor(peks, word);
  const part = { encode: crypto.encodeSearchPart, fields: [[0, 'ristretto-scalar']] as const };
  return [
    entry('decodeSearchPublicKey', crypto.encodeSearchPublicKey(keys), crypto.decodeSearchPublicKey, {
      encode: (point) => point.toBytes(),
      fields: [[0, 'ristretto']],
    }),
    entry('decodeReaderPart', crypto.encodeSearchPart(readerPart), crypto.decodeReaderPart, part),
    entry('decodeKeeperPart', crypto.encodeSearchPart(keeperPart), crypto.decodeKeeperPart, part),
    entry('decodeSearchQuery', crypto.encodeSearchQuery(query), crypto.decodeSearchQuery, { encode: crypto.encodeSearchQuery }),
    entry('decodePeksCiphertext', crypto.encodePeksCiphertext(sealed), crypto.decodePeksCiphertext, {
      encode: crypto.encodePeksCiphertext,
      fields: [[0, 'g2']],
      holds: (value) => crypto.peksTest(trapdoor, value),
      runs: 20,
    }),
    entry('decodePeksTrapdoor', curves.encodeG1(trapdoor), crypto.decodePeksTrapdoor, {
      encode: curves.encodeG1,
      fields: [[0, 'g1']],
      holds: (value) => crypto.peksTest(value, sealed),
      runs: 20,
    }),
  ];
}

function serialDecoders(): readonly DecoderEntry[] {
  const label = random.bytes(32);
  const { dealing, shares } = crypto.dealSerialKey(label, 1, 2, 2, random);
  const input = accepted(crypto.serialInput('Carla Ruiz', '1234'));
  const request = crypto.blindInput(input, random);
  const part = accepted(crypto.evaluatePartially(1, shares[0] ?? 1n, request.blinded, random));
  const blinded = accepted(curves.decodeRistretto(request.blinded, 'the blinded element'));
  return [
    entry('decodePartialEvaluation', crypto.encodePartialEvaluation(part), crypto.decodePartialEvaluation, {
      encode: crypto.encodePartialEvaluation,
      fields: [[0, 'holder'], [1, 'ristretto'], ...row('ristretto-scalar', 33, 32, 2)],
      holds: (value) => crypto.refusesPartialEvaluation(dealing.commitments, blinded.toBytes(), value) === null,
      runs: 40,
    }),
    entry('decodeSerialDealing', crypto.encodeSerialDealing(dealing), (bytes) => crypto.decodeSerialDealing(bytes, 2), {
      encode: crypto.encodeSerialDealing,
      fields: [[0, 'holder'], ...row('ristretto-scalar', 1, 32, 2), ...row('ristretto', 65, 32, 2)],
      holds: (value) => crypto.refusesSerialDealing(label, 2, value) === null,
      runs: 40,
    }),
  ];
}

function groupDecoders(): readonly DecoderEntry[] {
  const example = exampleGroup('decoders');
  const { group, key, label, issuer, dealt, openerShares } = example;
  const { applicant, request, credential, member, secret, tagShares } = exampleMember(example, 'member');
  const signature = crypto.groupSign(group, member, { epoch: 3, slot: 1 }, message, random);
  const opening = crypto.openingPart(group, signature, 1, openerShares[0] ?? 1n, random);
  const revocation = crypto.revocationPart(group, request, 3, 1, tagShares[0] ?? 1n, random);
  const other = crypto.revocationPart(group, request, 3, 2, tagShares[1] ?? 1n, random);
  const [first] = dealt;
  if (first === undefined) throw new Error('no dealing');
  return [
    entry('decodeGroupKey', crypto.encodeGroupKey(key), crypto.decodeGroupKey, {
      encode: crypto.encodeGroupKey,
      fields: [[0, 'version'], ...row('g2', 39, 96, 4), ...row('bls-scalar', 423, 32, 5), ...row('g1', 583, 48, 2)],
      // Another key is another group: the signature does not hold in it.
      holds: (value) => !isRejection(crypto.groupVerify(crypto.groupOf(value), message, signature, new Set())),
      runs: 6,
    }),
    entry('decodeIssuerPublicKey', encodeIssuerPublicKey(issuer.publicKey), decodeIssuerPublicKey, {
      encode: encodeIssuerPublicKey,
      fields: [...row('g2', 0, 96, 4), ...row('bls-scalar', 384, 32, 5)],
      runs: 8,
    }),
    entry('decodeOpenerDealing', crypto.encodeOpenerDealing(first.dealing), (bytes) => crypto.decodeOpenerDealing(bytes, 2), {
      encode: crypto.encodeOpenerDealing,
      fields: [[0, 'holder'], ...row('bls-scalar', 1, 32, 2), ...row('g1', 65, 48, 2)],
      holds: (value) => crypto.refusesDealing(label, 2, value) === null,
      runs: 30,
    }),
    entry('decodeEnrolmentRequest', crypto.encodeEnrolmentRequest(request), (bytes) => crypto.decodeEnrolmentRequest(group, bytes), {
      encode: crypto.encodeEnrolmentRequest,
      fields: [[0, 'g1'], ...row('bls-scalar', 48, 32, 3), ...row('g1', 144, 48, 2)],
      holds: (value) => crypto.refusesEnrolment(group, applicant, value) === null,
      runs: 30,
    }),
    entry('decodeCredential', crypto.encodeCredential(credential), crypto.decodeCredential, {
      encode: crypto.encodeCredential,
      fields: row('g1', 0, 48, 2),
      holds: (value) => !isRejection(crypto.acceptCredential(group, secret, 0, value)),
      runs: 20,
    }),
    entry('decodeGroupSignature', crypto.encodeGroupSignature(signature), crypto.decodeGroupSignature, {
      encode: crypto.encodeGroupSignature,
      fields: [[0, 'version'], ...row('g1', 7, 48, 7), ...row('bls-scalar', 359, 32, 3)],
      holds: (value) => !isRejection(crypto.groupVerify(group, message, value, new Set())),
      runs: 40,
    }),
    entry('decodeOpeningPart', crypto.encodeOpeningPart(opening), crypto.decodeOpeningPart, {
      encode: crypto.encodeOpeningPart,
      fields: [[1, 'g1'], ...row('bls-scalar', 49, 32, 2)],
      holds: (value) => refusesOpeningPart(group, signature, value) === null,
      runs: 30,
    }),
    entry('decodeRevocationPart', crypto.encodeRevocationPart(revocation), (bytes) => crypto.decodeRevocationPart(group, bytes), {
      encode: crypto.encodeRevocationPart,
      fields: [...row('bls-scalar', 5, 32, 2), ...row('g1', 69, 48, 4)],
      holds: (value) => !isRejection(crypto.revokedTags(group, request, 3, [value, other])),
      runs: 20,
    }),
  ];
}

function curveDecoders(): readonly DecoderEntry[] {
  const scalar = curves.randomScalar(BLS_SCALARS, random);
  const claim = { publicPoint: G1.generator.multiply(scalar), bases: [G1.generator], images: [G1.generator.multiply(scalar)], context: message };
  const equal = curves.proveEqualLogs(G1, 'test', scalar, claim, random);
  const points = [G1.generator.multiply(scalar)];
  const known = curves.proveKnowledge(G1, 'test', message, [scalar], points, random);
  const g2 = G2.generator.multiply(scalar).toBytes();
  const commitments = [G1.generator.multiply(scalar), G1.generator];
  return [
    entry('decodeG1', curves.encodeG1(G1.generator.multiply(scalar)), (bytes) => curves.decodeG1(bytes, 'a point'), {
      encode: curves.encodeG1,
      fields: [[0, 'g1']],
    }),
    entry('decodeG2', g2, (bytes) => curves.decodeG2(bytes, 'a point'), { encode: (point) => point.toBytes(), fields: [[0, 'g2']], runs: 30 }),
    entry('decodeRistretto', RISTRETTO.generator.toBytes(), (bytes) => curves.decodeRistretto(bytes, 'a point'), {
      encode: (point) => point.toBytes(),
      fields: [[0, 'ristretto']],
    }),
    entry('decodeScalar', curves.scalarToBytes(RISTRETTO_SCALARS, 7n), (bytes) => curves.decodeScalar(RISTRETTO_SCALARS, bytes, 'a scalar'), {
      encode: (value) => curves.scalarToBytes(RISTRETTO_SCALARS, value),
      fields: [[0, 'ristretto-scalar']],
    }),
    entry('decodeEqualLogs', curves.encodeEqualLogs(BLS_SCALARS, equal), (bytes) => curves.decodeEqualLogs(BLS_SCALARS, bytes), {
      encode: (value) => curves.encodeEqualLogs(BLS_SCALARS, value),
      fields: row('bls-scalar', 0, 32, 2),
      holds: (value) => curves.equalLogsHold(G1, 'test', claim, value),
    }),
    entry('decodeKnowledge', curves.encodeKnowledge(BLS_SCALARS, known), (bytes) => curves.decodeKnowledge(BLS_SCALARS, 1, bytes), {
      encode: (value) => curves.encodeKnowledge(BLS_SCALARS, value),
      fields: row('bls-scalar', 0, 32, 2),
      holds: (value) => curves.knowledgeHolds(G1, 'test', message, points, value),
    }),
    entry(
      'decodeCommitments',
      concatBytes(...commitments.map(curves.encodeG1)),
      (bytes) => curves.decodeCommitments(bytes, 2, curves.G1_BYTES, curves.decodeG1),
      { encode: (value) => curves.encodeCommitments(G1, value), fields: row('g1', 0, 48, 2) },
    ),
  ];
}

function wordDecoder(): DecoderEntry {
  const root = random.bytes(32);
  const decode = (bytes: Uint8Array) => {
    const typed = bytesToText(bytes);
    return typeof typed === 'string' ? crypto.rootFromWords(typed) : typed;
  };
  // Case and spaces are forgiven: what still decodes is the same secret or fails the checksum once in 256.
  return entry('rootFromWords', textToBytes(crypto.wordsOf(root)), decode);
}

export function cryptoDecoders(): readonly DecoderEntry[] {
  return [...curveDecoders(), ...umbralDecoders(), ...searchDecoders(), ...serialDecoders(), ...groupDecoders(), wordDecoder()];
}
