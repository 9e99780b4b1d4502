// Votes of one phase in one view, one per voter: the first that came counts, a second digest is a conflict for the
// caller to report (R15). Knows nothing of locks, timers or messages.
import { type Digest, present } from '../base/index.ts';
import type { Configuration } from './engine.ts';
import type { Certificate } from './messages.ts';

export interface Cast {
  readonly digest: Digest;
  readonly signature: Uint8Array;
}

export interface Tally {
  /** By voter's index. */
  readonly casts: readonly (Cast | null)[];
  readonly counts: readonly { readonly digest: Digest; readonly votes: number }[];
}

export interface Counted {
  readonly tally: Tally;
  readonly outcome: 'counted' | 'repeated' | 'conflict';
  /** Votes for the digest after this one. */
  readonly votes: number;
}

export function emptyTally(voters: number): Tally {
  return { casts: new Array<null>(voters).fill(null), counts: [] };
}

/** Counts a voter's vote once, whatever comes after it. */
export function count(tally: Tally, voter: number, cast: Cast): Counted {
  const before = tally.casts[voter] ?? null;
  const votes = votesFor(tally, cast.digest);
  if (before !== null) return { tally, outcome: before.digest === cast.digest ? 'repeated' : 'conflict', votes };
  const casts = tally.casts.slice();
  casts[voter] = cast;
  const counts = [...tally.counts.filter((entry) => entry.digest !== cast.digest), { digest: cast.digest, votes: votes + 1 }];
  return { tally: { casts, counts }, outcome: 'counted', votes: votes + 1 };
}

export function votesFor(tally: Tally, digest: Digest): number {
  return tally.counts.find((entry) => entry.digest === digest)?.votes ?? 0;
}

/** The digest that a quorum voted for, or null. Two of them would need more than F faulty voters (R0). */
export function quorumDigest(tally: Tally, quorum: number): Digest | null {
  return tally.counts.find((entry) => entry.votes >= quorum)?.digest ?? null;
}

/** The first Q votes for a digest, in the voters' order: enough for R6, and no more to check for whoever receives it. */
export function certificateFrom(
  tally: Tally,
  configuration: Configuration,
  about: { readonly phase: Certificate['phase']; readonly height: number; readonly view: number; readonly digest: Digest },
): Certificate {
  const votes: Certificate['votes'][number][] = [];
  for (const [index, cast] of tally.casts.entries()) {
    if (votes.length === configuration.quorum) break;
    if (cast?.digest !== about.digest) continue;
    votes.push({ signer: present(configuration.voters[index], 'a voter').party, signature: cast.signature });
  }
  return { epoch: configuration.epoch, ...about, votes };
}
