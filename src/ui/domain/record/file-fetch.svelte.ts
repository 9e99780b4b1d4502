// One file of an opened record on its way to the screen: its pieces go into the browser's own store of blobs as they come, so that a large file
// is not held by the page. The kind decides what the browser may make of it: anything that is no picture is bytes to save.
import type { AttachedFile, ClinicordNode } from '../../node.ts';
import { type Problem, toProblem } from '../../shared/state/index.ts';

export class FileFetch {
  busy = $state(false);
  openedBytes = $state(0);
  /** An address for a picture or a download; gone when the view goes. */
  url = $state.raw<string | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly #files: ClinicordNode['files'];
  /** Counts tries: what an earlier one still brings is dropped. */
  #try = 0;

  constructor(files: ClinicordNode['files']) {
    this.#files = files;
  }

  start(file: AttachedFile): void {
    void this.#fetch(file);
  }

  /** Stops, and forgets what was fetched. */
  close(): void {
    this.#try += 1;
    this.busy = false;
    if (this.url !== null) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  async #fetch(file: AttachedFile): Promise<void> {
    if (this.busy) return;
    this.close();
    const own = this.#try;
    this.busy = true;
    this.openedBytes = 0;
    this.problem = null;
    try {
      const pieces: Blob[] = [];
      for await (const piece of this.#files.open(file.file)) {
        if (this.#try !== own) return;
        pieces.push(new Blob([piece.slice()]));
        this.openedBytes += piece.byteLength;
      }
      if (this.#try !== own) return;
      this.url = URL.createObjectURL(new Blob(pieces, { type: file.kind.startsWith('image/') ? file.kind : 'application/octet-stream' }));
    } catch (cause) {
      if (this.#try === own) this.problem = toProblem(cause);
    }
    if (this.#try === own) this.busy = false;
  }
}
