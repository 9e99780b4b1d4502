// The vote journal on a server: one file per channel and revision. A revision's file is put into place by a link, which
// fails where there is one: this makes compare-and-set hold even between two processes (R3, R16). The row is on the disk
// when `write` resolves; then older revisions go.
import { linkSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../base/index.ts';
import type { ChannelId } from '../../base/index.ts';
import type { Journal } from '../../ports/index.ts';
import { flushFolder, prepareFolder, readChecked, writeBeside } from './files.ts';
import { damagedJournal, guarded, stolenJournal } from './trouble.ts';

const NAME = /^([0-9a-f]{64})\.([0-9]{1,16})$/u;

export async function openFileJournal(folder: string): Promise<Journal> {
  await guarded(() => prepareFolder(folder));
  const pathOf = (channel: ChannelId, revision: number) => join(folder, `${channel}.${revision}`);

  /** Revisions that are there, the newest first. */
  function revisions(channel: ChannelId): readonly number[] {
    const found = readdirSync(folder)
      .map((name) => NAME.exec(name))
      .filter((match) => match?.[1] === channel);
    return found.map((match) => Number(match?.[2])).sort((a, b) => b - a);
  }

  async function place(channel: ChannelId, revision: number, bytes: Uint8Array): Promise<void> {
    const path = pathOf(channel, revision);
    const prepared = await writeBeside(path, bytes);
    try {
      linkSync(prepared, path);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? stolenJournal() : error;
    } finally {
      rmSync(prepared, { force: true });
    }
    await flushFolder(folder);
  }

  return {
    read: (channel) =>
      guarded(async () => {
        const revision = revisions(channel)[0];
        if (revision === undefined) return null;
        const bytes = await readChecked(pathOf(channel, revision));
        if (bytes === null || bytes === 'damaged') throw damagedJournal();
        return { revision, bytes };
      }),
    write: (channel, expectedRevision, row) =>
      guarded(async () => {
        assert(row.revision === expectedRevision + 1, 'a row follows the row that it replaces');
        if ((revisions(channel)[0] ?? 0) !== expectedRevision) throw stolenJournal();
        await place(channel, row.revision, row.bytes);
        // Whoever was slower than two writers finds a newer revision here and must not count its own.
        const [newest, ...older] = revisions(channel);
        if (newest !== row.revision) throw stolenJournal();
        for (const revision of older) rmSync(pathOf(channel, revision), { force: true });
      }),
    close: async () => undefined,
  };
}
