// What sharing and proofs need of a group, so that they are written once for BLS12-381's G1 and for ristretto255.
import type { ScalarField } from './scalars.ts';

export interface GroupPoint<P> {
  add(other: P): P;
  subtract(other: P): P;
  /** For secret scalars, never zero. */
  multiply(scalar: bigint): P;
  /** For public scalars. */
  multiplyUnsafe(scalar: bigint): P;
  equals(other: P): boolean;
}

export interface Group<P extends GroupPoint<P>> {
  readonly generator: P;
  readonly zero: P;
  readonly scalars: ScalarField;
  /** The one encoding of a point. Points that were computed are not checked again: that would cost as much as computing them. */
  encode(point: P): Uint8Array;
  /** Sum of public scalars times points. */
  sum(points: readonly P[], scalars: readonly bigint[]): P;
}
