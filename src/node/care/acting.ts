// Acting on the ledger as a person: draft, sign, hand in, wait until it is final. What the ledger would refuse anyway is
// refused here first, in words that say what to do.
import { AppError, type PartyId, isRejection } from '../base/index.ts';
import type { Action, Slip } from '../contracts/index.ts';
import { slipForecast } from '../ledger/index.ts';
import type { Clock, Signer } from '../ports/index.ts';
import type { ChannelAccess, Finality, SlipStage } from './access.ts';

export interface Actor {
  readonly party: PartyId;
  readonly signer: Signer;
}

/** Resolves when the action is final. Throws AppError `no-effect` with the contract's reason as its message. */
export async function act(
  channel: ChannelAccess,
  clock: Clock,
  actor: Actor,
  action: Action,
  onStage?: (stage: SlipStage) => void,
): Promise<Finality> {
  const body = channel.draft(actor.party, action);
  const slip: Slip = { body, signature: await actor.signer.sign(channel.bytesToSign(body)), consent: null };
  return handIn(channel, clock, slip, onStage);
}

/** The same for a slip that is signed already. */
export async function handIn(channel: ChannelAccess, clock: Clock, slip: Slip, onStage?: (stage: SlipStage) => void): Promise<Finality> {
  const forecast = slipForecast(channel.ledger(), slip, clock.nowMs());
  if (isRejection(forecast) && forecast.reason !== 'version-gap') throw withoutEffect(forecast.reason, forecast.detail);
  const finality = await channel.submit(slip, onStage);
  if (finality.outcome !== 'done') throw withoutEffect(finality.outcome, finality.outcome);
  return finality;
}

const REMEDIES: Readonly<Record<string, string>> = {
  'bad-period': 'Choose a date in the future, at most ten years ahead.',
  'version-taken': 'Reload the record: a newer version is on the ledger.',
  withdrawn: 'The record was marked as entered in error; write a new one.',
  'not-certified': 'Wait until the supervision centre has approved the application.',
};

function withoutEffect(reason: string, detail: string): AppError {
  return new AppError({
    code: 'no-effect',
    message: `The ledger would not take this: ${detail}.`,
    remedy: REMEDIES[reason] ?? 'Look at the record’s newest state and try again.',
    cause: reason,
  });
}
