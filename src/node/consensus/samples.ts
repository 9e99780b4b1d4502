// For tests: one good message of every kind under a configuration of 16 in four groups, two of them with observers. Typed by kind,
// so that a new kind of message does not compile before it has a sample, and with it every table of refusals.
import { groupedConfiguration } from './grouped/lockstep.ts';
import { HEIGHT, Others } from './grouped/scene.ts';
import type { Configuration } from './engine.ts';
import type { ConsensusMessage } from './messages.ts';
import { leaderOf } from './roster.ts';
import { digestNamed, party, signatureOf, valueNamed } from './transcript.ts';

export const AUDITOR = party(40);

export const configuration: Configuration = {
  ...groupedConfiguration([4, 4, 4, 4]),
  observers: [{ party: AUDITOR, memberKey: new Uint8Array(32).fill(40) }],
};
export const others = new Others(configuration);

export const QUORUM = Array.from({ length: configuration.quorum }, (_, index) => index);
const { bytes } = valueNamed('v');
const paper = { epoch: 3, height: HEIGHT, view: 0, digest: digestNamed('v') } as const;

type Samples = { readonly [Kind in ConsensusMessage['kind']]: Extract<ConsensusMessage, { kind: Kind }> };

/** A new view: proposal, view changes of a quorum, and what the highest lock's certificate proves. */
export function newView(change: object = {}): Samples['proposal'] {
  const lock = others.certificate('prepare', 'v', QUORUM);
  const viewChanges = QUORUM.map((voter, i) => {
    const { kind: _, ...ask } = others.viewChange(voter, 1);
    return i === 2 ? { ...ask, lockedView: 0, lockedDigest: lock.digest } : ask;
  });
  const signer = leaderOf(configuration, HEIGHT, 1);
  return { ...others.proposal('v', [], 1), signer, justification: { viewChanges, certificate: lock, ...change } };
}

export function moves(localView: number, members: readonly number[], group = 0) {
  return members.map((member) => {
    const { kind: _, ...move } = others.move(member, localView, group);
    return move;
  });
}

export const samples: Samples = {
  proposal: others.proposal('v', ['a', 'b']),
  vote: others.vote('prepare', 5, 'v'),
  'view-change': {
    ...others.viewChange(5, 1),
    lockedView: 0,
    lockedDigest: digestNamed('v'),
    certificate: others.certificate('prepare', 'v', QUORUM),
  },
  decided: { kind: 'decided', height: HEIGHT, certificate: others.certificate('commit', 'v', QUORUM), value: bytes },
  bundle: { kind: 'bundle', ...others.certificate('prepare', 'v', [4, 5, 6]) },
  certified: { kind: 'certified', certificate: others.certificate('commit', 'v', QUORUM) },
  inquiry: others.inquiry(5, { batches: [digestNamed('a')] }),
  batch: others.batch('a', 0, 0, 1, moves(1, [2, 3])),
  'lane-vote': others.laneVote('commit', 2, 'a'),
  'lane-move': others.move(2, 1),
  'certified-batch': others.certified('a', 1),
  audit: { kind: 'audit', ...paper, verdict: 'sound', signer: AUDITOR, signature: signatureOf(AUDITOR, 'audit') },
  'paper-proposal': {
    kind: 'paper-proposal',
    ...paper,
    round: 'group',
    signer: party(0),
    signature: signatureOf(party(0), 'pre-prepare'),
    value: bytes,
  },
  'paper-vote': {
    kind: 'paper-vote',
    ...paper,
    round: 'group',
    phase: 'commit',
    signer: party(2),
    signature: signatureOf(party(2), 'commit'),
  },
  'paper-replace': {
    kind: 'paper-replace',
    epoch: 3,
    height: HEIGHT,
    view: 1,
    signer: party(2),
    signature: signatureOf(party(2), 'replace'),
  },
  'paper-package': { kind: 'paper-package', certificate: others.certificate('commit', 'v', [0, 4, 8]), value: bytes },
};

export const KINDS = Object.keys(samples) as readonly ConsensusMessage['kind'][];
