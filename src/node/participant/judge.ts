// What may be voted for (R4). Invalid convicts whoever voted for it (R15), so only what follows from the bytes and final state
// is called so.
import type { ConsensusMessage, Validity } from '../consensus/index.ts';
import { type Block, type Ledger, AHEAD_OF_CLOCK, checkBlock } from '../ledger/index.ts';
import type { Content } from './state.ts';

/** Reasons that convict nobody: they depend on the own clock, or, after a fork beyond F, on which side this member is. */
const UNPROVEN: readonly string[] = [AHEAD_OF_CLOCK, 'wrong-parent', 'wrong-certificate'];

/** The participant's judgement of a verified message at the open height of `ledger`. */
export function judge(ledger: Ledger, message: ConsensusMessage, content: Content, nowMs: number): Validity {
  if (message.kind === 'batch') return content.kind === 'own' || isWorthwhile(content) ? 'valid' : 'unacceptable';
  if (message.kind === 'decided' && content.kind === 'incomplete') return 'incomplete';
  if (message.kind !== 'proposal' || message.height !== ledger.height + 1 || content.kind === 'own') return 'valid';
  if (content.kind === 'incomplete') return 'incomplete';
  return content.kind === 'block' ? judgeBlock(ledger, message, content, nowMs) : 'unacceptable';
}

/** A batch without one slip that is signed as it must be is junk, which no group admits. */
function isWorthwhile(content: Content): boolean {
  return content.kind === 'batch' && content.good.includes(true);
}

function judgeBlock(
  ledger: Ledger,
  message: Extract<ConsensusMessage, { kind: 'proposal' }>,
  { block, slipsValid }: { readonly block: Block; readonly slipsValid: boolean },
  nowMs: number,
): Validity {
  // After a fork beyond F a member on the other side builds on another parent and knows other parties; that convicts nobody.
  if (block.header.parent !== ledger.digest) return 'unacceptable';
  if (!slipsValid) return 'invalid';
  // A block that nobody is locked on is new, and names the view in which it is proposed (R7).
  const isNew = (message.justification?.certificate ?? null) === null;
  if (isNew && block.header.view !== message.view) return 'unacceptable';
  const refusal = checkBlock(ledger, block, { nowMs });
  if (refusal === null) return 'valid';
  return UNPROVEN.includes(refusal.reason) ? 'unacceptable' : 'invalid';
}
