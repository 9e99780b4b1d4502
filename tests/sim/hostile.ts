// Hostile messages, crafted one by one from good ones: each is wrong in one way, and the verify stage has to refuse it (R1, R5, R6, R8).
// The good ones have to pass, so that the table shows something.
import type { Digest } from '../../src/node/base/index.ts';
import type {
  Certificate,
  Configuration,
  ConsensusMessage,
  LaneCertificate,
  Proposal,
  Unsigned,
  ViewChange,
  Vote,
} from '../../src/node/consensus/index.ts';
import { groupQuorum, leaderOf, statementBytes } from '../../src/node/consensus/index.ts';
import { digestOfBytes } from './block.ts';
import { ENGINES } from './engines.ts';
import { configurationsOf, everybody, partyOf } from './layout.ts';
import { standInSignatures } from './signer.ts';
import { verifyStage } from './verify-stage.ts';

const HEIGHT = 3;
const signatures = standInSignatures(1);
const UNSIGNED = new Uint8Array(64);
const bytesOf = (name: string) => new Uint8Array(Buffer.from(name));
const A = bytesOf('a');
const B = bytesOf('b');
const DIGEST = digestOfBytes(A);
const OTHER = digestOfBytes(B);

interface Entry {
  readonly what: string;
  readonly message: ConsensusMessage;
}

/** Makes signed messages of any member under one configuration. */
class Forge {
  readonly configuration: Configuration;
  constructor(configuration: Configuration) {
    this.configuration = configuration;
  }

  sign<M extends Unsigned & ConsensusMessage>(member: number, message: M): M {
    return { ...message, signature: signatures.sign(member, statementBytes(message, this.configuration)) };
  }

  vote(member: number, phase: Vote['phase'], view: number, digest: Digest): { kind: 'vote' } & Vote {
    const { epoch } = this.configuration;
    return this.sign(member, { kind: 'vote', epoch, phase, height: HEIGHT, view, digest, signer: partyOf(member), signature: UNSIGNED });
  }

  certificate(phase: Vote['phase'], view: number, digest: Digest, members: readonly number[]): Certificate {
    const votes = members.map((member) => this.vote(member, phase, view, digest)).map(({ signer, signature }) => ({ signer, signature }));
    return { epoch: this.configuration.epoch, phase, height: HEIGHT, view, digest, votes };
  }

  ask(member: number, view: number, lock: Certificate | null): { kind: 'view-change' } & ViewChange {
    const { epoch } = this.configuration;
    const stated = { lockedView: lock?.view ?? null, lockedDigest: lock?.digest ?? null, certificate: lock };
    return this.sign(member, { kind: 'view-change', epoch, height: HEIGHT, view, ...stated, signer: partyOf(member), signature: UNSIGNED });
  }

  proposal(view: number, value: Uint8Array, justification: Proposal['justification']): { kind: 'proposal' } & Proposal {
    const signer = leaderOf(this.configuration, HEIGHT, view);
    const { epoch } = this.configuration;
    const about = { epoch, height: HEIGHT, view, digest: digestOfBytes(value) };
    const message = { kind: 'proposal', ...about, signer, signature: UNSIGNED, value, justification, carried: [] } as const;
    return this.sign(Number.parseInt(signer, 16), message);
  }
}

function configurationFor(sizes: readonly number[], members: number): Configuration {
  const [configuration] = configurationsOf([everybody(members, sizes)], { seed: 1, baseTimeoutMs: 1_000, publicKey: signatures.publicKey });
  if (configuration === undefined) throw new Error('no configuration');
  return configuration;
}

/** Null where everything good passes and everything hostile is refused. */
export function hostileMessages(): string | null {
  const flat = new Forge(configurationFor([], 4));
  const grouped = new Forge(configurationFor([6, 4], 10));
  return (
    verdictsOn('pbft', flat, goodFlat(flat), hostileFlat(flat)) ??
    verdictsOn('grouped', grouped, goodLane(grouped), hostileLane(grouped)) ??
    badVotesAreDropped(flat)
  );
}

function verdictsOn(
  engine: 'pbft' | 'grouped',
  { configuration }: Forge,
  good: readonly Entry[],
  hostile: readonly Entry[],
): string | null {
  const { verified } = verifyStage(ENGINES[engine].checks, signatures);
  for (const { what, message } of good) {
    const verdict = verified(message, configuration);
    if ('refusal' in verdict) return `${what} is refused: ${verdict.refusal}`;
  }
  for (const { what, message } of hostile) if ('message' in verified(message, configuration)) return `${what} passes`;
  return null;
}

const bare = (ask: ViewChange): ViewChange => ({ ...ask, certificate: null });

function newView(forge: Forge, asks: readonly ViewChange[], certificate: Certificate | null, value = A): ConsensusMessage {
  return forge.proposal(2, value, {
    viewChanges: asks.map(({ kind: _, ...ask }: ViewChange & { kind?: string }) => bare(ask)),
    certificate,
  });
}

function goodFlat(forge: Forge): readonly Entry[] {
  const lock = forge.certificate('prepare', 1, DIGEST, [0, 1, 2]);
  const asks = [forge.ask(0, 2, lock), forge.ask(1, 2, null), forge.ask(2, 2, null)];
  return [
    { what: 'a vote', message: forge.vote(1, 'commit', 0, DIGEST) },
    {
      what: 'a final value',
      message: { kind: 'decided', height: HEIGHT, certificate: forge.certificate('commit', 1, DIGEST, [0, 1, 3]), value: A },
    },
    { what: 'a view change', message: forge.ask(1, 2, lock) },
    { what: 'a new view', message: newView(forge, asks, lock) },
  ];
}

function hostileFlat(forge: Forge): readonly Entry[] {
  const final = (certificate: Certificate, value = A): ConsensusMessage => ({
    kind: 'decided',
    height: certificate.height,
    certificate,
    value,
  });
  const good = forge.certificate('commit', 1, DIGEST, [0, 1, 3]);
  const lock = forge.certificate('prepare', 1, DIGEST, [0, 1, 2]);
  const low = forge.certificate('prepare', 0, OTHER, [0, 1, 2]);
  const asks = [forge.ask(0, 2, lock), forge.ask(1, 2, null), forge.ask(2, 2, null)];
  const [one = forge.ask(0, 2, lock), two = forge.ask(1, 2, null), three = forge.ask(2, 2, null)] = asks;
  const entry = (index: number, view: number) => forge.certificate('commit', view, DIGEST, [index]).votes;
  const bad = { signer: partyOf(3), signature: new Uint8Array(64).fill(7) };
  const vote = forge.vote(1, 'prepare', 1, DIGEST);
  const unproven = { ...forge.ask(1, 2, lock), certificate: null };
  return [
    { what: 'a certificate of fewer than Q', message: final({ ...good, votes: good.votes.slice(0, 2) }) },
    { what: 'a certificate without votes', message: final({ ...good, votes: [] }) },
    {
      what: 'a certificate that counts one voter twice',
      message: final({ ...good, votes: [...entry(0, 1), ...entry(0, 1), ...entry(1, 1)] }),
    },
    {
      what: 'a certificate with a stranger',
      message: final({ ...good, votes: [...good.votes.slice(0, 2), { ...bad, signer: partyOf(77) }] }),
    },
    {
      what: 'Q good signatures and a bad one',
      message: final({
        ...forge.certificate('commit', 1, DIGEST, [0, 1, 2]),
        votes: [...forge.certificate('commit', 1, DIGEST, [0, 1, 2]).votes, bad],
      }),
    },
    { what: 'a certificate of mixed views', message: final({ ...good, votes: [...entry(0, 1), ...entry(1, 1), ...entry(3, 0)] }) },
    { what: 'prepares that say they are commits', message: final({ ...lock, phase: 'commit' }) },
    { what: 'prepares where commits are needed', message: final(lock) },
    { what: 'a final value with other bytes', message: final(good, B) },
    { what: 'a certificate of an old epoch', message: final({ ...good, epoch: 9 }) },
    { what: 'a vote for another height', message: { ...vote, height: HEIGHT + 1 } },
    { what: 'a vote for another view', message: { ...vote, view: 3 } },
    { what: 'a vote of another phase', message: { ...vote, phase: 'commit' } },
    { what: 'a vote for another digest', message: { ...vote, digest: OTHER } },
    { what: 'a vote in another’s name', message: { ...vote, signer: partyOf(2) } },
    { what: 'a new view of fewer than Q', message: newView(forge, [one, two], lock) },
    { what: 'a new view that counts one voter twice', message: newView(forge, [one, one, two], lock) },
    { what: 'a new view of mixed views', message: newView(forge, [one, two, forge.ask(2, 3, null)], lock) },
    { what: 'a new view whose lock has no proof', message: newView(forge, asks, null) },
    { what: 'a new view that proves a lower lock', message: newView(forge, [one, forge.ask(1, 2, low), three], low, B) },
    { what: 'a new view without view changes', message: { ...newView(forge, asks, lock), justification: null } as ConsensusMessage },
    {
      what: 'a proposal of somebody else',
      message: forge.sign(0, {
        ...forge.proposal(0, A, null),
        signer: partyOf([0, 1, 2, 3].find((index) => partyOf(index) !== leaderOf(forge.configuration, HEIGHT, 0)) ?? 0),
      }),
    },
    { what: 'a lock that nobody proves', message: unproven },
    { what: 'a lock above the view asked for', message: forge.ask(1, 1, lock) },
  ];
}

function laneCertificate(forge: Forge, members: readonly number[], digest: Digest = DIGEST): LaneCertificate {
  const reference = { group: 0, localView: 0, sequence: 0, digest };
  const { epoch } = forge.configuration;
  const votes = members.map((member) => {
    const vote = { kind: 'lane-vote', epoch, phase: 'commit', reference, signer: partyOf(member), signature: UNSIGNED } as const;
    const { signer, signature } = forge.sign(member, vote);
    return { signer, signature };
  });
  return { epoch, reference, votes };
}

function goodLane(forge: Forge): readonly Entry[] {
  const members = [0, 1, 2, 3, 4, 5].slice(0, groupQuorum(forge.configuration, 0));
  return [{ what: 'a certified batch', message: { kind: 'certified-batch', certificate: laneCertificate(forge, members), bytes: A } }];
}

function hostileLane(forge: Forge): readonly Entry[] {
  const { configuration } = forge;
  const { epoch } = configuration;
  const certified = (certificate: LaneCertificate, bytes = A): ConsensusMessage => ({ kind: 'certified-batch', certificate, bytes });
  const reference = { group: 0, localView: 0, sequence: 0, digest: DIGEST };
  const batch = (member: number, localView: number): ConsensusMessage =>
    forge.sign(member, {
      kind: 'batch',
      epoch,
      reference: { ...reference, localView },
      signer: partyOf(member),
      signature: UNSIGNED,
      bytes: A,
      moves: [],
    });
  const local = forge.sign(1, { kind: 'lane-vote', epoch, phase: 'commit', reference, signer: partyOf(1), signature: UNSIGNED } as const);
  const vote = forge.vote(1, 'commit', 0, DIGEST);
  // Of six, 2f+1 = 3 are not enough: two such sets need not share anybody.
  return [
    { what: 'a lane certificate of 2f+1 of six', message: certified(laneCertificate(forge, [0, 1, 2])) },
    { what: 'a lane certificate with members of another group', message: certified(laneCertificate(forge, [0, 1, 2, 6])) },
    { what: 'a lane certificate that counts one member twice', message: certified(laneCertificate(forge, [0, 1, 1, 2])) },
    { what: 'a certified batch with other bytes', message: certified(laneCertificate(forge, [0, 1, 2, 3]), B) },
    { what: 'a batch of a member that is not the author', message: batch(1, 0) },
    { what: 'a batch of a later author without moves', message: batch(1, 1) },
    { what: 'a local vote of another lane', message: { ...local, reference: { ...reference, group: 1 } } },
    { what: 'a local vote as a global one', message: { ...vote, signature: local.signature } },
    { what: 'a local vote for another position', message: { ...local, reference: { ...reference, sequence: 1 } } },
  ];
}

/** R6: one bad vote does not silence a group, and does not count. */
function badVotesAreDropped(forge: Forge): string | null {
  const { verified } = verifyStage(ENGINES.pbft.checks, signatures);
  const certificate = forge.certificate('commit', 0, DIGEST, [0, 1, 2]);
  const votes = certificate.votes.map((entry, index) => (index === 1 ? { ...entry, signature: UNSIGNED } : entry));
  const verdict = verified({ kind: 'bundle', ...certificate, votes }, forge.configuration);
  if ('refusal' in verdict) return `a bundle with one bad vote is refused: ${verdict.refusal}`;
  return verdict.message.kind === 'bundle' && verdict.message.votes.length === 2 ? null : 'a bundle keeps its bad vote';
}
