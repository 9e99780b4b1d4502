// The re-encryption keys of the person at this node (P3-10, T22): derived from her root secret for each class and epoch, their public halves
// published on the ledger. A patient's epoch is followed by another as soon as one of her grants was ended (P3-25); a reader has one key. Secret
// halves are made when they are used and kept nowhere.
import { AppError } from '../base/index.ts';
import type { Action, SensitivityClass } from '../contracts/index.ts';
import type { UmbralKeyBytes } from '../crypto/index.ts';
import { act } from './acting.ts';
import type { Involved } from './involved.ts';
import type { Workplace } from './workplace.ts';

/** Labels beside those of the classes; part of the format. */
type Label = SensitivityClass | 'signer' | 'receiving';

export class ReadingKeys {
  private readonly work: Workplace;
  private readonly involved: Involved;
  private underWay = false;

  constructor(work: Workplace, involved: Involved) {
    this.work = work;
    this.involved = involved;
  }

  /** Publishes what is due; what fails is tried again with the next block or link. */
  kick(): void {
    const { environment, facts } = this.work;
    if (this.underWay || environment.person() === null || facts.certificateOf(environment.party) === null) return;
    if (this.dueEpoch() === null && !this.isReceivingKeyDue()) return;
    this.underWay = true;
    void this.publish().finally(() => {
      this.underWay = false;
    });
  }

  /** Throws AppError `locked`. */
  pairOf(label: Label, epoch: number): Promise<UmbralKeyBytes> {
    const { readingSecret } = this.work.person();
    return this.work.environment.schemes.call('umbralReadingKey', { root: readingSecret, sensitivityClass: label, epoch }).done;
  }

  /** Her key of the only epoch of a reader. */
  receivingPair(): Promise<UmbralKeyBytes> {
    return this.pairOf('receiving', 0);
  }

  /** The epoch that this patient has to publish now, or null. */
  private dueEpoch(): number | null {
    const { environment, facts } = this.work;
    if (environment.role !== 'patient') return null;
    const newest = facts.readingEpoch(environment.party);
    if (newest === null) return 0;
    const since = facts.readingKeys(environment.party, newest)?.height ?? 0;
    const endedSince = this.involved
      .grants()
      .some(({ patient, endedAtHeight }) => patient === environment.party && endedAtHeight !== null && endedAtHeight >= since);
    return endedSince ? newest + 1 : null;
  }

  private isReceivingKeyDue(): boolean {
    const { environment, facts } = this.work;
    const reads = environment.role === 'clinic' || environment.role === 'data-user';
    return reads && facts.receivingKey(environment.party) === null;
  }

  private async publish(): Promise<void> {
    const { channel, clock, log } = this.work.environment;
    try {
      const person = this.work.person();
      const epoch = this.dueEpoch();
      const action = epoch === null ? await this.receivingKey() : await this.readingKeys(epoch);
      await act(channel, clock, person, action);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.debug('reading-keys-not-published', { code: error.code });
    }
  }

  private async readingKeys(epoch: number): Promise<Action> {
    const publicOf = async (label: Label): Promise<Uint8Array> => (await this.pairOf(label, epoch)).publicKey;
    const keys = {
      identity: await publicOf('identity'),
      general: await publicOf('general'),
      restricted: await publicOf('restricted'),
      'very-restricted': await publicOf('very-restricted'),
    };
    return { kind: 'reading-keys', epoch, signer: await publicOf('signer'), keys };
  }

  private async receivingKey(): Promise<Action> {
    return { kind: 'receiving-key', key: (await this.receivingPair()).publicKey };
  }
}
