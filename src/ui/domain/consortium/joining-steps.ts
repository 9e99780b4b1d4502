// The way of a newcomer into the consortium as steps, read from the node's own view.
import type { NodeView, Seat } from '../../node.ts';
import type { Step } from '../../shared/index.ts';

/** Steps in order; patients and data users stop after the certificate. */
const STEPS = { keys: 0, connected: 1, applied: 2, certified: 3, synchronised: 4, asked: 5, seated: 6, end: 7 } as const;

const STEP_OF_SEAT: Readonly<Record<Seat['kind'], number>> = {
  none: STEPS.synchronised,
  synchronising: STEPS.synchronised,
  asked: STEPS.seated,
  barred: STEPS.seated,
  voting: STEPS.end,
  observing: STEPS.end,
};

function holdsSeats({ identity }: NodeView): boolean {
  return identity.role !== 'patient' && identity.role !== 'data-user';
}

/** Whether nothing more is to come by itself. */
export function hasJoined(view: NodeView): boolean {
  const { standing, seat } = view.identity;
  if (standing.kind !== 'certified') return false;
  return !holdsSeats(view) || seat.kind === 'barred' || STEP_OF_SEAT[seat.kind] === STEPS.end;
}

function currentStep(view: NodeView): number {
  const { standing, seat } = view.identity;
  if (standing.kind === 'connecting') return view.network.relay.connected ? STEPS.applied : STEPS.connected;
  if (standing.kind !== 'certified') return STEPS.certified;
  return holdsSeats(view) ? STEP_OF_SEAT[seat.kind] : STEPS.end;
}

export function joiningSteps(view: NodeView): readonly Step[] {
  const { standing, seat } = view.identity;
  const now = currentStep(view);
  const failed = ['refused', 'revoked', 'expired'].includes(standing.kind) || seat.kind === 'barred';
  const step = (index: number, name: string, detail?: string): Step => {
    const state = index < now ? 'done' : index > now ? 'next' : failed ? 'failed' : 'now';
    return { name, state, detail };
  };
  const person = [
    step(STEPS.keys, 'Keys made in this tab'),
    step(STEPS.connected, 'Connected', view.network.relay.connected ? 'through the relay' : 'looking for the relay'),
    step(STEPS.applied, 'Certificate applied for', standing.kind === 'applied' ? 'the supervision centre has not answered yet' : undefined),
    step(STEPS.certified, 'Certified', 'reason' in standing ? standing.reason : undefined),
  ];
  if (!holdsSeats(view)) return person;
  const last = seat.kind === 'observing' ? 'Observing' : 'Voting member';
  return [
    ...person,
    step(STEPS.synchronised, 'Synchronised', seat.kind === 'synchronising' ? `block ${seat.height} of ${seat.target}` : undefined),
    step(STEPS.asked, 'Seat asked for'),
    step(STEPS.seated, last, 'reason' in seat ? seat.reason : seat.kind === 'asked' ? 'from the next epoch on' : undefined),
  ];
}
