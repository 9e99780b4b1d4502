// The latest messages that crossed this node, for the live view: kinds and heights, never content.
import type { PartyId } from '../base/index.ts';
import { type ConsensusMessage, heightOf, isLaneMessage, viewOf } from '../consensus/index.ts';
import type { Frame } from './frames.ts';

export interface TrafficRecord {
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  /** Null: a stranger, or every voter. */
  readonly party: PartyId | null;
  readonly kind: string;
  readonly height: number | null;
  readonly view: number | null;
}

export interface Traffic {
  note(direction: 'in' | 'out', party: PartyId | null, frame: Frame, atMs: number): void;
  /** Newest first. */
  latest(): readonly TrafficRecord[];
}

const MAX_RECORDS = 100;

export function createTraffic(): Traffic {
  let records: readonly TrafficRecord[] = [];
  return {
    note: (direction, party, frame, atMs) => {
      records = [{ atMs, direction, party, ...summary(frame) }, ...records.slice(0, MAX_RECORDS - 1)];
    },
    latest: () => records,
  };
}

function summary(frame: Frame): Pick<TrafficRecord, 'kind' | 'height' | 'view'> {
  switch (frame.kind) {
    case 'consensus':
      return consensusSummary(frame.message);
    case 'slip':
      return { kind: `slip ${frame.slip.body.action.kind}`, height: null, view: null };
    default:
      return { kind: frame.kind, height: frame.height, view: null };
  }
}

function consensusSummary(message: ConsensusMessage): Pick<TrafficRecord, 'kind' | 'height' | 'view'> {
  if (isLaneMessage(message))
    return { kind: message.kind === 'lane-vote' ? `lane ${message.phase}` : message.kind, height: null, view: null };
  const kind = message.kind === 'vote' ? message.phase : message.kind;
  return { kind, height: heightOf(message), view: viewOf(message) };
}
