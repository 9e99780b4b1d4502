// A proxy's part in re-encryption (P3-10, T19): it keeps its pieces of each delegation sealed in its own storage, turns capsules with them only
// where the ledger that it verified itself shows the grant live and the read entered, and deletes them with a signed receipt when the grant
// ends. It sees no key of a record, and with fewer than the threshold the proxies can turn nothing, whoever helps them.
import { type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { type Decoded, struct, uint } from '../codec/index.ts';
import { partyId } from '../contracts/index.ts';
import type { GrantRow } from '../ledger/index.ts';
import { CLASS_ORDER, commitmentOf, readEnvelope, refusesCapsules } from '../records/index.ts';
import type { Correspondent } from './access.ts';
import type { Reception } from './box-reader.ts';
import { Errand, type Progress } from './errand.ts';
import type { PrivateTable } from './private-notes.ts';
import {
  PROXY_REQUESTS,
  type ProxyPieces,
  type ProxyReceipt,
  type ReencryptAnswer,
  type ReencryptWish,
  delegationName,
  pieceOf,
  plansAnswer,
  plansWish,
  proxyPieces,
  receiptBytes,
  reencryptAnswer,
  reencryptWish,
} from './proxy-formats.ts';
import { MAX_HELD_DELEGATIONS, MAX_HELD_PER_PATIENT, MAX_TOLD_PLANS, PIECES_CHECK_MS } from './proxy-limits.ts';
import { delegationOf, refusesPlan } from './proxy-plans.ts';
import type { Workplace } from './workplace.ts';

const SEED_BYTES = 32;

/** How many pieces were held; without any where they were deleted and the receipt is still to be written. */
const heldNote = struct({ patient: partyId, pieces: proxyPieces, held: uint(CLASS_ORDER.length) });
type Held = Decoded<typeof heldNote>;

export class Proxy {
  private readonly work: Workplace;
  private readonly table: PrivateTable<Held>;
  private readonly errand: Errand;
  private readonly collect: () => void;
  private held: ReadonlyMap<string, Held> = new Map();
  /** A letter waits for something that the ledger here does not show yet. */
  private waiting = false;

  constructor(work: Workplace, collect: () => void) {
    this.work = work;
    this.collect = collect;
    this.table = work.table('care-proxy-pieces', heldNote);
    this.errand = new Errand('delete-pieces', work.environment, () => this.deleteEnded());
  }

  start(): void {
    const { desk } = this.work;
    desk.answer(PROXY_REQUESTS.plans, plansWish, plansAnswer, async (from, { grant }) => {
      const row = this.work.facts.grant(grant);
      if (row === null || from.party !== row.grantee) return reject('not-the-grantee', 'the grant is for somebody else');
      this.work.person();
      const plans = [...this.held.values()].filter(({ pieces }) => pieces.pieces.length > 0 && pieces.signed.plan.grant === grant);
      const newest = plans.sort((a, b) => b.pieces.signed.plan.epoch - a.pieces.signed.plan.epoch).slice(0, MAX_TOLD_PLANS);
      return { plans: newest.map(({ pieces }) => pieces.signed) };
    });
    desk.answer(PROXY_REQUESTS.reencrypt, reencryptWish, reencryptAnswer, (from, wish) => this.reencrypt(from, wish));
  }

  async load(): Promise<void> {
    this.held = await this.table.all();
    this.errand.kick();
  }

  forget(): void {
    this.held = new Map();
  }

  /** New blocks may have ended a grant, or show one whose letter waits. */
  kick(): void {
    if (this.waiting) this.collect();
    this.waiting = false;
    if (this.held.size > 0) this.errand.kick();
  }

  stop(): Promise<void> {
    return this.errand.stop();
  }

  /** Pieces from a patient. They wait until the ledger here shows the grant (the entry is final first). */
  async receive(from: PartyId, letter: ProxyPieces): Promise<Reception> {
    const reception = await this.take(from, letter);
    if (reception === 'later') this.waiting = true;
    return reception;
  }

  private async take(from: PartyId, letter: ProxyPieces): Promise<Reception> {
    const { plan } = letter.signed;
    const grant = this.work.facts.grant(plan.grant);
    if (grant === null || grant.patient !== from) return grant === null ? 'later' : 'taken';
    const refused = await this.refuses(letter, grant);
    if (refused !== null) {
      this.work.environment.log.warn('pieces-refused', { reason: refused.reason });
      return refused.reason === 'unknown-keys' ? 'later' : 'taken';
    }
    const name = delegationName(plan);
    const known = this.held.get(name);
    if (known !== undefined && known.pieces.signed.plan.madeMs >= plan.madeMs) return 'taken';
    if (this.isOver(grant)) {
      await this.tell(grant.patient, letter, 'deleted', 0);
      return 'taken';
    }
    if (known === undefined && this.isFull(from)) return 'later';
    await this.put(name, { patient: from, pieces: letter, held: letter.pieces.length });
    await this.tell(grant.patient, letter, 'held', letter.pieces.length);
    this.errand.kick();
    return 'taken';
  }

  private async refuses({ signed, pieces }: ProxyPieces, grant: GrantRow): Promise<Rejection | null> {
    const { environment } = this.work;
    const refused = await refusesPlan(this.work, signed, grant);
    if (refused !== null) return refused;
    if (!signed.plan.proxies.includes(environment.party)) return reject('not-a-proxy', 'this node is not among the proxies');
    const classes = new Set(pieces.map((piece) => piece.class));
    if (classes.size !== pieces.length || pieces.length === 0) return reject('bad-pieces', 'one piece for each class');
    if (pieces.some((piece) => !grant.classes.includes(piece.class)))
      return reject('no-grant', 'a piece is of a class that is not granted');
    for (const { class: partClass, fragment } of pieces) {
      const delegation = delegationOf(this.work, grant, signed.plan.epoch, partClass);
      if (delegation === null) return reject('unknown-keys', 'the ledger here does not show the keys yet');
      const wrong = await environment.schemes.call('umbralCheckFragment', { fragment, delegation }).done;
      if (wrong !== null) return wrong;
    }
    return null;
  }

  /** Only what the ledger here allows: the grant live, the read entered, the version hers by her own signature, the capsules its own. */
  private async reencrypt(from: Correspondent, wish: ReencryptWish): Promise<ReencryptAnswer | Rejection> {
    const { environment } = this.work;
    this.work.person();
    const grant = this.work.facts.grant(wish.grant);
    const refused = this.refusesReader(from, wish, grant);
    if (grant === null || refused !== null) return refused ?? notGranted();
    const held = this.held.get(delegationName({ grant: wish.grant, epoch: wish.capsules.epoch }));
    if (held === undefined || held.pieces.pieces.length === 0) return reject('no-pieces', 'this proxy holds no pieces for these keys');
    const turned: ReencryptAnswer['turned'][number][] = [];
    for (const { class: partClass, capsule } of wish.capsules.parts) {
      const piece = pieceOf(held.pieces.pieces, partClass);
      const delegation = delegationOf(this.work, grant, wish.capsules.epoch, partClass);
      if (piece === null || delegation === null || !grant.classes.includes(partClass)) continue;
      const seed = environment.randomness.bytes(SEED_BYTES);
      const input = { fragment: piece.fragment, delegation, capsules: [capsule], seed };
      const made = await environment.schemes.call('umbralReencrypt', input).done;
      if (isRejection(made)) return made;
      turned.push({ class: partClass, fragment: made[0] ?? new Uint8Array() });
    }
    // The grant may have ended meanwhile.
    return this.refusesReader(from, wish, this.work.facts.grant(wish.grant)) ?? { signed: held.pieces.signed, turned };
  }

  private refusesReader({ party }: Correspondent, wish: ReencryptWish, grant: GrantRow | null): Rejection | null {
    const { facts } = this.work;
    if (grant === null || party === null || party !== grant.grantee || grant.record !== wish.record) return notGranted();
    if (facts.certificateOf(party) === null) return reject('no-access', 'the certificate does not hold');
    const over = facts.grantRefusal(grant);
    if (over !== null) return over;
    const version = facts.version(wish.record, wish.version);
    if (version === null || version.status !== 'confirmed') return reject('not-confirmed', 'the patient has not confirmed that version');
    if (!facts.wasRead(wish.grant, wish.version)) return reject('not-on-ledger', 'the read is not on the ledger yet');
    const envelope = readEnvelope(wish.envelope);
    if (isRejection(envelope)) return envelope;
    if (commitmentOf(wish.salt, wish.envelope) !== version.commitment)
      return reject('wrong-commitment', 'the capsules are not of the version that the ledger names');
    return refusesCapsules(wish.capsules, envelope);
  }

  /** Everything whose grant is over: first the pieces, then the receipt. */
  private async deleteEnded(): Promise<Progress> {
    const { environment, facts } = this.work;
    if (environment.person() === null) return 'done';
    let nextMs = PIECES_CHECK_MS;
    for (const [name, held] of [...this.held]) {
      const grant = facts.grant(held.pieces.signed.plan.grant);
      if (grant === null) continue;
      if (this.isOver(grant)) await this.delete(name, held);
      else nextMs = Math.min(nextMs, Math.max(1, grant.untilMs - environment.clock.nowMs()));
    }
    return this.held.size === 0 ? 'done' : nextMs;
  }

  private async delete(name: string, held: Held): Promise<void> {
    await this.put(name, { ...held, pieces: { ...held.pieces, pieces: [] } });
    await this.tell(held.patient, held.pieces, 'deleted', held.held);
    await this.table.delete(name);
    const rest = new Map(this.held);
    rest.delete(name);
    this.held = rest;
  }

  private isOver(grant: GrantRow): boolean {
    const { environment, facts } = this.work;
    const grantee = facts.party(grant.grantee);
    if (grant.endedAtHeight !== null || facts.isErased(grant.record) || environment.clock.nowMs() >= grant.untilMs) return true;
    return grantee === null || grantee.revoked !== null;
  }

  private isFull(patient: PartyId): boolean {
    const own = [...this.held.values()].filter((held) => held.patient === patient).length;
    return own >= MAX_HELD_PER_PATIENT || this.held.size >= MAX_HELD_DELEGATIONS;
  }

  private async put(name: string, held: Held): Promise<void> {
    await this.table.put(name, held);
    this.held = new Map(this.held).set(name, held);
  }

  /** A signed receipt to the patient; one who is not certified any more gets none. */
  private async tell(patient: PartyId, { signed }: ProxyPieces, state: ProxyReceipt['state'], pieces: number): Promise<void> {
    const { environment, facts } = this.work;
    if (facts.certificateOf(patient) === null) return;
    const person = this.work.person();
    const { grant, epoch, madeMs } = signed.plan;
    const receipt: ProxyReceipt = {
      domain: 'clinicord/proxy-receipt/1',
      channel: facts.channelId,
      grant,
      epoch,
      madeMs,
      proxy: environment.party,
      state,
      pieces,
      atMs: environment.clock.nowMs(),
    };
    const signature = await person.signer.sign(receiptBytes(receipt));
    await this.work.write(patient, { kind: 'proxy-receipt', receipt, signature });
  }
}

function notGranted(): Rejection {
  return reject('no-access', 'no grant lets you read this record');
}
