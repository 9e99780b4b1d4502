// The highest thing that each voter was heard to say in this epoch, signature and all, so that a member that starts again can be
// told what it has said (R14). Somebody's word about it would be worth nothing: the signature is the member's own.
import { type PartyId, MAX_VOTERS } from '../base/index.ts';
import type { ConsensusMessage, Vote } from '../consensus/index.ts';
import type { Ledger } from '../ledger/index.ts';

type Signed = Extract<ConsensusMessage, { kind: 'vote' | 'view-change' }>;

export interface HighestVotes {
  /** Notes what a verified message says; returns whose signatures are in it. */
  note(message: ConsensusMessage, ledger: Ledger): readonly PartyId[];
  of(party: PartyId): Signed | null;
}

export function createHighestVotes(): HighestVotes {
  const highest = new Map<PartyId, Signed>();

  function keep(said: Signed): void {
    const known = highest.get(said.signer);
    if (known !== undefined && !isAbove(said, known)) return;
    if (known === undefined && highest.size >= MAX_VOTERS) highest.clear();
    highest.set(said.signer, said);
  }

  return {
    note: (message, ledger) => {
      const said = saidIn(message);
      for (const one of said) if (one.height > ledger.height) keep(one);
      return said.map(({ signer }) => signer);
    },
    of: (party) => highest.get(party) ?? null,
  };
}

function isAbove(a: Signed, b: Signed): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  return a.height === b.height ? a.view > b.view : a.height > b.height;
}

/** Statements of heights, as single messages. What travels inside justifications is older than its carrier. */
function saidIn(message: ConsensusMessage): readonly Signed[] {
  switch (message.kind) {
    case 'vote':
      return [message];
    case 'view-change':
      return [{ ...message, certificate: null }];
    case 'proposal': {
      const { epoch, height, view, digest, signer, signature } = message;
      return [{ kind: 'vote', phase: 'prepare', epoch, height, view, digest, signer, signature }];
    }
    case 'bundle':
      return message.votes.map((vote) => voteOf(message, vote));
    case 'certified':
      return message.certificate.votes.map((vote) => voteOf(message.certificate, vote));
    default:
      return [];
  }
}

function voteOf(
  { epoch, phase, height, view, digest }: Pick<Vote, 'epoch' | 'phase' | 'height' | 'view' | 'digest'>,
  { signer, signature }: Pick<Vote, 'signer' | 'signature'>,
): Signed {
  return { kind: 'vote', epoch, phase, height, view, digest, signer, signature };
}
