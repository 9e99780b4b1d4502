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
  toBytes(): Uint8Array;
}

export interface Group<P extends GroupPoint<P>> {
  readonly generator: P;
  readonly zero: P;
  readonly scalars: ScalarField;
  /** Sum of public scalars times points. */
  sum(points: readonly P[], scalars: readonly bigint[]): P;
}
