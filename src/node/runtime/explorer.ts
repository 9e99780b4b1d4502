// The ledger explorer: blocks as they are stored, and everything in them verified again in this tab, from the bytes: parent,
// Merkle root, every signature, and the state root by executing it again.
import { AppError, type ChannelId, isRejection } from '../base/index.ts';
import type { BlockCheck, BlockSummary, BlockView, SlipView } from '../api.ts';
import { encode } from '../codec/index.ts';
import { type Slip, scriptMachineReady, slip as slipCodec, slipIdOf } from '../contracts/index.ts';
import {
  type FinalBlock,
  type Ledger,
  type Projection,
  type BlockRow,
  decodeFinalBlock,
  describeSlip,
  extend,
  foundingChecks,
  headerDigest,
  openLedger,
  slipsRootOf,
} from '../ledger/index.ts';
import type { LedgerStore, Verifier } from '../ports/index.ts';
import { createGroupSignatures } from './group-signatures.ts';
import { nameOf } from './network-view.ts';
import type { Platform } from './platform.ts';
import { type Verification, createVerification } from './verify.ts';

export interface Explorer {
  newest(ledger: Ledger, projection: Projection, count: number): readonly BlockSummary[];
  block(height: number): Promise<BlockView>;
  verify(height: number): Promise<BlockCheck>;
}

type Check = BlockCheck['checks'][number];

/** Blocks read at once while executing up to the one that is verified. */
const BATCH_BLOCKS = 64;

/** `current` gives the ledger and projection of now, for names and outcomes. */
export function createExplorer(
  store: LedgerStore,
  platform: Pick<Platform, 'verifier' | 'schemes'>,
  channel: ChannelId,
  current: () => { readonly ledger: Ledger; readonly projection: Projection },
): Explorer {
  const { verifier } = platform;
  const verification = createVerification(verifier, createGroupSignatures(platform.schemes));
  // Verifying heights in order costs each block one execution: the ledger before the last one verified is kept.
  let cursor: Ledger | null = null;

  async function stored(height: number): Promise<FinalBlock> {
    const [bytes] = await store.read(channel, height, 1);
    const final = bytes === undefined ? null : decodeFinalBlock(bytes);
    if (final === null || isRejection(final)) {
      throw new AppError({
        code: 'no-block',
        message: `There is no readable block at height ${height} here.`,
        remedy: 'Wait until this node has caught up.',
      });
    }
    return final;
  }

  async function ledgerBefore(height: number): Promise<Ledger> {
    let ledger = cursor !== null && cursor.height < height ? cursor : await founding();
    while (ledger.height < height - 1) {
      const count = Math.min(BATCH_BLOCKS, height - 1 - ledger.height);
      for (const bytes of await store.read(channel, ledger.height + 1, count)) ledger = await extendedBy(ledger, bytes);
    }
    cursor = ledger;
    return ledger;
  }

  async function founding(): Promise<Ledger> {
    const ledger = openLedger(await stored(0));
    if (isRejection(ledger)) throw unverifiable(0, ledger.detail);
    return ledger;
  }

  function view(final: FinalBlock): BlockView {
    const { ledger, projection } = current();
    const { header, slips } = final.block;
    return {
      ...summaryOf(final, ledger, projection),
      parent: header.parent,
      slipsRoot: header.slipsRoot,
      stateRoot: header.stateRoot,
      configuration: header.configuration,
      slipList: slips.map((slip) => slipView(slip, ledger, projection)),
      signers: (final.certificate?.votes ?? []).map((vote) => nameOf(ledger, vote.signer)),
    };
  }

  return {
    newest: (ledger, projection, count) => newestRows(projection, count).map((row) => ({ ...row, proposer: nameOf(ledger, row.proposer) })),
    block: async (height) => view(await stored(height)),
    verify: async (height) => {
      const final = await stored(height);
      if (height === 0) return { height, checks: await checksOfFounding(final, channel, verifier) };
      const before = await ledgerBefore(height);
      return {
        height,
        checks: [...structureChecks(before, final), await signatureCheck(before, final, verification), executionCheck(before, final)],
      };
    },
  };
}

function newestRows({ blocks }: Projection, count: number): readonly BlockRow[] {
  return Array.from({ length: Math.min(count, blocks.length) }, (_, index) => blocks.at(blocks.length - 1 - index)).flatMap(
    (row) => row ?? [],
  );
}

async function extendedBy(ledger: Ledger, bytes: Uint8Array): Promise<Ledger> {
  const final = decodeFinalBlock(bytes);
  if (!isRejection(final)) await scriptMachineReady(final.block.slips);
  const extended = isRejection(final) ? final : extend(ledger, final);
  if (isRejection(extended)) throw unverifiable(ledger.height + 1, extended.detail);
  return extended.ledger;
}

function unverifiable(height: number, detail: string): AppError {
  return new AppError({
    code: 'damaged-ledger',
    message: `Block ${height} does not verify: ${detail}.`,
    remedy: 'Remove this profile and restore it with its 24 words.',
  });
}

async function checksOfFounding(final: FinalBlock, channel: ChannelId, verifier: Verifier): Promise<readonly Check[]> {
  const ledger = openLedger(final);
  const checks = foundingChecks(final.block);
  const results = isRejection(checks)
    ? [false]
    : await Promise.all(checks.map((check) => verifier.verify(check.publicKey, check.bytes, check.signature)));
  const signed = results.every(Boolean);
  return [
    { what: 'The consortium is named after this block', ok: String(headerDigest(final.block.header)) === channel, detail: channel },
    {
      what: 'Its slips and state, by executing them again',
      ok: !isRejection(ledger),
      detail: isRejection(ledger) ? ledger.detail : `${final.block.slips.length} slips`,
    },
    { what: 'Every signature of its slips', ok: signed, detail: isRejection(checks) ? checks.detail : `${checks.length} signatures` },
  ];
}

function structureChecks(before: Ledger, final: FinalBlock): readonly Check[] {
  const { header, slips } = final.block;
  const certified = final.certificate?.digest === headerDigest(header);
  return [
    { what: 'It follows the block before', ok: header.parent === before.digest, detail: header.parent },
    { what: 'Merkle root of its slips', ok: slipsRootOf(slips) === header.slipsRoot, detail: header.slipsRoot },
    {
      what: 'The certificate is about this block',
      ok: certified,
      detail: `${final.certificate?.votes.length ?? 0} votes, ${before.configuration.quorum} needed`,
    },
    {
      what: 'The voters are those of its epoch',
      ok: header.configuration === before.configuration.digest,
      detail: `epoch ${header.epoch}`,
    },
  ];
}

async function signatureCheck(before: Ledger, final: FinalBlock, verification: Verification): Promise<Check> {
  const verified = await verification.final(before, final);
  const signatures = (final.certificate?.votes.length ?? 0) + final.block.slips.length;
  return {
    what: 'Every signature of votes and slips',
    ok: !isRejection(verified),
    detail: isRejection(verified) ? verified.detail : `at least ${signatures} signatures`,
  };
}

function executionCheck(before: Ledger, final: FinalBlock): Check {
  const extended = extend(before, final);
  return {
    what: 'State root, by executing it again',
    ok: !isRejection(extended),
    detail: isRejection(extended) ? extended.detail : final.block.header.stateRoot,
  };
}

function summaryOf(final: FinalBlock, ledger: Ledger, projection: Projection): BlockSummary {
  const { header } = final.block;
  return {
    height: header.height,
    digest: headerDigest(header),
    timestampMs: header.timestampMs,
    epoch: header.epoch,
    proposer: nameOf(ledger, header.proposer),
    view: header.view,
    slips: header.slipCount,
    signatures: final.certificate?.votes.length ?? 0,
    voters: projection.blocks.at(header.height)?.voters ?? 0,
  };
}

function slipView(slip: Slip, ledger: Ledger, projection: Projection): SlipView {
  const id = slipIdOf(slip);
  return {
    id,
    kind: slip.body.action.kind,
    author: nameOf(ledger, slip.body.author),
    timestampMs: slip.body.timestampMs,
    fields: describeSlip(slip),
    coSigned: slip.consent !== null,
    sizeBytes: encode(slipCodec, slip).byteLength,
    outcome: projection.slips.get(id)?.outcome ?? 'not known',
  };
}
