// What the page sees of channels (P1-05, P3-03): the consortium's and those further ones that this node was named in, and what a person
// may do about them.
import type { ChannelId, PartyId } from './base/index.ts';
import type { ChannelSettings } from './contracts/index.ts';

export interface ChannelMemberView {
  readonly party: PartyId;
  readonly name: string;
  /** What the consortium's chain says of it. */
  readonly standing: 'named' | 'joined' | 'left';
  readonly voting: boolean;
}

export interface ChannelView {
  readonly channel: ChannelId;
  readonly settings: ChannelSettings;
  /** `invited`: named, and not answered; `opening`: joined, its ledger is not here yet; `refused`: its founding is not what was opened. */
  readonly state: 'home' | 'invited' | 'opening' | 'running' | 'refused';
  /** Why it is refused, in a sentence; empty otherwise. */
  readonly trouble: string;
  readonly openedBy: string;
  readonly members: readonly ChannelMemberView[];
  /** Of the ledger here; -1 where there is none. */
  readonly height: number;
  /** F: faulty members that it survives; 0 below four. */
  readonly tolerated: number;
  /** v - Q: voters that may be away right now. */
  readonly mayStillFail: number;
}

export interface ChannelWish {
  readonly name: string;
  readonly kind: 'shared' | 'private';
  readonly engine: ChannelSettings['engine'];
  /** Beside this node. */
  readonly members: readonly PartyId[];
  readonly endorsement?: string;
  /** Preset `paper`: 128 slips or ten minutes (P3-17); `interactive`: 128 slips or a second. */
  readonly pace: 'paper' | 'interactive';
}

export interface ChannelCommands {
  /** Founds a channel and opens it on the consortium's chain. Throws AppError `locked`, `no-member-key`, `refused`. */
  open(wish: ChannelWish): Promise<ChannelId>;
  /** Takes part in a channel that this node was named in. Throws AppError `refused`. */
  join(channel: ChannelId): Promise<void>;
  /** Takes no part, or no part any more. Throws AppError `refused`. */
  leave(channel: ChannelId): Promise<void>;
}
