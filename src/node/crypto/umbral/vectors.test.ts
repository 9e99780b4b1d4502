// All six files of published vectors, under the convention of the implementation that made them.
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { umbralVectors, umbralVectorsPresent } from '../../../../tests/vectors/umbral-files.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { fromHex, toHex } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { bigEndian, scalarToBytes } from '../curves/index.ts';
import { decodeCapsule } from './capsule.ts';
import { decodeCapsuleFragment, encodeCapsuleFragment, reencrypt, verifyCapsuleFragment } from './capsule-frag.ts';
import { decodeKeyFragment, encodeKeyFragment, verifyKeyFragment } from './key-frag.ts';
import { decodeUmbralPublicKey } from './keys.ts';
import { PYUMBRAL, domainHash, hashToPointByTrial } from './parameters.ts';
import { SCALARS, decodePoint } from './points.ts';
import { keyOfSeed } from './sealing.ts';

interface Operations {
  readonly vectors: readonly { readonly operation: string; readonly result: string }[];
}
interface KeyFile {
  readonly verifying_pk: string;
  readonly delegating_pk: string;
  readonly receiving_pk: string;
}

const point = (hex: string) => accepted(decodePoint(fromHex(hex), 'a vector'));
const delegationOf = (file: KeyFile) => ({
  delegatingKey: accepted(decodeUmbralPublicKey(fromHex(file.delegating_pk))),
  receivingKey: accepted(decodeUmbralPublicKey(fromHex(file.receiving_pk))),
  verifyingKey: accepted(decodeUmbralPublicKey(fromHex(file.verifying_pk))),
});

describe.skipIf(!umbralVectorsPresent())('Umbral: published vectors', () => {
  test('scalar operations', () => {
    const file = umbralVectors('scalar_operations') as Operations & Record<'first operand' | 'second operand', string>;
    const a = bigEndian(fromHex(file['first operand']));
    const b = bigEndian(fromHex(file['second operand']));
    const results: Record<string, bigint> = {
      Addition: SCALARS.add(a, b),
      Subtraction: SCALARS.sub(a, b),
      Multiplication: SCALARS.mul(a, b),
      Inverse: SCALARS.inv(a),
    };
    for (const { operation, result } of file.vectors) expect(toHex(scalarToBytes(SCALARS, results[operation]!)), operation).toBe(result);
    expect(file.vectors).toHaveLength(4);
  });

  test('point operations and the key derivation', () => {
    type File = Operations & Record<'first CurvePoint operand' | 'second CurvePoint operand' | 'CurveScalar operand', string>;
    const file = umbralVectors('point_operations') as File;
    const a = point(file['first CurvePoint operand']);
    const b = point(file['second CurvePoint operand']);
    const results: Record<string, string> = {
      Addition: a.add(b).toHex(),
      Subtraction: a.subtract(b).toHex(),
      Multiplication: a.multiply(bigEndian(fromHex(file['CurveScalar operand']))).toHex(),
      Inversion: a.negate().toHex(),
      'To_affine.X': a.x.toString(16).padStart(64, '0'),
      'To_affine.Y': a.y.toString(16).padStart(64, '0'),
      kdf: toHex(keyOfSeed(a.toBytes())),
    };
    for (const { operation, result } of file.vectors) expect(results[operation], operation).toBe(result);
    expect(file.vectors).toHaveLength(7);
  });

  test('digest to scalar', () => {
    type File = { readonly vectors: readonly { readonly input: readonly { readonly bytes: string }[]; readonly output: string }[] };
    for (const { input, output } of (umbralVectors('scalar_from_digest') as File).vectors) {
      const digest = domainHash(textToBytes('some_dst'), ...input.map(({ bytes }) => fromHex(bytes)));
      expect(toHex(scalarToBytes(SCALARS, PYUMBRAL.scalarOf(digest)))).toBe(output);
    }
  });

  test('hash to point by trial', () => {
    type File = { readonly vectors: readonly { readonly data: string; readonly dst: string; readonly point: string }[] };
    for (const { data, dst, point: expected } of (umbralVectors('unsafe_hash_to_point') as File).vectors) {
      expect(hashToPointByTrial(fromHex(dst), fromHex(data)).toHex()).toBe(expected);
    }
  });

  test('key fragments are read, verify and are written back byte for byte', () => {
    const file = umbralVectors('kfrags') as KeyFile & { readonly vectors: readonly { readonly kfrag: string }[] };
    for (const { kfrag } of file.vectors) {
      const fragment = accepted(decodeKeyFragment(fromHex(kfrag)));
      accepted(verifyKeyFragment(fragment, delegationOf(file), PYUMBRAL));
      expect(toHex(encodeKeyFragment(fragment))).toBe(kfrag);
    }
  });

  test('capsule fragments verify, and re-encrypting again gives their points', () => {
    type File = KeyFile & { readonly capsule: string; readonly vectors: readonly { readonly kfrag: string; readonly cfrag: string }[] };
    const file = umbralVectors('cfrags') as File;
    const capsule = accepted(decodeCapsule(fromHex(file.capsule), PYUMBRAL));
    // The published proofs were made with a word of metadata, which the file no longer names: docs/cryptography.md, Umbral.
    const dated = { ...PYUMBRAL, proofSuffix: textToBytes('kfrag_metadata') };
    expect(file.vectors.length).toBeGreaterThan(0);
    for (const { kfrag, cfrag } of file.vectors) {
      const key = accepted(verifyKeyFragment(accepted(decodeKeyFragment(fromHex(kfrag))), delegationOf(file), PYUMBRAL));
      const published = accepted(decodeCapsuleFragment(fromHex(cfrag)));
      accepted(verifyCapsuleFragment(published, capsule, delegationOf(file), dated));
      expect(verifyCapsuleFragment(published, capsule, delegationOf(file), PYUMBRAL)).toMatchObject({ reason: 'reencryption-proof' });
      expect(toHex(encodeCapsuleFragment(published))).toBe(cfrag);
      const ours = reencrypt(capsule, key, testRandomness('cfrags'), PYUMBRAL);
      // The proof is random; everything before it is not: E_1, V_1, id, precursor.
      expect(toHex(encodeCapsuleFragment(ours)).slice(0, 2 * 131)).toBe(cfrag.slice(0, 2 * 131));
      accepted(verifyCapsuleFragment(ours, capsule, delegationOf(file), PYUMBRAL));
    }
  });
});
