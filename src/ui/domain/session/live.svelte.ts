// A running node as the page follows it: the newest view, replaced after every change, and what views keep asking of it.
// Holds no truth of its own.
import type { ClinicordNode, NodeDoor, NodeView, PartyView, RecordView, RecordWay } from '../../node.ts';
import { newestWays, partiesById, recordsById } from './by-id.ts';

export class Live {
  readonly slot: string;
  readonly node: ClinicordNode;
  readonly door: NodeDoor;
  view: NodeView = $state.raw() as NodeView;
  /** The person put the unlock window away to look at what is public. */
  unlockAway = $state(false);
  readonly #forget: () => void;

  readonly identity = $derived(this.view.identity);
  readonly isPatient = $derived(this.view.identity.role === 'patient');
  /** Nothing can be written from this tab. */
  readonly readOnly = $derived(this.view.identity.readOnly);
  readonly #recordById = $derived(recordsById(this.view));
  readonly #wayById = $derived(newestWays(this.view));
  readonly #partyById = $derived(partiesById(this.view));

  constructor(slot: string, node: ClinicordNode, door: NodeDoor) {
    this.slot = slot;
    this.node = node;
    this.door = door;
    this.view = node.view;
    this.#forget = node.subscribe((view) => {
      if (view.identity.locked && !this.view.identity.locked) this.unlockAway = false;
      this.view = view;
    });
  }

  record(id: string): RecordView | undefined {
    return this.#recordById.get(id);
  }

  /** The way of the newest version that this node saw. */
  way(record: string): RecordWay | undefined {
    return this.#wayById.get(record);
  }

  party(id: string): PartyView | undefined {
    return this.#partyById.get(id);
  }

  /** Stops following; the node itself is stopped by the session. */
  close(): void {
    this.#forget();
  }
}
