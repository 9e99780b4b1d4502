// One archive member of a consortium: says what it waits for, then how it stands, until it is stopped.
import type { Member } from './host.ts';
import type { Reporter } from './report.ts';

/** How a member stands, in one sentence. */
function standing({ view }: Member): string {
  const { standing: certified, seat } = view.identity;
  if (!view.network.relay.connected && certified.kind === 'connecting') return 'Looking for the relay';
  if (certified.kind === 'connecting') return 'Looking for members of the consortium';
  if (certified.kind === 'applied') return 'Applied; waits for the supervision centre';
  if (certified.kind === 'refused') return `The supervision centre refused: ${certified.reason}`;
  if (certified.kind === 'revoked') return `The certificate was revoked: ${certified.reason}`;
  if (certified.kind === 'expired') return 'The certificate has expired; ask the supervision centre for a new one';
  if (seat.kind === 'observing' || seat.kind === 'barred') return `Keeps records, does not vote: ${seat.reason}`;
  if (seat.kind === 'voting') return 'Keeps records and votes';
  return seat.kind === 'synchronising' ? 'Catches up with the ledger' : 'Waits for a seat';
}

/** Reports every change of standing; `stop` ends the reports and the member. */
export function startMember(member: Member, report: Reporter): { stop(): Promise<void> } {
  let said = '';
  const look = (): void => {
    const text = standing(member);
    if (text !== said) report({ kind: 'progress', text });
    said = text;
  };
  const end = member.subscribe(look);
  look();
  return {
    async stop() {
      end();
      await member.stop();
    },
  };
}
