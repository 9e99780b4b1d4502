// A small channel that hides institutions, for tests: a supervision centre, three openers of whom two open, clinics that enrol and sign.
// Everything is made by the product's own calls; everything follows from names.
import { isRejection, present } from '../../src/node/base/index.ts';
import {
  type Action,
  type Authorship,
  type Slip,
  authorOfTag,
  authorshipBytes,
  certificateBytes,
  encodeAuthorship,
  enrolmentIn,
  epochAt,
  slipBytes,
  termIn,
  termLabel,
} from '../../src/node/contracts/index.ts';
import { type MemberKeyBytes, SCHEME_CALLS, type TagId, sha256, signSync, signingPublicKey } from '../../src/node/crypto/index.ts';
import { textToBytes } from '../../src/node/codec/index.ts';
import { Consortium, type ConsortiumInit, Person } from '../../src/node/ledger/consortium.ts';
import { accepted } from '../vectors/accepted.ts';

export type Deed = Extract<Action, { kind: 'institutions' }>['deed'];
type HiddenKind = Extract<Action, { kind: 'record' | 'withdraw' }>;

export const EPOCH_MS = 3_600_000;
export const TAGS_PER_EPOCH = 4;
/** Few, so that tests reach the end of a period. */
export const EPOCHS_PER_PERIOD = 2;
const THRESHOLD = 2;

const seedOf = (name: string): Uint8Array => sha256(textToBytes(name));
export const institutions = (deed: Deed): Action => ({ kind: 'institutions', deed });

export interface SigningOptions {
  readonly slot?: number;
  readonly epoch?: number;
  /** Whose record it is: the name from which the record's key follows. */
  readonly recordKeyOf?: string;
  readonly consent?: Person;
  readonly change?: Partial<Slip['body']>;
}

/** What a member keeps of its enrolment. */
interface Member {
  readonly keys: MemberKeyBytes;
  readonly tagShares: readonly Uint8Array[];
}

export class HiddenChannel {
  readonly openers = ['one', 'two', 'three'].map((name) => new Person(`opener ${name}`, 'clinic')) as [Person, Person, Person];
  readonly on: Consortium;
  private readonly members = new Map<Person, Member>();
  private readonly issuerSeed = seedOf('issuer');
  private made: Uint8Array | null = null;
  private readonly dealt: readonly { readonly dealing: Uint8Array; readonly shares: readonly Uint8Array[] }[];

  constructor(init: ConsortiumInit = {}) {
    const settings = { institutions: 'hidden' as const, ...init.settings };
    this.on = new Consortium({ ...init, settings, others: [...this.openers, ...(init.others ?? [])] });
    const label = termLabel(this.on.ledger.channel, 0);
    this.dealt = this.openers.map(({ name }, index) =>
      SCHEME_CALLS.groupDeal({ label, dealer: index + 1, threshold: THRESHOLD, openers: this.openers.length, seed: seedOf(name) }),
    );
  }

  get authority(): Person {
    return this.on.authority;
  }

  appointment(change: Partial<Extract<Deed, { kind: 'appoint' }>> = {}): Action {
    return institutions({
      kind: 'appoint',
      term: 0,
      openers: this.openers.map(({ party }) => party),
      threshold: THRESHOLD,
      tagsPerEpoch: TAGS_PER_EPOCH,
      epochMs: EPOCH_MS,
      epochsPerPeriod: EPOCHS_PER_PERIOD,
      graceEpochs: 1,
      ...change,
    });
  }

  /** Shares are as opaque to the ledger as sealed ones are. */
  dealing(index: number, change: Partial<Extract<Deed, { kind: 'deal' }>> = {}): Action {
    const { dealing, shares } = present(this.dealt[index], 'a dealing');
    return institutions({ kind: 'deal', term: 0, dealing, shares, ...change });
  }

  groupKey(
    change: { readonly slotsPerEpoch?: number; readonly dealings?: readonly Uint8Array[]; readonly label?: Uint8Array } = {},
  ): Uint8Array {
    const input = {
      label: termLabel(this.on.ledger.channel, 0),
      slotsPerEpoch: TAGS_PER_EPOCH,
      epochsPerPeriod: EPOCHS_PER_PERIOD,
      openers: this.openers.length,
      threshold: THRESHOLD,
      dealings: this.dealt.map(({ dealing }) => dealing),
      issuer: SCHEME_CALLS.groupIssuer({ seed: this.issuerSeed }),
    };
    if (Object.keys(change).length > 0) return accepted(SCHEME_CALLS.groupKey({ ...input, ...change }));
    this.made ??= accepted(SCHEME_CALLS.groupKey(input));
    return this.made;
  }

  /** Appointed, dealt, with a key. */
  opened(): this {
    const steps: readonly (readonly [Person, Action])[] = [
      [this.authority, this.appointment()],
      ...this.openers.map((opener, index) => [opener, this.dealing(index)] as const),
      [this.authority, institutions({ kind: 'open', term: 0, groupKey: this.groupKey() })],
    ];
    for (const [author, action] of steps) this.must(author, action);
    return this;
  }

  application(clinic: Person): Action {
    const applicant = certificateBytes(clinic.certificate());
    const made = accepted(SCHEME_CALLS.groupEnrol({ groupKey: this.groupKey(), applicant, seed: seedOf(`enrol ${clinic.name}`) }));
    const { identitySecret, tagSecret, tagShares } = made;
    this.members.set(clinic, { keys: { identitySecret, tagSecret, period: 0, credential: new Uint8Array() }, tagShares });
    return institutions({ kind: 'enrol', term: 0, request: made.request, shares: tagShares });
  }

  admission(clinic: Person, period = 0): Action {
    const { request } = present(enrolmentIn(this.on.ledger.state, 0, clinic.party), 'an enrolment');
    const seed = seedOf(`credential ${clinic.name} ${period}`);
    const credential = accepted(SCHEME_CALLS.groupIssue({ groupKey: this.groupKey(), issuerSeed: this.issuerSeed, request, period, seed }));
    const member = present(this.members.get(clinic), 'a member');
    this.members.set(clinic, { ...member, keys: { ...member.keys, period, credential } });
    return institutions({ kind: 'admit', term: 0, clinic: clinic.party, period, credential });
  }

  /** Enrolled, held by two openers, admitted for the first period. */
  enrolled(...clinics: readonly Person[]): this {
    for (const clinic of clinics) {
      this.must(clinic, this.application(clinic));
      for (const opener of this.openers.slice(0, THRESHOLD))
        this.must(opener, institutions({ kind: 'hold', term: 0, clinic: clinic.party, good: true }));
      this.must(this.authority, this.admission(clinic));
    }
    return this;
  }

  get epoch(): number {
    return epochAt(present(termIn(this.on.ledger.state, 0), 'the term'), this.on.nowMs);
  }

  /** A slip that this clinic signs as a member. */
  slip(clinic: Person, action: HiddenKind, options: SigningOptions = {}): Slip {
    const { slot = 0, epoch = this.epoch, recordKeyOf = `${clinic.name} ${action.record}`, consent, change } = options;
    const member = present(this.members.get(clinic), 'a member').keys;
    const groupKey = this.groupKey();
    const recordSeed = seedOf(`record key ${recordKeyOf}`);
    const recordKey = signingPublicKey(recordSeed);
    const sign = (message: Uint8Array) =>
      accepted(SCHEME_CALLS.groupSign({ groupKey, member, slot: { epoch, slot }, message, seed: seedOf('nonce') }));
    const fields = { protocol: 1, channel: this.on.ledger.channel, counter: 0, timestampMs: this.on.nowMs, action };
    // The tag follows from epoch and slot alone, so it is known before the message is.
    const body = { ...fields, author: authorOfTag(sign(new Uint8Array()).tag), ...change };
    const message = authorshipBytes(0, recordKey, slipBytes(body));
    const authorship: Authorship = {
      term: 0,
      groupSignature: sign(message).signature,
      recordKey,
      recordSignature: signSync(recordSeed, message),
    };
    const consented = consent === undefined ? null : signSync(consent.seed, slipBytes(body));
    return { body, signature: encodeAuthorship(authorship), consent: consented };
  }

  /** The slip in a block of its own: `done`, the reason of its failure, or `left out`. */
  end(slip: Slip): string {
    const [outcome] = this.on.final([slip]);
    if (outcome === null || outcome === undefined) return 'left out';
    return outcome === 'done' ? 'done' : outcome.reason;
  }

  /** An opener's part of the tags of an epoch. */
  barring(opener: Person, clinic: Person, epoch: number): Action {
    const { request } = present(enrolmentIn(this.on.ledger.state, 0, clinic.party), 'an enrolment');
    const holder = this.openers.indexOf(opener) + 1;
    const share = present(this.members.get(clinic)?.tagShares[holder - 1], 'a share');
    const input = { groupKey: this.groupKey(), request, epoch, holder, share, seed: seedOf('barring') };
    return institutions({ kind: 'bar', term: 0, clinic: clinic.party, part: accepted(SCHEME_CALLS.groupRevocationPart(input)) });
  }

  openingPart(opener: Person, message: Uint8Array, signature: Uint8Array): Uint8Array {
    const holder = this.openers.indexOf(opener) + 1;
    const received = this.dealt.map(({ shares }) => present(shares[holder - 1], 'a share'));
    const share = accepted(SCHEME_CALLS.groupOpenerShare({ received }));
    return accepted(
      SCHEME_CALLS.groupOpeningPart({ groupKey: this.groupKey(), message, signature, holder, share, seed: seedOf('opening') }),
    );
  }

  /** The tags that a clinic has in an epoch: what nobody but it knows. */
  tagsOf(clinic: Person, epoch: number): readonly TagId[] {
    const member = present(this.members.get(clinic), 'a member').keys;
    return Array.from({ length: TAGS_PER_EPOCH }, (_, slot) => {
      const input = { groupKey: this.groupKey(), member, slot: { epoch, slot }, message: new Uint8Array(), seed: seedOf('tags') };
      return accepted(SCHEME_CALLS.groupSign(input)).tag;
    });
  }

  must(author: Person, action: Action): void {
    const ended = this.on.do(author, action);
    if (ended !== 'done') throw new Error(`${action.kind} by ${author.name}: ${ended}`);
  }
}

/** Whether every group signature among a slip's checks holds, as members verify it. */
export function memberSigned(
  checks: readonly {
    readonly scheme?: 'group';
    readonly publicKey: Uint8Array;
    readonly bytes: Uint8Array;
    readonly signature: Uint8Array;
  }[],
): boolean {
  return checks
    .filter(({ scheme }) => scheme === 'group')
    .every(({ publicKey, bytes, signature }) => {
      const answers = SCHEME_CALLS.groupVerify(
        { groupKey: publicKey, items: [{ message: bytes, signature }], revoked: [] },
        () => undefined,
      );
      return !isRejection(answers) && answers.every((answer) => !isRejection(answer));
    });
}
