// Contracts of the consortium for the page: what the ledger says of them, and the slips by which a person uploads, judges and calls them. Runs
// nothing itself but questions, on this node alone.
import type { ContractCommands, ContractUpload, ContractView, WaitingContractView } from '../api.ts';
import { type ItemId, type PartyId, type Rejection, AppError, ID_BYTES, isRejection, present, toHex } from '../base/index.ts';
import { bytesToText, textToBytes } from '../codec/index.ts';
import {
  type Action,
  type ScriptEntry,
  MAX_SCRIPT_PARTS,
  MAX_SCRIPT_PART_BYTES,
  askScript,
  partyIn,
  rosterOf,
  scriptListTable,
  scriptMachineReady,
  scriptSourceOf,
  scriptTable,
  slipIdOf,
  tally,
} from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import { nextMoment } from '../ledger/index.ts';
import { type Clock, type Randomness, MAX_SCRIPT_STEPS, SCRIPT_RUNTIME } from '../ports/index.ts';
import type { Channel } from './channel.ts';
import type { Person } from './person.ts';

type Deed = Extract<Action, { kind: 'script' }>['deed'];

export interface ContractDeskInit {
  readonly channel: Channel;
  readonly self: PartyId;
  readonly person: Person;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export class ContractDesk implements ContractCommands {
  private readonly init: ContractDeskInit;

  constructor(init: ContractDeskInit) {
    this.init = init;
  }

  list(): readonly ContractView[] {
    const { state } = this.init.channel.ledger();
    const scripts = scriptListTable.get(state, 'only')?.scripts ?? [];
    return scripts.map((script) => this.view(script, present(scriptTable.get(state, script), 'a listed contract')));
  }

  async upload({ contract, name, source }: ContractUpload): Promise<ItemId> {
    const bytes = textToBytes(source);
    const parts = Math.ceil(bytes.length / MAX_SCRIPT_PART_BYTES);
    if (parts === 0 || parts > MAX_SCRIPT_PARTS) {
      const most = MAX_SCRIPT_PARTS * MAX_SCRIPT_PART_BYTES;
      throw new AppError({
        code: 'contract-too-large',
        message: `The text has ${bytes.length} bytes; between 1 and ${most} are allowed.`,
        remedy: 'Shorten it, or divide it into two contracts.',
      });
    }
    const script = contract ?? (toHex(this.init.randomness.bytes(ID_BYTES)) as ItemId);
    const version = (contract === null ? 0 : this.entry(contract).judged) + 1;
    await this.say(script, version, { kind: 'upload', name, runtime: SCRIPT_RUNTIME, source: digestOf(bytes), parts });
    for (let index = 0; index < parts; index += 1) {
      const from = index * MAX_SCRIPT_PART_BYTES;
      await this.say(script, version, { kind: 'part', index, bytes: bytes.slice(from, from + MAX_SCRIPT_PART_BYTES) });
    }
    return script;
  }

  async vote(contract: ItemId, version: number, approve: boolean): Promise<void> {
    await this.say(contract, version, { kind: 'vote', approve });
  }

  async call(contract: ItemId, method: string, argument: string): Promise<void> {
    const { active } = this.entry(contract);
    if (active === null) throw refused({ reason: 'other-version', detail: 'no version of it is approved' });
    await this.say(contract, active.version, { kind: 'call', method, argument, steps: MAX_SCRIPT_STEPS });
  }

  async ask(contract: ItemId, method: string, argument: string): Promise<string> {
    const { channel, self, clock } = this.init;
    const body = channel.draft(self, { kind: 'script', script: contract, version: 1, deed: { kind: 'call', method, argument, steps: 1 } });
    await scriptMachineReady([{ body }]);
    const ledger = channel.ledger();
    const role = partyIn(ledger.state, self)?.certificate.role ?? 'clinic';
    const caller = { party: self, role, at: nextMoment(ledger, clock.nowMs()) };
    const answer = askScript(ledger.state, contract, { method, argument }, caller);
    if (isRejection(answer)) throw refused(answer);
    return answer;
  }

  private view(contract: ItemId, entry: ScriptEntry): ContractView {
    const { state } = this.init.channel.ledger();
    const { author, name, active, kept } = entry;
    return {
      contract,
      name,
      author: partyIn(state, author)?.certificate.name ?? author,
      isOwn: author === this.init.self,
      active: active === null ? null : { version: active.version, source: this.sourceOf(contract, active.version) },
      waiting: this.waiting(contract, entry),
      keys: kept,
    };
  }

  private waiting(contract: ItemId, { waiting }: ScriptEntry): WaitingContractView | null {
    if (waiting === null) return null;
    const { members } = rosterOf(this.init.channel.ledger().state);
    const voting = new Set(members.filter((member) => member.voting).map((member) => member.party));
    const votes = waiting.votes.filter(({ party }) => voting.has(party));
    const source = this.sourceOf(contract, waiting.version);
    const approvals = votes.filter(({ approve }) => approve).length;
    return {
      version: waiting.version,
      source,
      approvals,
      refusals: votes.length - approvals,
      needed: tally(members).quorum,
      mayVote: source !== null && voting.has(this.init.self) && votes.every(({ party }) => party !== this.init.self),
    };
  }

  private sourceOf(contract: ItemId, version: number): string | null {
    const bytes = scriptSourceOf(this.init.channel.ledger().state, contract, version);
    const text = bytes === null ? null : bytesToText(bytes);
    return isRejection(text) ? null : text;
  }

  private entry(contract: ItemId): ScriptEntry {
    const entry = scriptTable.get(this.init.channel.ledger().state, contract);
    if (entry === null) throw refused({ reason: 'unknown-contract', detail: 'the ledger knows no such contract' });
    return entry;
  }

  /** One slip by the person's own key; done, or the reason as an error. */
  private async say(script: ItemId, version: number, deed: Deed): Promise<void> {
    const { channel, self, person } = this.init;
    const keys = person.keys();
    if (keys === null)
      throw new AppError({ code: 'locked', message: 'This profile is locked.', remedy: 'Unlock it with your passphrase.' });
    const body = channel.draft(self, { kind: 'script', script, version, deed });
    const slip = { body, signature: await keys.signer.sign(channel.bytesToSign(body)), consent: null };
    const { outcome, slip: final } = await channel.submit(slip);
    if (outcome === 'done') return;
    const detail = channel.projection().slips.get(slipIdOf(final))?.detail ?? '';
    throw refused({ reason: outcome, detail: detail === '' ? outcome : detail });
  }
}

function refused({ detail }: Pick<Rejection, 'reason' | 'detail'>): AppError {
  return new AppError({
    code: 'contract-refused',
    message: `The ledger refused it: ${detail}.`,
    remedy: 'Nothing has changed. Look at the contract, or ask who uploaded it.',
  });
}
