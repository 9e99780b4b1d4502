// This tab: the profiles of this browser, and the node that runs here, if any. Loads the node's code only when a profile
// exists, something seems to be missing, or a person asks for it.
import { Task } from '../../shared/state/index.ts';
import type { Joining, KeyWishSummary, MissingFeatures, NewProfile, NodeDoor, OpenDoor, ProfileSummary } from '../../node.ts';
import { Live } from './live.svelte.ts';
import { forgetOldDraftKeys, setTabSlot, tabSlot } from './preferences.ts';

export class Session {
  profiles = $state.raw<readonly ProfileSummary[]>([]);
  /** Requests for keys that were made here and are not done. */
  wishes = $state.raw<readonly KeyWishSummary[]>([]);
  missing = $state.raw<MissingFeatures>([]);
  live = $state.raw<Live | null>(null);
  /** Starting a node, the longest of waits. */
  readonly starting = new Task();
  readonly #openDoor: OpenDoor;
  #door: Promise<NodeDoor> | null = null;

  constructor(openDoor: OpenDoor) {
    this.#openDoor = openDoor;
  }

  /** The node's functions, fetched once; a failed try is forgotten, so that the next one may succeed. */
  door(): Promise<NodeDoor> {
    this.#door ??= this.#openDoor().catch((cause: unknown) => {
      this.#door = null;
      throw cause;
    });
    return this.#door;
  }

  /** Looks what is here when the page opens, and goes on with the profile that this tab ran before a reload. */
  begin(): void {
    forgetOldDraftKeys();
    this.starting.start(async () => {
      if (this.#lacksSomething() || (await hasDatabases())) await this.#look();
      const slot = tabSlot();
      if (slot !== null && this.profiles.some((profile) => profile.slot === slot)) await this.#start(slot);
    });
  }

  /** Runs a profile in this tab; with its passphrase it is unlocked at once. */
  start(slot: string, passphrase?: string): Promise<void> {
    return this.starting.run(() => this.#start(slot, passphrase));
  }

  /** Makes keys and a profile; the node is not started yet. The words are for showing once. */
  async create(profile: NewProfile, joining: Joining): Promise<{ readonly slot: string; readonly words: string }> {
    const door = await this.door();
    const made = await door.createProfile(profile, joining);
    await this.relist();
    return made;
  }

  /** Looks again what this browser keeps. */
  async relist(): Promise<void> {
    const door = await this.door();
    this.profiles = await door.listProfiles();
    this.wishes = await door.listKeyWishes();
  }

  /** Back to the first page; the profile stays in this browser. */
  async close(): Promise<void> {
    const live = this.live;
    this.live = null;
    setTabSlot(null);
    live?.close();
    await live?.node.stop();
    await this.#look();
  }

  /** Deletes keys and data of a profile from this browser. */
  async remove(slot: string): Promise<void> {
    if (this.live?.slot === slot) await this.close();
    const door = await this.door();
    await door.removeProfile(slot);
    await this.relist();
  }

  async #look(): Promise<void> {
    const door = await this.door();
    this.missing = door.missingFeatures();
    if (this.missing.length > 0) this.profiles = [];
    else await this.relist();
  }

  async #start(slot: string, passphrase?: string): Promise<void> {
    const door = await this.door();
    const node = await door.startNode(slot);
    const { locked, readOnly } = node.view.identity;
    if (passphrase !== undefined && locked && !readOnly) await node.unlock(passphrase);
    setTabSlot(slot);
    this.live = new Live(slot, node, door);
  }

  /** A glance that decides whether to load the code which knows exactly, and has the words for it. */
  #lacksSomething(): boolean {
    return !isSecureContext || !('RTCPeerConnection' in globalThis) || !('indexedDB' in globalThis) || !('locks' in navigator);
  }
}

/** Whether this browser keeps anything for this address; a browser that cannot tell might. */
async function hasDatabases(): Promise<boolean> {
  if (!('databases' in indexedDB)) return true;
  return (await indexedDB.databases()).length > 0;
}
