// What a client that does not execute believes, and why (P3-07, R11, R13): the founding block, whose digest names the channel; from
// it the voters of the first epoch; from epoch to epoch a header that Q of the old voters signed, with proofs of the new roster and
// configuration under its state root; at last a certified header of the newest epoch. Every other proof is checked against headers that
// this trust accepts. Signatures are listed here and checked by the caller.
import { type Digest, type Rejection, MAX_MEMBERS, MAX_NAME_CHARS, MAX_VOTERS, isRejection, reject } from '../base/index.ts';
import { type Decoded, decode, encode, list, struct, text, uint } from '../codec/index.ts';
import { type Configuration, type SignatureCheck, certificateChecks } from '../consensus/index.ts';
import {
  ONLY,
  channelId,
  digest,
  entryProof,
  epochTable,
  partyId,
  proveEntry,
  provedEntry,
  publicKey,
  rosterTable,
  tally,
} from '../contracts/index.ts';
import { type BareHeader, bareDigest, bareHeader, bareOf } from './block.ts';
import type { Ledger } from './ledger.ts';
import { PROTOCOL } from './protocol.ts';
import { type CertifiedHeader, certifiedHeader } from './slip-proof.ts';

/** Epochs that a trust follows, at most (R18): a change every minute for two months. */
const MAX_EPOCHS = 100_000;
export const MAX_EPOCH_LINK_BYTES = 128 * 1024 + 200 * MAX_MEMBERS;
const MAX_TRUST_BYTES = 64 * 1024 * 1024;

/** From one epoch to the next: the last header of the old one, and what its state says of the new one. */
const epochLink = struct({ last: certifiedHeader, roster: entryProof, keys: entryProof });
export type EpochLink = Decoded<typeof epochLink>;

const epochVoters = struct({
  configuration: digest,
  tolerated: uint(MAX_MEMBERS),
  quorum: uint(MAX_MEMBERS),
  voters: list(struct({ party: partyId, memberKey: publicKey }), MAX_VOTERS),
});
const trust = struct({
  channel: channelId,
  name: text(MAX_NAME_CHARS),
  /** Of the first one here: whoever begins with a ledger of its own needs none before. */
  firstEpoch: uint(),
  epochs: list(epochVoters, MAX_EPOCHS),
  /** The newest header that was accepted. */
  head: bareHeader,
});
export type Trust = Decoded<typeof trust>;

export function encodeTrust(value: Trust): Uint8Array {
  return encode(trust, value);
}

/** What was kept; it was checked before it was kept. */
export function decodeTrust(bytes: Uint8Array): Trust | Rejection {
  return decode(trust, bytes, MAX_TRUST_BYTES);
}

export function encodeEpochLink(value: EpochLink): Uint8Array {
  return encode(epochLink, value);
}

export function decodeEpochLink(bytes: Uint8Array): EpochLink | Rejection {
  return decode(epochLink, bytes, MAX_EPOCH_LINK_BYTES);
}

/** What a ledger that was executed shows: the founding block, opened and its signatures checked, or any later head. */
export function openTrust({ channel, settings, configuration, consensus, head }: Ledger): Trust {
  const { tolerated, quorum, voters } = consensus;
  const epochs = [{ configuration: configuration.digest, tolerated, quorum, voters }];
  return { channel, name: settings.name, firstEpoch: configuration.epoch, epochs, head: bareOf(head) };
}

/** The newest epoch whose voters are known. */
export function newestEpoch({ firstEpoch, epochs }: Trust): number {
  return firstEpoch + epochs.length - 1;
}

/** The link that a block makes which begins an epoch: `after` is the ledger with this block as its head. Null for every other block. */
export function epochLinkOf(after: Ledger): EpochLink | null {
  const { head, certificate, configuration, state } = after;
  if (certificate === null || configuration.epoch === head.epoch) return null;
  return {
    last: { header: bareOf(head), certificate },
    roster: proveEntry(state, rosterTable.key(ONLY)),
    keys: proveEntry(state, epochTable.key(String(configuration.epoch))),
  };
}

/** Every signature that makes the header final under the voters of its epoch, or why none could. */
export function headerChecks(known: Trust, { header, certificate }: CertifiedHeader): readonly SignatureCheck[] | Rejection {
  if (header.protocol !== PROTOCOL) return reject('wrong-protocol', `version ${header.protocol}, but ${PROTOCOL} is spoken`);
  if (header.channel !== known.channel) return reject('other-channel', 'the header is of another channel');
  const configuration = configurationOf(known, header.epoch);
  if (configuration === null) return reject('unknown-epoch', `epoch ${header.epoch} is not known yet`);
  if (configuration.digest !== header.configuration) return reject('wrong-configuration', 'the header names other voters for its epoch');
  if (certificate === null) return reject('no-certificate', 'only the founding block comes without a certificate');
  if (certificate.height !== header.height || certificate.digest !== bareDigest(header))
    return reject('wrong-certificate', 'the certificate is about another header');
  return certificateChecks(certificate, configuration, 'commit');
}

/** The trust with one more epoch; the signatures of `link.last` (`headerChecks`) are the caller's. */
export function withEpoch(known: Trust, { last, roster, keys }: EpochLink): Trust | Rejection {
  const newest = newestEpoch(known);
  const { header } = last;
  if (header.epoch !== newest) return reject('wrong-epoch', `the link begins in epoch ${header.epoch}, but ${newest} is the newest known`);
  const members = provedEntry(rosterTable, ONLY, header.stateRoot, roster);
  if (members === null || isRejection(members)) return members ?? reject('no-roster', 'the state has no roster');
  const epoch = provedEntry(epochTable, String(newest + 1), header.stateRoot, keys);
  if (epoch === null || isRejection(epoch)) return epoch ?? reject('no-epoch', 'the state does not begin another epoch');
  if (members.epoch !== newest + 1) return reject('wrong-epoch', 'the roster is of another epoch');
  if (known.epochs.length >= MAX_EPOCHS) return reject('too-many-epochs', 'no more epochs are followed');
  const { tolerated, quorum } = tally(members.members);
  const next = { configuration: epoch.configuration, tolerated, quorum, voters: epoch.voters };
  return { ...known, epochs: [...known.epochs, next], head: header.height > known.head.height ? header : known.head };
}

/** The trust with a newer head; the signatures (`headerChecks`) are the caller's. */
export function withHead(known: Trust, header: BareHeader): Trust | Rejection {
  const { head } = known;
  if (header.height < head.height) return reject('old-head', `height ${header.height}, but ${head.height} was final before`);
  if (header.height === head.height && bareDigest(header) !== headDigest(known))
    return reject('fork', 'two different blocks of one height are certified: more than F members are faulty');
  return { ...known, head: header };
}

export function headDigest({ head }: Trust): Digest {
  return bareDigest(head);
}

/** As certificates are checked by; groups and seats play no part in that. */
function configurationOf({ channel, firstEpoch, epochs }: Trust, epoch: number): Configuration | null {
  const known = epochs[epoch - firstEpoch];
  if (known === undefined) return null;
  const { configuration, tolerated, quorum, voters } = known;
  return {
    channel,
    epoch,
    digest: configuration,
    voters,
    tolerated,
    quorum,
    baseTimeoutMs: 0,
    groups: [],
    seats: [],
  };
}
