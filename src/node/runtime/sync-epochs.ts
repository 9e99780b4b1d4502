// Follows the voters from epoch to epoch with what anybody answers: every link's header by its certificate, its new voters by state
// proofs (R11, R13). The same for a member that is far behind and for clients that execute nothing.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import type { SignatureCheck } from '../consensus/index.ts';
import { decode } from '../codec/index.ts';
import { type CertifiedHeader, type Trust, decodeEpochLink, headerChecks, newestEpoch, withEpoch } from '../ledger/index.ts';
import type { Verifier } from '../ports/index.ts';
import { LINKS_PER_ANSWER, MAX_GIVEN_BYTES, givenEpochs } from './sync-messages.ts';

export interface FollowedEpochs {
  readonly trust: Trust;
  /** Encoded, in order, those that were followed here. */
  readonly links: readonly Uint8Array[];
}

/** Whether every one of the signatures holds. */
export async function allHold(verifier: Verifier, checks: readonly SignatureCheck[]): Promise<boolean> {
  const held = await Promise.all(checks.map((check) => verifier.verify(check.publicKey, check.bytes, check.signature)));
  return held.every(Boolean);
}

/** Why a header is not final as far as the trust reaches, or null. */
export async function headRefusal(trust: Trust, head: CertifiedHeader, verifier: Verifier): Promise<Rejection | null> {
  const checks = headerChecks(trust, head);
  if (isRejection(checks)) return checks;
  return (await allHold(verifier, checks)) ? null : reject('bad-signature', 'a signature of the certificate does not hold');
}

/** Up to `epoch`. `ask` gives the encoded answer to `epochs` from an epoch on. */
export async function followEpochs(
  from: Trust,
  epoch: number,
  verifier: Verifier,
  ask: (fromEpoch: number, count: number) => Promise<Uint8Array>,
): Promise<FollowedEpochs | Rejection> {
  let trust = from;
  const links: Uint8Array[] = [];
  while (newestEpoch(trust) < epoch) {
    const next = newestEpoch(trust) + 1;
    const answer = decode(givenEpochs, await ask(next, Math.min(LINKS_PER_ANSWER, epoch - next + 1)), MAX_GIVEN_BYTES);
    if (isRejection(answer)) return answer;
    if (answer.links.length === 0) return reject('withheld-epochs', `nobody says how epoch ${next} began`);
    for (const bytes of answer.links) {
      const link = decodeEpochLink(bytes);
      if (isRejection(link)) return link;
      const refusal = await headRefusal(trust, link.last, verifier);
      if (refusal !== null) return refusal;
      const after = withEpoch(trust, link);
      if (isRejection(after)) return after;
      trust = after;
      links.push(bytes);
    }
  }
  return { trust, links };
}
