// The founding block (P0-02): height 0, decided by nobody, proved by the channel's id, which is its header's digest. Its
// slips found the channel, certify its authority and first members, and seat these. All of them must take effect.
import { type ChannelId, type Digest, type Rejection, MAX_SLIPS_PER_BLOCK, isRejection, present, reject } from '../base/index.ts';
import type { SignatureCheck } from '../consensus/index.ts';
import {
  type Moment,
  type Slip,
  type State,
  ONLY,
  checkSlip,
  emptyState,
  execute,
  firstEpoch,
  foundedTable,
  possessionChecks,
  rosterOf,
  seatsOf,
  signaturesOf,
  slipBytes,
  stateRoot,
  tally,
} from '../contracts/index.ts';
import { type Block, type BlockHeader, type FinalBlock, encodeFinalBlock, headerDigest, slipsRootOf } from './block.ts';
import { NO_CHANNEL, NO_PARENT, configurationOf, consensusConfiguration } from './configuration.ts';
import type { Ledger } from './ledger.ts';
import { PROTOCOL } from './protocol.ts';

export interface Founding {
  readonly block: FinalBlock;
  /** As stored and served. */
  readonly bytes: Uint8Array;
  readonly channel: ChannelId;
  readonly ledger: Ledger;
}

/**
 * Founds a channel. `slips`, signed, with channel all zero: `found` by the authority, `certify` of the authority by itself,
 * `certify` of the first members by the authority, then a `seat` at height 0 by each, archive members first.
 */
export function foundChannel(slips: readonly Slip[], timestampMs: number): Founding | Rejection {
  const result = foundedState(slips, { height: 0, timestampMs });
  if (isRejection(result)) return result;
  const [first] = slips;
  if (first === undefined) return reject('not-founding', 'a founding block begins with its founding');
  const header: BlockHeader = {
    protocol: PROTOCOL,
    channel: NO_CHANNEL,
    height: 0,
    parent: NO_PARENT,
    timestampMs,
    epoch: 0,
    configuration: configurationOf(result).digest,
    proposer: first.body.author,
    view: 0,
    slipCount: slips.length,
    slipsRoot: slipsRootOf(slips),
    cut: [],
    stateRoot: stateRoot(result),
    parentCertificate: null,
  };
  const block: FinalBlock = { block: { header, slips }, certificate: null };
  return { block, bytes: encodeFinalBlock(block), channel: headerDigest(header) as string as ChannelId, ledger: ledgerAt(header, result) };
}

/** The ledger at its founding block. Signatures (`foundingChecks`) are the caller's, and whether `ledger.channel` is the channel it wants. */
export function openLedger({ block, certificate }: FinalBlock): Ledger | Rejection {
  const { header, slips } = block;
  if (certificate !== null) return reject('stray-certificate', 'nobody votes on the founding block');
  const again = foundChannel(slips, header.timestampMs);
  if (isRejection(again)) return again;
  // Everything in a founding header follows from its slips and its time.
  const same = headerDigest(header) === headerDigest(again.block.block.header);
  return same ? again.ledger : reject('wrong-header', 'the founding header does not follow from its slips');
}

/** Every signature in a founding block, each by the certificate that the block itself gives before it is used. */
export function foundingChecks(block: Block): readonly SignatureCheck[] | Rejection {
  const { header, slips } = block;
  const checks: SignatureCheck[] = [];
  let state = emptyState;
  for (const [index, slip] of slips.entries()) {
    const found = index < 2 ? founderChecks(slips, slip) : signaturesOf(state, slip);
    if (isRejection(found)) return found;
    checks.push(...found);
    state = execute(state, slip, header).state;
  }
  return checks;
}

/** The first two slips are signed by the founder, whose certificate the second one is. */
function founderChecks(slips: readonly Slip[], slip: Slip): readonly SignatureCheck[] | Rejection {
  const second = slips[1]?.body.action;
  if (second?.kind !== 'certify') return reject('not-founding', 'the second slip certifies the founder');
  const own: SignatureCheck = { publicKey: second.certificate.signingKey, bytes: slipBytes(slip.body), signature: slip.signature };
  return slip === slips[1] ? [own, ...possessionChecks(second.certificate, second.possession)] : [own];
}

/** The state after the founding slips, or the first thing that is wrong with them. */
function foundedState(slips: readonly Slip[], at: Moment): State | Rejection {
  if (slips.length > MAX_SLIPS_PER_BLOCK) return reject('too-many-slips', `at most ${MAX_SLIPS_PER_BLOCK} slips found a channel`);
  const [first, second] = slips;
  if (first?.body.action.kind !== 'found' || second?.body.author !== first.body.author) {
    return reject('not-founding', 'a founding block begins with its founding and the certificate of its founder');
  }
  let state = emptyState;
  for (const slip of slips) {
    if (slip.body.channel !== NO_CHANNEL) return reject('other-channel', 'a founding slip names no channel');
    const wrong = checkSlip(slip);
    if (wrong !== null) return wrong;
    const { state: next, outcome } = execute(state, slip, at);
    if (outcome !== 'done') return outcome;
    state = next;
  }
  // Whoever founds a channel chooses all of its slips, so an older seed would be no better.
  state = firstEpoch(state, { ...at, seed: stateRoot(state) });
  const { voters, quorum, archiveVoters } = tally(rosterOf(state).members);
  if (voters < quorum) return reject('no-voters', 'a channel begins with at least one member that votes');
  if (foundedTable.get(state, ONLY)?.settings.archiveQuorum === true && archiveVoters < quorum) {
    return reject('no-archive-quorum', 'the archive members alone must reach the quorum');
  }
  return state;
}

function ledgerAt(header: BlockHeader, state: State): Ledger {
  const digest: Digest = headerDigest(header);
  const channel = digest as string as ChannelId;
  const configuration = configurationOf(state);
  const consensus = consensusConfiguration(channel, configuration, seatsOf(state));
  const { settings } = present(foundedTable.get(state, ONLY), "the channel's founding");
  return {
    channel,
    height: 0,
    head: header,
    digest,
    certificate: null,
    decidedBy: configuration,
    decidedByConsensus: consensus,
    configuration,
    consensus,
    state,
    settings,
  };
}
