// What the ledger says now, in the words of this folder: who is certified, who keeps, who wrote what, who may read. The
// state is asked anew each time; nothing is remembered here that could grow old.
import { AppError, type ChannelId, type Digest, type GrantId, type PartyId, type RecordId, type Rejection, reject } from '../base/index.ts';
import {
  type Certificate,
  type GrantEntry,
  type PartyEntry,
  type ReadingKeysEntry,
  type RecordHead,
  type SensitivityClass,
  type State,
  type VersionEntry,
  erasureTable,
  grantRefusal,
  isLive,
  partyIn,
  readIn,
  readingEpochIn,
  readingKeysIn,
  receivingKeyIn,
  recordIn,
  versionIn,
} from '../contracts/index.ts';
import type { Clock, Timers } from '../ports/index.ts';
import { type GrantRow, type Ledger, type RecordRow, type RequestRow, chained } from '../ledger/index.ts';
import type { RecordVersion } from '../records/index.ts';
import type { ChannelAccess } from './access.ts';
import { PARTY_ARRIVAL_MS } from './limits.ts';

/** A final version with what is the same for all versions of its record. */
export interface FinalVersion extends RecordVersion {
  readonly clinic: PartyId;
  readonly commitment: Digest;
  readonly classes: readonly SensitivityClass[];
  readonly status: VersionEntry['status'];
  readonly height: number;
}

export class Facts {
  private readonly channel: ChannelAccess;
  private readonly clock: Clock;

  constructor(channel: ChannelAccess, clock: Clock) {
    this.channel = channel;
    this.clock = clock;
  }

  get channelId(): ChannelId {
    return this.channel.ledger().channel;
  }

  party(party: PartyId): PartyEntry | null {
    return partyIn(this.state(), party);
  }

  /** Resolves once the party is on this node's ledger, or after `PARTY_ARRIVAL_MS`: other members may have the block that admits it a
   *  moment earlier, and people tell each other faster than blocks travel. */
  async arrival(party: PartyId, timers: Timers): Promise<void> {
    if (this.party(party) !== null) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel();
        unsubscribe();
        resolve();
      };
      const cancel = timers.after(PARTY_ARRIVAL_MS, end);
      const unsubscribe = this.channel.onFinal(() => {
        if (this.party(party) !== null) end();
      });
    });
  }

  /** A certificate that holds now, or null. */
  certificateOf(party: PartyId): Certificate | null {
    const entry = this.party(party);
    return entry !== null && isLive(entry, this.nowMs()) ? entry.certificate : null;
  }

  /** Throws AppError `revoked`, `expired`, `not-certified`. `who` begins the message. */
  certified(party: PartyId, who: string): Certificate {
    const entry = this.party(party);
    if (entry !== null && isLive(entry, this.nowMs())) return entry.certificate;
    if (entry === null) {
      throw new AppError({
        code: 'not-certified',
        message: `${who} is not certified in this consortium.`,
        remedy: 'Wait until the supervision centre has approved the application.',
      });
    }
    if (entry.revoked !== null) {
      throw new AppError({
        code: 'revoked',
        message: `The certificate of ${who.toLowerCase()} was revoked: ${entry.revoked.reason}`,
        remedy: 'Ask the supervision centre.',
      });
    }
    throw new AppError({
      code: 'expired',
      message: `The certificate of ${who.toLowerCase()} is not valid today.`,
      remedy: 'Ask the supervision centre for a new one.',
    });
  }

  /** A clinic's name, or a short form of the pseudonym. */
  nameOf(party: PartyId): string {
    const name = this.party(party)?.certificate.name ?? '';
    return name === '' ? shortForm(party) : name;
  }

  /** Parties that keep sealed parts, manifests and letters for others. */
  keepers(): readonly PartyId[] {
    return keeperParties(this.channel.ledger());
  }

  /** Keepers that must hold a version before it counts as stored. */
  copies(): number {
    return this.channel.ledger().settings.copies;
  }

  record(record: RecordId): RecordHead | null {
    return recordIn(this.state(), record);
  }

  /** Whether its patient has had it erased (T16). */
  isErased(record: RecordId): boolean {
    return erasureTable.get(this.state(), record) !== null;
  }

  version(record: RecordId, version: number): FinalVersion | null {
    const head = this.record(record);
    const entry = versionIn(this.state(), record, version);
    if (head === null || entry === null) return null;
    return { ...entry, record, version, patient: head.patient, clinic: head.clinic };
  }

  /** With its versions and their words, as the page shows it. */
  recordRow(record: RecordId): RecordRow | null {
    return this.channel.projection().records.get(record) ?? null;
  }

  grant(grant: GrantId): GrantRow | null {
    return this.channel.projection().grants.get(grant) ?? null;
  }

  request(request: GrantId): RequestRow | null {
    return this.channel.projection().requests.get(request) ?? null;
  }

  /** Why the grant allows no reading now, or null. */
  grantRefusal(grant: GrantEntry): Rejection | null {
    if (this.isErased(grant.record)) return reject('erased', 'its patient had the record erased');
    return grantRefusal(grant, this.nowMs());
  }

  /** Grants by which this party may read the record now, newest first. */
  openGrants(record: RecordId, grantee: PartyId): readonly GrantRow[] {
    const { grants, grantsOfRecord } = this.channel.projection();
    const open: GrantRow[] = [];
    for (const id of chained(grantsOfRecord.get(record))) {
      const row = grants.get(id);
      if (row?.grantee === grantee && this.grantRefusal(row) === null) open.push(row);
    }
    return open;
  }

  wasRead(grant: GrantId, version: number): boolean {
    return readIn(this.state(), grant, version) !== null;
  }

  /** A patient's newest epoch of reading keys; null where she has published none. */
  readingEpoch(patient: PartyId): number | null {
    return readingEpochIn(this.state(), patient);
  }

  readingKeys(patient: PartyId, epoch: number): ReadingKeysEntry | null {
    return readingKeysIn(this.state(), patient, epoch);
  }

  /** The key towards which proxies re-encrypt for this reader; null where it has published none. */
  receivingKey(reader: PartyId): Uint8Array | null {
    return receivingKeyIn(this.state(), reader);
  }

  /** Whether somebody has released this version to this clinic in an emergency that is not over (design, step 9). */
  hasEmergency(record: RecordId, version: number, by: PartyId): boolean {
    const nowMs = this.nowMs();
    for (const row of this.channel.projection().emergencies.newestFirst()) {
      const fits = row.record === record && row.version === version && row.by === by;
      if (fits && row.releases.length > 0 && nowMs < row.untilMs) return true;
    }
    return false;
  }

  private nowMs(): number {
    return this.clock.nowMs();
  }

  private state(): State {
    return this.channel.ledger().state;
  }
}

/** Archive members keep; where there are fewer than the channel's `copies`, every member does. */
export function keeperParties(ledger: Ledger): readonly PartyId[] {
  const { members } = ledger.configuration;
  const archive = members.filter((member) => member.kind === 'archive');
  return (archive.length < ledger.settings.copies ? members : archive).map((member) => member.party);
}

/** How a party without a name is called. */
export function shortForm(party: PartyId): string {
  return `${party.slice(0, 4)}…${party.slice(-4)}`;
}
