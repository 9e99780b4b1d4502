// What the page sees of access (P3-24 to P3-26): grants, requests and reads, and of re-encryption (P3-10) who the proxies of a grant are, how
// many of them a reader needs, and what they signed.
import type { GrantId, PartyId, RecordId } from './base/index.ts';

export interface ProxyView {
  readonly party: PartyId;
  readonly name: string;
  /** `sent`: it has not answered yet; `held` and `deleted`: it signed that. */
  readonly state: 'sent' | 'held' | 'deleted';
  /** Of its newest receipt. */
  readonly atMs: number | null;
}

/** The proxies of one grant, as the patient's page knows them. */
export interface ProxiesView {
  /** How many of them a reader needs. */
  readonly threshold: number;
  readonly proxies: readonly ProxyView[];
}

/** One of the proxies that a grant given now would have, unless it is the reader itself; more than half of them are needed. */
export type ProxyCandidate = Pick<ProxyView, 'party' | 'name'>;

export interface GrantView {
  readonly grant: GrantId;
  readonly record: RecordId;
  readonly grantee: PartyId;
  readonly granteeName: string;
  readonly purpose: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly height: number;
  readonly ended: 'no' | 'revoked' | 'expired' | 'erased';
  /** Whether the keys have been handed over for this grantee: to enough proxies, or wrapped to the keepers. */
  readonly delivered: boolean;
  /** On the page of the patient who gave it; null elsewhere, and where it has no proxies. */
  readonly proxies: ProxiesView | null;
}

export interface RequestView {
  readonly request: GrantId;
  readonly record: RecordId;
  readonly clinic: PartyId;
  readonly clinicName: string;
  readonly purpose: string;
  readonly untilMs: number;
  readonly answer: 'open' | 'granted' | 'declined';
}

export interface ReadView {
  readonly record: RecordId;
  readonly version: number;
  readonly reader: PartyId;
  readonly readerName: string;
  readonly purpose: string;
  readonly timestampMs: number;
  readonly height: number;
}
