// A keeper's mailbox: letters wait here until their recipient takes them. Bounded per recipient, per poster and in time; a
// stranger may leave an application for a supervision centre and nothing else. The keeper can open none of it.
import {
  type PartyId,
  type Rejection,
  LETTER_LIFETIME_MS,
  MAX_LETTERS_PER_RECIPIENT,
  MAX_LETTER_BYTES,
  isRejection,
  reject,
} from '../base/index.ts';
import { type Decoded, decode, encode, nullable, struct, uint } from '../codec/index.ts';
import { type Certificate, partyId } from '../contracts/index.ts';
import type { Clock, NoteStore, PeerId } from '../ports/index.ts';
import type { Correspondent } from './access.ts';
import { type Box, type Letter, type LetterId, letter } from './letter.ts';
import {
  ALL_STRANGER_POSTS_PER_MINUTE,
  APPLICATION_LIFETIME_MS,
  MAX_APPLICATIONS,
  MAX_APPLICATION_BYTES,
  MAX_COLLECTED_BYTES,
  MAX_COLLECTED_LETTERS,
  MAX_COUNTED_STRANGERS,
  MAX_LETTERS_PER_POSTER,
  MAX_LETTER_BYTES_PER_POSTER,
  STRANGER_POSTS_PER_MINUTE,
} from './limits.ts';
import type { Post, collected } from './requests.ts';

const TABLE = 'care-mailbox';
const MINUTE_MS = 60_000;

const held = struct({ receivedMs: uint(), poster: nullable(partyId), letter });

interface Index {
  receivedMs: number;
  /** Null for a stranger. */
  readonly poster: PartyId | null;
  readonly sizeBytes: number;
}

/** What one poster has waiting here. */
interface Burden {
  readonly letters: number;
  readonly sizeBytes: number;
}

export interface MailboxInit {
  readonly notes: NoteStore;
  readonly clock: Clock;
  /** What the ledger certifies for a party now; null for nobody. */
  readonly certificateOf: (party: PartyId) => Certificate | null;
  /** Called when something new waits for a box. */
  readonly onLetter: (box: Box) => void;
}

export class Mailbox {
  private readonly init: MailboxInit;
  private readonly boxes = new Map<Box, Map<LetterId, Index>>();
  private readonly burdens = new Map<PartyId | null, Burden>();
  private readonly strangers = new Map<PeerId, number>();
  private strangersSinceMs = 0;
  private strangerPosts = 0;

  constructor(init: MailboxInit) {
    this.init = init;
  }

  async load(): Promise<void> {
    for (const [key, bytes] of await this.init.notes.entries(TABLE)) {
      const entry = decode(held, bytes, 2 * MAX_LETTER_BYTES);
      if (isRejection(entry)) await this.init.notes.delete(TABLE, key);
      else this.index(entry.letter, entry.receivedMs, entry.poster);
    }
    await this.expire();
  }

  /** Forgets what nobody fetched in time. */
  async expire(): Promise<void> {
    const nowMs = this.init.clock.nowMs();
    for (const [box, letters] of [...this.boxes]) {
      for (const [id, entry] of [...letters]) {
        const lifetimeMs = entry.poster === null ? APPLICATION_LIFETIME_MS : LETTER_LIFETIME_MS;
        if (nowMs - entry.receivedMs > lifetimeMs) await this.remove(box, id);
      }
    }
  }

  /** Null when it is kept; the same letter posted again is kept once. */
  async post(from: Correspondent, posted: Post): Promise<Rejection | null> {
    const refused = this.refuses(from, posted);
    if (refused !== null) return refused;
    const { to, id } = posted.letter;
    const known = this.boxes.get(to)?.get(id);
    const receivedMs = this.init.clock.nowMs();
    if (known !== undefined) {
      if (known.poster === null) known.receivedMs = receivedMs;
      return null;
    }
    const poster = posted.purpose === 'application' ? null : from.party;
    const full = this.refusesForSpace(poster, posted);
    if (full !== null) return full;
    // Indexed before it is written, so that posts at the same time are counted.
    this.index(posted.letter, receivedMs, poster);
    try {
      await this.init.notes.put(TABLE, keyOf(to, id), encode(held, { receivedMs, poster, letter: posted.letter }));
    } catch (error) {
      this.unindex(to, id);
      throw error;
    }
    this.init.onLetter(to);
    return null;
  }

  /** The oldest letters of a box that the asker does not have yet, as many as fit into one answer. */
  async collect(box: Box, have: readonly LetterId[]): Promise<Decoded<typeof collected>> {
    const known = new Set(have);
    const waiting = [...(this.boxes.get(box) ?? [])].filter(([id]) => !known.has(id)).sort(([, a], [, b]) => a.receivedMs - b.receivedMs);
    const letters: { receivedMs: number; letter: Letter }[] = [];
    let room = MAX_COLLECTED_BYTES;
    for (const [id, { sizeBytes }] of waiting) {
      room -= sizeBytes;
      if (letters.length === MAX_COLLECTED_LETTERS || room < 0) return { letters, more: true };
      const bytes = await this.init.notes.get(TABLE, keyOf(box, id));
      const entry = bytes === null ? null : decode(held, bytes, 2 * MAX_LETTER_BYTES);
      if (entry === null || isRejection(entry)) await this.remove(box, id);
      else letters.push({ receivedMs: entry.receivedMs, letter: entry.letter });
    }
    return { letters, more: false };
  }

  async discard(box: Box, ids: readonly LetterId[]): Promise<void> {
    for (const id of ids) if (this.boxes.get(box)?.has(id) === true) await this.remove(box, id);
  }

  private refuses(from: Correspondent, posted: Post): Rejection | null {
    const recipient = this.init.certificateOf(posted.letter.to as string as PartyId);
    if (posted.purpose === 'application') {
      if (recipient?.role !== 'authority') return reject('not-for-strangers', 'an application goes to the supervision centre');
      if (sizeOf(posted.letter) > MAX_APPLICATION_BYTES)
        return reject('oversized', `an application has at most ${MAX_APPLICATION_BYTES} bytes`);
      return this.refusesHaste(from);
    }
    const poster = from.party === null ? null : this.init.certificateOf(from.party);
    if (poster === null) return reject('not-certified', 'only certified parties post letters');
    if (posted.purpose === 'letter' && recipient === null) return reject('unknown-recipient', 'the ledger certifies no such recipient');
    return null;
  }

  private refusesForSpace(poster: PartyId | null, posted: Post): Rejection | null {
    const { to } = posted.letter;
    const inBox = [...(this.boxes.get(to)?.values() ?? [])];
    if (posted.purpose === 'application') {
      const applications = inBox.filter((entry) => entry.poster === null).length;
      return applications < MAX_APPLICATIONS ? null : reject('mailbox-full', 'too many applications wait for the supervision centre');
    }
    if (inBox.length - inBox.filter((entry) => entry.poster === null).length >= MAX_LETTERS_PER_RECIPIENT) {
      return reject('mailbox-full', 'too many letters wait for this recipient');
    }
    const { letters, sizeBytes } = this.burdens.get(poster) ?? { letters: 0, sizeBytes: 0 };
    const fits = letters < MAX_LETTERS_PER_POSTER && sizeBytes + sizeOf(posted.letter) <= MAX_LETTER_BYTES_PER_POSTER;
    return fits ? null : reject('too-many-letters', 'too many of this sender’s letters were not fetched yet');
  }

  /** Counts posts of applications by the minute: per peer, and all together. Certified posters are counted alike. */
  private refusesHaste(from: Correspondent): Rejection | null {
    const nowMs = this.init.clock.nowMs();
    if (nowMs - this.strangersSinceMs >= MINUTE_MS || nowMs < this.strangersSinceMs) {
      this.strangersSinceMs = nowMs;
      this.strangerPosts = 0;
      this.strangers.clear();
    }
    const name = this.strangers.has(from.peer) || this.strangers.size < MAX_COUNTED_STRANGERS ? from.peer : 'others';
    const posts = (this.strangers.get(name) ?? 0) + 1;
    this.strangers.set(name, posts);
    this.strangerPosts += 1;
    const hasty = posts > STRANGER_POSTS_PER_MINUTE || this.strangerPosts > ALL_STRANGER_POSTS_PER_MINUTE;
    return hasty ? reject('too-often', 'too many applications in one minute') : null;
  }

  private index(kept: Letter, receivedMs: number, poster: PartyId | null): void {
    const letters = this.boxes.get(kept.to) ?? new Map<LetterId, Index>();
    letters.set(kept.id, { receivedMs, poster, sizeBytes: sizeOf(kept) });
    this.boxes.set(kept.to, letters);
    this.burden(poster, 1, sizeOf(kept));
  }

  private unindex(box: Box, id: LetterId): void {
    const letters = this.boxes.get(box);
    const entry = letters?.get(id);
    if (letters === undefined || entry === undefined) return;
    letters.delete(id);
    if (letters.size === 0) this.boxes.delete(box);
    this.burden(entry.poster, -1, -entry.sizeBytes);
  }

  private burden(poster: PartyId | null, letters: number, sizeBytes: number): void {
    const before = this.burdens.get(poster) ?? { letters: 0, sizeBytes: 0 };
    const after = { letters: before.letters + letters, sizeBytes: before.sizeBytes + sizeBytes };
    if (after.letters === 0) this.burdens.delete(poster);
    else this.burdens.set(poster, after);
  }

  private async remove(box: Box, id: LetterId): Promise<void> {
    this.unindex(box, id);
    await this.init.notes.delete(TABLE, keyOf(box, id));
  }
}

function sizeOf(kept: Letter): number {
  return kept.sealed.byteLength + kept.wrappedKey.byteLength;
}

function keyOf(box: Box, id: LetterId): string {
  return `${box}/${id}`;
}
