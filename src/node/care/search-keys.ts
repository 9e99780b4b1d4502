// Search keys (P3-11, T20): this party's own, published once; those of others, from the ledger; and the key of a scope, which writer and
// patient work out alone. Secrets stay in memory while unlocked and go to the schemes' workers only.
import { AppError, type PartyId, isRejection, toHex } from '../base/index.ts';
import { readingEpochIn, searchKeyIn } from '../contracts/index.ts';
import type { ScopeBytes } from '../crypto/index.ts';
import { act } from './acting.ts';
import type { Workplace } from './workplace.ts';

/** The key of a scope, and its public name. */
export interface Scope {
  readonly scopeKey: Uint8Array;
  readonly scopeId: Uint8Array;
}

export class SearchKeys {
  private readonly work: Workplace;
  private underWay = false;
  /** By what they are derived from. Forgotten with the person's keys. */
  private readonly scopes = new Map<string, Promise<Scope>>();

  constructor(work: Workplace) {
    this.work = work;
  }

  /** Publishes where that is due; what fails is tried again with the next block or link. Nobody waits for it: a slip may never become final. */
  kick(): void {
    const { environment, facts } = this.work;
    const writes = environment.role === 'clinic' || environment.role === 'patient';
    if (this.underWay || !writes || environment.person() === null || this.isPublished()) return;
    if (facts.certificateOf(environment.party) === null) return;
    this.underWay = true;
    void this.publish().finally(() => {
      this.underWay = false;
    });
  }

  forget(): void {
    this.scopes.clear();
  }

  isPublished(): boolean {
    return this.keyOf(this.work.environment.party) !== null;
  }

  keyOf(party: PartyId): Uint8Array | null {
    return searchKeyIn(this.work.environment.channel.ledger().state, party)?.key ?? null;
  }

  /** Tags have the epochs of the patient's reading keys. */
  epochOf(patient: PartyId): number {
    return readingEpochIn(this.work.environment.channel.ledger().state, patient) ?? 0;
  }

  /** Throws AppError `locked`, `foreign-scope` where this party is neither writer nor patient. */
  scope(scope: ScopeBytes): Promise<Scope> {
    const name = `${toHex(scope.writerKey)}/${toHex(scope.patientKey)}/${scope.sensitivityClass}/${scope.epoch}`;
    const known = this.scopes.get(name);
    if (known !== undefined) return known;
    const derived = this.derive(scope);
    this.scopes.set(name, derived);
    derived.catch(() => this.scopes.delete(name));
    return derived;
  }

  private async derive(scope: ScopeBytes): Promise<Scope> {
    const root = this.work.person().searchSecret.slice();
    const derived = await this.work.environment.schemes.call('searchScopeKey', { root, scope }).done;
    if (isRejection(derived)) throw new AppError({ code: derived.reason, message: derived.detail, remedy: 'Leave this record out.' });
    return derived;
  }

  private async publish(): Promise<void> {
    const { channel, clock, log, schemes, changed } = this.work.environment;
    try {
      const person = this.work.person();
      const key = await schemes.call('searchPublicKey', { root: person.searchSecret.slice() }).done;
      await act(channel, clock, person, { kind: 'search-key', key });
      changed();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.debug('search-key-not-published', { code: error.code });
    }
  }
}
