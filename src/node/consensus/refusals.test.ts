// What may come from a peer, kind by kind (R1, R6, R18): malformed, oversized, stale, foreign, replayed and contradictory. Each ends in
// a rejection with a reason, or in a proof of guilt, and never in an exception.
import { describe, expect, test } from 'vitest';
import { MAX_BATCH_BYTES, MAX_BLOCK_BYTES, MAX_CUT_BATCHES, MAX_VOTERS, isRejection } from '../base/index.ts';
import { type Codec, decode, encode } from '../codec/index.ts';
import { signatureChecks, withoutBadVotes } from './checks.ts';
import type { Configuration, Unsigned } from './engine.ts';
import { paperSignatureChecks } from './grouped-paper/index.ts';
import { type ConsensusMessage, consensusMessage, isPaperMessage } from './messages.ts';
import { AUDITOR, KINDS, QUORUM, configuration, moves, newView, others, samples } from './samples.ts';
import { statementBytes } from './statement.ts';
import { digestNamed, party, signatureOf } from './transcript.ts';

const LIMIT = 4 * 1024 * 1024;
/** Writes any tree of CBOR values, right or wrong. */
const raw: Codec<unknown> = { toValue: (value) => value, fromValue: (value) => value };
const bytesOf = (message: ConsensusMessage) => encode(consensusMessage, message);
const treeOf = (message: ConsensusMessage) => consensusMessage.toValue(message);

function outcome(message: ConsensusMessage, under: Configuration = configuration): string | number {
  const checks = isPaperMessage(message) ? paperSignatureChecks(message, under) : signatureChecks(message, under);
  return isRejection(checks) ? checks.reason : checks.length;
}

function reasonOf(bytes: Uint8Array, maxBytes = LIMIT): string {
  const decoded = decode(consensusMessage, bytes, maxBytes);
  return isRejection(decoded) ? decoded.reason : 'read';
}

function isLaneKind(kind: ConsensusMessage['kind']): boolean {
  return kind === 'lane-vote' || kind === 'lane-move';
}

/** Every place in a tree, and the tree with something else there. */
function placesIn(tree: unknown, path: readonly number[] = []): readonly (readonly number[])[] {
  return Array.isArray(tree) ? [path, ...tree.flatMap((inner, i) => placesIn(inner, [...path, i]))] : [path];
}

function replaced(tree: unknown, path: readonly number[], by: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return by;
  return (tree as readonly unknown[]).map((inner, i) => (i === first ? replaced(inner, rest, by) : inner));
}

describe.each(KINDS)('%s on the wire', (kind) => {
  const message = samples[kind];
  const bytes = bytesOf(message);

  test('comes back as it was sent, and is accepted', () => {
    expect(decode(consensusMessage, bytes, LIMIT)).toEqual(message);
    expect(typeof outcome(message)).toBe('number');
  });

  test.each<[string, Uint8Array, string]>([
    ['cut short', bytes.subarray(0, -1), 'malformed'],
    ['empty', bytes.subarray(0, 0), 'malformed'],
    ['with something behind it', Uint8Array.from([...bytes, 0]), 'malformed'],
    ['a field too few', encode(raw, [kind, (treeOf(message) as [string, unknown[]])[1].slice(1)]), 'malformed'],
    ['a field too many', encode(raw, [kind, [...(treeOf(message) as [string, unknown[]])[1], null]]), 'malformed'],
    ['as a map', encode(raw, { ...message }), 'malformed'],
    ['under a name of the language', encode(raw, ['__proto__', (treeOf(message) as [string, unknown])[1]]), 'malformed'],
    ['of an unknown kind', encode(raw, ['constructor', (treeOf(message) as [string, unknown])[1]]), 'malformed'],
  ])('%s: refused', (_what, wrong, reason) => {
    expect(reasonOf(wrong)).toBe(reason);
  });

  test('larger than the frame allows: refused before it is read', () => {
    expect(reasonOf(bytes, bytes.byteLength - 1)).toBe('oversized');
  });

  test('whatever stands in any one place that does not belong there: refused, and never an exception', () => {
    const tree = treeOf(message);
    for (const path of placesIn(tree)) {
      for (const wrong of ['a word that no field knows', -1, 1.5, { __proto__: null, a: 1 }, [[[[]]]]]) {
        expect(reasonOf(encode(raw, replaced(tree, path, wrong))), `${path.join('.')} ${JSON.stringify(wrong)}`).toBe('malformed');
      }
      for (const odd of [null, true, [], new Uint8Array(3), Number.MAX_SAFE_INTEGER]) {
        const changed = encode(raw, replaced(tree, path, odd));
        const decoded = decode(consensusMessage, changed, LIMIT);
        if (!isRejection(decoded)) expect(bytesOf(decoded)).toEqual(changed);
      }
    }
  });

  test('one bit changed anywhere: refused, or read as exactly these bytes; nothing is mended on the way, and nothing throws (R1)', () => {
    for (let at = 0; at < bytes.byteLength; at += 1) {
      const wrong = bytes.slice();
      wrong[at] = (wrong[at] ?? 0) ^ (1 << (at % 8));
      const decoded = decode(consensusMessage, wrong, LIMIT);
      if (isRejection(decoded)) continue;
      expect(bytesOf(decoded)).toEqual(wrong);
      outcome(decoded);
    }
  });
});

describe('another encoding of the same value (R1)', () => {
  const bytes = bytesOf(samples.vote);
  // [2 items, 'vote', [7 fields, epoch 3, …
  const at = 1 + 5 + 1;
  const head = bytes.subarray(0, at);
  const tail = bytes.subarray(at + 1);

  test.each<[string, readonly number[], string]>([
    ['as a float', [0xfb, 0x40, 0x08, 0, 0, 0, 0, 0, 0], 'non-canonical'],
    ['in more bytes than it needs', [0x18, 3], 'malformed'],
    ['as a list of no length', [0x9f, 3, 0xff], 'malformed'],
    ['under a tag', [0xc1, 3], 'malformed'],
  ])('%s: refused', (_what, epoch, reason) => {
    expect(bytes[at]).toBe(3);
    expect(reasonOf(Uint8Array.from([...head, ...epoch, ...tail]))).toBe(reason);
  });
});

describe('bounds of what a message holds (R18)', () => {
  const many = <Item>(item: Item, count: number) => new Array<Item>(count).fill(item);
  const vote = { signer: party(1), signature: signatureOf(party(1), 'commit') };
  const votes = many(vote, MAX_VOTERS + 1);
  const { certificate } = samples.decided;
  const { certificate: lane } = samples['certified-batch'];
  const block = new Uint8Array(MAX_BLOCK_BYTES + 1);
  const batch = new Uint8Array(2 * MAX_BATCH_BYTES + 1);
  test.each<[string, ConsensusMessage]>([
    ['a value larger than a block', { ...samples.proposal, value: block }],
    ['a final value larger than a block', { ...samples.decided, value: block }],
    ['a package larger than a block', { ...samples['paper-package'], value: block }],
    ['a pre-prepare larger than a block', { ...samples['paper-proposal'], value: block }],
    ['a batch larger than a batch', { ...samples.batch, bytes: batch }],
    ['a certified batch larger than a batch', { ...samples['certified-batch'], bytes: batch }],
    ['a carried batch larger than a batch', { ...samples.proposal, carried: [{ certificate: lane, bytes: batch }] }],
    ['more batches than a cut', { ...samples.proposal, carried: many({ certificate: lane, bytes: null }, MAX_CUT_BATCHES + 1) }],
    ['more questions than a cut', { ...samples.inquiry, batches: many(digestNamed('a'), MAX_CUT_BATCHES + 1) }],
    ['more votes than voters, bundled', { ...samples.bundle, votes }],
    ['more votes than voters, certified', { ...samples.certified, certificate: { ...certificate, votes } }],
    ['more votes than voters, decided', { ...samples.decided, certificate: { ...certificate, votes } }],
    ['more votes than voters, in a lane', { ...samples['certified-batch'], certificate: { ...lane, votes } }],
    ['more votes than voters, in a package', { ...samples['paper-package'], certificate: { ...certificate, votes } }],
    ['more moves than voters', { ...samples.batch, moves: many(moves(1, [2])[0]!, MAX_VOTERS + 1) }],
    ['more view changes than voters', newView({ viewChanges: many({ ...samples['view-change'], certificate: null }, MAX_VOTERS + 1) })],
    ['a group beyond all groups', others.move(2, 1, MAX_VOTERS + 1)],
  ])('%s: refused', (_what, message) => {
    expect(reasonOf(bytesOf(message))).toBe('malformed');
  });
});

describe('stale and foreign', () => {
  /** The same said in another epoch, wherever the message names it. */
  function inEpoch(message: ConsensusMessage, epoch: number): ConsensusMessage {
    const certificate = 'certificate' in message && message.certificate !== null ? { ...message.certificate, epoch } : null;
    if (message.kind === 'view-change') return { ...message, epoch };
    return (certificate === null ? { ...message, epoch } : { ...message, certificate }) as ConsensusMessage;
  }

  test.each(KINDS)('%s of an epoch that is over, or not open yet (R13)', (kind) => {
    expect(outcome(inEpoch(samples[kind], 2))).toBe('wrong-epoch');
    expect(outcome(inEpoch(samples[kind], 4))).toBe('wrong-epoch');
  });

  const stranger = party(99);
  const withStranger = (votes: readonly { readonly signer: ReturnType<typeof party>; readonly signature: Uint8Array }[]) => [
    ...votes.slice(0, -1),
    { signer: stranger, signature: signatureOf(stranger, 'commit') },
  ];
  const { certificate } = samples.decided;
  const { certificate: lane } = samples['certified-batch'];
  test.each<[string, ConsensusMessage, string]>([
    ['proposal', { ...samples.proposal, signer: stranger }, 'stranger'],
    ['vote', { ...samples.vote, signer: stranger }, 'stranger'],
    ['view-change', { ...samples['view-change'], signer: stranger }, 'stranger'],
    ['decided', { ...samples.decided, certificate: { ...certificate, votes: withStranger(certificate.votes) } }, 'stranger'],
    ['bundle', { ...samples.bundle, votes: withStranger(samples.bundle.votes) }, 'stranger'],
    ['certified', { ...samples.certified, certificate: { ...certificate, votes: withStranger(certificate.votes) } }, 'stranger'],
    ['inquiry', { ...samples.inquiry, asker: stranger }, 'stranger'],
    ['batch', { ...samples.batch, signer: stranger }, 'not-the-author'],
    ['lane-vote', { ...samples['lane-vote'], signer: stranger }, 'stranger'],
    ['lane-move', { ...samples['lane-move'], signer: stranger }, 'stranger'],
    ['certified-batch', { ...samples['certified-batch'], certificate: { ...lane, votes: withStranger(lane.votes) } }, 'stranger'],
    ['audit of a voter, who does not audit', { ...samples.audit, signer: party(1) }, 'no-auditor'],
    ['audit', { ...samples.audit, signer: stranger }, 'no-auditor'],
    ['vote of an auditor', { ...samples.vote, signer: AUDITOR }, 'stranger'],
    ['paper-proposal', { ...samples['paper-proposal'], signer: stranger }, 'not-the-leader'],
    ['paper-vote', { ...samples['paper-vote'], signer: stranger }, 'stranger'],
    ['paper-vote of a member, among primaries', { ...samples['paper-vote'], round: 'primaries' }, 'not-a-primary'],
    ['paper-vote of another group', { ...samples['paper-vote'], signer: party(5) }, 'stranger'],
    ['paper-vote that proposes', { ...samples['paper-vote'], phase: 'pre-prepare' }, 'not-the-leader'],
    ['paper-replace', { ...samples['paper-replace'], signer: stranger }, 'stranger'],
    ['paper-replace of view 0', { ...samples['paper-replace'], view: 0 }, 'view-0'],
    [
      'paper-package',
      { ...samples['paper-package'], certificate: { ...certificate, votes: withStranger(certificate.votes.slice(0, 3)) } },
      'not-a-primary',
    ],
  ])('%s of a stranger', (_kind, message, reason) => {
    expect(outcome(message)).toBe(reason);
  });
});

describe('structure of what carriers hand on (R6)', () => {
  const { bundle, certified, decided, proposal } = samples;
  const { certificate } = decided;
  const [first, second, third] = bundle.votes;
  const { carried } = proposal;
  test.each<[string, ConsensusMessage, string | number]>([
    ['a bundle: one check for each vote, fewer than Q are enough', bundle, 3],
    ['a bundle without votes', { ...bundle, votes: [] }, 'empty-bundle'],
    ['a bundle that counts a voter twice', { ...bundle, votes: [first!, first!, second!] }, 'unordered'],
    ['a bundle out of order', { ...bundle, votes: [second!, first!, third!] }, 'unordered'],
    ['a certificate of fewer than Q', { ...certified, certificate: { ...certificate, votes: certificate.votes.slice(1) } }, 'below-quorum'],
    ['a certificate of prepares', { ...certified, certificate: others.certificate('prepare', 'v', QUORUM) }, QUORUM.length],
    ['a final value with prepares', { ...decided, certificate: others.certificate('prepare', 'v', QUORUM) }, 'wrong-phase'],
    ['a final value of another height', { ...decided, height: 9 }, 'wrong-certificate'],
    ['a proposal: its own signature and q_g for each batch', proposal, 1 + 3 + 3],
    [
      'a proposal with a batch that too few of its group certified (T6)',
      { ...proposal, carried: carried.map((one) => ({ ...one, certificate: others.laneCertificate('a', 1, 0, 0, [4, 5]) })) },
      'below-quorum',
    ],
    [
      'a proposal with a batch that another group certified (T6)',
      { ...proposal, carried: carried.map((one) => ({ ...one, certificate: others.laneCertificate('a', 1, 0, 0, [4, 5, 8]) })) },
      'stranger',
    ],
    ['a new view: proposal, Q view changes and a lock’s certificate', newView(), 1 + 2 * QUORUM.length],
    ['a proposal of a member that does not lead (R7)', { ...proposal, signer: party(1) }, 'not-the-leader'],
  ])('%s', (_what, message, expected) => {
    expect(outcome(message)).toBe(expected);
  });

  test('bad votes of a bundle are dropped, one by one; where none is good nothing is left', () => {
    expect(withoutBadVotes(bundle, [true, true, true])).toBe(bundle);
    expect(withoutBadVotes(bundle, [true, false, true])?.votes).toEqual([first, third]);
    expect(withoutBadVotes(bundle, [false, false, false])).toBeNull();
    expect(withoutBadVotes(bundle, [])).toBeNull();
  });
});

describe('replayed: no statement passes for another (R1)', () => {
  const signed = KINDS.filter((kind) => 'signature' in samples[kind]);
  const bytesUnder = (message: ConsensusMessage, under: Configuration) => statementBytes(message as Unsigned, under).join();

  test.each(signed)('%s: another channel, epoch or configuration signs other bytes', (kind) => {
    const message = samples[kind];
    const own = bytesUnder(message, configuration);
    for (const change of [{ channel: digestNamed('other') as never }, { epoch: 4 }, { digest: digestNamed('other') }])
      expect(bytesUnder(message, { ...configuration, ...change })).not.toBe(own);
  });

  test.each(signed)('%s: everything that it says is under its signature', (kind) => {
    const message = samples[kind];
    const own = bytesUnder(message, configuration);
    const said: Readonly<Record<string, unknown>> = {
      height: 9,
      view: 7,
      digest: digestNamed('other'),
      signer: party(3),
      group: 2,
      localView: 9,
      verdict: 'unsound',
      round: 'primaries',
    };
    for (const [field, other] of Object.entries(said)) {
      const says = field === 'digest' && kind === 'view-change' ? 'lockedDigest' : field;
      if (says in message) expect(bytesUnder({ ...message, [says]: other }, configuration), says).not.toBe(own);
    }
  });

  test.each(signed)('%s names its layer', (kind) => {
    const message = samples[kind];
    const layer = isPaperMessage(message) ? 'paper' : kind === 'audit' ? 'audit' : kind === 'batch' || isLaneKind(kind) ? 'lane' : 'global';
    const bytes = Buffer.from(statementBytes(message as Unsigned, configuration)).toString('latin1');
    expect(['global', 'lane', 'audit', 'paper'].filter((word) => bytes.includes(word))).toEqual([layer]);
  });

  test('no two kinds and phases sign the same bytes, and layers keep members, lanes, auditors and primaries apart', () => {
    const { digest } = samples.vote;
    const all: readonly ConsensusMessage[] = [
      ...signed.map((kind) => samples[kind]),
      { ...samples.vote, phase: 'commit' },
      { ...samples['lane-vote'], phase: 'prepare' },
      { ...samples['lane-vote'], signer: party(1), phase: 'batch' },
      { ...samples['paper-vote'], phase: 'prepare' },
      { ...samples['paper-vote'], phase: 'pre-prepare', digest },
    ];
    const seen = all.map((message) => bytesUnder({ ...message, signer: party(2) } as ConsensusMessage, configuration));
    expect(new Set(seen).size).toBe(seen.length - 1);
    // The one pair: a pre-prepare as a message, and as half of a proof of guilt.
    expect(bytesUnder({ ...samples['paper-proposal'], signer: party(2) }, configuration)).toBe(seen.at(-1));
  });
});
