// The patient's part in re-encryption (P3-10, P3-25): once a grant is final her tab cuts, for each of its classes and for each epoch that it needs,
// "from me to this reader" into pieces, one for each proxy, and sends each its own in a sealed letter. After that her tab may be closed. What
// the proxies sign in return, that they hold their pieces or have deleted them, is kept for her to see.
import { AppError, type GrantId, type PartyId, isRejection } from '../base/index.ts';
import { type Decoded, flag, list, struct } from '../codec/index.ts';
import type { ProxiesView, ProxyCandidate, ProxyView } from '../api.ts';
import { type SensitivityClass, partyId } from '../contracts/index.ts';
import type { GrantRow } from '../ledger/index.ts';
import type { Manifest } from '../records/index.ts';
import type { Reception } from './box-reader.ts';
import type { FinalVersion } from './facts.ts';
import type { PrivateTable } from './private-notes.ts';
import {
  type KeyPiece,
  type ProxyPlan,
  type SignedReceipt,
  delegationName,
  planBytes,
  proxyPlan,
  receiptBytes,
  signedReceipt,
  thresholdOf,
} from './proxy-formats.ts';
import { MAX_PROXIES } from './proxy-limits.ts';
import type { ReadingKeys } from './reading-keys.ts';
import type { Workplace } from './workplace.ts';

const SEED_BYTES = 32;

/** A delegation that she made: its plan, whether every letter is on its way, the newest receipt of each proxy. */
const delegationNote = struct({
  plan: proxyPlan,
  sent: flag,
  /** Proxies of earlier plans: they hold pieces until the grant ends, which serve nobody any more. */
  former: list(partyId, MAX_PROXIES),
  receipts: list(signedReceipt, 2 * MAX_PROXIES),
});
type DelegationNote = Decoded<typeof delegationNote>;

export class Delegating {
  private readonly work: Workplace;
  private readonly keys: ReadingKeys;
  private readonly table: PrivateTable<DelegationNote>;
  private notes: ReadonlyMap<string, DelegationNote> = new Map();

  constructor(work: Workplace, keys: ReadingKeys) {
    this.work = work;
    this.keys = keys;
    this.table = work.table('care-delegations', delegationNote);
  }

  async load(): Promise<void> {
    this.notes = await this.table.all();
  }

  forget(): void {
    this.notes = new Map();
  }

  /** Who would be the proxies of a grant to this reader: the channel's keepers, without the reader. */
  private proxiesFor(grantee: PartyId | null): readonly PartyId[] {
    const { facts } = this.work;
    return facts
      .keepers()
      .filter((party) => party !== grantee && facts.certificateOf(party) !== null)
      .slice(0, MAX_PROXIES);
  }

  /** Both have published their keys, and somebody is there to be a proxy. */
  private canDelegate(grant: GrantRow): boolean {
    const { facts } = this.work;
    const published = facts.readingEpoch(grant.patient) !== null && facts.receivingKey(grant.grantee) !== null;
    return published && this.proxiesFor(grant.grantee).length > 0;
  }

  /** The epoch whose pieces open this version for the grantee; null where it needs wraps: no capsules, or none that she signed. */
  epochFor(grant: GrantRow, version: FinalVersion, { capsules }: Manifest): number | null {
    if (capsules === null || version.status !== 'confirmed' || !this.canDelegate(grant)) return null;
    return this.work.facts.readingKeys(grant.patient, capsules.epoch) === null ? null : capsules.epoch;
  }

  /** Sees that today's proxies have pieces for every epoch that the grant has needed, and for the newest: later versions need it. */
  async renew(grant: GrantRow): Promise<boolean> {
    const newest = this.work.facts.readingEpoch(grant.patient);
    if (newest === null || !this.canDelegate(grant)) return true;
    const epochs = new Set([...this.of(grant.grant).map(({ plan }) => plan.epoch), newest]);
    for (const epoch of epochs) await this.ensure(grant, epoch);
    return true;
  }

  /** Whether enough proxies say that they hold their pieces of the epoch. */
  async serves(grant: GrantRow, epoch: number): Promise<boolean> {
    await this.ensure(grant, epoch);
    const note = this.notes.get(delegationName({ grant: grant.grant, epoch }));
    return note !== undefined && note.plan.proxies.filter((proxy) => stateOf(note, proxy) === 'held').length >= note.plan.threshold;
  }

  /** Resolves when the letters with the pieces are on their way to today's proxies. Throws AppError. */
  private async ensure(grant: GrantRow, epoch: number): Promise<void> {
    const known = this.notes.get(delegationName({ grant: grant.grant, epoch }));
    const proxies = this.proxiesFor(grant.grantee);
    if (known?.sent === true && isSame(known.plan.proxies, proxies)) return;
    const plan: ProxyPlan = {
      domain: 'clinicord/proxy-plan/1',
      channel: this.work.facts.channelId,
      grant: grant.grant,
      epoch,
      madeMs: Math.max(this.work.environment.clock.nowMs(), (known?.plan.madeMs ?? 0) + 1),
      threshold: thresholdOf(proxies.length),
      proxies,
    };
    const earlier = [...(known?.former ?? []), ...(known?.plan.proxies ?? [])];
    const former = [...new Set(earlier)].filter((party) => !proxies.includes(party)).slice(-MAX_PROXIES);
    const note: DelegationNote = { plan, sent: false, former, receipts: known?.receipts ?? [] };
    await this.put(note);
    await this.send(plan, await this.pieces(plan, grant));
    await this.put({ ...(this.notes.get(delegationName(plan)) ?? note), sent: true });
  }

  /** A proxy holds its pieces, or has deleted them. */
  async receive(from: PartyId, signed: SignedReceipt): Promise<Reception> {
    const { receipt, signature } = signed;
    const { environment, facts } = this.work;
    const note = this.notes.get(delegationName(receipt));
    const key = facts.party(from)?.certificate.signingKey;
    if (note === undefined || key === undefined || receipt.proxy !== from || receipt.channel !== facts.channelId) return 'taken';
    if (!(await environment.verifier.verify(key, receiptBytes(receipt), signature))) return 'taken';
    const before = note.receipts.find((other) => other.receipt.proxy === from);
    // Letters may come in another order: what was deleted stays deleted.
    if (before?.receipt.state === 'deleted') return 'taken';
    await this.put({ ...note, receipts: [...note.receipts.filter((other) => other !== before), signed].slice(-2 * MAX_PROXIES) });
    return 'taken';
  }

  /** What she sees beside a grant; null where the grant has no proxies, or this node did not give it. */
  view(grant: GrantId): ProxiesView | null {
    const notes = this.of(grant);
    const newest = notes.at(-1);
    if (newest === undefined) return null;
    const parties = [...new Set(notes.flatMap(proxiesOf))];
    const proxies = parties.map((party) => this.proxyView(party, notes));
    return { threshold: newest.plan.threshold, proxies };
  }

  /** The proxies that a grant given now would have. */
  candidates(): readonly ProxyCandidate[] {
    return this.proxiesFor(null).map((party) => ({ party, name: this.work.facts.nameOf(party) }));
  }

  /** A proxy has deleted its pieces when it says so of every delegation of the grant that it was part of. */
  private proxyView(party: PartyId, notes: readonly DelegationNote[]): ProxyView {
    const own = notes.filter((note) => proxiesOf(note).includes(party));
    const receipts = own.flatMap((note) => note.receipts.filter(({ receipt }) => receipt.proxy === party));
    const states = own.map((note) => stateOf(note, party));
    const state = states.every((each) => each === 'deleted') ? 'deleted' : states.includes('held') ? 'held' : 'sent';
    const newest = receipts.length === 0 ? null : Math.max(...receipts.map(({ receipt }) => receipt.atMs));
    return { party, name: this.work.facts.nameOf(party), state, atMs: newest };
  }

  /** By epoch. */
  private of(grant: GrantId): readonly DelegationNote[] {
    return [...this.notes.values()].filter(({ plan }) => plan.grant === grant).sort((a, b) => a.plan.epoch - b.plan.epoch);
  }

  /** For each proxy its pieces, one of every class that the grant covers. */
  private async pieces(plan: ProxyPlan, grant: GrantRow): Promise<readonly (readonly KeyPiece[])[]> {
    const { environment, facts } = this.work;
    const receivingKey = facts.receivingKey(grant.grantee);
    if (receivingKey === null)
      throw new AppError({ code: 'no-receiving-key', message: 'The reader has published no key.', remedy: 'Wait until it has.' });
    const { secretKey: signerSecret } = await this.keys.pairOf('signer', plan.epoch);
    const byClass: { readonly class: SensitivityClass; readonly fragments: readonly Uint8Array[] }[] = [];
    for (const partClass of grant.classes) {
      const { secretKey: delegatingSecret } = await this.keys.pairOf(partClass, plan.epoch);
      const { threshold } = plan;
      const seed = environment.randomness.bytes(SEED_BYTES);
      const order = { delegatingSecret, signerSecret, receivingKey, threshold, shares: plan.proxies.length, seed };
      const fragments = await environment.schemes.call('umbralFragments', order).done;
      if (isRejection(fragments)) throw new AppError({ code: fragments.reason, message: fragments.detail, remedy: 'Reload the page.' });
      byClass.push({ class: partClass, fragments });
    }
    return plan.proxies.map((_, index) =>
      byClass.map((each) => ({ class: each.class, fragment: each.fragments[index] ?? new Uint8Array() })),
    );
  }

  private async send(plan: ProxyPlan, pieces: readonly (readonly KeyPiece[])[]): Promise<void> {
    const signed = { plan, signature: await this.work.person().signer.sign(planBytes(plan)) };
    for (const [index, proxy] of plan.proxies.entries())
      await this.work.write(proxy, { kind: 'proxy-pieces', signed, pieces: pieces[index] ?? [] });
  }

  private async put(note: DelegationNote): Promise<void> {
    const name = delegationName(note.plan);
    await this.table.put(name, note);
    this.notes = new Map(this.notes).set(name, note);
    this.work.environment.changed();
  }
}

function proxiesOf({ plan, former }: DelegationNote): readonly PartyId[] {
  return [...plan.proxies, ...former];
}

/** A proxy that holds pieces of an earlier plan has yet to take those of this one. */
function stateOf({ plan, receipts }: DelegationNote, proxy: PartyId): ProxyView['state'] {
  const receipt = receipts.find((each) => each.receipt.proxy === proxy)?.receipt;
  if (receipt === undefined || receipt.state === 'deleted') return receipt?.state ?? 'sent';
  return receipt.madeMs === plan.madeMs || !plan.proxies.includes(proxy) ? 'held' : 'sent';
}

function isSame(a: readonly PartyId[], b: readonly PartyId[]): boolean {
  return a.length === b.length && a.every((party) => b.includes(party));
}
