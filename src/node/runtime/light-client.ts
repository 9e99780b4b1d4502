// A client that executes nothing (P3-07): it follows headers and certificates through the epochs and takes everything about its person
// by proofs, from a member that it need not trust. Lightweight, it keeps what it believes and its own slips; online, it keeps nothing and
// begins at the founding block each time. What is withheld, forged or old is refused with its reason, and another member is asked.
import { type ChannelId, type PartyId, type Rejection, AppError, isRejection, reject } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { type EntryProof, type Slip, concernCountTable, concernKey, concernTable, provedEntry, slipIdOf } from '../contracts/index.ts';
import {
  type CertifiedHeader,
  type SlipProof,
  type Trust,
  decodeSlipProof,
  headDigest,
  newestEpoch,
  slipProofRefusal,
  withHead,
} from '../ledger/index.ts';
import type { Verifier } from '../ports/index.ts';
import { MAX_ASKED_ENTRIES, MAX_GIVEN_ENTRIES_BYTES, askedEntries, askedSlip, givenEntries } from './proofs.ts';
import { followEpochs, headRefusal } from './sync-epochs.ts';
import { askedEpochs } from './sync-messages.ts';

/** Asks one member; throws AppError where it does not answer. */
export type AskMember = (kind: string, body: Uint8Array) => Promise<Uint8Array>;

/** One of the person's own slips, final. */
export interface OwnSlip {
  readonly height: number;
  /** Block time. */
  readonly timestampMs: number;
  readonly slip: Slip;
}

export interface LightClientInit {
  readonly channel: ChannelId;
  readonly patient: PartyId;
  readonly verifier: Verifier;
  /** From the founding block (`openTrust`), or what was kept. */
  readonly trust: Trust;
  readonly slips: readonly OwnSlip[];
}

export class LightClient {
  private readonly init: LightClientInit;
  private known: Trust;
  private own: readonly OwnSlip[];

  constructor(init: LightClientInit) {
    this.init = init;
    this.known = init.trust;
    this.own = init.slips;
  }

  /** What a lightweight client keeps. */
  get trust(): Trust {
    return this.known;
  }

  /** Everything that concerns the person, in order, as of the newest head that was seen. */
  get slips(): readonly OwnSlip[] {
    return this.own;
  }

  /** Catches up with what this member says; null where all of it was proved. Nothing of a refused answer is kept. */
  async update(ask: AskMember): Promise<Rejection | null> {
    try {
      return await this.updateFrom(ask);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return reject('withheld', `the member does not answer: ${error.code}`);
    }
  }

  private async updateFrom(ask: AskMember): Promise<Rejection | null> {
    const { patient } = this.init;
    const [counted] = await this.entries(ask, [concernCountTable.key(patient)]);
    if (isRejection(counted)) return counted;
    if (counted === undefined) return reject('withheld', 'the count of what concerns her was left out');
    const count = provedEntry(concernCountTable, patient, this.known.head.stateRoot, counted);
    if (isRejection(count)) return count;
    while (this.own.length < (count?.count ?? 0)) {
      const refusal = await this.more(ask, Math.min(MAX_ASKED_ENTRIES, (count?.count ?? 0) - this.own.length));
      if (refusal !== null) return refusal;
    }
    return null;
  }

  /** The next ones by their numbers: none can be left out, for each number has its proof. */
  private async more(ask: AskMember, count: number): Promise<Rejection | null> {
    const { patient } = this.init;
    const ids = Array.from({ length: count }, (_, index) => concernKey(patient, this.own.length + index));
    const proofs = await this.entries(
      ask,
      ids.map((id) => concernTable.key(id)),
    );
    for (const [index, id] of ids.entries()) {
      const proof = proofs[index];
      if (isRejection(proof)) return proof;
      if (proof === undefined) return reject('withheld', 'an entry was left out');
      const concern = provedEntry(concernTable, id, this.known.head.stateRoot, proof);
      if (concern === null || isRejection(concern)) return concern ?? reject('withheld', 'a slip that was counted is said to be absent');
      const body = encode(askedSlip, { channel: this.init.channel, height: concern.height, slip: concern.slip });
      const found = decodeSlipProof(await ask('slip-proof', body));
      const refusal = isRejection(found) ? found : await this.slipRefusal(found, concern);
      if (isRejection(found) || refusal !== null) return refusal;
      const { height, timestampMs } = found.head.header;
      this.own = [...this.own, { height, timestampMs, slip: found.slip }];
    }
    return null;
  }

  private async slipRefusal(proof: SlipProof, concern: { readonly height: number; readonly slip: string }): Promise<Rejection | null> {
    if (proof.head.header.height !== concern.height || slipIdOf(proof.slip) !== concern.slip)
      return reject('other-slip', 'the proof is about another slip than was asked for');
    return slipProofRefusal(proof) ?? (await headRefusal(this.known, proof.head, this.init.verifier));
  }

  /** Proofs under a head that is believed from then on; a single Rejection where it is not. */
  private async entries(ask: AskMember, keys: readonly string[]): Promise<readonly (EntryProof | Rejection)[]> {
    const { channel } = this.init;
    const answer = decode(givenEntries, await ask('entries', encode(askedEntries, { channel, keys })), MAX_GIVEN_ENTRIES_BYTES);
    if (isRejection(answer)) return [answer];
    const refusal = await this.believe(ask, answer.head);
    return refusal === null ? answer.entries : [refusal];
  }

  private async believe(ask: AskMember, head: CertifiedHeader): Promise<Rejection | null> {
    const { channel, verifier } = this.init;
    let trust = this.known;
    if (head.header.epoch > newestEpoch(trust)) {
      const followed = await followEpochs(trust, head.header.epoch, verifier, (from, count) =>
        ask('epochs', encode(askedEpochs, { channel, from, count })),
      );
      if (isRejection(followed)) return followed;
      ({ trust } = followed);
    }
    // The founding header has no certificate: it is the one that was begun with.
    const isFounding = head.certificate === null && head.header.height === 0;
    const refusal = isFounding ? null : await headRefusal(trust, head, verifier);
    if (refusal !== null) return refusal;
    const newer = withHead(trust, head.header);
    if (isRejection(newer)) return newer;
    if (isFounding && headDigest(newer) !== headDigest(trust)) return reject('other-channel', 'the founding header is another one');
    this.known = newer;
    return null;
  }
}
