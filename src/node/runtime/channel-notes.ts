// Notes of one further channel, in tables of its own beside those of the consortium: slips under way, who is who.
import type { ChannelId } from '../base/index.ts';
import type { NoteStore } from '../ports/index.ts';

/** Digits of the channel's id in a table's name: 64 bits, among the channels of one profile. */
const NAME_DIGITS = 16;

export function notesOfChannel(notes: NoteStore, channel: ChannelId): NoteStore {
  const of = (table: string): string => `${table}-${channel.slice(0, NAME_DIGITS)}`;
  return {
    ...notes,
    get: (table, key) => notes.get(of(table), key),
    put: (table, key, value) => notes.put(of(table), key, value),
    delete: (table, key) => notes.delete(of(table), key),
    entries: (table, prefix) => notes.entries(of(table), prefix),
  };
}
