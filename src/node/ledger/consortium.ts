// A small consortium for tests: parties with real keys, signed slips, blocks made final by their voters. Synchronous and
// without chance, so that a test that fails once fails always. Never imported by the product.
import { type Digest, type GrantId, type PartyId, type RecordId, assert, isRejection, present } from '../base/index.ts';
import { type Certificate as CommitCertificate, leaderOf, leadingGroup, statementBytes } from '../consensus/index.ts';
import {
  type Action,
  type Certificate,
  type ChannelSettings,
  type Outcome,
  type Possession,
  type Role,
  type Slip,
  MEMBER_ACTIONS,
  certificateBytes,
  slipBytes,
} from '../contracts/index.ts';
import { digestOf, partyIdOf, possessionBytes, shortIdOf, signSync, signingPublicKey, wrapPublicKey } from '../crypto/index.ts';
import { type Block, type FinalBlock, slipsRootOf } from './block.ts';
import { type Composed, composeBlock } from './compose.ts';
import { NO_CHANNEL } from './configuration.ts';
import { extend } from './extend.ts';
import { foundChannel } from './founding.ts';
import { type Ledger, toConsensusConfiguration } from './ledger.ts';
import { openProjection, project } from './projection.ts';
import type { Projection } from './projection-rows.ts';

/** Founding time of every consortium: 2026-01-01. */
export const START_MS = 1_767_225_600_000;
export const YEAR_MS = 365 * 86_400_000;

export const testSettings: ChannelSettings = {
  name: 'Demonstration',
  engine: 'pbft',
  copies: 2,
  archiveQuorum: true,
  silenceMs: 60_000,
  epochMinMs: 0,
  baseTimeoutMs: 4_000,
  groupCount: null,
  radius: 'pseudo-code',
  alphaMillionths: 500_000,
  epochLengthMs: 86_400_000,
  ratingThreshold: 0,
  kind: 'consortium',
  endorsement: '',
  blockSlips: 128,
  blockMs: 0,
  institutions: 'named',
};

function seedOf(name: string): Uint8Array {
  const seed = new Uint8Array(32);
  for (let i = 0; i < name.length; i += 1) seed[i % 32] = ((seed[i % 32] ?? 0) * 31 + name.charCodeAt(i)) & 0xff;
  return seed;
}

/** A party with its keys. The same name gives the same keys. */
export class Person {
  readonly name: string;
  readonly role: Role;
  readonly party: PartyId;
  readonly seed: Uint8Array;
  memberSeed: Uint8Array | null;

  constructor(name: string, role: Role) {
    this.name = name;
    this.role = role;
    this.seed = seedOf(`signing ${name}`);
    this.memberSeed = role === 'archive' || role === 'clinic' ? seedOf(`member ${name}`) : null;
    this.party = partyIdOf(signingPublicKey(this.seed));
  }

  certificate(change: Partial<Certificate> = {}): Certificate {
    return {
      subject: this.party,
      role: this.role,
      name: this.role === 'patient' ? '' : this.name,
      clinician: this.role === 'clinic' ? 'Dr. Example' : '',
      signingKey: signingPublicKey(this.seed),
      wrapKey: wrapPublicKey(seedOf(`wrap ${this.name}`)),
      memberKey: this.memberSeed === null ? null : signingPublicKey(this.memberSeed),
      notBeforeMs: START_MS - 1_000,
      notAfterMs: START_MS + YEAR_MS,
      ...change,
    };
  }

  certify(change: Partial<Certificate> = {}): Extract<Action, { kind: 'certify' }> {
    const certificate = this.certificate(change);
    const bytes = possessionBytes(certificateBytes(certificate));
    const possession: Possession = {
      bySigningKey: signSync(this.seed, bytes),
      byMemberKey: this.memberSeed === null ? null : signSync(this.memberSeed, bytes),
    };
    return { kind: 'certify', certificate, possession };
  }

  /** A new member key, as after a lost vote row (R14). */
  renewMemberKey(): void {
    this.memberSeed = seedOf(`another member ${this.name}`);
  }

  sign(body: Slip['body']): Uint8Array {
    const seed = MEMBER_ACTIONS.includes(body.action.kind) ? present(this.memberSeed, 'a member key') : this.seed;
    return signSync(seed, slipBytes(body));
  }
}

export function people(role: Role, count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => new Person(`${role} ${index + 1}`, role));
}

export function recordNamed(name: string): RecordId {
  return shortIdOf<RecordId>(seedOf(`record ${name}`));
}

export function grantNamed(name: string): GrantId {
  return shortIdOf<GrantId>(seedOf(`grant ${name}`));
}

/** The first version of a record that its patient confirmed. */
export function recordAction(
  name: string,
  patient: Person,
  change: Partial<Extract<Action, { kind: 'record' }>> = {},
): Extract<Action, { kind: 'record' }> {
  return {
    kind: 'record',
    record: recordNamed(name),
    version: 1,
    patient: patient.party,
    unconfirmedReason: null,
    classes: ['identity', 'general'],
    commitment: digestOf(seedOf(name)),
    sealedAddress: new Uint8Array(32 + 36 + 16).fill(7),
    ...change,
  };
}

export function grantAction(
  name: string,
  record: string,
  grantee: Person,
  change: Partial<Extract<Action, { kind: 'grant' }>> = {},
): Extract<Action, { kind: 'grant' }> {
  return {
    kind: 'grant',
    grant: grantNamed(name),
    grantee: grantee.party,
    record: recordNamed(record),
    classes: ['identity', 'general'],
    actions: ['read'],
    purpose: 'second opinion',
    fromMs: START_MS,
    untilMs: START_MS + YEAR_MS,
    answers: null,
    ...change,
  };
}

export interface ConsortiumInit {
  readonly archives?: readonly Person[];
  readonly clinics?: readonly Person[];
  /** Certified from the beginning, without a seat. */
  readonly others?: readonly Person[];
  readonly settings?: Partial<ChannelSettings>;
  /** Said by the authority at the founding. */
  readonly attested?: readonly Extract<Action, { kind: 'attest' }>[];
}

/** A running channel: every call moves it on. */
export class Consortium {
  readonly authority = new Person('authority', 'authority');
  readonly founding: FinalBlock;
  readonly blocks: FinalBlock[] = [];
  ledger: Ledger;
  projection: Projection;
  nowMs = START_MS;
  /** Everybody who ever signed a slip. */
  private readonly authors = new Map<PartyId, Person>();
  private readonly counters = new Map<PartyId, number>();

  constructor(init: ConsortiumInit = {}) {
    const seated = [...(init.archives ?? []), ...(init.clinics ?? [])];
    const certified = [...seated, ...(init.others ?? [])];
    const settings = { ...testSettings, ...init.settings };
    const slips = [
      this.slip(this.authority, { kind: 'found', settings }),
      this.slip(this.authority, this.authority.certify()),
      ...certified.map((person) => this.slip(this.authority, person.certify())),
      ...(init.attested ?? []).map((action) => this.slip(this.authority, action)),
      ...seated.map((person) => this.slip(person, { kind: 'seat', height: 0 })),
    ];
    const founded = foundChannel(slips, START_MS);
    assert(!isRejection(founded), `the consortium is founded: ${isRejection(founded) ? founded.detail : ''}`);
    this.founding = founded.block;
    this.blocks.push(founded.block);
    this.ledger = founded.ledger;
    this.projection = openProjection(founded.block, founded.ledger);
  }

  /** A signed slip with the author's next counter, dated now. `consent` is the patient who signs too. */
  slip(author: Person, action: Action, change: Partial<Slip['body']> & { readonly consent?: Person } = {}): Slip {
    this.authors.set(author.party, author);
    const { consent, ...fields } = change;
    const channel = (this.ledger as Ledger | undefined)?.channel ?? NO_CHANNEL;
    const counter = this.counters.get(author.party) ?? 0;
    const body = { protocol: 1, channel, author: author.party, counter, timestampMs: this.nowMs, action, ...fields };
    if (fields.counter === undefined) this.counters.set(author.party, counter + 1);
    return { body, signature: author.sign(body), consent: consent === undefined ? null : signSync(consent.seed, slipBytes(body)) };
  }

  /** The next block, as its leader would compose it; with groups from one batch in the lane of the group that leads. */
  compose(slips: readonly Slip[] = [], view = 0): Composed {
    const configuration = toConsensusConfiguration(this.ledger);
    const options = { timestampMs: this.nowMs, proposer: leaderOf(configuration, this.ledger.height + 1, view), view };
    if (configuration.groups.length === 0) return composeBlock(this.ledger, slips, options);
    const group = leadingGroup(configuration.seats, this.ledger.height + 1);
    const reference = { group, localView: 0, sequence: this.ledger.height, digest: slipsRootOf(slips) };
    return composeBlock(this.ledger, [], { ...options, batches: slips.length === 0 ? [] : [{ reference, slips }] });
  }

  /** The commit certificate of a block by these voters, all by default, in the view in which it was first proposed. */
  certify(block: Block, digest: Digest, signers: readonly PartyId[] = this.voters(), view: number = block.header.view): CommitCertificate {
    const configuration = toConsensusConfiguration(this.ledger);
    const about = { epoch: configuration.epoch, phase: 'commit' as const, height: block.header.height, view, digest };
    const votes = [...signers].sort().map((signer) => {
      const seed = present(this.personOf(signer).memberSeed, 'a member key');
      const bytes = statementBytes({ kind: 'vote', ...about, signer }, configuration);
      return { signer, signature: signSync(seed, bytes) };
    });
    return { ...about, votes };
  }

  /** Makes slips final in one block `afterMs` later; returns how each ended, by its place in `slips`; null for those left out. */
  final(
    slips: readonly Slip[] = [],
    options: { readonly afterMs?: number; readonly signers?: readonly PartyId[]; readonly view?: number } = {},
  ): readonly (Outcome | null)[] {
    this.nowMs += options.afterMs ?? 1_000;
    const composed = this.compose(slips, options.view);
    const final = { block: composed.block, certificate: this.certify(composed.block, composed.digest, options.signers) };
    const extended = extend(this.ledger, final);
    assert(!isRejection(extended), `a composed block extends: ${isRejection(extended) ? extended.detail : ''}`);
    this.ledger = extended.ledger;
    this.projection = project(this.projection, { final, ...extended });
    this.blocks.push(final);
    return slips.map((slip) => extended.outcomes[composed.block.slips.indexOf(slip)]?.outcome ?? null);
  }

  /** One signed slip in a block of its own: `done`, the reason of its failure, or `left out`. */
  do(author: Person, action: Action, change: Partial<Slip['body']> & { readonly consent?: Person } = {}): string {
    const [outcome] = this.final([this.slip(author, action, change)]);
    if (outcome === null || outcome === undefined) return 'left out';
    return outcome === 'done' ? 'done' : outcome.reason;
  }

  voters(): readonly PartyId[] {
    return toConsensusConfiguration(this.ledger).voters.map((voter) => voter.party);
  }

  isVoting(person: Person): boolean {
    return this.voters().includes(person.party);
  }

  private personOf(party: PartyId): Person {
    return present(this.authors.get(party), 'the member');
  }
}
