// P0-31: the digital signatures of the primaries, collected. The form is that of a certificate, so that it fits where final values
// are kept; the statements in it are of another layer, and fewer than a quorum of members signed it, so that nothing that counts
// members takes it (R6).
import type { Digest } from '../../base/index.ts';
import type { Certificate } from '../messages.ts';
import type { Tally } from '../tally.ts';
import { primariesOf } from './primaries.ts';
import type { PaperOpen } from './state.ts';

export function certificateOf(commits: Tally, { configuration, height }: PaperOpen, view: number, digest: Digest): Certificate {
  const primaries = primariesOf(configuration, height, view);
  const votes = primaries
    .flatMap((signer, group) => {
      const cast = commits.casts[group];
      return cast?.digest === digest ? [{ signer, signature: cast.signature }] : [];
    })
    .sort((a, b) => (a.signer < b.signer ? -1 : 1));
  return { epoch: configuration.epoch, phase: 'commit', height, view, digest, votes };
}
