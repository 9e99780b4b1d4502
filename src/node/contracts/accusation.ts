// Guilt on the ledger (R15, P0-27): two statements that one member signed and no correct member signs both of, reported by any
// voter. They are held as what was signed, never as messages: who led which view, on which the meaning of a vote depends, is
// part of the signed phase, so that a proof stands on the epoch's keys and the configuration's digest alone. A vote for an
// invalid block is not accepted here: its proof needs the block's bytes.
import { type ChannelId, type PartyId, type Rejection, reject } from '../base/index.ts';
import { encode } from '../codec/index.ts';
import {
  type ConsensusMessage,
  type Evidence,
  type SignatureCheck,
  PROTOCOL_VERSION,
  laneStatement,
  statement,
} from '../consensus/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { ONLY, asksTable, epochTable, markTable } from './entries.ts';
import { groupingOf } from './groups.ts';
import { asksOf, rosterOf } from './roster.ts';
import type { Proof } from './slip.ts';
import type { State } from './state.ts';

type HeightProof = Extract<Proof, { readonly kind: 'height' }>;
type Said = HeightProof['first'];

/** Why the two statements accuse nobody, whoever signed them; or null. */
export function proofRefusal(proof: Proof): Rejection | null {
  const contradicts = proof.kind === 'lane' ? proof.first.digest !== proof.second.digest : contradict(proof.first, proof.second);
  return contradicts ? null : reject('no-contradiction', 'a correct member may sign both');
}

/** Two digests or two locks in one view and phase; or a commit, and then a request for a later view that states a lower lock. */
function contradict(first: Said, second: Said): boolean {
  if (first.phase === second.phase) {
    const differ = first.digest !== second.digest || first.lockedView !== second.lockedView;
    return first.view === second.view && differ;
  }
  if (first.phase !== 'commit' || second.phase !== 'view-change') return false;
  return second.view > first.view && (second.lockedView ?? -1) < first.view;
}

/** The culprit's two signatures, by the key it had in that epoch. Known are the open epoch and the seven before. */
export function proofChecks(
  state: State,
  channel: ChannelId,
  { culprit, proof }: Pick<ActionOf<'accuse'>, 'culprit' | 'proof'>,
): readonly SignatureCheck[] | Rejection {
  const keys = epochTable.get(state, String(proof.epoch));
  if (keys === null) return reject('unknown-epoch', 'only the open epoch and those shortly before it are judged');
  const voter = keys.voters.find(({ party }) => party === culprit);
  if (voter === undefined) return reject('stranger', 'the accused did not vote in that epoch');
  const common = { protocol: PROTOCOL_VERSION, channel, epoch: proof.epoch, configuration: keys.configuration, signer: culprit };
  const bytes =
    proof.kind === 'height'
      ? [proof.first, proof.second].map(({ signature: _, ...said }) =>
          encode(statement, { ...common, layer: 'global', height: proof.height, ...said }),
        )
      : [proof.first, proof.second].map(({ digest }) => encode(laneStatement, { ...common, layer: 'lane', ...positionOf(proof), digest }));
  return [proof.first, proof.second].map(({ signature }, index) => ({
    publicKey: voter.memberKey,
    bytes: bytes[index] ?? new Uint8Array(),
    signature,
  }));
}

function positionOf({
  phase,
  group,
  localView,
  sequence,
}: Extract<Proof, { readonly kind: 'lane' }>): Pick<
  Extract<Proof, { readonly kind: 'lane' }>,
  'phase' | 'group' | 'localView' | 'sequence'
> {
  return { phase, group, localView, sequence };
}

/** Marks the culprit for good. On a channel with groups seats are elected anew at the next epoch, which this is reason for. */
export function accuse(state: State, action: ActionOf<'accuse'>, author: Author): Judgement {
  const votes = (party: PartyId): boolean => rosterOf(state).members.some((member) => member.party === party && member.voting);
  if (!votes(author.party)) return reject('not-a-voter', 'only voters accuse');
  if (markTable.get(state, action.culprit) !== null) return reject('already-marked', 'it was convicted before');
  const marked = markTable.put(state, action.culprit, { height: author.at.height, by: author.party });
  const elects = groupingOf(state) !== null && votes(action.culprit);
  return elects ? asksTable.put(marked, ONLY, { ...asksOf(state), reelect: true }) : marked;
}

/**
 * Evidence that an engine found, as the ledger takes it; null where it cannot be shown by two signatures. The engine knew who led
 * the view, and the fault says so: seats may have moved since.
 */
export function accusationOf({ culprit, fault, messages }: Evidence): ActionOf<'accuse'> | null {
  const [first, second] = messages;
  if (first === undefined || second === undefined) return null;
  if (first.kind === 'lane-vote' && second.kind === 'lane-vote') {
    const { digest: one, ...position } = first.reference;
    const proof = {
      kind: 'lane' as const,
      epoch: first.epoch,
      ...position,
      phase: first.phase,
      first: { digest: one, signature: first.signature },
      second: { digest: second.reference.digest, signature: second.signature },
    };
    return { kind: 'accuse', culprit, proof };
  }
  const one = saidIn(first, fault);
  const other = saidIn(second, fault);
  if (one === null || other === null || one.height !== other.height || one.epoch !== other.epoch) return null;
  const proof: Proof = { kind: 'height', epoch: one.epoch, height: one.height, first: one.said, second: other.said };
  return proofRefusal(proof) === null ? { kind: 'accuse', culprit, proof } : null;
}

/** A leader's prepare is its proposal (R1). */
function saidIn(
  message: ConsensusMessage,
  fault: Evidence['fault'],
): { readonly epoch: number; readonly height: number; readonly said: Said } | null {
  if (message.kind === 'vote') {
    const { epoch, height, view, digest, signature } = message;
    const phase = fault === 'two-proposals' ? 'propose' : message.phase;
    return { epoch, height, said: { phase, view, digest, lockedView: null, signature } };
  }
  if (message.kind !== 'view-change') return null;
  const { epoch, height, view, lockedDigest, lockedView, signature } = message;
  return { epoch, height, said: { phase: 'view-change', view, digest: lockedDigest, lockedView, signature } };
}
