// Places of members on a ring, this node's links between them, and whose labels fit. Plain geometry in a square of 320 units.
import type { NetworkView } from '../../node.ts';

export const RING_SIZE = 320;
const CENTRE = RING_SIZE / 2;
const RADIUS = 112;
const LABEL_RADIUS = 134;
/** Beyond this many names the ring shows dots only; the table below it has them all. */
const MOST_LABELS = 16;

export interface RingDot {
  readonly party: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly labelX: number;
  readonly labelY: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly label: string;
  readonly self: boolean;
  readonly voting: boolean;
  readonly leads: boolean;
  readonly link: 'direct' | 'relayed' | null;
}

/** First letters of a name, so that ten labels do not touch. */
function shortName(name: string): string {
  return name.length > 14 ? `${name.slice(0, 13)}…` : name;
}

export function ringDots({ members, leader }: Pick<NetworkView, 'members' | 'leader'>): readonly RingDot[] {
  return members.map((member, index) => {
    const angle = (2 * Math.PI * index) / Math.max(1, members.length) - Math.PI / 2;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return {
      party: member.party,
      name: member.name,
      x: CENTRE + RADIUS * cos,
      y: CENTRE + RADIUS * sin,
      labelX: CENTRE + LABEL_RADIUS * cos,
      labelY: CENTRE + LABEL_RADIUS * sin + 4,
      anchor: cos > 0.2 ? 'start' : cos < -0.2 ? 'end' : 'middle',
      label: members.length > MOST_LABELS ? '' : shortName(member.name),
      self: member.self,
      voting: member.voting,
      leads: leader?.party === member.party,
      link: member.link,
    };
  });
}

/** Where this node stands: on the ring as a member, else in the middle. */
export function ownPlace(dots: readonly RingDot[]): { readonly x: number; readonly y: number } {
  return dots.find((dot) => dot.self) ?? { x: CENTRE, y: CENTRE };
}
