// Blocks from composing to final, and everything by which one is refused (R4, R6, R7, R11, R15). Signatures here are real.
import { describe, expect, test } from 'vitest';
import { type ChannelId, type Digest, MAX_BLOCK_BYTES, MAX_CLOCK_AHEAD_MS, MAX_SLIPS_PER_BLOCK, isRejection } from '../base/index.ts';
import { type SignatureCheck, leaderOf } from '../consensus/index.ts';
import { type Slip, getValue, partyTable, proveKey, stateRoot, verifyStateProof } from '../contracts/index.ts';
import { verifySync } from '../crypto/index.ts';
import { Consortium, Person, START_MS, people, recordAction, recordNamed } from './consortium.ts';
import {
  AHEAD_OF_CLOCK,
  type Block,
  type BlockHeader,
  type FinalBlock,
  blockChecks,
  checkBlock,
  decodeBlock,
  decodeFinalBlock,
  encodeBlock,
  encodeFinalBlock,
  extend,
  finalityChecks,
  foundingChecks,
  headerDigest,
  lastCounter,
  openLedger,
  partyOf,
  proveSlip,
  slipChecks,
  slipForecast,
  slipIsSpent,
  slipsRootOf,
  toConsensusConfiguration,
  verifySlip,
} from './index.ts';

const ann = new Person('ann', 'patient');
const north = new Person('north', 'clinic');
const south = new Person('south', 'clinic');
const late = new Person('late', 'clinic');
const archives = people('archive', 4);

function channel(): Consortium {
  return new Consortium({ archives, others: [north, south, ann] });
}

/** Every signature holds, or why there are none to check. */
function verified(checks: readonly SignatureCheck[] | { readonly reason: string }): boolean | string {
  if ('reason' in checks) return checks.reason;
  return checks.every(({ publicKey, bytes, signature }) => verifySync(publicKey, bytes, signature));
}

function reasonOf(result: unknown): string {
  return isRejection(result) ? result.reason : 'taken';
}

function damaged(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
}

describe('founding', () => {
  const { founding, ledger } = channel();

  test('the channel is the digest of the founding header, which names none', () => {
    expect(ledger.channel).toBe(headerDigest(founding.block.header));
    expect(founding.block.header.channel).toBe('00'.repeat(32));
    expect(ledger.configuration).toMatchObject({ epoch: 0, tolerated: 1, quorum: 3, name: 'Demonstration' });
    expect(founding.block.header.configuration).toBe(ledger.configuration.digest);
  });

  test('is opened again from its bytes, to the same ledger', () => {
    const opened = openLedger(decodeFinalBlock(encodeFinalBlock(founding)) as FinalBlock);
    expect(opened).toMatchObject({ channel: ledger.channel, height: 0, configuration: { digest: ledger.configuration.digest } });
  });

  test('is signed by the keys that it certifies', () => {
    expect(verified(foundingChecks(founding.block))).toBe(true);
    const slips = founding.block.slips.map((slip, index) => (index === 3 ? { ...slip, signature: damaged(slip.signature) } : slip));
    expect(verified(foundingChecks({ ...founding.block, slips }))).toBe(false);
  });

  const withSlips = (slips: readonly Slip[]): FinalBlock => ({
    ...founding,
    block: { header: { ...founding.block.header, slipCount: slips.length, slipsRoot: slipsRootOf(slips) }, slips },
  });
  const { slips } = founding.block;
  const certifies = (slip: Slip): boolean => slip.body.action.kind === 'certify';
  test.each<[string, FinalBlock, string]>([
    ['without its founding', withSlips(slips.slice(1)), 'not-founding'],
    ['whose founder is not certified', withSlips(slips.filter((slip) => !certifies(slip))), 'not-founding'],
    ['without a member', withSlips(slips.filter(certifies).toSpliced(0, 0, slips[0]!)), 'no-voters'],
    ['with a slip that has no effect', withSlips([...slips, slips.at(-1)!]), 'counter-used'],
    [
      'that names a channel',
      withSlips([...slips, { ...slips.at(-1)!, body: { ...slips.at(-1)!.body, channel: ledger.channel } }]),
      'other-channel',
    ],
    [
      'with another state root',
      { ...founding, block: { ...founding.block, header: { ...founding.block.header, stateRoot: ledger.digest } } },
      'wrong-header',
    ],
    ['in another epoch', { ...founding, block: { ...founding.block, header: { ...founding.block.header, epoch: 1 } } }, 'wrong-header'],
  ])('%s is refused', (_name, block, reason) => {
    expect(reasonOf(openLedger(block))).toBe(reason);
  });
});

describe('a composed block', () => {
  test('is valid, decodes to itself, carries its signatures, and extends the ledger (R4, R11)', () => {
    const on = channel();
    for (const version of [1, 2, 3]) {
      on.nowMs += 1_000;
      const slip = on.slip(north, recordAction('r', ann, { version }), { consent: ann });
      const { block, bytes, digest, included } = on.compose([slip]);
      expect(decodeBlock(bytes)).toEqual(block);
      expect([headerDigest(block.header), included.length]).toEqual([digest, 1]);
      expect(checkBlock(on.ledger, block, { nowMs: on.nowMs })).toBeNull();
      expect(verified(blockChecks(on.ledger, block))).toBe(true);
      const certificate = on.certify(block, digest);
      expect(verified(finalityChecks(on.ledger, block, certificate))).toBe(true);
      const extended = extend(on.ledger, { block, certificate });
      if (isRejection(extended)) throw new Error(extended.detail);
      expect(extended.outcomes.map(({ outcome }) => outcome)).toEqual(['done']);
      expect(stateRoot(extended.ledger.state)).toBe(block.header.stateRoot);
      on.ledger = extended.ledger;
    }
    expect([on.ledger.height, lastCounter(on.ledger, ann.party), lastCounter(on.ledger, on.authority.party)]).toEqual([3, -1, 8]);
  });

  test('holds each author’s slips in the order of their counters, however they came', () => {
    const on = channel();
    const slips = [1, 2, 3].map((version) => on.slip(north, recordAction('r', ann, { version }), { consent: ann }));
    const other = on.slip(south, recordAction('s', ann), { consent: ann });
    const { block } = on.compose([slips[2]!, other, slips[0]!, slips[1]!]);
    expect(block.slips).toEqual([slips[0], other, slips[1], slips[2]]);
  });

  test('leaves out what is invalid, used, or may still work later, and says why', () => {
    const on = channel();
    on.do(north, recordAction('r', ann), { consent: ann });
    const slips = [
      on.slip(north, recordAction('r', ann), { consent: ann }),
      on.slip(north, recordAction('q', ann, { version: 2 }), { consent: ann }),
      on.slip(north, recordAction('q', ann)),
      on.slip(late, recordAction('l', ann), { consent: ann }),
      on.slip(north, recordAction('o', ann), { consent: ann, channel: 'ab'.repeat(32) as ChannelId }),
      on.slip(north, recordAction('u', late), { consent: late }),
    ];
    const { block, skipped } = on.compose(slips);
    expect(block.slips).toEqual([]);
    expect(skipped.map(({ refusal }) => refusal?.reason).toSorted()).toEqual([
      'no-consent',
      'other-channel',
      'unknown-author',
      'unknown-patient',
      'version-gap',
      'version-taken',
    ]);
    expect(slips.map((slip) => slipIsSpent(on.ledger, slip))).toEqual([true, false, false, false, false, false]);
  });

  test('takes in a slip that fails for good, so that its author gets a receipt (R4)', () => {
    const on = channel();
    const slip = on.slip(south, { kind: 'withdraw', record: recordNamed('r'), sealedReason: Uint8Array.of(1) });
    const forecast = slipForecast(on.ledger, slip, on.nowMs);
    expect(reasonOf(forecast)).toBe('unknown-record');
    expect(on.final([slip])).toEqual([forecast]);
    expect(slipIsSpent(on.ledger, slip)).toBe(true);
  });

  test('holds at most so many slips, and the rest waits', () => {
    const on = channel();
    const slips = Array.from({ length: MAX_SLIPS_PER_BLOCK + 2 }, (_, index) =>
      on.slip(north, recordAction(`r${index}`, ann), { consent: ann }),
    );
    const { block, bytes, skipped } = on.compose(slips);
    expect([block.slips.length, ...skipped.map(({ refusal }) => refusal)]).toEqual([MAX_SLIPS_PER_BLOCK, null, null]);
    expect(bytes.byteLength).toBeLessThan(MAX_BLOCK_BYTES);
    expect(checkBlock(on.ledger, block, { nowMs: on.nowMs })).toBeNull();
  });

  test('is dated after its parent even where the clock is not', () => {
    const on = channel();
    on.nowMs = START_MS - 60_000;
    expect(on.compose().block.header.timestampMs).toBe(START_MS + 1);
  });

  test('certifies a party for slips of the next block, not of its own', () => {
    const on = channel();
    const certify = on.slip(on.authority, late.certify());
    const slip = on.slip(late, recordAction('l', ann), { consent: ann });
    expect(on.compose([certify, slip]).block.slips).toEqual([certify]);
    on.final([certify]);
    expect(on.final([slip])).toEqual(['done']);
  });
});

describe('a block is refused', () => {
  const on = channel();
  on.final([on.slip(north, recordAction('r', ann), { consent: ann })]);
  on.nowMs += 1_000;
  const slip = on.slip(north, recordAction('r', ann, { version: 2 }), { consent: ann });
  const { block, digest } = on.compose([slip]);
  const header = (change: Partial<BlockHeader>): Block => ({ ...block, header: { ...block.header, ...change } });
  const slips = (changed: readonly Slip[]): Block => ({
    header: { ...block.header, slipCount: changed.length, slipsRoot: slipsRootOf(changed) },
    slips: changed,
  });
  const certificate = block.header.parentCertificate!;
  const zero = '00'.repeat(32);
  const nextLeader = leaderOf(toConsensusConfiguration(on.ledger), 2, 1);

  test.each<[string, Block, string]>([
    ['of another protocol', header({ protocol: 0 }), 'wrong-protocol'],
    ['of another channel', header({ channel: zero as ChannelId }), 'other-channel'],
    ['of another height', header({ height: 3 }), 'wrong-height'],
    ['after another parent', header({ parent: zero as Digest }), 'wrong-parent'],
    ['of another epoch (R13)', header({ epoch: 1 }), 'wrong-configuration'],
    ['under another configuration (R13)', header({ configuration: zero as Digest }), 'wrong-configuration'],
    ['not dated after its parent', header({ timestampMs: on.ledger.head.timestampMs }), 'not-later'],
    ['whose proposer did not lead (R7)', header({ proposer: nextLeader }), 'wrong-proposer'],
    ['that counts other slips', header({ slipCount: 2 }), 'wrong-count'],
    ['that commits to other slips', header({ slipsRoot: zero as Digest }), 'wrong-slips-root'],
    ['that commits to another state (R11)', header({ stateRoot: zero as Digest }), 'wrong-state-root'],
    ['without its parent’s certificate (R7)', header({ parentCertificate: null }), 'no-certificate'],
    ['with another block’s certificate', header({ parentCertificate: { ...certificate, digest: zero as Digest } }), 'wrong-certificate'],
    ['with a certificate for another height', header({ parentCertificate: { ...certificate, height: 2 } }), 'wrong-certificate'],
    [
      'with a certificate of fewer than Q (R6)',
      header({ parentCertificate: { ...certificate, votes: certificate.votes.slice(2) } }),
      'below-quorum',
    ],
    ['with a certificate to prepare', header({ parentCertificate: { ...certificate, phase: 'prepare' } }), 'wrong-phase'],
    ['with a slip that nobody consented to', slips([{ ...slip, consent: null }]), 'no-consent'],
    ['with a slip of a stranger', slips([on.slip(late, recordAction('l', ann), { consent: ann })]), 'unknown-author'],
    [
      'with a slip of another channel',
      slips([on.slip(north, recordAction('o', ann), { consent: ann, channel: zero as ChannelId })]),
      'other-channel',
    ],
  ])('%s', (_name, wrong, reason) => {
    expect(reasonOf(checkBlock(on.ledger, wrong, { nowMs: on.nowMs }))).toBe(reason);
  });

  test('but only for now where it runs ahead of the own clock: that convicts nobody (R15)', () => {
    const { timestampMs } = block.header;
    expect(checkBlock(on.ledger, block, { nowMs: timestampMs - MAX_CLOCK_AHEAD_MS })).toBeNull();
    expect(reasonOf(checkBlock(on.ledger, block, { nowMs: timestampMs - MAX_CLOCK_AHEAD_MS - 1 }))).toBe(AHEAD_OF_CLOCK);
  });

  test('not for a slip that was used before: it has no effect (R4, R12)', () => {
    const used = on.blocks[1]!.block.slips[0]!;
    const again = slips([used]);
    expect(reasonOf(checkBlock(on.ledger, again, { nowMs: on.nowMs }))).toBe('wrong-state-root');
    const { stateRoot: untouched } = on.ledger.head;
    expect(checkBlock(on.ledger, { ...again, header: { ...again.header, stateRoot: untouched } }, { nowMs: on.nowMs })).toBeNull();
  });

  test.each<[string, Slip]>([
    ['of its author', { ...slip, signature: damaged(slip.signature) }],
    ['of the patient', { ...slip, consent: damaged(slip.consent!) }],
    ['over another body', { ...slip, body: { ...slip.body, timestampMs: slip.body.timestampMs + 1 } }],
  ])('by whoever checks the signatures, for a signature %s that does not hold', (_name, wrong) => {
    expect(verified(slipChecks(on.ledger, slip))).toBe(true);
    expect(verified(slipChecks(on.ledger, wrong))).toBe(false);
    expect(verified(blockChecks(on.ledger, slips([wrong])))).toBe(false);
  });

  test('and by them for one bad signature among good ones in its parent’s certificate (R6)', () => {
    const votes = certificate.votes.map((vote, index) => (index === 3 ? { ...vote, signature: damaged(vote.signature) } : vote));
    expect(verified(blockChecks(on.ledger, header({ parentCertificate: { ...certificate, votes } })))).toBe(false);
  });

  test('as final, where its certificate is missing, too small, another’s or of strangers (R6)', () => {
    const good = on.certify(block, digest);
    const results = [
      null,
      { ...good, votes: good.votes.slice(2) },
      { ...good, digest: zero as Digest },
      { ...good, height: 1 },
      { ...good, epoch: 1 },
      { ...good, votes: [...good.votes.slice(1), { ...good.votes[0]!, signer: 'ff'.repeat(16) as typeof ann.party }] },
      { ...good, votes: [good.votes[0]!, good.votes[0]!, good.votes[1]!] },
    ].map((bad) => reasonOf(extend(on.ledger, { block, certificate: bad })));
    expect(results).toEqual([
      'no-certificate',
      'below-quorum',
      'wrong-certificate',
      'wrong-certificate',
      'wrong-epoch',
      'stranger',
      'unordered',
    ]);
    expect(reasonOf(extend(on.ledger, { block, certificate: good }))).toBe('taken');
  });

  test('as final, where a liar changed its state root and certified that', () => {
    const lie = header({ stateRoot: zero as Digest });
    expect(reasonOf(extend(on.ledger, { block: lie, certificate: on.certify(lie, headerDigest(lie.header)) }))).toBe('wrong-state-root');
  });

  test('where it is larger than a block may be', () => {
    const bytes = encodeBlock(block);
    const oversized = new Uint8Array(MAX_BLOCK_BYTES + 1);
    oversized.set(bytes);
    expect([reasonOf(decodeBlock(oversized)), reasonOf(decodeBlock(bytes.subarray(1)))]).toEqual(['oversized', 'malformed']);
  });
});

describe('what a light client can check', () => {
  const on = channel();
  on.final([1, 2, 3].map((number) => on.slip(north, recordAction(`r${number}`, ann), { consent: ann })));
  const { block } = on.blocks[1]!;

  test('that a slip is in a block', () => {
    const proof = proveSlip(block, 1);
    expect(verifySlip(block.header, block.slips[1]!, proof)).toBe(true);
    expect(verifySlip(block.header, block.slips[2]!, proof)).toBe(false);
    expect(verifySlip(block.header, { ...block.slips[1]!, consent: null }, proof)).toBe(false);
  });

  test('what the state says about a party, by the header’s root (R11)', () => {
    const key = partyTable.key(north.party);
    const value = getValue(on.ledger.state, key);
    expect(verifyStateProof(block.header.stateRoot, key, value, proveKey(on.ledger.state, key))).toBe(true);
    const absent = partyTable.key(late.party);
    expect(verifyStateProof(block.header.stateRoot, absent, null, proveKey(on.ledger.state, absent))).toBe(true);
  });
});

test('a party is known with its certificate, a stranger is not', () => {
  const on = channel();
  expect(partyOf(on.ledger, north.party)?.certificate.name).toBe('north');
  expect(partyOf(on.ledger, late.party)).toBeNull();
});

test('everybody who replays the blocks comes to the same state (R11)', () => {
  const on = channel();
  for (let round = 0; round < 5; round += 1) on.final([on.slip(north, recordAction(`r${round}`, ann), { consent: ann })]);
  on.do(archives[0]!, { kind: 'leave' });
  let ledger = openLedger(on.founding);
  for (const final of on.blocks.slice(1)) {
    if (isRejection(ledger)) throw new Error(ledger.detail);
    const copy = decodeFinalBlock(encodeFinalBlock(final));
    const extended = isRejection(copy) ? copy : extend(ledger, copy);
    ledger = isRejection(extended) ? extended : extended.ledger;
  }
  expect(ledger).toMatchObject({ digest: on.ledger.digest, height: 6, configuration: { digest: on.ledger.configuration.digest } });
});
